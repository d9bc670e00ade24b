"""How a sample is taken."""

import pytest

from tests.sweeps import sampling
from tests.sweeps.sampling import sample


def test_by_default_one_in_so_many_runs_and_all_turns_together_are_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "ALL", False)
    assert sample("abcdefgh", one_in=3) == ["a", "d", "g"]
    assert sample("abcdefgh", one_in=3, turn=4) == ["b", "e", "h"]
    turns = [each for turn in range(3) for each in sample("abcdefgh", one_in=3, turn=turn)]
    assert sorted(turns) == list("abcdefgh")


def test_all_run_where_all_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "ALL", True)
    assert sample("abcdefgh", one_in=3, turn=1) == list("abcdefgh")
