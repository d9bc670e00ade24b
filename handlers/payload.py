"""Reads members out of what Slack sends; what lacks them is no request of Slack's."""

from collections.abc import Mapping
from typing import Any


class BrokenRequestError(Exception):
    """A request lacks what Slack's documentation says it has, or has something else in its place."""


def text_at(body: Any, *path: str) -> str:
    """The text at a path.

    Args:
        body: The request, or a part of it.
        path: Names of members, from outside in.

    Raises:
        BrokenRequestError: There is no text there.
    """
    value = member_at(body, *path)
    if not isinstance(value, str):
        raise BrokenRequestError(f"{'.'.join(path)} is no text")
    return value


def member_at(body: Any, *path: str) -> Any:
    """What is at a path; raises as `text_at`."""
    for name in path:
        if not isinstance(body, Mapping) or name not in body:
            raise BrokenRequestError(f"{'.'.join(path)} is missing")
        body = body[name]
    return body


def optional_text(body: Any, *path: str) -> str:
    """The text at a path; empty where there is none."""
    try:
        return text_at(body, *path)
    except BrokenRequestError:
        return ""
