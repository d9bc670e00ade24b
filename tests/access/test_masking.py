"""What people of other organizations and of other accounts see: no account ids, no documents."""

from dataclasses import replace

import pytest

from bot.access.audience import ANYBODY, OTHER_ACCOUNTS, SHARED, UNSURE, UNSURE_NOTE, Audience
from bot.access.authorizer import Rights
from bot.access.masking import Mask
from bot.diagnosis.model import Diagnosis
from bot.replies.answer import head_page, reply_pages
from bot.replies.document import Page, Verbatim
from tests.replies import diagnoses

TEXTS = {
    "account 222233334444.": "account ********4444.",
    "arn:aws:iam::222233334444:role/a": "arn:aws:iam::********4444:role/a",
    "bucket-222233334444-logs": "bucket-********4444-logs",
    "job 6f0c2d1e-3b4a-4c5d-8e9f-012345678901": "job 6f0c2d1e-3b4a-4c5d-8e9f-012345678901",
    "1234567890123 is no account": "1234567890123 is no account",
}


EVERYTHING = Audience(Rights(None), shared=False)
DENIED = diagnoses.denied(
    diagnoses.scp_cause(near_miss="statement Some allows it, but not on this resource"), diagnoses.key_cause()
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_account_id_keeps_its_last_four_digits(text: str) -> None:
    assert Mask("hidden", frozenset(), documents=False).text(text) == TEXTS[text]


def test_an_account_id_that_may_be_read_stays_whole() -> None:
    mask = Mask("hidden", frozenset({"222233334444"}), documents=True)
    assert mask.text("from 222233334444 to 777788889999") == "from 222233334444 to ********9999"


def test_a_document_that_may_be_read_has_the_other_accounts_masked_in_its_names_too() -> None:
    mask = Mask("hidden", frozenset({"222233334444"}), documents=True)
    shown = mask.part(Verbatim("of 777788889999", "777788889999.json", "222233334444 and 777788889999"))
    assert shown == Verbatim("of ********9999", "********9999.json", "222233334444 and ********9999")


def pages(diagnosis: Diagnosis) -> list[Page]:
    return [head_page(diagnosis, "Account 222233334444 looked again"), *reply_pages(diagnosis)]


def shown(audience: Audience, diagnosis: Diagnosis) -> str:
    """All that is sent of a diagnosis, as one text."""
    about = audience.about(diagnosis)
    return " ".join(
        f"{message.text} {message.blocks} {message.snippets}"
        for page in pages(diagnosis)
        for message in about.messages(page)
    )


@pytest.mark.parametrize(
    ("audience", "why"),
    [
        pytest.param(replace(EVERYTHING, shared=True), SHARED, id="other organizations read along"),
        pytest.param(replace(EVERYTHING, shared=None), UNSURE, id="nobody knows who reads"),
        pytest.param(replace(EVERYTHING, rights=Rights(frozenset({"111122223333"}))), OTHER_ACCOUNTS, id="no right"),
        pytest.param(ANYBODY, SHARED, id="anybody"),
    ],
)
def test_nothing_that_is_sent_of_a_diagnosis_has_an_account_or_a_document(audience: Audience, why: str) -> None:
    said = shown(audience, DENIED)
    assert "222233334444" not in said
    assert "OnlyEU', 'Effect'" not in said
    assert '"Statement"' not in said
    assert "statement Some allows it" not in said
    assert why in said


def test_whoever_may_ask_about_every_account_concerned_sees_it_whole() -> None:
    whole = shown(EVERYTHING, DENIED)
    assert "222233334444" in whole
    assert "statement Some allows it" in whole
    accounts = EVERYTHING.about(DENIED).concerned
    assert shown(replace(EVERYTHING, rights=Rights(accounts)), DENIED) == whole


def test_a_copy_shows_its_other_account_and_its_documents_only_to_those_who_may_ask_about_both() -> None:
    job = diagnoses.job(destination_vault="arn:aws:backup:eu-west-1:777788889999:backup-vault:safe")
    copy = diagnoses.denied(diagnoses.scp_cause(), job=job)
    said = shown(replace(EVERYTHING, rights=Rights(frozenset({"222233334444"}))), copy)
    assert "222233334444" in said
    assert "777788889999" not in said
    assert "********9999" in said
    assert '"Statement"' not in said
    assert OTHER_ACCOUNTS in said


def test_a_head_says_why_things_are_hidden_where_slack_does_not_say_who_reads() -> None:
    assert UNSURE_NOTE in str(replace(EVERYTHING, shared=None).head(head_page(DENIED)).blocks)
    assert UNSURE_NOTE not in str(replace(EVERYTHING, shared=True).head(head_page(DENIED)).blocks)
