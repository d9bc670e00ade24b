"""Jobs that people reported in public, built as the reports tell them: the policies, the text, and what must come out.

The texts alone are in public_reports.yaml.
"""

from collections.abc import Callable

import pytest

from bot.diagnosis.model import Certainty, Diagnosis, Entity, Outcome
from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.altering import only
from tests.diagnosis.generated.breaking_keys import BREAKERS, use_aws_managed_key
from tests.diagnosis.generated.breaking_organization import SCP
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.starting import start
from tests.diagnosis.incidents import reference_to

S3_BACKUP = "AWSBackupServiceRolePolicyForS3Backup"


def _vault_for_one_role_only(scene: Scene) -> None:
    deny = {"Sid": "DenyAccessToABackupVault", "Effect": "Deny", "Principal": "*", "Resource": "*"}
    actions = ["backup:StartBackupJob", "backup:DeleteRecoveryPoint", "backup:PutBackupVaultAccessPolicy"]
    unless = {"StringNotLike": {"aws:PrincipalArn": scene.world.iam(scene.home, "role/AWSReservedSSO_Admin*")}}
    statement = {**deny, "Action": actions, "Condition": unless}
    scene.world.vault(scene.things["vault"])["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [statement]}


def _key_not_shared(scene: Scene) -> None:
    BREAKERS["key-policy-missing"](scene, 1)


def _organization(scene: Scene, **condition: object) -> None:
    allow = {"Sid": "In", "Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{**allow, "Condition": condition}]}
    scene.world.vault(scene.things["there"])["AccessPolicy"] = policy


def _path_without_its_end(scene: Scene) -> None:
    path = scene.world.organization_path(scene.home).rpartition("/")[0] + "x"
    _organization(scene, **{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [path]}})


def _another_organization(scene: Scene) -> None:
    _organization(scene, StringEquals={"aws:PrincipalOrgID": "o-another0rg"})


def _without_policies(scene: Scene) -> None:
    scene.role["AttachedPolicies"] = []


def _with_the_policy_for_s3_alone(scene: Scene) -> None:
    scene.role["AttachedPolicies"] = [scene.world.managed(S3_BACKUP)]


def _databases_of_clusters_only(scene: Scene) -> None:
    """The report's role was scoped to clusters, and the call was on an instance's snapshot."""
    _without_policies(scene)
    scene.inline("others", {"Effect": "Allow", "NotAction": "rds:AddTagsToResource", "Resource": "*"})
    clusters = scene.world.arn("rds", scene.home, "cluster:sanitize-*")
    scene.inline("tags", {"Effect": "Allow", "Action": "rds:AddTagsToResource", "Resource": clusters})


def _region_denied(scene: Scene) -> None:
    regions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-north-1"]}}
    deny = {"Sid": "GRREGIONDENY", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    unit = scene.world.path_to(scene.home)[-1]["Id"]
    scene.world.add_organization_policy(unit, SCP, "Guardrails", {**deny, "Condition": regions})


def _grants_denied_to_others(scene: Scene) -> None:
    deny = {"Sid": "OnlyAdmins", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"}
    unless = {"ArnNotLike": {"aws:PrincipalArn": scene.world.iam(scene.home, "role/key-admin")}}
    scene.world.key(scene.things["key"])["Policy"]["Statement"].append({**deny, "Condition": unless})


def _malformed_role(scene: Scene) -> None:
    scene.record["IamRoleArn"] = f"arn:aws:iam::{scene.home}/service-role/AWSBackupDefaultServiceRole"


Step = Callable[[Scene], None]
REPORTS: list[tuple[str, str, str, Step, str, str | None, Certainty | None]] = [
    (
        "R14",
        "share",
        "aurora",
        use_aws_managed_key,
        "The source snapshot KMS key [{key}] does not exist, is not enabled or you do not have permissions to access "
        "it.",
        "aws-managed-key",
        Certainty.PROVEN,
    ),
    (
        "R18",
        "backup",
        "rds",
        _databases_of_clusters_only,
        "{session} is not authorized to perform: rds:AddTagsToResource because no identity-based policy allows the "
        "rds:AddTagsToResource action (Service: Rds, Status Code: 403)",
        "permission-missing",
        Certainty.PROVEN,
    ),
    (
        "R22",
        "backup",
        "ebs",
        _region_denied,
        "You are not authorized to perform this operation. User: {session} is not authorized to perform: "
        "ec2:DescribeVolumes with an explicit deny in a service control policy",
        "scp-denied",
        Certainty.PROVEN,
    ),
    (
        "R30",
        "share",
        "ebs",
        _grants_denied_to_others,
        "User: {linked} is not authorized to perform: kms:CreateGrant on resource: {key} with an explicit deny in a "
        "resource-based policy",
        "key-policy-denied",
        Certainty.PROVEN,
    ),
    (
        "R32",
        "restore",
        "efs",
        _malformed_role,
        "The provided role arn:aws:iam::111122223333/service-role/AWSBackupDefaultServiceRole cannot be assumed by AWS "
        "Backup.",
        "role-missing",
        Certainty.PROVEN,
    ),
    (
        "R50",
        "backup",
        "ebs",
        _vault_for_one_role_only,
        "Insufficient privileges to perform this action.",
        "vault-policy-denied",
        Certainty.POSSIBLE,
    ),
    (
        "R52",
        "share",
        "ebs",
        _key_not_shared,
        "Given key ID is not accessible",
        "key-policy-missing",
        Certainty.PROVEN,
    ),
    (
        "R53",
        "share",
        "ec2",
        _key_not_shared,
        "Given key ID is not accessible. You must have DescribeKey permissions on the default CMK",
        "key-policy-missing",
        Certainty.PROVEN,
    ),
    (
        "R55",
        "share",
        "ebs",
        _path_without_its_end,
        "Access Denied trying to call AWS Backup service",
        "vault-policy-missing",
        Certainty.PROVEN,
    ),
    ("R56", "restore", "dynamodb-advanced", _without_policies, "Access denied", "permission-missing", Certainty.PROVEN),
    (
        "R57",
        "backup",
        "ec2",
        _without_policies,
        "IAM Role {role} does not have sufficient permissions to execute the backup.",
        "permission-missing",
        Certainty.PROVEN,
    ),
    (
        "R59",
        "share",
        "ebs",
        _another_organization,
        "User: {session} is not authorized to perform: backup:CopyIntoBackupVault on resource: {there} because no "
        "resource-based policy allows the backup:CopyIntoBackupVault action",
        "vault-policy-missing",
        Certainty.PROVEN,
    ),
    (
        "R60",
        "backup",
        "s3",
        _with_the_policy_for_s3_alone,
        "Failed to process backup: bucket versioning is not enabled for orders.",
        None,
        None,
    ),
]


@pytest.mark.parametrize(
    ("report", "job", "kind", "step", "text", "code", "certainty"), REPORTS, ids=[row[0] for row in REPORTS]
)
def test_a_reported_job_comes_out_as_it_was_resolved(
    report: str,
    job: str,
    kind: str,
    step: Step,
    text: str,
    code: str | None,
    certainty: Certainty | None,
    served_estate: ServeEstate,
    diagnostician: Callable[[], Diagnostician],
) -> None:
    scene = start(f"reported {report}", job, kind)
    step(scene)
    linked = scene.world.arn(
        "sts", scene.receiver, "assumed-role/AWSServiceRoleForBackup/AWSBackup-AWSServiceRoleForBackup", region=""
    )
    named = {"role": scene.role_arn, "session": scene.session, "linked": linked}
    named |= {name: scene.things.get(name, "") for name in ("there", "key")}
    scene.fail(text.format(**named))
    served_estate(scene.text())
    diagnosis: Diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    if code is None:
        assert (diagnosis.outcome, diagnosis.causes) == (Outcome.NOT_PERMISSION, ())
        return
    cause = only(diagnosis, code)
    assert cause.certainty is certainty
    is_possible = certainty is Certainty.POSSIBLE
    assert diagnosis.outcome is (Outcome.UNDETERMINED if is_possible else Outcome.DENIED)
    if report == "R50":
        assert cause.statement == "DenyAccessToABackupVault"
    if report == "R22":
        assert cause.statement == "GRREGIONDENY"
    if report == "R30":
        assert (cause.statement, cause.entity) == ("OnlyAdmins", Entity.SERVICE_LINKED_ROLE)
    if report == "R32":
        assert "the ARN of a role" in cause.explanation
    if report == "R55":
        assert "aws:PrincipalOrgPaths" in str(cause.near_miss)
