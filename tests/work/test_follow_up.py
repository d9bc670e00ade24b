"""Questions after an answer: what is understood."""

import pytest

from bot.diagnosis.model import Diagnosis
from bot.replies.document import text_of
from bot.work.follow_up import follow_up, what_to_ask
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
