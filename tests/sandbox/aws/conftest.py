"""An estate on a port, and boto3 clients that read it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.loaders import create_loader

from sandbox.aws.estate import parse_estate
from sandbox.aws.server import Sandbox

BOT, MANAGEMENT, WORKLOAD, STRANGER = "999988887777", "111122223333", "222233334444", "123456789012"
REGION = "eu-west-1"

_LOADER = create_loader()
"""Service models are read once for all tests: reading them is most of what a new client costs."""


class Reader:
    """boto3 against one sandbox, as the bot or as its role in another account."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.assumed: dict[str, dict[str, str]] = {}
        self._core = botocore.session.Session()
        self._core.register_component("data_loader", _LOADER)

    def client(
        self, service: str, *, account: str | None = None, region: str = REGION, token: str | None = None, **config: Any
    ) -> Any:
        """A client with the bot's credentials, or with those of its role in another account."""
        keys = {"aws_access_key_id": "AKIAANYTHING", "aws_secret_access_key": "any", "aws_session_token": token}
        if account not in {None, self.sandbox.estate.bot.account}:
            keys |= self.credentials(str(account))
        return self._core.create_client(
            service, region_name=region, endpoint_url=self.sandbox.url, config=Config(**config), **keys
        )

    def credentials(self, account: str) -> dict[str, str]:
        """The credentials of the bot's role in another account, asked for once."""
        if account not in self.assumed:
            role = f"arn:aws:iam::{account}:role/{self.sandbox.estate.bot.role_name}"
            given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
            self.assumed[account] = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        return self.assumed[account]

    def __call__(self, service: str, *, region: str = REGION) -> Any:
        """A client of the account whose job failed."""
        return self.client(service, account=WORKLOAD, region=region)


Serve = Callable[..., Reader]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves an estate, given as its accounts and its organization, until the test ends."""
    with ExitStack() as stack:

        def start(
            accounts: dict[str, Any] | None = None, organization: dict[str, Any] | None = None, **options: Any
        ) -> Reader:
            estate = parse_estate(json.dumps(written(accounts, organization)))
            return Reader(stack.enter_context(Sandbox(estate, **options)))

        yield start


def written(accounts: dict[str, Any] | None = None, organization: dict[str, Any] | None = None) -> dict[str, Any]:
    """An estate file with the bot's account, the workload account and what else is given."""
    estate = {
        "bot": {"account": BOT, "region": "us-east-1"},
        "accounts": {BOT: {}, WORKLOAD: {}, **(accounts or {})},
    }
    return estate | ({"organization": organization} if organization else {})


def in_region(**things: Any) -> dict[str, Any]:
    """Accounts of an estate whose workload account has these things in the tests' Region."""
    return {WORKLOAD: {"regions": {REGION: things}}}
