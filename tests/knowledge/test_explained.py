"""What `explain` must always know: its own examples, every managed policy and operation, and misspelled topics."""

import re

import pytest

from bot.commands.explain import explain
from bot.replies.document import text_of
from bot.replies.questions import AnswerKind, answer
from bot.replies.surface import SLACK, TERMINAL
from knowledge.callers import operations
from knowledge.intents import all_intents
from knowledge.library import all_entries
from knowledge.managed import managed_policies

SLUGS = {entry.slug for entry in all_entries()}
EXAMPLES = re.findall(r"^ +backup-why explain (.+)$", explain.__doc__ or "", re.MULTILINE)


def test_the_help_has_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("topic", EXAMPLES)
def test_the_examples_of_the_help_are_answered(topic: str) -> None:
    assert answer(topic, TERMINAL).is_for_all


@pytest.mark.parametrize("name", sorted(policy.name for policy in managed_policies().values()))
def test_every_managed_policy_is_explained_by_its_name_however_it_is_asked_for(name: str) -> None:
    for topic in (name, name.lower(), f"what is {name}?", f"arn:aws:iam::aws:policy/service-role/{name}"):
        assert answer(topic, TERMINAL).name == name, topic


@pytest.mark.parametrize("operation", [operation.operation for operation in operations()])
def test_every_operation_is_explained_by_its_name(operation: str) -> None:
    for topic in (operation, f"backup:{operation}", f"what does {operation} need?"):
        answered = answer(topic, TERMINAL)
        assert answered.kind in (AnswerKind.ENTRY, AnswerKind.NEEDS), topic
        assert operation in text_of(answered.page), topic


@pytest.mark.parametrize(
    ("topic", "slug"),
    [
        ("slr", "service-linked-role"),
        ("servce linked rol", "service-linked-role"),
        ("permisions boundry", "permissions-boundary"),
        ("AWSBackupServiceRolePolicyForBackp", "AWSBackupServiceRolePolicyForBackup"),
        ("AWSBackupFullAcess", "AWSBackupFullAccess"),
        ("vault acces polcy", "vault-access-policy"),
        ("confussed deputy", "confused-deputy"),
        ("three identites", "three-identities"),
        ("logicaly air gaped vault", "logically-air-gapped-vault"),
        ("crossaccount copy", "cross-account-copy"),
        ("trsut policy", "trust-policy"),
    ],
)
def test_what_is_misspelled_is_explained(topic: str, slug: str) -> None:
    assert answer(topic, TERMINAL).name == slug


@pytest.mark.parametrize(
    ("topic", "operation"), [("StartCopyJbo", "StartCopyJob"), ("DescribeBackupVualt", "DescribeBackupVault")]
)
def test_an_operation_that_is_misspelled_is_explained(topic: str, operation: str) -> None:
    assert f"What {operation} asks its caller for" in text_of(answer(topic, TERMINAL).page)


@pytest.mark.parametrize(
    "text", ["", "help", "pizza", "what can you do", "an SCP with a Deny on things and other things"]
)
def test_each_place_is_told_of_its_own_commands(text: str) -> None:
    in_terminal, in_slack = (text_of(answer(text, surface).page) for surface in (TERMINAL, SLACK))
    assert "/backup-" not in in_terminal
    assert "backup-why explain" not in in_slack


def test_an_intent_that_an_entry_answers_names_one() -> None:
    assert {intent.answer for intent in all_intents() if intent.answer} <= SLUGS
