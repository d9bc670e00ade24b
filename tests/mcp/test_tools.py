"""The tools, asked by the SDK's own client over HTTP: the same documents as the command line prints."""

import io
import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, redirect_stdout
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp.client.client import Client
from mcp_types import CallToolResult, TextContent

from bot.cli import run
from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, expectation, text_of
from tests.mcp.conftest import agent, client_of, served

CROSS_ACCOUNT = text_of(next(file for file in FILES if file.name.startswith("12-copy")))
EXPECTED = expectation(CROSS_ACCOUNT)
JOB_ROLE = "arn:aws:iam::444455556666:role/service-role/AWSBackupDefaultServiceRole"
ROLE = "arn:aws:iam::222233334444:role/backup-job"
Asked = Callable[[], AbstractAsyncContextManager[Client]]
DENIED = "User: arn:aws:iam::222233334444:user/ana is not authorized to perform: backup:StartBackupJob"


def printed(*arguments: str, code: int = 0) -> Any:
    """What the command line prints, as JSON."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert run(list(arguments)) == code
    return json.loads(out.getvalue())


def text_in(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


def document_in(result: CallToolResult) -> Any:
    assert not result.is_error, text_in(result)
    return result.structured_content


def without_cost(document: Any) -> Any:
    return {name: value for name, value in document.items() if name != "cost"}


async def test_every_tool_only_reads_and_says_what_it_takes_and_returns(asked: Asked) -> None:
    async with asked() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == ["diagnose", "diagnose_error", "explain", "needs", "check", "evaluate", "failures"]
    for tool in tools.values():
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        assert tool.description
    assert tools["diagnose"].output_schema == printed("schema")
    assert tools["diagnose_error"].output_schema == printed("schema", "--error")


async def test_a_diagnosis_is_the_document_of_the_command_line(redis_url: str, served_estate: ServeEstate) -> None:
    served_estate(CROSS_ACCOUNT)
    expected = without_cost(printed("diagnose", EXPECTED["job"], "--json"))
    async with served(redis_url, [agent()]) as url:
        for mode in ("auto", "legacy"):  # clients of the newest version of the protocol, and those before it
            async with client_of(url, mode=mode) as client:
                result = await client.call_tool("diagnose", {"job": EXPECTED["job"]})
            assert json.loads(text_in(result)) == document_in(result)
            assert without_cost(document_in(result)) == expected
    assert [cause["code"] for cause in expected["causes"]] == ["scp-denied"]


async def test_an_error_text_is_diagnosed_and_can_be_read_alone(asked: Asked, served_estate: ServeEstate) -> None:
    served_estate(CROSS_ACCOUNT)
    async with asked() as client:
        alone = await client.call_tool("diagnose_error", {"text": DENIED, "offline": True})
        read = await client.call_tool("diagnose_error", {"text": DENIED})
    assert without_cost(alone.structured_content) == without_cost(printed("error", DENIED, "--offline", "--json"))
    assert without_cost(read.structured_content) == without_cost(printed("error", DENIED, "--json"))


async def test_what_needs_no_aws_is_answered_without_it(asked: Asked) -> None:
    request = {"principal": ROLE, "action": "s3:GetObject", "resource": "*"}
    async with asked() as client:
        explained = document_in(await client.call_tool("explain", {"question": "scp-denied"}))
        unknown = document_in(await client.call_tool("explain", {"question": "how tall is the Eiffel tower"}))
        needed = document_in(await client.call_tool("needs", {"what": "restore", "resource_type": "EFS"}))
        operation = document_in(await client.call_tool("needs", {"what": "create-vault"}))
        evaluated = document_in(await client.call_tool("evaluate", {"request": request}))
    assert (explained["kind"], explained["entry"]) == ("entry", "scp-denied")
    assert "organization's admin can" in explained["text"]
    assert explained["sources"]
    assert unknown["kind"] == "unknown"
    assert needed["needs"] == printed("needs", "restore", "EFS", "--json")
    assert operation["operation"] == printed("needs", "create-vault", "--json")
    assert evaluated["decision"] == "implicit-deny"


async def test_a_role_and_a_caller_are_held_against_what_they_need(asked: Asked, served_estate: ServeEstate) -> None:
    served_estate(CROSS_ACCOUNT)
    caller = f"arn:aws:iam::{EXPECTED['account']}:user/ana"
    async with asked() as client:
        compared = document_in(
            await client.call_tool("needs", {"what": "backup", "resource_type": "EBS", "role": JOB_ROLE})
        )
        checked = document_in(await client.call_tool("needs", {"what": "CreateBackupVault", "caller": caller}))
    assert compared["role"] == printed("needs", "backup", "EBS", "--role", JOB_ROLE, "--json")
    assert checked["caller"]["subject"]["principal"] == caller


async def test_failed_jobs_are_listed_and_each_can_be_diagnosed(asked: Asked, served_estate: ServeEstate) -> None:
    served_estate(failed_just_now(CROSS_ACCOUNT))
    async with asked() as client:
        document = document_in(await client.call_tool("failures", {"hours": 24}))
        (failed,) = document["jobs"]
        place = {"job": failed["id"], "account": failed["account"], "region": failed["region"]}
        assert not (await client.call_tool("diagnose", place)).is_error
    expected = printed("failures", "--since", "24h", "--json")
    assert document | {"since": ""} == expected | {"since": ""}
    assert (failed["id"], failed["account"]) == (EXPECTED["job"], EXPECTED["account"])


async def test_jobs_to_come_are_checked(asked: Asked, served_estate: ServeEstate) -> None:
    served_estate(CROSS_ACCOUNT)
    named = {"role": JOB_ROLE, "resource": f"arn:aws:rds:us-east-1:{EXPECTED['account']}:cluster:ledger"}
    async with asked() as client:
        document = document_in(await client.call_tool("check", named))
    options = [text for name, value in named.items() for text in (f"--{name}", value)]
    expected = printed("check", *options, "--json", code=1)
    for forecast in (document, expected):
        (planned,) = forecast["jobs"]
        planned["job"]["created"] = "now"
    assert without_cost(document) == without_cost(expected)


def failed_just_now(text: str) -> str:
    """An estate whose copy jobs are of today, as those are that are listed."""
    estate = json.loads(text)
    for account in estate["accounts"].values():
        for region in account["regions"].values():
            for job in region["copy_jobs"]:
                job["CreationDate"] = datetime.now(UTC).isoformat()
    return json.dumps(estate)


async def test_an_argument_that_can_not_be_used_is_a_sentence(asked: Asked) -> None:
    async with asked() as client:
        for tool, arguments, says in UNUSABLE:
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert says in text_in(result)
            assert "\n" not in text_in(result)


UNUSABLE: list[tuple[str, dict[str, Any], str]] = [
    ("diagnose", {"job": "what?"}, "'what?' isn't a job ID. Give one such as"),
    ("diagnose", {}, "The argument `job` can't be used: Field required."),
    ("diagnose", {"job": "x", "acount": "1"}, "The argument `acount` can't be used: Extra inputs are not permitted"),
    ("diagnose", {"job": "x", "account": "12"}, "'12' is not an account id, which has twelve digits."),
    ("diagnose_error", {"text": " "}, "The argument `text` is blank: give the error text."),
    ("needs", {"what": "bakup"}, "'bakup' is neither a kind of job (backup, restore, copy) nor an operation"),
    ("needs", {"what": "backup"}, "Give a `resource_type` for a kind of job: "),
    ("needs", {"what": "backup", "resource_type": "Fridge"}, "There are no needs of Fridge."),
    ("needs", {"what": "backup", "resource_type": "EBS", "caller": ROLE}, "The argument `caller` goes with an op"),
    ("needs", {"what": "create-vault", "role": ROLE}, "The argument `role` goes with a kind of job."),
    ("evaluate", {"request": {"principal": ROLE}}, "action"),
    ("failures", {"hours": 0}, "The argument `hours` can't be used: Input should be greater than or equal to 1."),
    ("check", {}, "Give `plan`, or `role` with `resource` or `restore`."),
    ("check", {"plan": "daily", "vault": "prod"}, "The argument `vault` goes with `role`, and not with `plan`"),
    ("check", {"role": ROLE, "selection": "all"}, "The argument `selection` goes with `plan`."),
    ("backup", {}, "There is no tool 'backup'. The tools are diagnose, "),
]


async def test_a_job_that_is_nowhere_is_a_sentence(asked: Asked, served_estate: ServeEstate) -> None:
    served_estate(CROSS_ACCOUNT)
    async with asked() as client:
        result = await client.call_tool("diagnose", {"job": "00000000-0000-4000-8000-000000000000"})
    assert result.is_error
    assert "00000000-0000-4000-8000-000000000000" in text_in(result)


async def test_what_nobody_foresaw_has_a_reference_and_tells_nothing_else(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Diagnostician:
        raise RuntimeError("a secret of the server")

    make: Callable[[], Diagnostician] = broken
    async with served(redis_url, [agent()], make) as url, client_of(url) as client:
        result = await client.call_tool("diagnose", {"job": EXPECTED["job"]})
    assert result.is_error
    found = re.fullmatch(
        r"Unexpected error\. Give whoever runs this bot the reference ([0-9a-f]{8})\.", text_in(result)
    )
    assert found
    (record,) = [each for each in caplog.records if found[1] in each.getMessage()]
    assert record.exc_info
