"""What commands that run the stand-ins for AWS and Slack say where those are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BadInputError

OURS = ("bot", "handlers", "knowledge")


@contextmanager
def from_sandbox(what: str) -> Iterator[None]:
    """Imports from the package `sandbox`, which the extra of that name brings; use it around imports alone.

    Args:
        what: What needs them, as the first words of a sentence.

    Raises:
        BadInputError: The package or something that it needs is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in OURS:
            raise
        raise BadInputError(
            f"{what} needs the extra `sandbox` ({missing} is not installed): "
            "run pip install '.[sandbox]' in a checkout of backup-why."
        ) from error
