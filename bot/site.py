"""The site of the web process: `/slack/events` for Slack, and what those who run it look at.

`/livez` says that the process runs. `/healthz` and `/readyz` say whether a question would be answered: Redis answers,
a worker is alive, and for `/readyz` Slack takes the bot token. `/metrics` is for Prometheus.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from redis.asyncio import Redis
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.metrics import CONTENT_TYPE, metrics
from bot.redis_faults import UNANSWERED
from bot.verification import is_from_slack
from bot.work.heartbeat import living_workers
from bot.work.token_watch import token_refusal

logger = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
"""Where somebody begins to install the app by OAuth, and where Slack sends them back to."""
LIVE_PATH = "/livez"
HEALTH_PATH, READY_PATH = "/healthz", "/readyz"
METRICS_PATH = "/metrics"

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What reading a body may raise that has another shape than Slack's."""

SLACK_HOSTS = (".slack.com", ".slack-gov.com")

Handler = Callable[[web.Request], Awaitable[web.Response]]


def make_site(
    app: AsyncApp | None, redis: Redis, signing_secret: str = "", pages: Iterable[web.RouteDef] = ()
) -> web.Application:
    """What is served over HTTP.

    Args:
        app: The Bolt app; None where it is reached over a socket instead.
        redis: What the app can't do without.
        signing_secret: What Slack signs its requests with.
        pages: More pages: those to install the app at.
    """
    site = web.Application()
    site.add_routes([web.get(LIVE_PATH, _live), *(web.get(path, _health(redis)) for path in (HEALTH_PATH, READY_PATH))])
    site.add_routes([web.get(METRICS_PATH, _metrics(redis)), *pages])
    if app is not None:
        site.add_routes([web.post(EVENTS_PATH, _events(app, SignatureVerifier(signing_secret)))])
    return site


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"process": "ok"})


def _health(redis: Redis) -> Handler:
    async def health(request: web.Request) -> web.Response:
        try:
            workers, refusal = await living_workers(redis), await token_refusal(redis)
        except UNANSWERED:
            return web.json_response({"redis": "unreachable", "workers": "unknown"}, status=503)
        last = workers.last_seen.isoformat() if workers.last_seen else None
        found = {"redis": "ok", "workers": workers.alive, "last_worker_seen": last, "slack": refusal or "ok"}
        is_well = workers.alive and not (refusal and request.path == READY_PATH)
        return web.json_response(found, status=200 if is_well else 503)

    return health


def _metrics(redis: Redis) -> Handler:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics(redis), headers={"Content-Type": CONTENT_TYPE})

    return page


def _events(app: AsyncApp, verifier: SignatureVerifier) -> Handler:
    """Slack's requests: verified, read and handed to Bolt, in this order."""

    async def events(request: web.Request) -> web.Response:
        body = await request.read()
        if not is_from_slack(verifier, request.headers, body):
            return web.Response(status=401, text="unsigned")
        try:
            bolt_request = _read(request, body)
            if not _responds_to_slack(bolt_request.body, str(app.client.base_url)):
                raise ValueError("a response URL is not Slack's")
            answer = await app.async_dispatch(bolt_request)
        except UNREADABLE as error:  # handlers have a boundary of their own: these are of Bolt's reading of the body
            logger.warning("a signed request can't be read and is refused: %s", error)
            return web.Response(status=400, text="unreadable")
        return await to_aiohttp_response(answer)

    return events


def _read(request: web.Request, body: bytes) -> AsyncBoltRequest:
    """The request as Bolt takes it.

    Raises:
        ValueError, TypeError, LookupError, AttributeError, RecursionError: The body is none of Slack's shapes.
    """
    read = AsyncBoltRequest(
        body=body.decode(),
        query=request.query_string,
        headers=dict(request.headers),
        context={"logger": logger},  # Bolt wants it where a body has several response URLs, and sets it only later
    )
    if not isinstance(read.body, dict) or not isinstance(read.body.get("event", {}), dict):
        raise ValueError("the body is no object")
    return read


def _responds_to_slack(body: Mapping[str, Any], api_url: str) -> bool:
    """Whether each URL that the body wants to be answered at is Slack's, or that of the configured stand-in."""
    return all(_is_slacks(url, api_url) for url in _response_urls(body))


def _response_urls(body: Mapping[str, Any]) -> Iterator[Any]:
    if body.get("response_url"):
        yield body["response_url"]
    for named in body.get("response_urls") or ():
        yield named.get("response_url") if isinstance(named, dict) else None


def _is_slacks(url: Any, api_url: str) -> bool:
    if not isinstance(url, str):
        return False
    try:
        at, ours = urlsplit(url), urlsplit(api_url)
        if f".{ours.hostname}".endswith(SLACK_HOSTS):
            return at.scheme == "https" and at.port in (None, 443) and f".{at.hostname}".endswith(SLACK_HOSTS)
        return (at.scheme, at.hostname, at.port) == (ours.scheme, ours.hostname, ours.port)
    except ValueError:
        return False
