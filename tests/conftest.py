"""What tests of all rooms share: an estate served as the only AWS there is, and a diagnostician that reads it."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bot.diagnosis.run import Diagnostician
from bot.settings import load_settings
from sandbox.aws.estate import parse_estate
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox, environment

gc.set_threshold(40_000, 10, 10)
"""What a process keeps all along, such as AWS's models, is looked through less often: a sixth of the tests' time."""

ServeEstate = Callable[..., Sandbox]


@pytest.fixture
def served_estate() -> Iterator[ServeEstate]:
    """Serves an estate, given as JSON text, as the only AWS of this process until the test ends."""
    with ExitStack() as stack:

        def serve(text: str, **options: Any) -> Sandbox:
            estate = parse_estate(text)
            sandbox = stack.enter_context(Sandbox(estate, **options))
            stack.enter_context(only({**environment(sandbox), "BACKUP_WHY_ROLE_NAME": estate.bot.role_name}))
            return sandbox

        yield serve


@pytest.fixture
def diagnostician() -> Callable[[], Diagnostician]:
    """Makes a diagnostician that has read nothing yet, with the settings of the environment."""
    return lambda: Diagnostician(load_settings())
