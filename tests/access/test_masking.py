"""What people of other organizations see: no account ids, no documents."""

import pytest

from bot.access.masking import HIDDEN, masked, masked_text
from bot.replies.slack import draw
from bot.replies.thread import thread_pages
from bot.replies.verdict import verdict_page
from tests.replies import diagnoses

TEXTS = {
    "account 222233334444.": "account ********4444.",
    "arn:aws:iam::222233334444:role/a": "arn:aws:iam::********4444:role/a",
    "bucket-222233334444-logs": "bucket-********4444-logs",
    "job 6f0c2d1e-3b4a-4c5d-8e9f-012345678901": "job 6f0c2d1e-3b4a-4c5d-8e9f-012345678901",
    "1234567890123 is no account": "1234567890123 is no account",
}


@pytest.mark.parametrize("text", TEXTS)
def test_an_account_id_keeps_its_last_four_digits(text: str) -> None:
    assert masked_text(text) == TEXTS[text]


def test_no_page_of_a_diagnosis_tells_an_account_or_a_document() -> None:
    diagnosis = diagnoses.denied(diagnoses.scp_cause(), diagnoses.key_cause())
    for page in (verdict_page(diagnosis), *thread_pages(diagnosis)):
        for message in draw(masked(page)):
            said = f"{message.text} {message.blocks} {message.snippets}"
            assert "222233334444" not in said
            assert "OnlyEU', 'Effect'" not in said
            assert '"Statement"' not in said


def test_a_hidden_document_is_told_to_be_hidden() -> None:
    (fix,) = [page for page in thread_pages(diagnoses.denied()) if page.slot == "fix:1"]
    (message,) = draw(masked(fix))
    assert HIDDEN in str(message.blocks)
