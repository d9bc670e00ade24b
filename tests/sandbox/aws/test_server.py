"""The server: latency that does not add up, a log of calls, connections that are kept, an end that is clean."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import boto3
import pytest

from bot.errors import BadInputError
from sandbox.aws.estate import parse_estate
from sandbox.aws.server import Sandbox, environment
from tests.sandbox.aws.conftest import BOT, REGION, WORKLOAD, Serve, written

NOTHING = parse_estate(json.dumps(written()))


def test_calls_at_once_wait_side_by_side(serve: Serve) -> None:
    reader = serve(latency_ms=1_000)
    client = reader.client("backup", max_pool_connections=30)
    client.list_backup_jobs()
    reader.sandbox.reset_calls()
    with ThreadPoolExecutor(30) as threads:
        list(threads.map(lambda _: client.list_backup_jobs(), range(30)))
    calls = reader.sandbox.calls
    assert all(call.ended - call.started >= 1 for call in calls)
    assert sum(call.started < min(call.ended for call in calls) for call in calls) > 1


def test_calls_are_logged_with_who_asked_what_and_what_came_of_it(serve: Serve) -> None:
    reader = serve()
    kms = reader("kms", region="us-west-2")
    reader.sandbox.reset_calls()
    before = time.monotonic()
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId="gone")
    kms.list_keys(Limit=5)
    after = time.monotonic()
    missed, listed = reader.sandbox.calls
    assert (missed.service, missed.operation, missed.account, missed.region) == (
        "kms",
        "DescribeKey",
        WORKLOAD,
        "us-west-2",
    )
    assert (missed.parameters, missed.status, missed.code) == ({"KeyId": "gone"}, 400, "NotFoundException")
    assert (listed.operation, listed.parameters, listed.status, listed.code) == ("ListKeys", {"Limit": 5}, 200, None)
    assert before <= missed.started <= missed.ended <= listed.started <= listed.ended <= after


def test_the_log_is_told_as_json_over_http(serve: Serve) -> None:
    reader = serve()
    reader("backup").list_backup_jobs(ByCreatedAfter=datetime(2026, 11, 20, tzinfo=UTC))
    connection = http.client.HTTPConnection(reader.sandbox.url.removeprefix("http://"))
    connection.request("GET", "/_sandbox/calls")
    calls = json.loads(connection.getresponse().read())
    connection.request("GET", "/_sandbox/health")
    assert json.loads(connection.getresponse().read())["status"] == "ok"
    connection.close()
    assert [call["operation"] for call in calls] == ["AssumeRole", "ListBackupJobs"]
    assert calls[1]["parameters"] == {"ByCreatedAfter": "2026-11-20 00:00:00+00:00"}


def test_a_connection_is_kept_for_the_next_call(serve: Serve) -> None:
    connection = http.client.HTTPConnection(serve().sandbox.url.removeprefix("http://"))
    sockets = set()
    for _ in range(3):
        connection.request("GET", "/_sandbox/health")
        connection.getresponse().read()
        sockets.add(connection.sock.getsockname())
    connection.close()
    assert len(sockets) == 1


def test_the_environment_is_all_that_an_sdk_needs(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(serve().sandbox).items():
        monkeypatch.setenv(name, value)
    assert boto3.client("sts").get_caller_identity()["Account"] == BOT
    assert boto3.client("kms").meta.region_name == "us-east-1"


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(
                BadInputError,
                match=rf"can't listen on port {port} \(Address already in use\); choose another with --port",
            ),
            Sandbox(NOTHING, port=port),
        ):
            pass


def test_a_port_that_is_none_is_told() -> None:
    with pytest.raises(BadInputError, match="can't listen on port 70000"), Sandbox(NOTHING, port=70_000):
        pass


def test_nothing_is_left_when_the_sandbox_ends() -> None:
    with Sandbox(NOTHING) as sandbox:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
        connection.request("GET", "/_sandbox/health")
        connection.getresponse().read()
    connection.close()
    assert "sandbox" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(sandbox.url.removeprefix("http://")).request("GET", "/_sandbox/health")


def test_two_sandboxes_do_not_know_of_each_other(serve: Serve) -> None:
    here = serve({WORKLOAD: {"regions": {REGION: {"vaults": [{"BackupVaultName": "here"}]}}}})
    there = serve({WORKLOAD: {"regions": {REGION: {"vaults": [{"BackupVaultName": "there"}]}}}})
    for reader, name in ((here, "here"), (there, "there")):
        assert [vault["BackupVaultName"] for vault in reader("backup").list_backup_vaults()["BackupVaultList"]] == [
            name
        ]
