"""Texts that people reported in public: each is read as the report's resolution says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.diagnosis.reading import read_error
from knowledge.library import all_entries

REPORTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "public_reports.yaml").read_text(encoding="utf-8")
)
MEMBERS = ("action", "principal", "resource", "entity", "explicit", "encoded", "knowledge")


@pytest.mark.parametrize("report", REPORTS, ids=[report["id"] for report in REPORTS])
def test_a_public_report_is_read_as_its_resolution_says(report: dict[str, Any]) -> None:
    diagnosis = read_error(report["text"])
    codes = [hypothesis.code for hypothesis in diagnosis.hypotheses]

    assert diagnosis.outcome == report["outcome"]
    assert {name: getattr(diagnosis.reading, name) for name in MEMBERS if name in report} == {
        name: report[name] for name in MEMBERS if name in report
    }
    assert set(report.get("first", ())) <= set(codes[:2])
    assert set(report.get("among", ())) <= set(codes)
    assert any(report.get("says", "") in hypothesis.why for hypothesis in diagnosis.hypotheses) or not codes


@pytest.mark.parametrize("report", REPORTS, ids=[report["id"] for report in REPORTS])
def test_what_is_no_permission_failure_has_an_entry_and_no_causes(report: dict[str, Any]) -> None:
    diagnosis = read_error(report["text"])
    if diagnosis.outcome == "not-permission":
        assert diagnosis.hypotheses == ()
        assert diagnosis.reading.knowledge in {entry.slug for entry in all_entries()}


@pytest.mark.parametrize("report", REPORTS, ids=[report["id"] for report in REPORTS])
def test_an_explicit_denial_guesses_nothing_that_is_missing(report: dict[str, Any]) -> None:
    diagnosis = read_error(report["text"])
    if diagnosis.reading.explicit:
        assert [guess.code for guess in diagnosis.hypotheses if guess.code.endswith("-missing")] == []
