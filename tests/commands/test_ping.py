"""`backup-why work --ping`: whether a worker is alive, for a health check."""

import pytest
from redis import Redis

from bot.cli import run
from bot.work.heartbeat import ALIVE_SECONDS, WORKERS
from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]


@pytest.fixture
def server(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Redis:
    monkeypatch.setenv("REDIS_URL", redis_url)
    return Redis.from_url(redis_url, decode_responses=True)


def alive(server: Redis, seconds_ago: float) -> None:
    """Writes down that a worker was alive so long ago."""
    seconds, _ = server.time()
    server.zadd(WORKERS, {"worker": seconds - seconds_ago})


def test_it_succeeds_where_a_worker_is_alive(server: Redis) -> None:
    with server:
        alive(server, 0)
        assert run(["work", "--ping"]) == 0


def test_it_fails_where_none_has_ever_been(server: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    with server:
        assert run(["work", "--ping"]) == 1
    assert "No worker is alive; none has been yet." in capsys.readouterr().err


def test_it_fails_where_the_last_one_is_gone(server: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    with server:
        alive(server, ALIVE_SECONDS + 1)
        assert run(["work", "--ping"]) == 1
    assert "none has been since 20" in capsys.readouterr().err
