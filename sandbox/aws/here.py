"""An estate file as the only AWS that this process can reach, while a context is open."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox.aws.estate import load_estate
from sandbox.aws.server import Sandbox, environment


@contextmanager
def served(estate_file: Path, *, latency_ms: float = 0) -> Iterator[Sandbox]:
    """Serves an estate file and points every AWS SDK of this process at it.

    Args:
        estate_file: The estate.
        latency_ms: How long every call takes before it is answered.

    Yields:
        The sandbox.

    Raises:
        BadInputError: The file is no estate.
    """
    estate = load_estate(estate_file)
    with (
        Sandbox(estate, latency_ms=latency_ms) as sandbox,
        only({**environment(sandbox), "BACKUP_WHY_ROLE_NAME": estate.bot.role_name}),
    ):
        yield sandbox


@contextmanager
def only(exports: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with no AWS and no bot settings but these: nothing here may read a real account."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("AWS_", "BACKUP_WHY_")):
            del os.environ[name]
    os.environ.update(exports, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
