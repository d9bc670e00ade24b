"""What tests of the diagnosis share: only the main thread is measured, where there is coverage."""

import threading

import pytest


@pytest.fixture(autouse=True, scope="session")
def _threads_are_not_traced() -> None:
    """Lets threads run at full speed: those of the sandbox and those that call AWS run nothing that is measured."""
    threading.settrace(None)  # as coverage itself ends the tracing of threads
