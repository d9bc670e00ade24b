"""The client of Slack's Web API that the web process and the worker share."""

from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse


class PostingWebClient(AsyncWebClient):
    """A client that makes every call by POST, as all of Slack's methods take it.

    The SDK makes some reads by GET, which stand-ins for Slack do not all offer, and which puts ids into the logs of
    every proxy on the way.
    """

    async def api_call(self, api_method: str, *, http_verb: str = "POST", **request: Any) -> AsyncSlackResponse:
        """Makes a call; see the SDK."""
        if http_verb == "GET":
            given = request.pop("params", None) or {}
            request["data"] = {name: _form(value) for name, value in given.items() if value is not None}
        return await super().api_call(api_method, http_verb="POST", **request)


def _form(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def web_client(token: str, api_url: str) -> AsyncWebClient:
    """A client that waits when Slack asks it to and tries again when Slack stumbles.

    A connection that breaks is not tried again here: the message may have been posted, and only `posting` can tell.

    Args:
        token: The bot token, `xoxb-…`, or an app token to open a socket with.
        api_url: The Web API's base.
    """
    return PostingWebClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        retry_handlers=[
            AsyncRateLimitErrorRetryHandler(max_retry_count=5),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ],
    )
