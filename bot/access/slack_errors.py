"""Which faults of Slack pass by themselves, as a closed table: everything else is permanent.

Source: the error tables of Slack's method pages ("chat.postMessage", "conversations.info") and "Rate limits".
"""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

TRANSIENT = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
"""Slack's errors after which the same call may succeed."""

RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})

TOKEN_REFUSED = frozenset({"token_revoked", "account_inactive", "invalid_auth", "not_authed", "token_expired"})
"""Errors that say that Slack takes no call with this token any more, whatever the call."""

CONTENT_REFUSED = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "block_mismatch", "no_text", "invalid_attachments"}
    | {"msg_blocks_too_long", "msg_blocks_too_many", "msg_too_long", "metadata_too_large"}
)
"""Errors that speak of what a message shows: a shorter one may be taken."""

TRIGGERS = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
"""Errors that say that the press of a button can open nothing any more: Slack allows three seconds, and one view."""

SLACK_FAULTS = (SlackApiError, aiohttp.ClientError, TimeoutError)
"""What a call of Slack's Web API may raise."""


def code_of(error: BaseException) -> str:
    """Slack's error code; the HTTP status where the answer has none; the kind of error where there was no answer."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    answer: Any = error.response
    code = answer.get("error") if hasattr(answer, "get") else None
    return str(code) if code else f"HTTP {_status(answer)}"


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed later: Slack is busy or out of order, or there was no answer of its own."""
    if not isinstance(error, SlackApiError):
        return isinstance(error, (aiohttp.ClientError, TimeoutError))
    status = _status(error.response)
    return code_of(error) in TRANSIENT or status == 429 or status >= 500


def class_of(error: SlackApiError) -> str:
    """The class of Slack's error, of which there are few: what can be done about it."""
    code = code_of(error)
    known = (
        (retry_after(error) is not None, "rate-limited"),
        (is_transient(error), "transient"),
        (code in TOKEN_REFUSED, "token"),
        (code in CONTENT_REFUSED, "content"),
        (code in TRIGGERS, "trigger"),
    )
    return next((name for holds, name in known if holds), "other")


def _status(answer: Any) -> int:
    """The HTTP status of the SDK's response, or of aiohttp's where the body was no JSON."""
    return int(getattr(answer, "status_code", None) or getattr(answer, "status", None) or 200)


def retry_after(error: BaseException) -> float | None:
    """The seconds after which Slack takes the call again, if it was one too many; None for any other error.

    Source: "Rate limits": the answer has the status 429 and the header `Retry-After`.
    """
    if not isinstance(error, SlackApiError):
        return None
    answer = error.response
    if _status(answer) != 429 and code_of(error) not in RATE_LIMITED:
        return None
    headers = {str(name).lower(): value for name, value in dict(getattr(answer, "headers", {})).items()}
    try:
        return max(1.0, float(headers.get("retry-after", 1)))
    except ValueError:
        return 1.0
