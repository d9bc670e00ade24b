"""Which requests are signed, and which response URLs are Slack's: by host and scheme, not by how they begin."""

import time

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.site import _is_slacks
from bot.verification import SIGNATURE, TIMESTAMP, is_from_slack

SLACK = "https://slack.com/api/"
STAND_IN = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("url", "api_url", "slacks"),
    [
        ("https://hooks.slack.com/commands/1", SLACK, True),
        ("https://hooks.slack-gov.com/actions/1", "https://slack-gov.com/api/", True),
        ("https://hooks.slack.com:443/x", SLACK, True),
        ("http://hooks.slack.com/x", SLACK, False),
        ("https://hooks.slack.com:8443/x", SLACK, False),
        ("https://slack.com.evil.example/x", SLACK, False),
        ("https://evilslack.com/x", SLACK, False),
        ("https://hooks.slack.com@evil.example/x", SLACK, False),
        ("http://127.0.0.1:4000/respond/x", SLACK, False),
        ("http://127.0.0.1:4000/respond/x", STAND_IN, True),
        ("http://127.0.0.1:4001/respond/x", STAND_IN, False),
        ("https://127.0.0.1:4000/respond/x", STAND_IN, False),
        ("https://hooks.slack.com/x", STAND_IN, False),
        (7, SLACK, False),
    ],
)
def test_a_response_url_is_slacks_or_the_configured_stand_ins(url: object, api_url: str, slacks: bool) -> None:
    assert _is_slacks(url, api_url) is slacks


def test_a_body_that_is_no_text_can_not_be_verified() -> None:
    headers = {TIMESTAMP: str(int(time.time())), SIGNATURE: "v0=" + "0" * 64}
    assert not is_from_slack(SignatureVerifier("secret"), headers, b"\xff")


def test_what_is_signed_with_the_secret_is_slacks() -> None:
    verifier, stamp = SignatureVerifier("secret"), str(int(time.time()))
    headers = {TIMESTAMP: stamp, SIGNATURE: verifier.generate_signature(timestamp=stamp, body="b") or ""}
    assert is_from_slack(verifier, headers, b"b")
    assert not is_from_slack(verifier, headers, b"c")
