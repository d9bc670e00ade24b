"""The Home tab goes by a person's own rights: a channel's right opens nothing there, nor does that of the messages."""

from bot.access.rules import Grant, Rules
from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Script, open_bench

MESSAGES = "D00000003"
"""The messages of the first person of a bench with the bot: the event of the Home tab names them as its channel."""


async def test_a_right_that_the_messages_have_is_none_in_the_home_tab(redis_url: str) -> None:
    granted = Rules(grants=(Grant(accounts=("*",), channels=("C00000001", MESSAGES)),))
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=granted) as bench:
        assert bench.workspace.direct_message(bench.user).id == MESSAGES
        await bench.command(JOB_ID)
        await bench.finished()
        await bench.slack.open_home(user=bench.user)
        await bench.called("views.publish")
        assert "None yet." in str(bench.workspace.homes[bench.user])
        assert JOB_ID not in str(bench.workspace.homes[bench.user])


async def test_the_tab_asks_for_no_link_that_is_kept(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        await bench.command(JOB_ID)
        await bench.called("chat.getPermalink")
        for times in (1, 2):
            await bench.slack.open_home(user=bench.user)
            await bench.called("views.publish", times)
            await bench.idle()
        head = next(iter(bench.channel.messages))
        assert head.replace(".", "") in str(bench.workspace.homes[bench.user])
        assert len(bench.workspace.calls_of("chat.getPermalink")) == 1


async def test_a_link_that_slack_did_not_give_is_asked_for_once_more(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.getPermalink", Fault(error="internal_error"), Fault(error="channel_not_found"))
        await bench.command(JOB_ID)
        await bench.called("chat.getPermalink")
        for times in (1, 2):
            await bench.slack.open_home(user=bench.user)
            await bench.called("views.publish", times)
            await bench.idle()
        assert JOB_ID in str(bench.workspace.homes[bench.user])
        assert len(bench.workspace.calls_of("chat.getPermalink")) == 2
