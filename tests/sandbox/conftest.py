"""An estate on a port, and boto3 clients that read it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.loaders import create_loader

from bot.sandbox.model import Estate
from bot.sandbox.server import Sandbox

BOT, MANAGEMENT, WORKLOAD, STRANGER = "999988887777", "111122223333", "222233334444", "123456789012"
REGION = "eu-west-1"

_LOADER = create_loader()
"""Service models are read once for all tests: reading them is most of what a new client costs."""


class Reader:
    """boto3 against one sandbox, as the bot or as its role in another account."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def client(
        self, service: str, *, account: str = BOT, region: str = REGION, token: str | None = None, **config: Any
    ) -> Any:
        """A client with the bot's credentials, or with those of its role in another account."""
        keys = {"aws_access_key_id": "AKIAANYTHING", "aws_secret_access_key": "any", "aws_session_token": token}
        if account != BOT:
            given = self.client("sts").assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/{self.sandbox.estate.bot.role_name}", RoleSessionName="tests"
            )["Credentials"]
            keys = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        session = boto3.Session(botocore_session=core, region_name=region, **keys)
        return session.client(service, endpoint_url=self.sandbox.url, config=Config(**config))

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
            estate = Estate.model_validate(
                {
                    "bot": {"account": BOT, "region": "us-east-1"},
                    "organization": organization,
                    "accounts": {BOT: {}, WORKLOAD: {}, **(accounts or {})},
                }
            )
            return Reader(stack.enter_context(Sandbox(estate, **options)))

        yield start


def in_region(**things: Any) -> dict[str, Any]:
    """Accounts of an estate whose workload account has these things in the tests' Region."""
    return {WORKLOAD: {"regions": {REGION: things}}}
