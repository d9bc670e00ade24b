"""Over HTTP an agent has the rights of its entry in the access file: each request needs its token, and is audited."""

import json
from typing import Any

import jsonschema
import pytest
from httpx2 import AsyncClient
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent

from bot.access.audit import Audit
from bot.diagnosis.document_schema import schema_of
from bot.errors import BadInputError
from bot.work.connection import connect
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, expectation, text_of
from tests.mcp.conftest import LOOPBACK, TOKEN, agent, client_of, served

COPY = text_of(next(file for file in FILES if file.name.startswith("12-copy")))
EXPECTED = expectation(COPY)
SOURCE, OTHERS = EXPECTED["account"], ("111122223333", "777788889999", "999988887777")
LISTS_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


async def asked(redis_url: str, *accounts: str, job: str = EXPECTED["job"], **place: str) -> CallToolResult:
    """What an agent that may ask about some accounts gets for the job of the incident."""
    async with served(redis_url, [agent(*accounts)]) as url, client_of(url) as client:
        return await client.call_tool("diagnose", {"job": job, **place})


async def audited(redis_url: str) -> list[tuple[str, str, str, str]]:
    async with connect(redis_url) as redis:
        return [(line.act, line.user, line.account, line.outcome) async for line in Audit(redis).export()]


def text_in(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
async def test_without_the_token_of_an_agent_nothing_is_answered(redis_url: str, header: str | None) -> None:
    headers = {"Accept": "application/json, text/event-stream"} | ({"Authorization": header} if header else {})
    async with served(redis_url, [agent()]) as url, AsyncClient() as http:
        answer = await http.post(url, json=LISTS_TOOLS, headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_token", "error_description": "Authentication required"}
    assert await audited(redis_url) == []


async def test_an_agent_with_the_right_to_all_gets_all(redis_url: str, served_estate: ServeEstate) -> None:
    served_estate(COPY)
    result = await asked(redis_url, "*")
    assert "********" not in text_in(result)
    assert "OnlyVaultAccount" in text_in(result)
    name = "agent:devops-agent"
    assert await audited(redis_url) == [("question", name, "", ""), ("answer", name, SOURCE, "denied")]


async def test_what_concerns_another_account_is_masked_and_keeps_the_schema(
    redis_url: str, served_estate: ServeEstate
) -> None:
    served_estate(COPY)
    result = await asked(redis_url, SOURCE)
    assert not result.is_error
    document: Any = result.structured_content
    jsonschema.validate(document, schema_of("diagnosis"))
    assert [account for account in OTHERS if account in text_in(result)] == []
    assert SOURCE in text_in(result)
    assert "********9999" in text_in(result)
    (cause,) = document["causes"]
    hidden = "hidden, because it is about an account that you may not ask about"
    assert document["job"]["status_message"] == hidden
    assert (cause["document"], cause["fix"]["cli"], cause["fix"]["terraform"]) == ({}, [], hidden)
    assert [change["document"] for change in cause["fix"]["changes"]] == [{}] * len(cause["fix"]["changes"])
    assert json.loads(text_in(result)) == document


async def test_a_job_of_an_account_that_it_may_not_ask_about_is_a_refusal(
    redis_url: str, served_estate: ServeEstate
) -> None:
    served_estate(COPY)
    found = await asked(redis_url, "111122223333")
    named = await asked(redis_url, "111122223333", account=SOURCE)
    for result in (found, named):
        assert result.is_error
        assert text_in(result) == "You may not ask about account ********6666. Ask #cloud-security for access."
    name = "agent:devops-agent"
    assert await audited(redis_url) == [("question", name, "", ""), ("refusal", name, SOURCE, "")] * 2


async def test_other_tools_keep_to_the_rights_too(redis_url: str, served_estate: ServeEstate) -> None:
    served_estate(COPY)
    role, text = f"arn:aws:iam::{SOURCE}:role/r", f"User: arn:aws:iam::{SOURCE}:user/ana is not authorized to perform: "
    text += "backup:StartCopyJob"
    calls: list[tuple[str, dict[str, Any]]] = [
        ("needs", {"what": "backup", "resource_type": "EBS", "role": role}),
        ("needs", {"what": "create-vault", "caller": role}),
        ("diagnose_error", {"text": text}),
        ("diagnose_error", {"text": text, "offline": True}),
        ("diagnose_error", {"text": "AccessDenied", "caller": role}),
    ]
    async with served(redis_url, [agent("111122223333")]) as url, client_of(url) as client:
        for tool, arguments in calls:
            refused = await client.call_tool(tool, arguments)
            assert refused.is_error
            assert "You may not ask about account ********6666." in text_in(refused)
        assert await listed(client) == []
    async with served(redis_url, [agent(SOURCE)]) as url, client_of(url) as client:
        compared = await client.call_tool("needs", {"what": "backup", "resource_type": "EBS", "role": f"{role}2"})
    assert compared.is_error, "there is no such role"


async def listed(client: Client) -> Any:
    result = await client.call_tool("failures", {})
    assert not result.is_error
    assert result.structured_content is not None
    return result.structured_content["jobs"]


async def test_an_access_file_without_agents_and_a_port_that_is_taken_are_sentences(redis_url: str) -> None:
    with pytest.raises(BadInputError, match="The access file names no agents"):
        async with served(redis_url, []):
            pass
    async with served(redis_url, [agent()]) as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        with pytest.raises(BadInputError, match=rf"{LOOPBACK}:{port} can't be listened on"):
            async with served(redis_url, [agent()], port=port):
                pass
