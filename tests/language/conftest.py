"""A stand-in for Amazon Bedrock, and a server for Redis."""

from collections.abc import Iterator

import pytest

from sandbox.bedrock import BedrockStandIn
from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockStandIn]:
    """The stand-in, which every AWS SDK of this process takes for Bedrock."""
    with BedrockStandIn() as stand_in:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", stand_in.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield stand_in
