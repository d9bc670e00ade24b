"""Questions after an answer: what is understood."""

import pytest

from bot.diagnosis.model import Diagnosis
from bot.replies.document import text_of
from bot.replies.follow_ups import FOLLOW_UPS
from bot.work.follow_up import follow_up, what_to_ask
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.replies import diagnoses


def told(question: str, diagnosis: Diagnosis | None) -> str:
    page = follow_up(question, diagnosis).page
    return f"{page.says}\n{text_of(page)}"


def test_without_a_fix_nobody_is_named_to_ask() -> None:
    assert "nobody to ask" in told("who can fix it", diagnoses.not_permission())


def test_a_layer_that_was_not_looked_at_is_not_made_up() -> None:
    assert "I didn't check that layer here." in told("and the bucket?", diagnoses.denied())


def test_without_a_check_of_the_trust_policy_the_job_role_is_told() -> None:
    assert "Job role: clear" in told("show me the trust policy", diagnoses.denied())


def test_the_trust_policy_is_shown_where_the_answer_depends_on_it() -> None:
    document = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    cause = diagnoses.scp_cause(code="trust-missing", policy="trust", statement=None, document=document)
    layer = diagnoses.layers()[0]
    check = layer.checks[0].model_copy(update={"check": "trust-policy", "says": "It names EC2 alone."})
    trusted = diagnoses.denied(cause, layers=(layer.model_copy(update={"checks": (check,)}),))
    said = told("show me the trust policy", trusted)
    assert "It names EC2 alone." in said
    assert "ec2.amazonaws.com" in said


def test_nothing_asked_is_answered_with_what_can_be_asked() -> None:
    assert told("", diagnoses.denied()) == f"{what_to_ask().says}\n{text_of(what_to_ask())}"


@pytest.mark.parametrize("question", ["what is a key policy?", "explain the vault lock", "what's the job role"])
def test_what_something_is_is_told_by_the_knowledge_base_whatever_the_answer_at_hand(question: str) -> None:
    assert "## What it is" in told(question, diagnoses.denied())


@pytest.mark.parametrize("intent", FOLLOW_UPS)
def test_every_intent_has_an_answer_to_every_incident(intent: str) -> None:
    for file in FILES:
        assert FOLLOW_UPS[intent](diagnosis_of(file)).says, file.stem


def test_the_statement_that_lets_the_bot_read_names_actions_alone() -> None:
    said = told("what permission do you need", incident("22-"))
    assert '"organizations:DescribeAccount"' in said
    assert "For the role BackupWhyReadOnly in account 111122223333" in said


def test_a_thing_of_the_answer_is_known_by_its_name() -> None:
    assert "Vault: blocked" in told("hows central-prod doing", incident("09-"))
    assert "OnlyVaultAccount" in told("whats p-0copyguard", incident("12-"))
    assert "vol-0c4e6a8b0d2f13579" in told("tell us of volume/vol-0c4e6a8b0d2f13579", incident("22-"))


def test_a_thing_that_has_an_entry_of_its_own_is_told_from_that() -> None:
    assert follow_up("what is AWSServiceRoleForBackup", incident("09-")).entry == "service-linked-role"


def test_commands_to_look_by_hand_are_of_what_the_answer_depends_on() -> None:
    asked = "can i check this by hand"
    assert "aws organizations describe-policy --policy-id p-0copyguard" in told(asked, incident("12-"))
    vault = told(asked, incident("09-"))
    assert "get-backup-vault-access-policy --backup-vault-name central-prod --region us-east-1" in vault
    assert "--filter SERVICE_CONTROL_POLICY" in told(asked, incident("22-"))
    assert "aws kms get-key-policy --key-id" in told(asked, incident("16-"))


def test_no_change_is_called_safe_for_others() -> None:
    said = told("is that risky", incident("12-"))
    assert "I evaluated this job alone" in said
    assert "Before you change it" in said
    assert "safe for" not in said


def test_without_an_answer_it_is_said_what_can_be_asked_here() -> None:
    said = told("xyzzy", incident("12-"))
    assert "About this answer you can ask:" in said


def test_a_definition_is_found_however_it_shall_be_told() -> None:
    assert (
        follow_up("what is a service control policy in plain words", incident("12-")).entry
        == "service-control-policies"
    )


def incident(number: str) -> Diagnosis:
    return diagnosis_of(next(file for file in FILES if file.stem.startswith(number)))
