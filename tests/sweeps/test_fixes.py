"""Every fix of every incident, made in the estate file and diagnosed again from scratch, makes the job succeed."""

import json
import shlex
from pathlib import Path

import hcl2
import pytest

from bot.diagnosis.model import Certainty, Outcome, Verdict
from bot.diagnosis.recheck import rechecked
from tests.conftest import ServeEstate
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import FILES, diagnosis_of, expectation, reference_to, text_of
from tests.diagnosis.test_fixes import diagnosed, without_message
from tests.diagnosis.test_incidents import MakeDiagnostician
from tests.sweeps.sampling import sample

pytestmark = pytest.mark.xdist_group("incidents")

DENIED = [file for file in FILES if expectation(text_of(file))["outcome"] == "denied"]
UNMENDABLE = {"different-organization", "aws-managed-key", "vault-default-key"}
"""Causes that no change of a policy fixes."""


@pytest.mark.parametrize("incident", sample(FILES, one_in=2, turn=1), ids=lambda file: file.stem)
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


@pytest.mark.parametrize("incident", sample(DENIED, one_in=3, turn=2), ids=lambda file: file.stem)
def test_after_verified_fixes_the_job_is_to_be_started_again(
    incident: Path, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    before, text = diagnosis_of(incident), text_of(incident)
    changes = [change for cause in before.causes if cause.fix for change in cause.fix.changes]
    served_estate(fixed(text, changes))
    after = rechecked(before, diagnostician().diagnose(reference_to(expectation(text))))
    assert after.recheck is not None
    is_verified = all(cause.fix and cause.fix.proven for cause in before.causes)
    assert after.recheck.fixed is is_verified
    if not is_verified:
        return
    assert set(after.recheck.resolved) == {cause.code for cause in before.causes}
    assert after.summary.startswith("Fixed: start the job again (")
    assert after.job.id in after.summary
    assert after.outcome in (Outcome.UNDETERMINED, Outcome.NOT_PERMISSION)
    again = rechecked(after, after.model_copy(update={"recheck": None, "summary": "…"}))
    assert (again.recheck, again.summary) == (after.recheck, after.summary)
