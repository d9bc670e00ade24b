"""Every fix of every incident, made in the estate file and diagnosed again from scratch, makes the job succeed."""

import json
import shlex
from pathlib import Path

import hcl2
import pytest

from bot.diagnosis.model import Certainty, Diagnosis, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import FILES, diagnosis_of, expectation, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician

UNMENDABLE = {"different-organization", "aws-managed-key", "vault-default-key"}
"""Causes that no change of a policy fixes."""


def diagnosed(text: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> Diagnosis:
    """The diagnosis of an incident, from scratch."""
    served_estate(text)
    return diagnostician().diagnose(reference_to(expectation(text)))


def without_message(text: str) -> str:
    """The incident with a message that names nothing, so that only policies speak."""
    estate = json.loads(text)
    for account in estate["accounts"].values():
        for region in account.get("regions", {}).values():
            region["cloudtrail"] = []
            for job in (*region["backup_jobs"], *region["copy_jobs"], *region["restore_jobs"]):
                job["StatusMessage"] = "Access denied"
    return json.dumps(estate)


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_the_fixes_together_repair_the_job(
    incident: Path, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    before = diagnosis_of(incident)
    proven = [cause for cause in before.causes if cause.certainty is Certainty.PROVEN]
    assert [cause.code for cause in proven if cause.fix is None] == []
    assert {cause.code for cause in proven if cause.fix and not cause.fix.proven} <= UNMENDABLE
    changes = [change for cause in proven if cause.fix for change in cause.fix.changes]
    if not changes:
        return
    after = diagnosed(fixed(without_message(text_of(incident)), changes), served_estate, diagnostician)
    assert [cause for cause in after.causes if cause.certainty is Certainty.PROVEN] == []
    assert Verdict.BLOCKED not in [layer.verdict for layer in after.layers]


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_a_fix_is_told_for_people_and_for_tools(incident: Path) -> None:
    for fix in (cause.fix for cause in diagnosis_of(incident).causes if cause.fix):
        assert fix.summary.endswith(".")
        assert fix.owner
        assert len(fix.cli) == len(fix.changes)
        for command in fix.cli:
            assert command.startswith("#") or shlex.split(command)[0] == "aws"
        hcl2.loads(fix.terraform + "\n")
        for change in fix.changes:
            assert "*" not in json.dumps(change.document.get("Principal", ""))


def test_a_guard_rail_is_said_to_be_one_and_only_narrowed() -> None:
    [cause] = diagnosis_of(FILES[5]).causes
    assert cause.fix is not None
    assert cause.fix.caution is not None
    assert "guard rail" in cause.fix.caution
    [change] = cause.fix.changes
    before, after = cause.document or {}, change.document
    assert len(after["Statement"]) == len(before["Statement"])
    assert after["Statement"][1] == before["Statement"][1]
    assert after["Statement"][0]["Condition"] == {
        **before["Statement"][0]["Condition"],
        "ArnNotLike": {"aws:PrincipalArn": [cause.principal]},
    }


def test_a_missing_permission_is_allowed_on_what_it_is_missing_on_and_for_its_service_only() -> None:
    [cause] = diagnosis_of(FILES[7]).causes
    assert cause.fix is not None
    assert [change.document["Statement"] for change in cause.fix.changes] == [
        [
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": ["arn:aws:iam::444455556666:role/batch-worker"],
                "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            }
        ]
    ]
