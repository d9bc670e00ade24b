"""The buttons of a verdict, pressed over signed HTTP: once, twice, by two people, after a restart, without a right."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.access.rules import Grant, Rules
from bot.diagnosis.model import Diagnosis, Outcome, Verdict
from bot.errors import AwsUnreachableError
from bot.work.feedback import COMMENTS, Feedback
from bot.work.heartbeat import WORKERS
from bot.work.notices import PRESS_AGAIN
from bot.work.publishing import OVER
from sandbox.slack.block_kit import message_problems, view_problems
from sandbox.slack.client import element_of, pressed
from sandbox.slack.workspace import RESPONSE_SECONDS, TRIGGER_SECONDS, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID, POLICY
from tests.scenarios.bench import ANA, Bench, Script, open_bench

DENIED = diagnoses.denied(diagnoses.scp_cause(document=POLICY), diagnoses.key_cause())
FIXED = diagnoses.denied(
    diagnoses.key_cause(),
    layers=diagnoses.layers(kms=Verdict.BLOCKED),
    summary="The key policy lets nobody create the grant.",
)


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(DENIED)) as opened:
        await opened.command(JOB_ID)
        await opened.finished()
        yield opened


def head(bench: Bench) -> dict[str, Any]:
    return next(iter(bench.channel.messages.values()))


async def press(bench: Bench, action: str, *, option: int = 0, user: str | None = None) -> None:
    answer = await bench.slack.press(
        bench.channel.id, head(bench)["ts"], action, user=user or bench.user, option=option
    )
    assert answer.status == 200


def shown(value: object) -> str:
    return str(value)


async def test_the_head_has_its_buttons_and_each_says_what_it_does(bench: Bench) -> None:
    elements = [element for block in head(bench)["blocks"] for element in block.get("elements", ())]
    actions = [element["action_id"] for element in elements if "action_id" in element]
    assert actions == ["show_fix", "ask_owner", "show_details", "check_again", "show_fix_as", "feedback"]
    assert message_problems(head(bench)["text"], head(bench)["blocks"]) == []
    assert all(e.get("accessibility_label") for e in elements if e["type"] == "button")


async def test_check_again_edits_the_head_and_says_what_is_resolved_and_by_whom(bench: Bench) -> None:
    bench.script.result = FIXED
    before = len(bench.channel.messages)
    ben = bench.workspace.add_person("ben")
    await press(bench, "check_again", user=ben)
    await bench.until(
        lambda: "resolved: service control policy p-deny0001, statement OnlyEU" in shown(head(bench)["blocks"])
    )
    assert bench.script.fresh == [False, True]
    assert "Rechecked for ben" in shown(head(bench)["blocks"])
    assert "still there: key policy" in shown(head(bench)["blocks"])
    assert "scp-denied" not in shown(head(bench)["blocks"])
    assert "<@" not in shown(head(bench))
    assert ben not in shown(head(bench))
    assert len(bench.channel.messages) == before


async def test_a_fix_that_no_longer_applies_says_so_in_its_place(bench: Bench) -> None:
    bench.script.result = diagnoses.denied(diagnoses.key_cause().model_copy(update={"fix": None}))
    await press(bench, "check_again")
    await bench.until(lambda: any(OVER in shown(m["blocks"]) for m in bench.channel.messages.values()))
    (over,) = [m for m in bench.channel.messages.values() if OVER in shown(m["blocks"])]
    assert over["metadata"]["event_payload"]["slot"] == "fix"
    assert "aws kms put-key-policy" not in shown(over["blocks"])


async def test_when_nothing_has_changed_that_is_what_it_says(bench: Bench) -> None:
    await press(bench, "check_again")
    await bench.until(lambda: ": still denied." in shown(head(bench)["blocks"]))


async def test_two_people_pressing_at_once_make_one_look(bench: Bench) -> None:
    bench.script.begin.clear()
    ben = bench.workspace.add_person("ben")
    await asyncio.gather(press(bench, "check_again"), press(bench, "check_again", user=ben))
    bench.script.begin.set()
    await bench.until(lambda: ": still denied." in shown(head(bench)["blocks"]))
    assert len(bench.script.asked) in (2, 3), "a look that is over may be followed by another"
    assert bench.script.most_at_once == 1


async def test_a_look_that_fails_keeps_the_verdict_and_says_why(bench: Bench) -> None:
    bench.script.result = AwsUnreachableError("AWS can't be reached: check the network.")
    await press(bench, "check_again")
    await bench.until(lambda: "I couldn't recheck this for ana." in shown(head(bench)["blocks"]))
    assert "AWS can't be reached: check the network." in shown(head(bench)["blocks"])
    assert DENIED.causes[0].explanation in shown(head(bench)["blocks"])


async def test_a_button_works_after_a_restart_of_everything_but_redis(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED)) as first:
        await first.command(JOB_ID)
        await first.finished()
        messages, channel, user = first.channel.messages, first.channel, first.user
    async with open_bench(redis_url, Script(FIXED)) as second:
        second.channel.messages = messages
        assert (second.channel.id, second.user) == (channel.id, user)
        await press(second, "check_again")
        await second.until(lambda: "resolved: service control policy p-deny0001" in shown(head(second)["blocks"]))


async def test_the_policy_is_shown_whole_to_the_one_who_pressed(bench: Bench) -> None:
    await press(bench, "show_details")
    view = (await bench.called("views.update")).args["view"]
    assert view_problems(view) == []
    assert '"Sid": "OnlyEU"' in shown(view).replace("\\n", "\n")
    assert "attached to" in shown(view)


async def test_the_fix_is_shown_as_commands_in_one_press(bench: Bench) -> None:
    await press(bench, "show_fix")
    view = (await bench.called("views.update")).args["view"]
    assert view_problems(view) == []
    assert "aws organizations update-policy" in shown(view)


@pytest.mark.parametrize(
    ("option", "expected"),
    [(0, "aws organizations update-policy"), (1, 'resource "aws_organizations_policy"'), (2, '"Sid": "OnlyEU"')],
)
async def test_the_fix_is_shown_in_the_form_that_was_chosen(bench: Bench, option: int, expected: str) -> None:
    await press(bench, "show_fix_as", option=option)
    view = (await bench.called("views.update")).args["view"]
    assert view_problems(view) == []
    assert expected in shown(view)


async def test_a_long_policy_is_shown_whole_in_pieces(redis_url: str) -> None:
    long = {"Statement": [{"Sid": f"S{number}", "Effect": "Deny"} for number in range(2_000)]}
    async with open_bench(redis_url, Script(diagnoses.denied(diagnoses.scp_cause(document=long)))) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        await press(bench, "show_details")
        view = (await bench.called("views.update")).args["view"]
        assert view_problems(view) == []
        assert all(f'"S{number}"' in shown(view) for number in range(2_000))


async def test_the_owner_gets_the_draft_as_it_was_sent(bench: Bench) -> None:
    owner = bench.workspace.add_person("olga")
    await press(bench, "ask_owner")
    view = (await bench.called("views.update")).response["view"]
    assert view_problems({key: value for key, value in view.items() if key not in ("id", "app_id")}) == []
    draft = view["blocks"][-1]["element"]["initial_value"]
    assert "Exempt the job role" in draft
    text = f"{draft}\n\n<!channel> please"
    await bench.slack.submit(view, {"to": {"selected_user": owner}, "text": {"value": text}}, user=bench.user)
    await bench.until(lambda: bool(bench.workspace.direct_message(owner).messages))
    (message,) = bench.workspace.direct_message(owner).messages.values()
    assert message_problems(message["text"], message["blocks"]) == []
    assert message["text"] == "ana asks you about a backup job that was denied."
    assert "<!channel> please" in shown(message["blocks"])
    await bench.until(lambda: any(m["text"] == "Sent." for m in bench.workspace.ephemeral))


async def test_a_vote_counts_once_a_person_for_each_entry_and_the_last_one_counts(bench: Bench) -> None:
    ben = bench.workspace.add_person("ben")
    feedback = Feedback(bench.redis)
    for option, user in ((0, None), (0, None), (0, ben), (1, ben)):
        await press(bench, "feedback", option=option, user=user)
    await bench.called("views.update")
    assert await feedback.votes("scp-denied") == (1, 1)
    assert await feedback.votes("key-policy-missing") == (1, 1)


async def test_a_no_asks_what_was_wrong_and_keeps_it(bench: Bench) -> None:
    await press(bench, "feedback", option=1)
    view = (await bench.called("views.update")).response["view"]
    values = {"reason": {"selected_option": {"value": "missed"}}, "text": {"value": "the <@U1> boundary"}}
    await bench.slack.submit(view, values, user=bench.user)
    await bench.until(lambda: any("Thanks" in message["text"] for message in bench.workspace.ephemeral))
    lines: Any = await bench.redis.xrange(COMMENTS)
    ((_, said),) = lines
    assert said["reason"] == "missed"
    assert said["text"] == "the <@U1> boundary"
    assert said["entries"] == "scp-denied,key-policy-missing"


@pytest.mark.parametrize("action", ["check_again", "show_details", "show_fix", "show_fix_as", "ask_owner", "feedback"])
async def test_without_a_right_to_the_account_no_button_works(redis_url: str, action: str) -> None:
    rules = Rules(ask="#cloud-security", grants=(Grant(accounts=("222233334444",), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        eve = bench.workspace.add_person("eve")
        await press(bench, action, user=eve)
        assert "Ask #cloud-security for access." in await bench.told()
        assert JOB_ID not in str([call.args for call in bench.workspace.calls_of("views.update")])
        assert len(bench.script.asked) == 1


async def test_a_thread_that_is_not_known_any_more_is_told(bench: Bench) -> None:
    await bench.redis.flushall()
    await press(bench, "show_details")
    assert "I no longer have this answer" in await bench.told()


async def test_every_question_answer_refusal_and_button_is_in_the_trail(bench: Bench) -> None:
    await press(bench, "show_details")
    await bench.called("views.update")
    lines = [f"{line.act} {line.about} {line.account} {line.outcome}".strip() for line in await bench.trail(3)]
    assert lines == [
        f"question {JOB_ID}",
        f"answer {JOB_ID} 222233334444 denied",
        f"button show the details of {JOB_ID} 222233334444",
    ]


async def test_the_trail_says_what_each_button_did(bench: Bench) -> None:
    olga = bench.workspace.add_person("olga")
    await press(bench, "show_fix_as", option=1)
    await press(bench, "ask_owner")
    form = (await bench.called("views.update", 2)).response["view"]
    await bench.slack.submit(form, {"to": {"selected_user": olga}, "text": {"value": "please"}}, user=bench.user)
    await press(bench, "feedback", option=0)
    await press(bench, "feedback", option=1)
    form = (await bench.called("views.update", 3)).response["view"]
    values = {"reason": {"selected_option": {"value": "missed"}}, "text": {"value": "the boundary"}}
    await bench.slack.submit(form, values, user=bench.user)
    about = [line.about for line in (await bench.trail(8))[2:]]
    assert about == [
        f"{button} of {JOB_ID}"
        for button in (
            "show the fix as Terraform",
            "ask the owner",
            f"send to {olga}",
            "helpful",
            "not helpful",
            "say what was wrong",
        )
    ]


async def test_each_window_says_what_it_shows(bench: Bench) -> None:
    await press(bench, "show_details")
    await press(bench, "show_fix")
    await press(bench, "show_fix_as", option=0)
    await press(bench, "show_fix_as", option=1)
    await press(bench, "ask_owner")
    await press(bench, "feedback", option=1)
    opened = [call.args for call in bench.workspace.calls_of("views.open")]
    titles = [args["view"]["title"]["text"] for args in opened]
    assert titles == ["Details", "The fix", "The fix, AWS CLI", "The fix, Terraform", "Ask the owner", "Not helpful"]
    assert len({args["trigger_id"] for args in opened}) == len(opened), "each has the trigger of its own press"


async def test_a_fix_in_no_form_of_the_menu_is_none_of_slacks_requests(bench: Bench) -> None:
    payload = bench.slack.interaction_payload("block_actions", channel=bench.channel.id, user=bench.user)
    chosen = {"type": "static_select", "action_id": "show_fix_as", "block_id": "b", "action_ts": "1.0"}
    option = {"selected_option": {"value": "pdf:thread"}}
    answer = await bench.slack.interaction({**payload, "message": head(bench), "actions": [{**chosen, **option}]})
    assert answer.status == 400
    assert bench.workspace.calls_of("views.open") == []


async def test_who_found_an_answer_helpful_is_thanked_alone_and_asked_nothing(bench: Bench) -> None:
    await press(bench, "feedback", option=0)
    thanks = await bench.called("response_url")
    assert thanks.args["text"] == "Thanks for the feedback."
    assert thanks.args["response_type"] == "ephemeral"
    assert bench.workspace.calls_of("views.open") == []
    await press(bench, "feedback", option=1)
    await bench.called("views.update")
    assert len(bench.workspace.calls_of("response_url")) == 1, "who found it not helpful is asked, and not thanked yet"


async def test_who_sent_a_form_is_told_in_the_channel_that_it_was_opened_in(bench: Bench) -> None:
    await press(bench, "feedback", option=1)
    form = (await bench.called("views.update")).response["view"]
    await bench.slack.submit(form, {"reason": {"selected_option": {"value": "fix"}}}, user=bench.user)
    told = await bench.called("response_url")
    assert told.args["channel"] == bench.channel.id
    assert told.args["user"] == bench.user
    assert told.args["text"] == "Thanks for the feedback. It helps to improve this answer."
    assert "thread_ts" not in told.args


async def test_who_sent_a_form_too_late_for_the_response_url_is_told_in_the_channel(bench: Bench) -> None:
    await press(bench, "feedback", option=1)
    form = (await bench.called("views.update")).response["view"]
    bench.workspace.waiting = lambda: RESPONSE_SECONDS
    await bench.slack.submit(form, {"reason": {"selected_option": {"value": "fix"}}}, user=bench.user)
    assert (await bench.called("chat.postEphemeral")).args["channel"] == bench.channel.id


async def test_a_modal_opens_before_anybody_is_asked_whether_it_may(bench: Bench) -> None:
    before = len(bench.workspace.calls)
    await press(bench, "show_details")
    assert next(call.method for call in bench.workspace.calls[before:]) == "views.open"
    assert "One moment" in str(bench.workspace.calls_of("views.open")[0].args["view"])


@pytest.mark.parametrize("error", ["not_found", "hash_conflict"])
async def test_a_modal_that_can_not_be_filled_is_no_error_if_it_was_closed(bench: Bench, error: str) -> None:
    bench.workspace.fail("views.update", Fault(error=error))
    await press(bench, "show_details")
    assert len(bench.workspace.calls_of("response_url")) == (error != "not_found")


async def test_an_expired_trigger_is_told_with_what_to_do(bench: Bench) -> None:
    ts = head(bench)["ts"]
    payload = bench.slack.interaction_payload("block_actions", channel=bench.channel.id, user=bench.user)
    bench.workspace.waiting = lambda: TRIGGER_SECONDS
    element = element_of(head(bench)["blocks"], "show_details")
    await bench.slack.interaction({**payload, "message": {"ts": ts}, "actions": [pressed(element)]})
    assert await bench.told() == PRESS_AGAIN


async def test_a_long_draft_is_as_long_as_a_field_takes(redis_url: str) -> None:
    long = diagnoses.denied(diagnoses.scp_cause(fix=diagnoses.fix(summary="word " * 1_000)))
    async with open_bench(redis_url, Script(long)) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        await press(bench, "ask_owner")
        draft = (await bench.called("views.update")).args["view"]["blocks"][-1]["element"]["initial_value"]
        assert 2_990 < len(draft) <= 3_000
        assert draft.endswith("…")


async def test_with_no_worker_who_looks_again_is_told_so(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED)) as first:
        await first.command(JOB_ID)
        await first.finished()
        messages = first.channel.messages
    async with open_bench(redis_url, Script(DENIED), worker=False) as second:
        second.channel.messages = messages
        await second.redis.delete(WORKERS)
        await press(second, "check_again")
        assert "no worker is running" in (await second.called("response_url")).args["text"]


async def test_an_outcome_that_changes_is_told(redis_url: str) -> None:
    fixed = Diagnosis(job=diagnoses.job(), outcome=Outcome.NOT_PERMISSION, summary="Nothing denies it now.")
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        bench.script.result = fixed
        await press(bench, "check_again")
        await bench.until(lambda: "Not a permission failure: " in shown(head(bench)["blocks"]))
        assert "the outcome was “denied”. Start the job again." in shown(head(bench)["blocks"])


async def test_after_the_fix_the_head_says_which_job_to_start_again(redis_url: str) -> None:
    """The job's message speaks of a denial still, so that the second look alone is undetermined."""
    allowed = diagnoses.uncovered()
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        bench.script.result = allowed
        await press(bench, "check_again")
        await bench.until(lambda: "Fixed: start the job again" in shown(head(bench)["blocks"]))
        said = shown(head(bench)["blocks"])
        assert JOB_ID in said
        assert "the outcome was “denied”" in said
        assert "resolved: service control policy p-deny0001" in said
