"""AWS Backup's own sts:AssumeRole of the job role is the job role's, wherever it is denied: no service-linked role has
anything to do with it ("Using service-linked roles for AWS Backup").
"""

from bot.diagnosis.model import Diagnosis, Entity
from bot.diagnosis.reading import read_error
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, Json
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.test_incidents import MakeDiagnostician

DENY: Json = {"Sid": "NoAssuming", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}


def blamed(diagnosis: Diagnosis) -> set[tuple[str, Entity]]:
    """The causes that deny AWS Backup the role, and whose they are said to be."""
    return {(cause.code, cause.entity) for cause in diagnosis.causes if cause.actions == ("sts:AssumeRole",)}


def test_denied_by_a_resource_control_policy(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(13)
    (rcp,) = [policy for policy in altered.estate["organization"]["policies"] if policy["Id"] == "p-0rcpperim"]
    rcp["Content"]["Statement"] = [DENY | {"Resource": "*"}]
    served_estate(altered.text)
    diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert blamed(diagnosis) == {("rcp-denied", Entity.JOB_ROLE)}


def test_denied_by_the_trust_policy(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(13)
    altered.role["AssumeRolePolicyDocument"]["Statement"].append(DENY)
    served_estate(altered.text)
    diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert blamed(diagnosis) == {("trust-denied", Entity.JOB_ROLE)}


def test_denied_as_a_text_says() -> None:
    read = read_error("The role arn:aws:iam::444455556666:role/ddb-backup cannot be assumed by AWS Backup")
    assert read.reading.entity is Entity.JOB_ROLE
    assert {hypothesis.entity for hypothesis in read.hypotheses} == {Entity.JOB_ROLE}
