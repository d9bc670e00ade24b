"""The bench for access."""

from tests.scenarios.bench import redis_url, valkey

__all__ = ["redis_url", "valkey"]
