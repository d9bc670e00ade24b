"""The buttons of a verdict, pressed over signed HTTP: once, twice, by two people, after a restart, without a right."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.access.rules import Grant, Rules
from bot.diagnosis.model import Diagnosis, Outcome, Verdict
from bot.errors import AwsUnreachableError
from bot.work.feedback import COMMENTS, Feedback
from sandbox.slack.block_kit import message_problems, view_problems
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
    assert actions == ["check_again", "show_policy", "show_fix", "ask_owner", "feedback"]
    assert message_problems(head(bench)["text"], head(bench)["blocks"]) == []
    assert all(e.get("accessibility_label") for e in elements if e["type"] == "button")


async def test_check_again_edits_the_head_and_says_what_is_resolved_and_by_whom(bench: Bench) -> None:
    bench.script.result = FIXED
    before = len(bench.channel.messages)
    ben = bench.workspace.add_person("ben")
    await press(bench, "check_again", user=ben)
    await bench.until(lambda: "resolved: scp-denied (OnlyEU of p-deny0001)" in shown(head(bench)["blocks"]))
    assert bench.script.fresh == [False, True]
    assert "Checked again for ben" in shown(head(bench)["blocks"])
    assert "Organization was blocked, is clear" in shown(head(bench)["blocks"])
    assert "<@" not in shown(head(bench))
    assert ben not in shown(head(bench))
    assert len(bench.channel.messages) == before


async def test_a_fix_that_no_longer_applies_says_so_in_its_place(bench: Bench) -> None:
    bench.script.result = FIXED
    await press(bench, "check_again")
    await bench.until(lambda: any("No longer so" in shown(m["blocks"]) for m in bench.channel.messages.values()))
    (over,) = [m for m in bench.channel.messages.values() if "No longer so" in shown(m["blocks"])]
    assert over["metadata"]["event_payload"]["slot"] == "fix:2"


async def test_when_nothing_has_changed_that_is_what_it_says(bench: Bench) -> None:
    await press(bench, "check_again")
    await bench.until(lambda: "nothing has changed" in shown(head(bench)["blocks"]))


async def test_two_people_pressing_at_once_make_one_look(bench: Bench) -> None:
    bench.script.begin.clear()
    ben = bench.workspace.add_person("ben")
    await asyncio.gather(press(bench, "check_again"), press(bench, "check_again", user=ben))
    bench.script.begin.set()
    await bench.until(lambda: "nothing has changed" in shown(head(bench)["blocks"]))
    assert len(bench.script.asked) in (2, 3), "a look that is over may be followed by another"
    assert bench.script.most_at_once == 1


async def test_a_look_that_fails_keeps_the_verdict_and_says_why(bench: Bench) -> None:
    bench.script.result = AwsUnreachableError("AWS can't be reached: check the network.")
    await press(bench, "check_again")
    await bench.until(lambda: "Looking again for ana failed" in shown(head(bench)["blocks"]))
    assert "AWS can't be reached: check the network." in shown(head(bench)["blocks"])
    assert "p-deny0001" in shown(head(bench)["blocks"])


async def test_a_button_works_after_a_restart_of_everything_but_redis(redis_url: str) -> None:
    async with open_bench(redis_url, Script(DENIED)) as first:
        await first.command(JOB_ID)
        await first.finished()
        messages, channel, user = first.channel.messages, first.channel, first.user
    async with open_bench(redis_url, Script(FIXED)) as second:
        second.channel.messages = messages
        assert (second.channel.id, second.user) == (channel.id, user)
        await press(second, "check_again")
        await second.until(lambda: "resolved: scp-denied" in shown(head(second)["blocks"]))


async def test_the_policy_is_shown_whole_to_the_one_who_pressed(bench: Bench) -> None:
    await press(bench, "show_policy")
    view = (await bench.called("views.open")).args["view"]
    assert view_problems(view) == []
    assert '"Sid": "OnlyEU"' in shown(view).replace("\\n", "\n")
    assert "attached at" in shown(view)


@pytest.mark.parametrize(
    ("option", "expected"),
    [(0, "aws organizations update-policy"), (1, 'resource "aws_organizations_policy"'), (2, '"Sid": "OnlyEU"')],
)
async def test_the_fix_is_shown_in_the_form_that_was_chosen(bench: Bench, option: int, expected: str) -> None:
    await press(bench, "show_fix", option=option)
    view = (await bench.called("views.open")).args["view"]
    assert view_problems(view) == []
    assert expected in shown(view)


async def test_a_long_policy_is_shown_whole_in_pieces(redis_url: str) -> None:
    long = {"Statement": [{"Sid": f"S{number}", "Effect": "Deny"} for number in range(2_000)]}
    async with open_bench(redis_url, Script(diagnoses.denied(diagnoses.scp_cause(document=long)))) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        await press(bench, "show_policy")
        view = (await bench.called("views.open")).args["view"]
        assert view_problems(view) == []
        assert all(f'"S{number}"' in shown(view) for number in range(2_000))


async def test_the_owner_gets_the_draft_as_it_was_sent(bench: Bench) -> None:
    owner = bench.workspace.add_person("olga")
    await press(bench, "ask_owner")
    view = (await bench.called("views.open")).response["view"]
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
    await bench.called("views.open")
    assert await feedback.votes("scp-denied") == (1, 1)
    assert await feedback.votes("key-policy-missing") == (1, 1)


async def test_a_no_asks_what_was_wrong_and_keeps_it(bench: Bench) -> None:
    await press(bench, "feedback", option=1)
    view = (await bench.called("views.open")).response["view"]
    values = {"reason": {"selected_option": {"value": "missed"}}, "text": {"value": "the <@U1> boundary"}}
    await bench.slack.submit(view, values, user=bench.user)
    await bench.until(lambda: any("Thank you" in message["text"] for message in bench.workspace.ephemeral))
    lines: Any = await bench.redis.xrange(COMMENTS)
    ((_, said),) = lines
    assert said["reason"] == "missed"
    assert said["text"] == "the <@U1> boundary"
    assert said["entries"] == "scp-denied,key-policy-missing"


@pytest.mark.parametrize("action", ["check_again", "show_policy", "show_fix", "ask_owner", "feedback"])
async def test_without_a_right_to_the_account_no_button_works(redis_url: str, action: str) -> None:
    rules = Rules(ask="#cloud-security", grants=(Grant(accounts=("222233334444",), users=(ANA,)),))
    async with open_bench(redis_url, Script(DENIED), rules=rules) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        eve = bench.workspace.add_person("eve")
        await press(bench, action, user=eve)
        told = await bench.called("response_url")
        assert "Ask #cloud-security for the right." in told.args["text"]
        assert bench.workspace.calls_of("views.open") == []
        assert len(bench.script.asked) == 1


async def test_a_thread_that_is_not_known_any_more_is_told(bench: Bench) -> None:
    await bench.redis.flushall()
    await press(bench, "show_policy")
    assert "I don't know this thread any more" in (await bench.called("response_url")).args["text"]


async def test_every_question_answer_refusal_and_button_is_in_the_trail(bench: Bench) -> None:
    await press(bench, "show_policy")
    await bench.called("views.open")
    lines = [f"{line.act} {line.about} {line.account} {line.outcome}".strip() for line in await bench.trail(3)]
    assert lines == [
        f"question {JOB_ID}",
        f"answer {JOB_ID} 222233334444 denied",
        f"button show the policy of {JOB_ID} 222233334444",
    ]


async def test_an_outcome_that_changes_is_told(redis_url: str) -> None:
    fixed = Diagnosis(job=diagnoses.job(), outcome=Outcome.NOT_PERMISSION, summary="Nothing denies it now.")
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.finished()
        bench.script.result = fixed
        await press(bench, "check_again")
        await bench.until(lambda: "it is not a permission failure" in shown(head(bench)["blocks"]))
        assert "start it again to see it pass" in shown(head(bench)["blocks"])


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
        assert f"backup job {JOB_ID}" in said
        assert "the outcome was denied, it is fixed" in said
        assert "resolved: scp-denied" in said
