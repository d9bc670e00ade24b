"""Diagnoses drawn as Slack messages: within the limits, literal, whole, and readable without colour."""

from typing import Any

import pytest

from bot.diagnosis.events import STATES, Entered, Left, Progress
from bot.diagnosis.model import DeniedCall, Diagnosis, Grounds, LaterChange, LayerName, Verdict, Withdrawal
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.document import Heading, Page, Paragraph, line, without_plans
from bot.replies.evidence import evidence_pages
from bot.replies.message import Message
from bot.replies.safe import visible
from bot.replies.slack import draw, draw_single
from bot.replies.thread import thread_pages
from bot.replies.verdict import verdict_page
from sandbox.slack.block_kit import message_problems
from tests.replies import diagnoses
from tests.replies.diagnoses import EVERY_KIND

HOSTILE = {
    "special mention": "<!channel> <!here> <!everyone|all>",
    "user mention": "<@U0123456789> <#C0123456789> <!subteam^S012>",
    "link": "<https://evil.example|AWS console> & <mailto:a@b.c>",
    "escaped already": "&lt;!channel&gt; &amp;",
    "markup": "*bold* _it_ ~no~ `code` ```block``` > quote :tada: @here",
    "right to left": "role/\u202enimda\u202c\u2066x\u2069",
    "invisible": "a\u200bb\u2060c\ufeffd\u00ade",
    "controls": "a\x00b\x1b[31mred\x07\r\nnext\u2028line",
    "lone surrogate": "broken \ud800 text",
    "empty": "",
    "blank": "  \n\t ",
    "50 KB": "x" * 50_000,
    "50 KB of markup": "<!channel>&`" * 4_200,
    "50 KB of lines": "line\n" * 10_000,
    "wide": "漢字" * 2_000 + "🧑‍🚀" * 500,
}


def everything(diagnosis: Diagnosis) -> list[Message]:
    """Every message of a thread."""
    pages = thread_pages(diagnosis)
    return [draw_single(verdict_page(diagnosis)), *(message for page in pages for message in draw(page))]


def shown(value: Any) -> str:
    """All text that blocks show."""
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return own + "".join(shown(member) for member in value.values())
    if isinstance(value, list | tuple):
        return "".join(map(shown, value))
    return ""


def types_in(value: Any) -> set[str]:
    """Every `type` that stands anywhere in blocks."""
    if isinstance(value, dict):
        own = {value["type"]} if isinstance(value.get("type"), str) else set()
        return own.union(*map(types_in, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(types_in, value))
    return set()


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_message_of_every_outcome_is_one_that_slack_takes(kind: str) -> None:
    for message in everything(EVERY_KIND[kind]):
        assert message_problems(message.text, message.blocks) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_what_has_no_shape_is_written_out(name: str) -> None:
    for message in everything(diagnoses.filled_with(HOSTILE[name])):
        assert not set("\u202e\u2066\u200b\x00\x1b\u2028\ud800") & set(shown(list(message.blocks)) + message.text)


@pytest.mark.parametrize("name", ["special mention", "markup", "50 KB of markup", "50 KB", "wide"])
def test_nothing_is_cut_silently_in_the_thread(name: str) -> None:
    text = HOSTILE[name]
    told = [page for page in thread_pages(diagnoses.filled_with(text)) if page.slot != "fix"]
    for page in told:
        messages = draw(page)
        content = shown([block for message in messages for block in message.blocks])
        files = "".join(snippet.text for message in messages for snippet in message.snippets)
        assert visible(text) in content + files, f"{page.slot} does not show the text whole"


def test_a_shortened_verdict_says_so_and_the_thread_has_the_text_whole() -> None:
    long = "y" * 5_000
    message = draw_single(verdict_page(diagnoses.undetermined().model_copy(update={"summary": long})))
    assert "shortened here" in shown(list(message.blocks))
    assert "…" in shown(list(message.blocks))
    short = draw_single(verdict_page(diagnoses.undetermined()))
    assert "shortened here" not in shown(list(short.blocks))


def test_what_cloudtrail_recorded_is_told_once_an_action_and_with_who_changed_what() -> None:
    call = DeniedCall(action="kms:CreateGrant", resource=diagnoses.VOLUME, at=diagnoses.SOME_TIME)
    change = LaterChange(
        event="PutKeyPolicy", layer=LayerName.KMS, target="a key", by="ana", at=diagnoses.SOME_TIME, minutes=40
    )
    diagnosis = diagnoses.denied(denied_calls=(call, call), changed_since=(change,))
    (page,) = [page for page in thread_pages(diagnosis) if page.slot == "denies"]
    said = shown(list(draw_single(page).blocks)).split("CloudTrail recorded")[1]
    assert said.count("kms:CreateGrant") == 1
    assert ", 2 times" in said
    assert "PutKeyPolicy on a key by ana" in said


def test_the_verdict_says_what_denies_who_must_change_what_and_that_it_was_verified() -> None:
    (head,) = (draw_single(verdict_page(diagnoses.denied())),)
    said = shown(list(head.blocks))
    cause, fix = diagnoses.scp_cause(), diagnoses.fix()
    for text in (
        "EBS volume vol-",
        cause.explanation,
        f"{fix.owner[1:]}: {fix.summary} Verified.",
        "blocked",
    ):
        assert text in said
    assert "Proven" not in said
    assert len(head.blocks) <= 6


def test_the_evidence_names_action_principal_resource_statement_and_policy() -> None:
    (page,) = [page for page in thread_pages(diagnoses.denied()) if page.slot == "denies"]
    said = shown(list(draw_single(page).blocks))
    for name in ("ec2:CreateSnapshot", diagnoses.ROLE, diagnoses.VOLUME, "OnlyEU", "p-deny0001", "ou-a1b2-11111111"):
        assert name in said


def reply(slot: str, answer: Diagnosis) -> str:
    """What a reply of the thread says."""
    (page,) = [page for page in thread_pages(answer) if page.slot == slot]
    return shown([block for message in draw(page) for block in message.blocks])


@pytest.mark.parametrize(
    ("grounds", "says"),
    [
        (Grounds.SINGLED_OUT, "Likely. The error message blames such a policy"),
        (Grounds.MESSAGE, "Likely. The error message says so"),
        (Grounds.RECORDED, "Likely. CloudTrail recorded it"),
        (Grounds.IMPLIED, "Likely. The policies deny a call that AWS's managed policies imply"),
        (Grounds.IMPLIED_ASIDE, "Possible. The policies deny a call that only AWS's managed policies imply"),
        (Grounds.ASSUMED, "Possible. The policies deny a call that no AWS page"),
        (Grounds.UNKNOWN_KEY, "Possible. It depends on"),
        (Grounds.CONTESTED, "Possible. AWS's documentation leaves open"),
    ],
)
def test_the_evidence_says_what_a_cause_is_known_from(grounds: Grounds, says: str) -> None:
    assert says in reply("denies", diagnoses.EVERY_KIND[grounds])


@pytest.mark.parametrize("grounds", [Grounds.NAMED, Grounds.DOCUMENTED])
def test_what_is_proven_has_no_words_for_its_certainty(grounds: Grounds) -> None:
    assert "Certainty" not in reply("denies", diagnoses.EVERY_KIND[grounds])


def test_the_evidence_says_which_calls_are_only_implied() -> None:
    said = reply("denies", diagnoses.EVERY_KIND["partly implied"])
    assert "Only AWS's managed policies imply that the job also calls ec2:CreateSnapshot." in said


def test_what_is_possible_is_no_part_of_the_verdict_on_another_failure() -> None:
    answer = diagnoses.EVERY_KIND["possible beside another failure"]
    assert "ec2:CreateSnapshot" not in shown(list(draw_single(verdict_page(answer)).blocks))
    assert "ec2:CreateSnapshot" not in reply("denies", answer)
    assert "It would also be denied" in reply("rest", answer)


def test_the_last_reply_says_what_is_not_covered() -> None:
    assert "Session policies are not read." in reply("rest", diagnoses.uncovered())


def test_a_fixed_job_is_headed_as_fixed_and_said_once() -> None:
    page = verdict_page(diagnoses.fixed())
    said = shown(list(draw_single(page).blocks))
    assert said.startswith("Fixed: start the job again (backup of EBS volume ")
    assert "scp-denied" not in said
    assert page.says.startswith("Fixed: start the job again (backup job ")


def test_sharing_that_was_withdrawn_is_in_the_trail() -> None:
    withdrawn = Withdrawal(action="ec2:ModifySnapshotAttribute", resource="snap-1", by="robot", at=diagnoses.SOME_TIME)
    (page,) = [page for page in evidence_pages(diagnoses.denied(withdrawals=(withdrawn,))) if page.slot == "trail"]
    assert "ec2:ModifySnapshotAttribute on snap-1 by robot" in shown(list(draw_single(page).blocks))
    assert page.says == "What CloudTrail recorded: 1 withdrawal of sharing."


def test_the_thread_has_three_replies_at_most() -> None:
    two = diagnoses.denied(diagnoses.scp_cause(), diagnoses.key_cause())
    assert [page.slot for page in thread_pages(two)] == ["fix", "denies", "rest"]
    assert [page.slot for page in thread_pages(diagnoses.undetermined())] == ["denies", "rest"]


def test_a_layer_that_could_not_be_read_is_never_drawn_as_clear() -> None:
    pages = {page.slot: page for page in evidence_pages(diagnoses.undetermined())}
    said = shown([block for message in draw(pages["layer:organization"]) for block in message.blocks])
    assert "unknown" in said
    assert "clear" not in said


@pytest.mark.parametrize("verdict", Verdict)
def test_a_status_is_never_an_emoji_alone(verdict: Verdict) -> None:
    pages = evidence_pages(diagnoses.denied(layers=diagnoses.layers(vault=verdict)))
    (vault,) = [page for page in pages if page.slot == "layer:vault"]
    said = shown(list(draw(vault)[0].blocks))
    assert said.startswith(f"Vault: {verdict.value.replace('-', ' ')}")


def test_a_short_command_is_shown_and_a_long_one_is_a_file() -> None:
    many = f"aws organizations update-policy --content '{'x' * 10_000}'"
    short, long = diagnoses.denied(), diagnoses.denied(diagnoses.scp_cause(fix=diagnoses.fix(cli=(many,))))
    (inline,), (filed,) = (draw(page) for answer in (short, long) for page in thread_pages(answer)[:1])
    assert inline.snippets == ()
    assert diagnoses.fix().cli[0] in shown(list(inline.blocks))
    (snippet,) = filed.snippets
    assert snippet.text == many
    assert snippet.name in shown(list(filed.blocks))


def test_the_checklist_follows_the_events_and_keeps_unknown_unknown() -> None:
    checklist = Checklist()
    for event in (
        Entered("locate"),
        Left("locate", "EBS backup in eu-west-1"),
        Entered("collect"),
        Progress("collect", 7, 12),
        Left("collect", "31 lookups"),
        Left("organization", "not readable", Verdict.UNKNOWN),
        Entered("kms"),
    ):
        checklist = checklist.after(event)
    page = checklist_page("6f0c", checklist)
    said = shown(list(draw_single(without_plans(page)).blocks))
    assert "Read 7 of 12 lookups" in said
    assert "unknown Organization: not readable" in said
    assert "done Locate the job: EBS backup" in said
    assert "running KMS key (running)" in said
    assert "waiting Vault (waiting)" in said
    (plan, _) = draw_single(page).blocks
    cards = [(card["title"], card["status"]) for card in plan["tasks"]]
    assert cards == [
        ("Locate the job: done", "complete"),
        ("Job role: waiting", "pending"),
        ("Vault: waiting", "pending"),
        ("Organization: unknown", "complete"),
        ("KMS key: running", "in_progress"),
        ("Verdict: waiting", "pending"),
    ]


def test_the_checklist_of_a_hostile_job_is_one_message() -> None:
    for text in HOSTILE.values():
        checklist = Checklist()
        for state in STATES:
            checklist = checklist.after(Left(state, text))
        for page in (checklist_page(text, checklist), without_plans(checklist_page(text, checklist))):
            message = draw_single(page)
            assert message_problems(message.text, message.blocks) == []


def test_a_page_that_needs_several_messages_counts_them() -> None:
    page = Page("layer:kms", "Long.", (Heading("KMS"), *(Paragraph(line("z" * 2_000)) for _ in range(12))))
    messages = draw(page)
    assert [message.slot for message in messages] == ["layer:kms", "layer:kms:2", "layer:kms:3"]
    assert messages[1].text == "Long. (2 of 3)"


def test_a_page_that_would_flood_the_channel_goes_on_in_a_file() -> None:
    page = Page("layer:kms", "Long.", (Heading("KMS"), *(Paragraph(line(f"{n} " + "z" * 2_000)) for n in range(40))))
    (message,) = draw(page)
    (snippet,) = message.snippets
    assert snippet.name == "layer-kms.txt"
    assert "\n\n39 zzz" in snippet.text
    assert "All of it is a file below" in shown(list(message.blocks))
