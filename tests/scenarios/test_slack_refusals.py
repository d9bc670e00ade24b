"""Each error that Slack names on a method's page, once: whoever asks gets their verdict or a sentence, and it is over.

The short form tries each code at the method on whose page it stands first; BACKUP_WHY_SLACK_ERRORS=all tries every code
of every method (`make slack-errors`).
"""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from bot.access.slack_errors import TOKEN_REFUSED, TRANSIENT
from bot.diagnosis.events import STATES, Entered
from bot.site import HEALTH_PATH, READY_PATH
from bot.work.notices import IN_ARCHIVE, INVITE, NOT_BETWEEN_OTHERS
from bot.work.token_watch import token_refusal
from sandbox.slack.workspace import RESPONSES, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench

PAGES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("slack_error_codes.yaml").read_text(encoding="utf-8"))
ANSWERING = (
    "chat.postMessage",
    "chat.update",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "conversations.info",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "chat.getPermalink",
)
"""Methods that are called for an answer in a channel."""

PRESSING = ("views.open", "views.update", "views.publish", "chat.postEphemeral")
"""Methods that are called for what somebody presses."""

LONG = diagnoses.denied(job=diagnoses.job(status_message="no\n" * 4_000))


def codes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The codes that are tried at each method."""
    seen = set[str]()
    for method in (*ANSWERING, *PRESSING):
        of_page = [*PAGES["methods"][method], *PAGES["common"]]
        if os.environ.get("BACKUP_WHY_SLACK_ERRORS") != "all":
            of_page = [code for code in of_page if code not in seen]
        seen.update(of_page)
        yield method, tuple(of_page)


def named(value: object) -> str:
    """The id of a test: the method."""
    return value if isinstance(value, str) else ""


def script() -> Script:
    return Script(LONG, [Entered(state) for state in STATES[:3]])


async def settle(bench: Bench, channel: Any) -> list[str]:
    """Waits until everything is answered; returns what stands in a channel."""
    await bench.finished()
    return [message["text"] for message in channel.messages.values()]


@pytest.mark.parametrize(("method", "errors"), [row for row in codes() if row[0] in ANSWERING], ids=named)
async def test_an_error_while_answering_ends_in_a_verdict_or_in_a_sentence(
    redis_url: str, method: str, errors: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(redis_url, script()) as bench:
        for error in errors:
            channel = bench.workspace.add_channel("backups")
            alone, refused = len(bench.workspace.ephemeral), len(refusals(bench, method, error))
            bench.workspace.fail(method, Fault(error=error))
            await ask(bench, channel, mention="Stream" in method)
            texts = await settle(bench, channel)
            told = [sent["text"] for sent in bench.workspace.ephemeral[alone:]]
            verdicts = [text for text in texts if text.startswith("Denied.")]
            assert len(verdicts) == 1 or (not verdicts and told), f"{error}: {texts}, {told}"
            if verdicts and error != "message_not_found":  # the head that somebody has deleted
                assert not [text for text in texts if text.startswith("Looking into")], f"{error}: {texts}"
            if error in TRANSIENT and method == "chat.postMessage":
                assert verdicts, f"{error} passes"
            if error not in TRANSIENT:
                assert len(refusals(bench, method, error)) - refused <= 1, f"{error} is tried again"
            bench.workspace._faults.clear()
    assert stacks(caplog) == []


def stacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the bot has logged with a stack."""
    return [r.getMessage() for r in caplog.records if r.exc_info and r.name.startswith(("bot", "handlers"))]


def refusals(bench: Bench, method: str, error: str) -> list[Any]:
    return [call for call in bench.workspace.calls_of(method) if call.response.get("error") == error]


async def ask(bench: Bench, channel: Any, *, mention: bool) -> None:
    """Asks about a job that nobody has asked about."""
    job = str(uuid.uuid4())
    if mention:
        await bench.slack.write(channel.id, f"<@U0BACKUPWHY> {job}", user=bench.user)
    else:
        await bench.command(job, channel=channel)


@pytest.mark.parametrize(("method", "errors"), [row for row in codes() if row[0] in PRESSING], ids=named)
async def test_an_error_while_somebody_presses_is_a_sentence_or_nothing_worth_one(
    redis_url: str, method: str, errors: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        top = (await bench.posted(4))[0]
        for error in errors:
            before = len(bench.workspace.calls)
            bench.workspace.fail(method, Fault(error=error))
            if method == "views.publish":
                published = len(bench.workspace.calls_of(method))
                await bench.slack.open_home(user=bench.workspace.add_person("ben"))
                await bench.called(method, published + 2)
            elif method == "chat.postEphemeral":
                bench.workspace.fail("views.open", Fault(error="view_too_large"))
                await bench.slack.shortcut("pick_failed", user=bench.user)
            else:
                await bench.slack.press(bench.channel.id, top["ts"], "show_details", user=bench.user)
                if error != "not_found":
                    told = [
                        call.args["text"] for call in bench.workspace.calls[before:] if call.method == "response_url"
                    ]
                    assert len(told) == 1, error
            bench.workspace._faults.clear()
    assert stacks(caplog) == []


@pytest.mark.parametrize("error", ["msg_blocks_too_long", "msg_too_long", "invalid_blocks"])
async def test_a_verdict_that_slack_finds_too_long_stands_there_in_short(redis_url: str, error: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.update", Fault(error=error))
        await bench.command(JOB_ID)
        (head, *_) = [message for message in (await bench.posted(4)) if "metadata" in message]
        await bench.finished()
        assert head["text"].startswith("Denied.")
        assert "Press Details to see all of it" in str(head["blocks"])
        assert "show_details" in str(head["blocks"])
        assert "all of the answer" in bench.workspace.calls_of("response_url")[-1].args["text"]


async def test_a_reply_that_slack_refuses_costs_no_other_and_no_verdict(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        unwatch = bench.workspace.watch(
            lambda call: (
                bench.workspace.fail("chat.postMessage", Fault(error="msg_blocks_too_long"))
                if call.args.get("text", "").startswith("Denied.")
                else None
            )
        )
        await bench.command(JOB_ID)
        await bench.finished()
        unwatch()
        assert bench.slots() == ["parent", "fix", "denies", "rest"]
        assert "doesn't take this part" in list(bench.channel.messages.values())[1]["text"]


async def test_a_thread_that_is_locked_keeps_its_verdict_and_the_asker_is_told(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.watch(
            lambda call: (
                bench.workspace.fail("chat.postMessage", Fault(error="restricted_action_thread_locked"))
                if call.method == "chat.update"
                else None
            )
        )
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots() == ["parent"]
        assert "restricted_action_thread_locked" in bench.workspace.ephemeral[-1]["text"]


async def test_after_a_permanent_error_the_same_question_is_answered_afresh(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.postMessage", Fault(error="restricted_action"))
        await bench.command(JOB_ID)
        await bench.called("response_url")
        await bench.finished()
        await bench.command(JOB_ID)
        await bench.posted(4)


async def test_a_revoked_token_makes_the_process_unready_until_slack_takes_it_again(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        for refusal in sorted(TOKEN_REFUSED):
            bench.workspace.fail("chat.postMessage", *[Fault(error=refusal)] * 2)
            bench.workspace.fail("conversations.info", Fault(error=refusal))
            await bench.command(str(uuid.uuid4()), channel=bench.workspace.add_channel("more"))
            await bench.finished()
            assert await token_refusal(bench.redis) == refusal
            ready, health = [await bench.status(path) for path in (READY_PATH, HEALTH_PATH)]
            assert (ready, health) == (503, 200), refusal
            bench.workspace._faults.clear()
            await bench.command(str(uuid.uuid4()), channel=bench.workspace.add_channel("more"))
            await bench.finished()
            assert await token_refusal(bench.redis) == ""
            assert await bench.status(READY_PATH) == 200


# Where the bot is no member.


async def test_where_the_bot_is_no_member_a_long_document_stands_in_the_thread(redis_url: str) -> None:
    async with open_bench(redis_url, Script(LONG)) as bench:
        public = bench.workspace.add_channel("public", has_bot=False)
        await bench.command(JOB_ID, channel=public)
        await bench.finished()
        slots = [message["metadata"]["event_payload"]["slot"] for message in public.messages.values()]
        (document,) = [slot for slot in slots if slot.startswith("file:")]
        assert sorted(slots) == sorted(["parent", "fix", "denies", "rest", document])
        inline = next(
            message
            for message in public.messages.values()
            if message["metadata"]["event_payload"]["slot"].startswith("file:")
        )
        assert "Slack takes no file from me here" in str(inline["blocks"])
        assert str(inline["blocks"]).count("no\\n") > 3_000
        assert not bench.workspace.ephemeral


async def test_where_the_bot_is_no_member_each_press_is_answered(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        public = bench.workspace.add_channel("public", has_bot=False)
        await bench.command(JOB_ID, channel=public)
        await bench.finished()
        ts = next(iter(public.messages))
        await bench.slack.press(public.id, ts, "feedback", user=bench.user, option=0)
        await bench.slack.press(public.id, ts, "feedback", user=bench.user, option=1)
        form = (await bench.called("views.update")).response["view"]
        await bench.slack.submit(form, {"reason": {"selected_option": {"value": "fix"}}}, user=bench.user)
        await bench.slack.press(public.id, ts, "ask_owner", user=bench.user)
        form = (await bench.called("views.update", 2)).response["view"]
        values = {"to": {"selected_user": bench.workspace.add_person("olga")}, "text": {"value": "please"}}
        await bench.slack.submit(form, values, user=bench.user)
        told = [call.args["text"] for call in bench.workspace.calls_of("response_url")]
        assert told == [
            "Thanks for the feedback.",
            "Thanks for the feedback. It helps to improve this answer.",
            "Sent.",
        ]


ERROR_TEXT = (
    "User: arn:aws:sts::222233334444:assumed-role/Dev/ana is not authorized to perform: iam:PassRole on resource: "
    "arn:aws:iam::222233334444:role/backup-job because no identity-based policy allows the iam:PassRole action"
)


@pytest.mark.parametrize("what", [JOB_ID, ERROR_TEXT, "why did it fail?"], ids=["a job", "an error text", "words"])
@pytest.mark.parametrize("where", ["a private channel", "between two", "among three"])
async def test_where_the_bot_can_not_post_a_shortcut_is_answered_with_the_right_sentence(
    redis_url: str, what: str, where: str
) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        others = [bench.workspace.add_person(name) for name in ("ben", "eve")]
        channel = {
            "a private channel": bench.workspace.add_channel("secret", private=True, has_bot=False),
            "between two": bench.workspace.between(bench.user, others[0]),
            "among three": bench.workspace.between(bench.user, *others),
        }[where]
        message = bench.workspace.write(channel.id, others[0], what)
        await bench.slack.shortcut("why_failed", user=bench.user, channel=channel.id, ts=message["ts"])
        told = (await bench.called("response_url")).args["text"]
        assert told == (INVITE if where == "a private channel" else NOT_BETWEEN_OTHERS)
        assert bench.workspace.calls_of("chat.postEphemeral") == []


async def test_an_archived_channel_is_told_as_one(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.postMessage", Fault(error="is_archived"))
        await bench.command(JOB_ID)
        assert (await bench.called("response_url")).args["text"] == IN_ARCHIVE


async def test_who_has_used_up_a_response_url_is_told_in_another_way(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        url = bench.workspace.response_url(bench.channel.id, bench.user)
        token = url.rpartition("/")[2]
        for _ in range(RESPONSES):
            assert bench.workspace.responds_to(token) is not None
        bench.workspace.fail("chat.postMessage", Fault(error="restricted_action"))
        payload = bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user)
        await bench.slack.send(urlencode({**payload, "response_url": url}), form=True)
        assert "restricted_action" in (await bench.called("chat.postEphemeral")).args["text"]
