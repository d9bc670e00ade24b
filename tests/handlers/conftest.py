"""The bench for the handlers."""

from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]
