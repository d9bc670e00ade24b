"""A set-up with many things broken on purpose, each found and named: real Redis, AWS over HTTP, Slack's stand-in."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bot.aws.permissions import permissions
from bot.doctor.findings import Checkup, Health
from bot.doctor.run import examine
from bot.doctor.sections import Section
from bot.work.heartbeat import WORKERS
from bot.work.queue import DEAD_LETTERS
from sandbox.aws.estate import INCIDENTS, parse_estate
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox, environment
from sandbox.embedded import embedded_redis
from sandbox.slack.server import WorkspaceServer
from sandbox.slack.workspace import Workspace
from tests.mcp.conftest import LOOPBACK

MANAGEMENT, BOT, COPIES, OTHER, UNENTERED = (
    *("111122223333", "999988887777", "444455556666", "777788889999"),
    "222233334444",
)
ESTATE: dict[str, Any] = json.loads((INCIDENTS / "12-copy-aurora-scp-denies-vault-account.json").read_text("utf-8"))


def policy(*actions: str) -> dict[str, Any]:
    statement = {"Sid": "Reads", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def estate(without: dict[str, set[str]] | None = None, unreadable: dict[str, list[str]] | None = None) -> str:
    """An organization in which each account has the role with all that it needs, but for what an account lacks."""
    text = json.loads(json.dumps(ESTATE))
    for account, held in text["accounts"].items():
        (role,) = [each for each in held["roles"] if each["RoleName"] in ("BackupWhyReadOnly", "BackupWhyBot")]
        lacks = (without or {}).get(account, set())
        role["AttachedPolicies"], role["InlinePolicies"] = [], {"reads": policy(*(set(permissions()) - lacks))}
        held["unreadable"] = (unreadable or {}).get(account, [])
    return json.dumps(text)


@contextmanager
def aws(text: str, **settings: str) -> Iterator[None]:
    """An estate as the only AWS, and nothing else set than what is given."""
    with ExitStack() as stack:
        served = stack.enter_context(Sandbox(parse_estate(text)))
        stack.enter_context(only(environment(served)))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in [name for name in os.environ if name.startswith(("REDIS", "SLACK", "PORT"))]:
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        yield


@asynccontextmanager
async def slack(workspace: Workspace) -> AsyncIterator[str]:
    async with WorkspaceServer(workspace) as server:
        yield server.api_url


def broken_in(checkup: Checkup) -> dict[str, str]:
    """What is not well, by its name."""
    return {each.check: each.says for each in checkup.findings if each.condition is not Health.OK}


def access_file(folder: Path, text: str) -> str:
    file = folder / "access.yaml"
    file.write_text(text)
    return str(file)


async def test_what_is_broken_is_found_and_named(tmp_path: Path) -> None:
    workspace = Workspace(clock=lambda: 1_700_000_000.0, scopes=("chat:write", "commands"))
    lacking = estate(
        without={COPIES: {"kms:GetKeyPolicy", "kms:DescribeKey"}, MANAGEMENT: {"organizations:DescribePolicy"}},
        unreadable={OTHER: ["ec2"], BOT: ["iam"]},
    )
    with embedded_redis() as url, Redis.from_url(url) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
        redis.config_set("save", "")
        redis.execute_command("ACL", "SETUSER", "bot", "on", ">secret", "~*", "&*", "+@all", "-publish", "-xadd")
        redis.xadd(DEAD_LETTERS, {"a": "b"})
        seconds, _ = redis.time()
        redis.zadd(WORKERS, {"gone": seconds - 600})
        settings = {
            "PORT": "a port",
            "REDIS_URL": url.replace("unix://", "unix://bot:secret@"),
            "SLACK_BOT_TOKEN": "xoxb-local",
            "BACKUP_WHY_ACCESS_FILE": access_file(tmp_path, "grants: []"),
        }
        async with slack(workspace) as api_url:
            with aws(lacking, SLACK_API_URL=api_url, **settings):
                checkup = await examine(url=f"http://{LOOPBACK}:9")
    assert checkup.condition is Health.BROKEN
    found = broken_in(checkup)
    expected = {
        "settings.PORT": "The setting PORT can't be used: 'a port' is not a whole number from 1 to 65535.",
        "access.file": "The access file grants nothing: nobody may ask about any account.",
        "access.admins": "The access file names no admins.",
        "slack.scopes": "The bot token lacks the scopes app_mentions:read, assistant:write, channels:read, ",
        "slack.scopes.optional": "lacks the optional scopes channels:history, groups:history.",
        "slack.clock": " s ahead of Slack's, which makes requests invalid.",
        "slack.way-in": "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: nothing gets in.",
        "slack.reachability": f"http://{LOOPBACK}:9/healthz can't be reached (ClientConnectorError).",
        "redis.eviction": "Redis discards keys when its memory is full (maxmemory-policy allkeys-lru)",
        "redis.persistence": "Redis keeps nothing on disk",
        "redis.acl": "Redis doesn't allow this user XADD, PUBLISH.",
        "workers.alive": "No worker is alive; none has been since 20",
        "queue.dead-letters": "1 entries of the queue could not be read.",
        f"aws.account.{UNENTERED}": f"Account {UNENTERED} can't be entered: AWS denies sts:AssumeRole (AccessDenied).",
        f"aws.account.{COPIES}.lacks": f"In account {COPIES} the role lacks kms:DescribeKey, kms:GetKeyPolicy. "
        "That blinds the layer kms.",
        f"aws.account.{MANAGEMENT}.lacks": "lacks organizations:DescribePolicy. That blinds the layer organization.",
        f"aws.account.{OTHER}.refused.ec2:GetEbsEncryptionByDefault": "That blinds the layer resource.",
        f"aws.account.{BOT}.lacks": "role/BackupWhyBot can't be read: what it lacks isn't known.",
    }
    assert {check: says for check, says in expected.items() if says not in found.get(check, "")} == {}
    assert found.keys() == expected.keys(), "nothing else is blamed"
    assert [each.check for each in checkup.findings if each.condition is not Health.OK and not each.do] == []


async def test_what_is_well_is_not_blamed(tmp_path: Path) -> None:
    text = json.loads(estate())
    text["organization"]["root"]["accounts"].pop(UNENTERED, None)
    access = access_file(tmp_path, "grants: [{accounts: ['*'], users: [U0ANA]}]\nadmins: {users: [U0ANA]}")
    with embedded_redis() as url, Redis.from_url(url) as redis:
        redis.config_set("maxmemory-policy", "noeviction")
        redis.config_set("appendonly", "yes")
        seconds, _ = redis.time()
        redis.zadd(WORKERS, {"alive": seconds})
        settings = {"REDIS_URL": url, "SLACK_BOT_TOKEN": "xoxb-local", "SLACK_SIGNING_SECRET": "a secret"}
        async with slack(Workspace()) as api_url:
            with aws(json.dumps(text), SLACK_API_URL=api_url, BACKUP_WHY_ACCESS_FILE=access, **settings):
                checkup = await examine()
        assert redis.keys("backup-why:doctor*") == []
    assert {check for check in broken_in(checkup) if UNENTERED not in check} == set()


async def test_what_is_not_set_or_refused_is_found_too() -> None:
    with aws(estate()):
        nothing = broken_in(await examine([Section.SETUP, Section.SLACK, Section.REDIS]))
    assert nothing.keys() == {"access.file", "slack.token", "slack.way-in", "redis.reached"}
    with embedded_redis() as url, Redis.from_url(url) as redis:
        redis.config_set("requirepass", "right")
        async with slack(Workspace()) as api_url:
            with aws(estate(), REDIS_URL=url, REDIS_PASSWORD="wrong", SLACK_API_URL=f"{api_url}x"):
                locked = broken_in(await examine([Section.REDIS]))
    assert "refuses the user or the password" in locked["redis.reached"]
    with aws(estate(), SLACK_BOT_TOKEN="xoxb-local", SLACK_API_URL=f"http://{LOOPBACK}:9/api/"):
        assert "Slack can't be reached" in broken_in(await examine([Section.SLACK]))["slack.reached"]


async def test_without_the_management_account_the_organization_is_blind() -> None:
    text = json.loads(estate())
    del text["accounts"][MANAGEMENT]  # then its role can't be assumed
    with aws(json.dumps(text), BACKUP_WHY_ACCOUNTS=COPIES):
        found = broken_in(await examine([Section.AWS]))
    assert "which blinds the layer organization" in found["aws.management"]
    assert f"aws.account.{MANAGEMENT}" in found


async def test_without_credentials_aws_is_one_finding() -> None:
    with aws(estate()), only({"AWS_EC2_METADATA_DISABLED": "true"}):
        checkup = await examine([Section.AWS])
    assert [each.check for each in checkup.findings] == ["aws.credentials"]
    assert "There are no usable AWS credentials" in checkup.findings[0].says
