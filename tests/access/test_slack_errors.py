"""Which faults of Slack pass by themselves: each is met over HTTP, by the SDK's own client."""

import pytest
from aiohttp import ClientError, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.slack_errors import TRANSIENT, code_of, is_transient
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import Fault, Workspace
from tests.scenarios.bench import serving

ROWS = [
    *(pytest.param(Fault(error=error), error, True, id=error) for error in sorted(TRANSIENT)),
    pytest.param(Fault(error="missing_scope"), "missing_scope", False, id="a refusal"),
    pytest.param(Fault(error="is_archived", status=400), "is_archived", False, id="a refusal with a status"),
    pytest.param(Fault(error="is_archived", status=429), "is_archived", True, id="too many requests"),
    pytest.param(Fault(error="is_archived", status=430), "is_archived", False, id="no such status"),
    pytest.param(Fault(error="is_archived", status=500), "is_archived", True, id="out of order"),
    pytest.param(Fault(error="is_archived", status=499), "is_archived", False, id="just below out of order"),
    pytest.param(Fault(error="", status=404), "HTTP 404", False, id="a status alone"),
    pytest.param(Fault(error="", status=503), "HTTP 503", True, id="a status alone that passes"),
    pytest.param(Fault(error="", status=200), "HTTP 200", False, id="nothing at all"),
]


def client(api_url: str) -> AsyncWebClient:
    """A client that does not try again."""
    return AsyncWebClient(token="xoxb-local", base_url=f"{api_url.rstrip('/')}/", retry_handlers=[])


@pytest.mark.parametrize(("fault", "code", "passes"), ROWS)
async def test_what_slack_answers_passes_or_not(fault: Fault, code: str, passes: bool) -> None:
    workspace = Workspace()
    async with WorkspaceServer(workspace) as server:
        workspace.fail("auth.test", fault)
        with pytest.raises(SlackApiError) as met:
            await client(server.api_url).auth_test()
    assert code_of(met.value) == code
    assert is_transient(met.value) is passes


@pytest.mark.parametrize(("status", "passes"), [(503, True), (404, False)])
async def test_an_answer_that_is_no_json_is_known_by_its_status(status: int, passes: bool) -> None:
    async def busy(_request: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>", content_type="application/json")

    site = web.Application()
    site.router.add_post("/auth.test", busy)
    async with serving(site) as url:
        with pytest.raises(SlackApiError) as met:
            await client(url).auth_test()
    assert code_of(met.value) == f"HTTP {status}"
    assert is_transient(met.value) is passes


async def test_no_answer_passes() -> None:
    async with serving(web.Application()) as url:
        pass
    with pytest.raises(ClientError) as met:
        await client(url).auth_test()
    assert code_of(met.value) == "ClientConnectorError"
    assert is_transient(met.value)
    assert is_transient(TimeoutError())
    assert not is_transient(ValueError())
