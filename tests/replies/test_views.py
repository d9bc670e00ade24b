"""Hostile text through every view there is: no ping, no refused message, nothing lost from a document."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.access.audit import Act, Entry
from bot.access.trail import trail_page
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.events import Left
from bot.diagnosis.failures import FailedJob
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Change, Diagnosis, JobType, Outcome
from bot.diagnosis.reading import read_error
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.changes import changes
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.details import asked_parts, detail_parts, owner_draft, policy_parts
from bot.replies.document import Page, without_plans
from bot.replies.fixes import fix_parts
from bot.replies.home import Latest, home_parts
from bot.replies.message import Message, View
from bot.replies.picking import PICK, TITLE, picked, picking_form
from bot.replies.safe import visible
from bot.replies.slack import draw, draw_single
from bot.replies.teaching import ask_page, unknown_page
from bot.replies.thread import thread_pages
from bot.replies.trouble import trouble_page
from bot.replies.verdict import verdict_page
from bot.replies.views import form, home, modal
from bot.work.follow_up import follow_up
from sandbox.slack.block_kit import message_problems, view_problems
from tests.replies import diagnoses
from tests.replies.test_slack import HOSTILE, shown, types_in

PIECES = (
    *("<!channel>", "<!here>", "<@U0123456789>", "<#C012|x>", "<https://evil.example|AWS>", "&lt;!everyone&gt;", "&"),
    *(
        "`",
        "```",
        "*",
        "_",
        "~",
        "> ",
        "\n",
        "\r\n",
        "\t",
        "|",
        "@here",
        ":tada:",
        "\\",
        '"',
        "{",
        "}",
        "\x00",
        "\x1b[31m",
    ),
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\ud83d",
        "漢",
        "é",
        "🧑‍🚀",
        "arn:aws:iam::222233334444:role/a",
        "a" * 80,
    ),
    *("Access Denied", "is not authorized to perform: kms:Decrypt", "6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f", " "),
)
FORBIDDEN = {"mrkdwn", "user", "usergroup", "channel", "broadcast", "link"}
AT = datetime(2026, 11, 20, 5, tzinfo=UTC)


def picking(jobs: list[FailedJob]) -> View:
    """The form in which a job is picked."""
    said, fields = picking_form(jobs)
    return form(TITLE, "Find out", PICK, "", said, fields)


def both_of(answer: AnyDiagnosis) -> tuple[Page, ...]:
    """The head of an answer and its replies."""
    return head_page(answer, "A note"), *reply_pages(answer)


def messages_of(*texts: str) -> Iterator[Message]:
    """Every message that texts can come into."""
    text, diagnosis = texts[0], diagnoses.filled_with(*texts)
    checklist = Checklist().after(Left("locate", text)).after(Left("kms", text))
    singles: list[Page] = [
        with_buttons(verdict_page(diagnosis, changes(diagnosis, diagnoses.denied(), by=text, at=AT)), diagnosis, "t"),
        checklist_page(text, checklist),
        without_plans(checklist_page(text, checklist)),
        trouble_page(text, text),
        ask_page(text),
        unknown_page(),
    ]
    pages: list[Page] = [
        *thread_pages(diagnosis),
        *both_of(read_error(text).model_copy(update={"causes": diagnosis.causes, "layers": diagnosis.layers})),
        trail_page([Entry(Act.QUESTION, text, text, text, text, text, text)] * 30),
        Page("asked", text, tuple(asked_parts(text, text, diagnosis))),
        follow_up(text, None).page,
        follow_up(text, diagnosis).page,
    ]
    yield from map(draw_single, singles)
    for page in pages:
        yield from draw(page)


def views_of(*texts: str) -> Iterator[View]:
    """Every view that texts can come into."""
    text, diagnosis = texts[0], diagnoses.filled_with(*texts)
    job = FailedJob(JobReference(id="6f0c", account="222233334444", region="eu-west-1"), text, AT, text, text)
    yield modal("The policy", policy_parts(diagnosis))
    yield modal("Details", detail_parts(diagnosis))
    for written in ("cli", "terraform", "json"):
        yield modal("The fix", fix_parts(diagnosis, written))
    yield home(home_parts([Latest(diagnosis)] * 20))
    yield picking([job] * 120)


def harmless(message: Message) -> None:
    assert message_problems(message.text, message.blocks) == []
    assert not set("<>`") & set(message.text)
    assert types_in(list(message.blocks)).isdisjoint(FORBIDDEN)
    json.dumps(message.blocks).encode("utf-8")


def test_hundreds_of_generated_texts_ping_nobody_and_are_refused_nowhere() -> None:
    dice = random.Random(20_261_120)  # noqa: S311 — a test that is the same every time
    texts = ["".join(dice.choices(PIECES, k=dice.randint(1, 12))) for _ in range(300)]
    for at in range(0, len(texts), 7):
        for message in messages_of(*texts[at : at + 7]):
            harmless(message)
        for view in views_of(*texts[at : at + 7]):
            assert view_problems(view) == []
            assert types_in(view).isdisjoint(FORBIDDEN)
    for text in texts:
        told = Diagnosis(job=diagnoses.job(status_message=f"x{text}"), outcome=Outcome.NOT_FAILED, summary=text)
        for message in (draw_single(verdict_page(told)), *draw(thread_pages(told)[0])):
            harmless(message)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_view_takes_the_worst_of_texts(name: str) -> None:
    for message in messages_of(HOSTILE[name]):
        harmless(message)
    for view in views_of(HOSTILE[name]):
        assert view_problems(view) == []


def long_diagnosis() -> Diagnosis:
    document: dict[str, Any] = {"Statement": [{"Sid": f"S{number}", "Resource": "x" * 400} for number in range(300)]}
    return diagnoses.denied(diagnoses.scp_cause(document=document))


def test_a_document_of_a_modal_is_whole_in_its_pieces() -> None:
    diagnosis = long_diagnosis()
    said = shown(modal("The policy", policy_parts(diagnosis)))
    assert all(f'"S{number}"' in said for number in range(300))


def test_a_document_that_no_modal_can_hold_says_so() -> None:
    huge: dict[str, Any] = {"Statement": ["x" * 2_000 for _ in range(300)]}
    view = modal("The policy", policy_parts(diagnoses.denied(diagnoses.scp_cause(document=huge))))
    assert view_problems(view) == []
    assert "more blocks don't fit here." in shown(view)


def test_an_option_stands_for_the_whole_job() -> None:
    job = JobReference(
        id="6F0C2D1E-3B4A-4C5D-8E9F-0A1B2C3D4E5F", account="222233334444", region="eu-west-1", type=JobType.COPY
    )
    view = picking([FailedJob(job, "FAILED", AT, "EBS", diagnoses.VOLUME)])
    (option,) = view["blocks"][1]["element"]["options"]
    assert picked(option["value"]) == job


def test_more_failed_jobs_than_a_menu_holds_are_told() -> None:
    job = FailedJob(JobReference(id="6f0c"), "FAILED", AT, "EBS", diagnoses.VOLUME)
    assert "Only the newest 100 of 120 are shown." in shown(picking([job] * 120))


def test_the_owners_draft_says_what_to_change_and_that_it_has_been_proven() -> None:
    draft = owner_draft(diagnoses.denied(diagnoses.scp_cause(), diagnoses.key_cause()))
    assert "for the organization admin: Exempt the job role" in draft
    assert "for the key owner: Let the role use the key." in draft
    assert "it is allowed" in draft


def test_the_owner_is_not_asked_for_what_another_fix_does_as_well() -> None:
    done = diagnoses.fix(summary="Nothing more.", changes=(), cli=(), terraform="")
    draft = owner_draft(diagnoses.denied(diagnoses.scp_cause(), diagnoses.scp_cause(fix=done)))
    assert draft.count("Could you make this change") == 1
    assert "Nothing more." not in draft


def test_visible_text_is_left_as_it_is() -> None:
    assert visible("plain ascii, é, 漢字 and\ttabs\n") == "plain ascii, é, 漢字 and\ttabs\n"


@pytest.mark.parametrize(
    ("document", "is_shown"), [(diagnoses.POLICY, True), ({"PolicyArn": "arn:…"}, False), ({}, False)]
)
def test_the_document_of_a_change_is_shown_where_it_is_a_policy(document: dict[str, Any], is_shown: bool) -> None:
    change = Change(kind="put-key-policy", target="arn:…", document=document)
    answer = diagnoses.denied(diagnoses.scp_cause(fix=diagnoses.fix(changes=(change,))))
    assert ("The whole policy" in repr(fix_parts(answer, "json"))) is is_shown


def test_a_fix_of_an_older_version_says_that_it_is_not_verified() -> None:
    answer = diagnoses.denied(diagnoses.scp_cause(fix=diagnoses.fix(proven=False)))
    assert "Not verified: an older version gave this answer." in repr(fix_parts(answer, "cli"))
