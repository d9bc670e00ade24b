"""The rules of docs/style.md that a machine can hold, over the answers to all incidents."""

import re
from pathlib import Path

import pytest

from bot.replies.answer import head_page, reply_pages
from bot.replies.document import Bullets, Heading, Note, Page, Paragraph, words_of
from knowledge.causes import cause_codes
from tests.diagnosis.incidents import FILES, diagnosis_of

pytestmark = pytest.mark.xdist_group("incidents")

INCIDENTS = pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
LONGEST_SENTENCE = 30
WELL_FORMED_ARN = r"arn:aws[\w-]*:[\w-]+:[\w-]*:[\w-]*:"
BANNED = r"\b(spare|mend|hinges?|hang(s|ing)? on|let in|hand(ed|s)? over|stands? in|nobody foresaw|names no)\b"


def prose(page: Page) -> list[str]:
    """The sentences of a page, without labelled values, documents and the line of ids."""
    texts: list[str] = []
    for part in page.parts:
        if isinstance(part, Paragraph):
            texts.append(words_of(part.text))
        elif isinstance(part, Heading):
            texts.append(part.text)
        elif isinstance(part, Bullets):
            texts += map(words_of, part.items)
    return texts


@INCIDENTS
def test_the_head_has_six_lines_at_most_and_names_instead_of_arns(incident: Path) -> None:
    head = head_page(diagnosis_of(incident))
    assert len(head.parts) <= 6
    assert isinstance(head.parts[-1], Note)
    assert [text for text in prose(head) if re.search(WELL_FORMED_ARN, text)] == []


@INCIDENTS
def test_no_sentence_of_the_head_is_long(incident: Path) -> None:
    sentences = [
        sentence for text in prose(head_page(diagnosis_of(incident))) for sentence in re.split(r"(?<=[.:]) ", text)
    ]
    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST_SENTENCE] == []


@INCIDENTS
def test_the_thread_has_three_replies_at_most_and_repeats_no_sentence_of_the_head(incident: Path) -> None:
    diagnosis = diagnosis_of(incident)
    replies = reply_pages(diagnosis)
    assert len(replies) <= 3
    told = {text for text in prose(head_page(diagnosis)) if len(text) > 40}
    assert [text for page in replies for text in prose(page) if text in told] == []


@INCIDENTS
def test_no_code_and_no_banned_word_stands_in_prose(incident: Path) -> None:
    diagnosis = diagnosis_of(incident)
    for page in (head_page(diagnosis), *reply_pages(diagnosis, "explain")):
        for text in prose(page):
            said = text.split("To read more:")[0]
            assert re.search(BANNED, said, re.IGNORECASE) is None, said
            assert [code for code in cause_codes() if re.search(rf"\b{code}\b", said)] == [], said
