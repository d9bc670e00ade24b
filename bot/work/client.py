"""The client of Slack's Web API that the web process and the worker share."""

import base64
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.access.slack_errors import class_of, code_of, retry_after
from bot.work.meter import REFUSALS, Meter
from bot.work.rate_limiter import RateLimiter, Urgency, current_urgency
from bot.work.token_watch import TokenWatch

MOST_REFUSALS = 10
"""How often a call may be refused as one too many before its task is put off."""


class PostingWebClient(AsyncWebClient):
    """A client that makes every call by POST, as all of Slack's methods take it.

    The SDK makes some reads by GET, which stand-ins for Slack do not all offer, and which puts ids into the logs of
    every proxy on the way.
    """

    watch: TokenWatch | None = None
    """Takes note of whether Slack takes the token."""

    meter: Meter | None = None
    """Counts what Slack refuses."""

    async def api_call(self, api_method: str, *, http_verb: str = "POST", **request: Any) -> AsyncSlackResponse:
        """Makes a call; see the SDK."""
        if http_verb == "GET":
            given = request.pop("params", None) or {}
            request["data"] = {name: _form(value) for name, value in given.items() if value is not None}
        if auth := request.pop("auth", None):  # the SDK makes a header of it in a way that aiohttp gives up
            request["headers"] = {**(request.get("headers") or {}), "Authorization": _basic(**auth)}
        try:
            answer = await super().api_call(api_method, http_verb="POST", **request)
        except SlackApiError as error:
            await self._note(code_of(error))
            if self.meter is not None:
                await self.meter.count([(REFUSALS, (api_method, class_of(error)), 1)])
            raise
        await self._note("")
        return answer

    async def _note(self, code: str) -> None:
        if self.watch is not None:
            await self.watch.note(code)


class LimitedWebClient(PostingWebClient):
    """A client that keeps Slack's rate limits together with all other processes of the workspace.

    Args:
        client: The client that it calls like.
        limiter: Knows the limits.
        watch: Takes note of whether Slack takes the token.
        meter: Counts what Slack refuses.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        limiter: RateLimiter,
        watch: TokenWatch | None = None,
        meter: Meter | None = None,
    ) -> None:
        super().__init__(
            token=client.token,
            base_url=client.base_url,
            retry_handlers=[AsyncServerErrorRetryHandler(max_retry_count=2)],
        )
        self._limiter = limiter
        self.watch, self.meter = watch, meter

    async def api_call(self, api_method: str, *, http_verb: str = "POST", **request: Any) -> AsyncSlackResponse:
        """Makes a call once the limits allow it; see the SDK.

        Raises:
            BudgetSpentError: It is progress (`calling`), and not allowed now.
        """
        channel, urgency, refused = _channel_of(request), current_urgency(), 0
        while True:
            await self._limiter.wait(api_method, channel, urgency)
            try:
                return await super().api_call(api_method, http_verb=http_verb, **request)
            except SlackApiError as error:
                seconds, refused = retry_after(error), refused + 1
                if seconds is None:
                    raise
                await self._limiter.close(api_method, channel, seconds)
                if urgency is Urgency.PROGRESS or refused == MOST_REFUSALS:
                    raise


def _channel_of(request: Mapping[str, Any]) -> str:
    """The channel that a call is about; empty for none."""
    for arguments in (request.get("json"), request.get("params"), request.get("data")):
        if isinstance(arguments, Mapping):
            return str(arguments.get("channel") or arguments.get("channel_id") or "")
    return ""


def _basic(*, client_id: str, client_secret: str) -> str:
    """How an app shows who it is where it has no token yet ("oauth.v2.access")."""
    return f"Basic {base64.b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"


def _form(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def web_client(token: str, api_url: str) -> PostingWebClient:
    """A client that waits when Slack asks it to and tries again when Slack stumbles.

    A connection that breaks is not tried again here: the message may have been posted, and only the poster can tell.

    Args:
        token: The bot token, `xoxb-…`; empty for what needs none.
        api_url: The Web API's base.
    """
    return PostingWebClient(
        token=token or None,
        base_url=api_url.rstrip("/") + "/",
        retry_handlers=[
            AsyncRateLimitErrorRetryHandler(max_retry_count=5),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ],
    )
