"""What AWS names by a malformed ARN: a finding or unread, never the end of a diagnosis."""

from collections.abc import Callable

import pytest

from bot.diagnosis.facts.trail import recorded_events
from bot.diagnosis.model import Diagnosis, LayerName, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, fix_of, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_incidents import MakeDiagnostician

MALFORMED = (
    "x",
    "arn:aws:backup:mars:444455556666:backup-vault:v",
    "arn:aws:backup:eu-west-1:4444:backup-vault:v",
    "arn:aws:fsx:us-east-1:444455556666:fs-1",
)


def set_job(altered: Altered, member: str, arn: str) -> None:
    """Has the job name something else."""
    altered.job[member] = arn


def set_keys(altered: Altered, _member: str, arn: str) -> None:
    """Has every vault, recovery point and resource name another key."""
    for part in ("vaults", "recovery_points", "resources"):
        for found in altered.region[part]:
            found |= {member: arn for member in found if "KeyArn" in member or "KmsKey" in member}


Setter = Callable[[Altered, str, str], None]
PLACES: tuple[tuple[int, str, Setter], ...] = (
    (6, "IamRoleArn", set_job),
    (6, "BackupVaultArn", set_job),
    (6, "ResourceArn", set_job),
    (12, "DestinationBackupVaultArn", set_job),
    (12, "SourceBackupVaultArn", set_job),
    (12, "SourceRecoveryPointArn", set_job),
    (17, "keys", set_keys),
)


@pytest.mark.parametrize(("number", "member", "change"), PLACES, ids=[f"{place[0]}-{place[1]}" for place in PLACES])
def test_no_malformed_arn_ends_a_diagnosis(
    number: int, member: str, change: Setter, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    for arn in MALFORMED:
        altered = Altered(number)
        change(altered, member, arn)
        found = diagnosed(altered, served_estate, diagnostician)
        assert all(each.says and each.why for each in found.unread), arn


def verdict_of(diagnosis: Diagnosis, layer: LayerName) -> Verdict:
    """The verdict of a layer."""
    return next(each.verdict for each in diagnosis.layers if each.layer is layer)


def test_a_vault_whose_arn_is_malformed_is_unread(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(6)
    altered.job["BackupVaultArn"] = "arn:aws:backup:mars:444455556666:backup-vault:v"
    found = diagnosed(altered, served_estate, diagnostician)
    assert verdict_of(found, LayerName.VAULT) is Verdict.UNKNOWN
    said = {each.what: each.says for each in found.unread}
    assert said["backup:DescribeBackupVault"] == (
        "I couldn't read the vault in account 444455556666 (mars): backup:DescribeBackupVault is not accepted "
        "(Malformed: what names it has 'mars' for a Region). A name or id that the job or AWS gives is malformed."
    )


@pytest.mark.parametrize(
    ("role", "found"),
    [
        (f"arn:aws:iam::{ACCOUNT}/service-role/AWSBackupDefaultServiceRole", True),
        (f"arn:aws:iam::{ACCOUNT}:service-role/AWSBackupDefaultServiceRole", True),
        ("AWSBackupDefaultServiceRole", True),
        (f"arn:aws:iam::{ACCOUNT}:role/no-such-role?", False),
        (f"arn:aws:iam::{ACCOUNT}/no-such-role", False),
        ("arn:aws:iam::4444:role/no-such-role", False),
    ],
)
def test_what_can_be_no_roles_arn_is_a_missing_role(
    role: str, found: bool, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(46)
    altered.job["IamRoleArn"] = role
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    cause = only(diagnosis, "role-missing")
    assert (cause.principal, [one.code for one in diagnosis.causes]) == (role, ["role-missing"])
    assert "This isn't the ARN of a role." in cause.explanation
    fix = fix_of(diagnosis, "role-missing")
    default = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"
    assert [(change.kind, change.target) for change in fix.changes] == [("change-plan", default)]
    assert fix.proven is found  # that role was read only where the job names it


def test_a_role_that_can_be_none_is_missing_although_iam_can_not_be_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(46)
    altered.account["unreadable"] = ["iam"]
    served_estate(altered.text)
    diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert [cause.code for cause in diagnosis.causes] == ["role-missing"]
    assert "iam:GetRole" in {each.what for each in diagnosis.unread}


def test_an_event_that_can_not_be_read_tells_nothing() -> None:
    good = '{"eventName": "PutKeyPolicy", "eventTime": "2026-11-21T09:30:11Z"}'
    odd = ("", "[]", "{", '{"eventName": "PutKeyPolicy"}', good.replace("2026-11-21T", "yesterday "))
    events = list(recorded_events([{}, *({"CloudTrailEvent": text} for text in (*odd, good))]))
    assert [event["eventTime"] for event in events] == ["2026-11-21T09:30:11Z"]
