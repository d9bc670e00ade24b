"""The parts of the examination, by the names by which they are asked for."""

from enum import StrEnum


class Section(StrEnum):
    """A part of the examination."""

    SETUP = "setup"
    SLACK = "slack"
    REDIS = "redis"
    AWS = "aws"
