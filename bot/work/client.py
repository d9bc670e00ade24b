"""The client of Slack's Web API that the web process and the worker share."""

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient


def web_client(token: str, api_url: str) -> AsyncWebClient:
    """A client that waits when Slack asks it to and tries again when Slack stumbles.

    A connection that breaks is not tried again here: the message may have been posted, and only `posting` can tell.

    Args:
        token: The bot token, `xoxb-…`, or an app token to open a socket with.
        api_url: The Web API's base.
    """
    return AsyncWebClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        retry_handlers=[
            AsyncRateLimitErrorRetryHandler(max_retry_count=5),
            AsyncServerErrorRetryHandler(max_retry_count=2),
        ],
    )
