"""The file of messages: it holds together, and a broken one is told in one sentence."""

from typing import Any

import pytest
import yaml

from bot.errors import BadInputError
from knowledge.files import KNOWLEDGE, validated
from knowledge.messages import Messages, messages

SOURCE = (KNOWLEDGE / "messages.yaml").read_text(encoding="utf-8")
WORDS = {
    "identity-based policy": "identity",
    "permission boundary": "boundary",
    "service control policies": "scp",
    "SCP": "scp",
    "resource control policy": "rcp",
    "sessions policy": "session",
    "VPC endpoint policy": "endpoint",
    "resource based policy": "resource",
    "role trust policy": "trust",
    "backup policy": None,
    "": None,
}


@pytest.mark.parametrize(("words", "policy_type"), WORDS.items())
def test_a_policy_type_is_known_by_its_words(words: str, policy_type: str | None) -> None:
    assert messages().policy_type(words) == policy_type


def test_a_denial_of_every_kind_has_causes_that_may_be_behind_it() -> None:
    known = messages()
    kinds = [
        (policy_type, explicit, entity, action)
        for policy_type in (*known.policy_types, None)
        for explicit in (True, False, None)
        for entity in ("caller", "job-role", "service-linked-role")
        for action in (
            "kms:Decrypt",
            "sts:AssumeRole",
            "iam:PassRole",
            "backup:CopyIntoBackupVault",
            "s3:GetObject",
            None,
        )
    ]

    assert all(known.guesses(policy_type=p, explicit=e, entity=who, action=a) for p, e, who, a in kinds)


def test_a_form_that_amounts_to_no_denial_guesses_nothing() -> None:
    assert [form.id for form in messages().forms if form.outcome == "not-permission" and form.guesses] == []


def test_an_explicit_deny_of_a_named_action_is_never_something_missing() -> None:
    known = messages()
    guessed = [
        (policy_type, entity, action, guess.code)
        for policy_type in (*known.policy_types, None)
        for entity in ("caller", "job-role", "service-linked-role")
        for action in ("kms:Decrypt", "sts:AssumeRole", "iam:PassRole", "backup:CopyIntoBackupVault", "s3:GetObject")
        for guess in known.guesses(policy_type=policy_type, explicit=True, entity=entity, action=action)
    ]
    assert [row for row in guessed if row[3].endswith("-missing")] == []
    assert len(guessed) > 100


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("when calling the CreateBackupVault operation", "backup:CreateBackupVault"),
        ("when calling the copydbsnapshot operation", "rds:CopyDBSnapshot"),
        ("operation error Backup: StartCopyJob, https response error", "backup:StartCopyJob"),
        ("error putting Backup Vault Lock Configuration (a)", "backup:PutBackupVaultLockConfiguration"),
        ("error creating Backup Vault Policy (a)", "backup:PutBackupVaultAccessPolicy"),
        ("error creating Backup Vault (a)", "backup:CreateBackupVault"),
        ("MyVault AWS::Backup::BackupVault was not made: CREATE_FAILED", "backup:CreateBackupVault"),
        ("when calling the Dance operation", None),
        ("creating a vault", None),
    ],
)
def test_the_operation_that_a_tool_names_is_known_by_its_action(text: str, action: str | None) -> None:
    assert messages().called(text) == action


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("forms", 0, "pattern"), "(", "the pattern of 'iam-transitive-deny' does not compile"),
        (("forms", 0, "pattern"), "{nobody}", "'nobody' is no fragment"),
        (("forms", 1, "id"), "iam-transitive-deny", "the form 'iam-transitive-deny' is there twice"),
        (("forms", 0, "outcome"), "perhaps", "forms.0.outcome: Input should be 'denied'"),
        (("rules", 0, "guesses"), ["no-such-code"], "'no-such-code' is guessed and is no code"),
        (("rules", 0, "because"), "x", "rules.0.because: Extra inputs are not permitted"),
        (("calls", 3, "operation"), "Dance", "'Dance' is the operation of a call and is not known"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(path: tuple[str | int, ...], value: object, sentence: str) -> None:
    document: Any = yaml.safe_load(SOURCE)
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    with pytest.raises(BadInputError) as caught:
        validated(Messages, document, "messages.yaml")
    assert caught.value.message.startswith("knowledge/messages.yaml: ")
    assert sentence in caught.value.message
