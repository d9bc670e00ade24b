"""What people paste by mistake, by the command and by a mention: answered, never repeated, never a traceback."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.access.audit import Audit
from bot.diagnosis.secrets_in_text import REMOVED
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench, until

SECRETS = {
    "a bot token": "xoxb-111122223333-444455556666-AbCdEfGhIjKlMnOp",
    "an app token": "xapp-1-A0123456789-1234567890123-abcdef0123456789",
    "a rotating token": "xoxe.xoxb-1-AbCdEfGhIjKlMnOpQrSt",
    "a secret key": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "a session token": '"SessionToken": "FwoGZXIvYXdzEXAMPLETOKEN//////////wEaDExample"',
    "a token of GitHub": "ghp_0123456789abcdefghijABCDEFGHIJ",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7examplekey\n-----END RSA PRIVATE KEY-----",
}
TELLING = ("AbCdEfGhIjKl", "abcdef0123456789", "wJalrXUtn", "FwoGZXIv", "0123456789abcdefghij", "MIIEow")
EVENT = {"version": "0", "id": JOB_ID, "detail-type": "Backup Vault State Change", "detail": {"state": "CREATED"}}
ODD = {
    "lone surrogates": "\ud800 why \udfff did it fail?",
    "an event without a job": json.dumps(EVENT),
    "a megabyte of words": "why " * 250_000,
    "a megabyte of one word": "a" * 1_000_000,
    "a megabyte of brackets": "[{" * 150_000,
    "control characters": "\x00\x01 why?\x7f",
}


@pytest_asyncio.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        yield bench


async def replied(bench: Bench, count: int = 1) -> str:
    """All that the bot has said, once what was written so often is in the trail with its answer."""

    async def is_done() -> bool:
        return len([line async for line in Audit(bench.redis).export() if line.act == "answer"]) >= count

    await until(is_done)
    return said(bench)


def said(bench: Bench) -> str:
    return json.dumps([[call.method, dict(call.args)] for call in bench.workspace.calls], default=str)


async def kept(bench: Bench) -> str:
    """All that Redis holds."""
    found = list[Any]()
    async for key in bench.redis.scan_iter():
        match str(await bench.redis.type(key)):
            case "hash":
                found.append(await bench.redis.hgetall(key))
            case "stream":
                found.append(await bench.redis.xrange(key))
            case "string":
                found.append(await bench.redis.get(key))
    return repr(found)


def assert_quiet(caplog: pytest.LogCaptureFixture) -> None:
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", SECRETS)
async def test_a_secret_is_neither_repeated_nor_kept_nor_logged(
    bench: Bench, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        acknowledged = await bench.command(SECRETS[name])
        explained = await bench.slack.command(
            "/backup-explain", SECRETS[name], channel=bench.channel.id, user=bench.user
        )
        await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> what is {SECRETS[name]}", user=bench.user)
        posted = await replied(bench)
    texts = {
        "the command": str(acknowledged.body),
        "/backup-explain": str(explained.body),
        "Redis": await kept(bench),
        "Slack": posted,
        "log": caplog.text,
    }
    assert [(place, part) for place, text in texts.items() for part in TELLING if part in text] == []
    assert REMOVED in texts["Redis"] or REMOVED in texts["the command"]
    assert_quiet(caplog)


@pytest.mark.parametrize("name", ODD)
async def test_what_is_odd_is_answered_by_the_command_and_in_a_thread(
    bench: Bench, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    acknowledged = await bench.command(ODD[name])
    assert acknowledged.status == 200
    assert "Unexpected error" not in str(acknowledged.body)
    written = await bench.slack.write(bench.channel.id, f"<@U0BACKUPWHY> {ODD[name]}", user=bench.user)
    assert written.status == 200
    assert "Unexpected error" not in await replied(bench)
    assert bench.script.asked == [], "nothing in it is a job"
    assert_quiet(caplog)
