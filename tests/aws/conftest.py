"""A small estate on a port, and a reader of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.aws.cache import LookupCache
from bot.aws.facts import Facts, collect
from bot.aws.lookup import Answer, Lookup
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.settings import load_settings
from sandbox.aws.server import Sandbox
from tests.conftest import ServeEstate
from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]

BOT, WORKLOAD, STRANGER = "999988887777", "222233334444", "333344445555"
REGION = "eu-west-1"
MANY_VAULTS = [{"BackupVaultName": f"vault-{number}"} for number in range(7)]
ROLE = {"RoleName": "backup-job", "AttachedPolicies": [], "InlinePolicies": {"extra": {"Statement": []}}}
ESTATE: dict[str, Any] = {
    "bot": {"account": BOT, "region": REGION},
    "accounts": {
        BOT: {"regions": {REGION: {"vaults": MANY_VAULTS}}},
        WORKLOAD: {"unreadable": ["kms"], "roles": [ROLE], "regions": {REGION: {"vaults": MANY_VAULTS}}},
    },
}


@pytest.fixture
def sandbox(served_estate: ServeEstate) -> Sandbox:
    """The estate, with no more than three results on a page."""
    return served_estate(json.dumps(ESTATE), page=3)


MakeReader = Callable[..., Reader]


@pytest.fixture
def make_reader() -> MakeReader:
    """Makes a reader with the settings of the environment, and a cache of its own unless one is given."""

    def make(cache: LookupCache | None = None, *, fresh: bool = False) -> Reader:
        return Reader(Sessions(load_settings()), cache or LookupCache(None, 300, "tests"), fresh=fresh)

    return make


def ask(reader: Reader, *lookups: Lookup) -> list[Answer]:
    """What a collector that asks for these lookups ends up with."""
    return collect(lambda facts: [facts.ask(lookup) for lookup in lookups], Facts(REGION), reader)
