"""A second look at a subject: it is fixed where a cause was there and everything is allowed now."""

import json

from bot.diagnosis.model import Diagnosis, Outcome
from bot.diagnosis.recheck import rechecked
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered
from tests.diagnosis.fixing import fixed
from tests.diagnosis.incidents import FILES, diagnosis_of, expectation, reference_to, text_of
from tests.diagnosis.test_caller import Staffed, said
from tests.diagnosis.test_incidents import MakeDiagnostician
from tests.diagnosis.test_locate import SCAN, scanning


def test_what_is_still_denied_is_not_fixed() -> None:
    found = diagnosis_of(FILES[10])
    again = rechecked(found, found)
    assert again.recheck is not None
    assert (again.recheck.fixed, again.recheck.resolved, again.summary) == (False, (), found.summary)


def test_what_was_never_found_is_not_fixed() -> None:
    found = diagnosis_of(next(file for file in FILES if file.name.startswith("41-")))
    again = rechecked(found, found)
    assert again.recheck is not None
    assert (again.recheck.fixed, again.summary) == (False, found.summary)


def test_one_of_two_causes_is_resolved(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    text = text_of(FILES[16])
    before = diagnosis_of(FILES[16])
    first = before.causes[0]
    assert first.fix is not None
    served_estate(fixed(text, list(first.fix.changes)))
    after = rechecked(before, diagnostician().diagnose(reference_to(expectation(text))))
    assert after.recheck is not None
    assert (after.recheck.fixed, after.recheck.resolved) == (False, (first.code,))
    assert after.outcome is Outcome.DENIED


def test_where_something_can_not_be_read_any_more_nothing_is_said_to_be_fixed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(11)
    before = diagnosis_of(FILES[10])
    changes = [change for cause in before.causes if cause.fix for change in cause.fix.changes]
    estate = json.loads(fixed(altered.text, changes))
    estate["accounts"][estate["organization"]["MasterAccountId"]]["unreadable"] = ["organizations"]
    served_estate(json.dumps(estate))
    after: Diagnosis = rechecked(before, diagnostician().diagnose(reference_to(altered.expect)))
    assert after.recheck is not None
    assert (after.recheck.fixed, after.recheck.resolved) == (False, ("vault-policy-denied",))


def test_a_call_that_is_allowed_now_is_to_be_made_again(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.group["InlinePolicies"] = {
        "freeze": {"Statement": [{"Effect": "Deny", "Action": "backup:*", "Resource": "*"}]}
    }
    text = said("backup:StartBackupJob", staffed.vault_arn)
    served_estate(staffed.text)
    before = diagnostician().diagnose_text(text)
    changes = [change for cause in before.causes if cause.fix for change in cause.fix.changes]
    served_estate(fixed(staffed.text, changes))
    after = rechecked(before, diagnostician().diagnose_text(text))
    assert after.recheck is not None
    assert after.recheck.fixed
    assert after.summary.startswith("Fixed: make the call again.")


def test_a_scan_that_is_allowed_now_is_to_be_started_again(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    denied, allowed = scanning(), scanning("arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForScans")
    served_estate(denied.text)
    before = diagnostician().diagnose(reference_to(denied.expect))
    served_estate(allowed.text)
    after = rechecked(before, diagnostician().diagnose(reference_to(allowed.expect)))
    assert after.recheck is not None
    assert after.recheck.fixed
    assert after.recheck.resolved == ("permission-missing", "pass-role-missing")
    assert after.summary.startswith(f"Fixed: start the job again (scan job {SCAN}).")
