"""Requests that nobody has signed, or that no Slack sends: 401 and 400, nothing else happens, no traceback."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest

from sandbox.slack.workspace import Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as opened:
        yield opened


def command(bench: Bench, **members: str) -> str:
    payload = bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user)
    return urlencode({**payload, **members})


def event(**members: object) -> str:
    told = {"type": "app_mention", "channel": "C1", "user": "U00000002", "ts": "1.0", "text": JOB_ID, **members}
    return json.dumps({"type": "event_callback", "event_id": "Ev1", "event": told})


async def nothing_happened(bench: Bench) -> None:
    assert bench.workspace.calls == []
    assert await bench.redis.keys("backup-why*") == []


FORGED = {
    "a signature that is not ASCII": {"X-Slack-Signature": "v0=\u00e9\u00e9"},
    "a timestamp of 5,000 digits": {"X-Slack-Request-Timestamp": "9" * 5_000},
    "a timestamp in other digits": {"X-Slack-Request-Timestamp": "\u0661\u0662\u0663"},
    "a negative timestamp": {"X-Slack-Request-Timestamp": "-1"},
    "a timestamp with an underscore": {"X-Slack-Request-Timestamp": "1_0"},
    "an empty signature": {"X-Slack-Signature": ""},
    "a signature in capitals": {"X-Slack-Signature": "v0=" + "A" * 64},
    "another version": {"X-Slack-Signature": "v1=" + "0" * 64},
}


@pytest.mark.parametrize("kind", FORGED)
@pytest.mark.parametrize("body", ["command", "event"])
async def test_what_can_not_be_verified_is_refused_and_nothing_else_happens(
    bench: Bench, caplog: pytest.LogCaptureFixture, kind: str, body: str
) -> None:
    sent = command(bench, response_url="https://stranger.example/hook") if body == "command" else event()
    answer = await bench.slack.send(sent, form=body == "command", headers=FORGED[kind])
    assert answer.status == 401
    assert "Traceback" not in caplog.text
    await nothing_happened(bench)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("ssl_check=1&token=x", id="a check of the certificate"),
        pytest.param('{"type": "url_verification", "challenge": "x"}', id="a check of the URL"),
    ],
)
async def test_what_bolt_would_answer_unsigned_is_refused_too(bench: Bench, body: str) -> None:
    answer = await bench.slack.send(body, form=not body.startswith("{"), signature="v0=" + "0" * 64)
    assert answer.status == 401
    await nothing_happened(bench)


BROKEN = {
    "no JSON": "{",
    "a list": "[1, 2]",
    "a text": '"hello"',
    "nesting without end": '{"a":' * 5_000,
    "an event without a channel": event(channel=None),
    "an event of another shape": json.dumps({"type": "event_callback", "event_id": "Ev1", "event": ["app_mention"]}),
    "an event without an id": json.dumps({"type": "event_callback", "event": json.loads(event())["event"]}),
    "a team that is a number": json.dumps({"type": "event_callback", "team_id": 5, "team": [1], "event": 7}),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_signed_body_that_is_none_of_slacks_is_400_without_a_traceback(
    bench: Bench, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    answer = await bench.slack.send(BROKEN[kind], form=False)
    assert answer.status in (400, 404)
    assert "Traceback" not in caplog.text
    assert [call for call in bench.workspace.calls if call.method != "auth.test"] == []


@pytest.mark.parametrize("lacking", ["user_id", "channel_id", "team_id", "trigger_id"])
async def test_a_command_that_lacks_what_slack_sends_is_400(
    bench: Bench, caplog: pytest.LogCaptureFixture, lacking: str
) -> None:
    payload = bench.slack.command_payload("/backup-why", JOB_ID, channel=bench.channel.id, user=bench.user)
    del payload[lacking]
    assert (await bench.slack.send(urlencode(payload), form=True)).status == 400
    assert "Traceback" not in caplog.text
    assert [call for call in bench.workspace.calls if call.method != "auth.test"] == []


async def test_a_payload_of_an_interaction_that_is_no_json_is_400(bench: Bench) -> None:
    assert (await bench.slack.send("payload=%7B", form=True)).status == 400


@pytest.mark.parametrize(
    "url",
    [
        "https://stranger.example/hook",
        "https://hooks.slack.com.stranger.example/x",
        "http://127.0.0.1:1/respond/x",
        "file:///etc/passwd",
        "https://[broken",
    ],
)
async def test_a_response_url_that_is_not_slacks_is_refused(bench: Bench, url: str) -> None:
    assert (await bench.slack.send(command(bench, response_url=url), form=True)).status == 400
    payload = bench.slack.interaction_payload("view_submission", user=bench.user)
    view = {"type": "modal", "callback_id": "pick_failed_job", "state": {"values": {}}}
    urls = [{"response_url": url}]
    assert (await bench.slack.interaction({**payload, "view": view, "response_urls": urls})).status == 400
    assert (await bench.slack.interaction({**payload, "view": view, "response_urls": [7]})).status == 400
    await nothing_happened(bench)


async def test_an_error_of_a_signed_request_is_told_at_the_response_url_of_the_workspace(bench: Bench) -> None:
    bench.workspace.fail("views.open", Fault(error="view_too_large"))
    await bench.slack.shortcut("pick_failed", user=bench.user)
    assert "(view_too_large)" in (await bench.called("chat.postMessage")).args["text"]
