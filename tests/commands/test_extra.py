"""Commands that run the stand-ins, where those are not installed."""

import subprocess
import sys

import pytest

from bot.commands.extra import from_sandbox
from sandbox.aws.estate import INCIDENTS

INCIDENT = str(next(INCIDENTS.glob("*.json")))
PROGRAM = """
import sys
sys.modules[sys.argv[1]] = None   # as if it were not installed
from bot.cli import run
for command in (["try"], ["sandbox", sys.argv[2]], ["diagnose", "--estate", sys.argv[2]]):
    assert run(command) == 2
"""


@pytest.mark.parametrize("missing", ["sandbox", "moto"])
def test_a_command_says_which_extra_it_needs(missing: str) -> None:
    done = subprocess.run(  # noqa: S603 — our own program
        [sys.executable, "-c", PROGRAM, missing, INCIDENT], capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines() == [
        f"backup-why: {what} needs the extra `sandbox` ({missing} is not installed): "
        "run pip install '.[sandbox]' in a checkout of backup-why."
        for what in ("`try`", "`sandbox`", "--estate")
    ]


def test_a_fault_of_our_own_is_not_taken_for_a_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError), from_sandbox("`try`"):
        raise ModuleNotFoundError(name="bot.work.threads")
