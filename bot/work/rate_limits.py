"""Slack's rate limits as data: `slack_limits.yaml`, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("slack_limits.yaml")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one method may be called.

    Args:
        burst: Calls that can come at once.
        per_second: Calls that come back each second.
        reserved: Calls of the burst that progress leaves to answers.
        by_channel: Whether each channel has this limit for itself.
    """

    burst: int
    per_second: float
    reserved: int = 0
    by_channel: bool = False


class _Method(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tier: int | None = None
    per_minute: int = 0
    burst: int = 0
    reserved: int = 0
    by_channel: bool = False


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tiers: dict[int, int]
    methods: dict[str, _Method]


@cache
def slack_limits() -> Mapping[str, RateLimit]:
    """The limits by method; a method that is not named has none that Slack publishes."""
    file = _File.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return {name: _limit(method, file.tiers) for name, method in file.methods.items()}


def _limit(method: _Method, tiers: Mapping[int, int]) -> RateLimit:
    if method.tier is None:
        return RateLimit(method.burst, method.per_minute / 60, method.reserved, method.by_channel)
    per_minute = tiers[method.tier]
    burst = per_minute // 2
    return RateLimit(burst, (per_minute - burst) / 60, method.reserved, method.by_channel)
