"""Amazon Resource Names, taken apart ("Identify AWS resources with Amazon Resource Names (ARNs)")."""

from typing import NamedTuple

_PARTS = 6
_PARTITION_OF_PREFIX = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


class Arn(NamedTuple):
    """The six parts of an ARN; Region and account are empty where the service has none."""

    prefix: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> "Arn | None":
        """Takes an ARN apart; None where the text is none."""
        parts = text.split(":", _PARTS - 1)
        return cls(*parts) if len(parts) == _PARTS and parts[0] == "arn" else None

    @property
    def name(self) -> str:
        """What follows the last separator of the resource, such as a role's name without its path or a volume's id."""
        return self.resource.replace(":", "/").rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return ":".join(self)


def parse(text: str | None) -> Arn | None:
    """Takes an ARN apart; None where there is no text or the text is no ARN."""
    return Arn.parse(text) if text else None


def partition_of(region: str) -> str:
    """The partition that a Region is in."""
    return next((partition for prefix, partition in _PARTITION_OF_PREFIX if region.startswith(prefix)), "aws")
