"""The whole answer to twelve incidents as it is read, kept as files: how it reads is judged by reading it.

What was changed on purpose is written anew with `pytest tests/replies/test_golden_incidents.py --snapshot-update`.
"""

import io
from pathlib import Path

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from bot.replies.terminal import render
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.replies.golden_files import GoldenText

READ = ("01", "02", "07", "11", "12", "17", "22", "25", "30", "33", "35", "41")
"""Each layer, two causes at once, a fix that can't be verified, what can't be read, and what is no denial."""
INCIDENTS = [file for file in FILES if file.stem[:2] in READ]


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda file: file.stem)
def test_an_incident_reads_so(incident: Path, snapshot: SnapshotAssertion) -> None:
    answer = diagnosis_of(incident)
    steady = answer.model_copy(update={"cost": answer.cost.model_copy(update={"ms": 1000, "aws_calls": 50})})
    out = io.StringIO()
    render(steady, Console(file=out, width=100, force_terminal=True, color_system=None))
    assert out.getvalue() == snapshot(extension_class=GoldenText)


def test_there_are_twelve_of_them() -> None:
    assert len(INCIDENTS) == len(READ) == 12
