"""Shapes that several services share: lists of tags, and lists of filters with names and values."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws.service import Answer, AwsError, Parameters


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services tell them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def filtered(answers: Iterable[Answer], members: Mapping[str, str], parameters: Parameters) -> list[Answer]:
    """The answers that pass the `Filters` that a caller sent: each names some values, one of which must be there.

    Args:
        answers: What to choose from; `Tags` are looked at for filters such as `tag:env`.
        members: The member that each filter's name stands for.
        parameters: What the caller sent.

    Raises:
        AwsError: A filter's name is not known.
    """
    filters: list[dict[str, Any]] = parameters.get("Filters", [])
    for name in (asked["Name"] for asked in filters):
        if name not in members and not name.startswith("tag:"):
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return [
        answer
        for answer in answers
        if all(_value(answer, asked["Name"], members) in asked["Values"] for asked in filters)
    ]


def _value(answer: Answer, name: str, members: Mapping[str, str]) -> Any:
    if name.startswith("tag:"):
        tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
        return tags.get(name.removeprefix("tag:"))
    return answer.get(members[name])
