"""Every incident as those see it who must not see everything: no account id and no document in any field of anything.

What is looked at is all that Slack is handed: heads with their buttons, replies with their files, modals, the form to
the owner and the Home tab.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from bot.access.audience import Audience
from bot.access.authorizer import Rights
from bot.diagnosis.model import Diagnosis, Outcome
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.details import asked_about, asked_parts, detail_parts, owner_draft
from bot.replies.document import Page
from bot.replies.fixes import FORMS, fix_parts
from bot.replies.home import Latest, home_parts
from bot.work.follow_up import follow_up
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.replies.reading_along import account_ids, texts_in

pytestmark = pytest.mark.xdist_group("incidents")

EVERYTHING = Audience(Rights(None), shared=False)
QUESTIONS = ("show me the trust policy", "which policy?", "who can fix this?", "how do I fix it?", "why?")
NOBODYS = frozenset({"111122223333"})
"""Rights to an account that no incident is about."""


def sent(diagnosis: Diagnosis, reader: Audience) -> Iterator[Any]:
    """All that Slack is handed of a diagnosis for a reader."""
    yield asdict(
        reader.head(with_buttons(head_page(diagnosis, f"Account {diagnosis.job.account} again"), diagnosis, "t"))
    )
    asked = Page(
        "asked", f"{asked_about('ana', diagnosis)}.", tuple(asked_parts("ana", owner_draft(diagnosis), diagnosis))
    )
    questions = (follow_up(question, diagnosis).page for question in QUESTIONS)
    for page in (*reply_pages(diagnosis), *questions, asked):
        yield from map(asdict, reader.messages(page))
    yield reader.modal("Details", detail_parts(diagnosis))
    for form in FORMS:
        yield reader.modal("The fix", fix_parts(diagnosis, form))
    yield reader.text(owner_draft(diagnosis))
    yield reader.home(home_parts([Latest(diagnosis)]))


def documents(answer: Diagnosis) -> set[str]:
    """What is hidden with the policies: lines of them, of commands and of changes, and sentences that quote them."""
    # A message that no policy explains is the answer: the verdict quotes it.
    texts = [answer.job.status_message or ""] if answer.outcome is Outcome.DENIED else []
    for cause in answer.causes:
        texts.append(cause.near_miss or "")
        fix = cause.fix
        texts += [json.dumps(cause.document, indent=2)] if cause.document else []
        texts += [*fix.cli, fix.terraform] if fix else []
        policies = [change.document for change in fix.changes if "Statement" in change.document] if fix else []
        texts += [json.dumps(document, indent=2) for document in policies]
    return {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 20}


def shown(diagnosis: Diagnosis, reader: Audience) -> str:
    """All text of it, whatever field it stands in."""
    return "\n".join(texts_in(list(sent(diagnosis, reader.about(diagnosis)))))


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_nothing_masked_names_an_account_or_shows_a_document(incident: Path) -> None:
    diagnosis = diagnosis_of(incident)
    account = diagnosis.job.account
    whole = shown(diagnosis, EVERYTHING)
    kept = documents(diagnosis)
    assert account in account_ids(whole), "the same looked at whole would be noticed"
    assert {line for line in kept if line not in whole} == set()
    for reader, readable in (
        (replace(EVERYTHING, shared=True), set[str]()),
        (replace(EVERYTHING, shared=None), set()),
        (replace(EVERYTHING, rights=Rights(NOBODYS)), NOBODYS),
        (replace(EVERYTHING, rights=Rights(frozenset({account}))), {account}),
    ):
        said = shown(diagnosis, reader)
        assert account_ids(said) <= readable
        if not reader.about(diagnosis).mask.documents:
            assert {line for line in kept if line in said} == set()
