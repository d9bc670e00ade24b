"""`/backup-why doctor`: for admins, and shown to them alone."""

from bot.access.rules import Grant, People, Rules
from bot.replies.document import Page
from bot.replies.teaching import sentence_page
from tests.replies import diagnoses
from tests.scenarios.bench import ANA, Script, open_bench

ADMIN = Rules(grants=(Grant(accounts=("*",), users=(ANA,)),), admins=People(users=(ANA,)))


async def examined() -> Page:
    return sentence_page("Account 222233334444 can't be entered.")


async def test_an_admin_alone_is_shown_the_report(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), rules=ADMIN, examine=examined) as bench:
        typed = await bench.command("doctor")
        assert typed.body["response_type"] == "ephemeral"
        assert typed.body["text"].startswith("I'm looking at Slack, Redis and AWS.")
        told = await bench.called("response_url")
        assert "Account 222233334444 can't be entered." in str(told.args["blocks"])
        assert not bench.channel.messages
        assert [(line.act, line.about) for line in await bench.trail(1)] == [("question", "doctor")]


async def test_nobody_else_is(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        refused = await bench.command("doctor")
        assert "Only admins may examine my set-up" in refused.body["text"]
        assert [(line.act, line.about, line.outcome) for line in await bench.trail(1)] == [
            ("refusal", "doctor", "no admin")
        ]
