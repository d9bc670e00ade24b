"""What commands that need an extra say where it is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bot.errors import BadInputError

OURS = ("bot", "handlers", "knowledge")


@contextmanager
def from_extra(extra: str, what: str) -> Iterator[None]:
    """Imports from packages that an extra brings; use it around imports alone.

    Args:
        extra: The extra's name.
        what: What needs them, as the first words of a sentence.

    Raises:
        BadInputError: A package of the extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in OURS:
            raise
        raise BadInputError(
            f"{what} needs the extra `{extra}` ({missing} is not installed): "
            f"run pip install '.[{extra}]' in a checkout of backup-why."
        ) from error


from_sandbox = partial(from_extra, "sandbox")
"""Imports from the stand-ins for AWS and Slack."""
