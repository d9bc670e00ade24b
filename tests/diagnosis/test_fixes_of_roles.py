"""Fixes in IAM: what is written into which policy, and what is said where the policy is AWS's own."""

import pytest

from bot.diagnosis.fixes.identity import ADDED_POLICY, PASSING_POLICY
from bot.diagnosis.model import Certainty, Change
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, BACKUP_POLICY, Altered, diagnosed, fix_of, only
from tests.diagnosis.fixing import fixed
from tests.diagnosis.test_fixes import diagnosed as diagnosed_again
from tests.diagnosis.test_fixes import without_message
from tests.diagnosis.test_incidents import MakeDiagnostician

POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"
DEFAULT_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSBackupDefaultServiceRole"


@pytest.mark.parametrize(
    ("boundary", "code", "which"),
    [
        (POWER_USER, "boundary-missing", "a policy of the account's own that allows iam:PassRole too"),
        (DENY_ALL, "boundary-denied", "a policy of the account's own without its statement DenyAll"),
    ],
)
def test_a_boundary_of_awss_own_is_to_be_replaced_by_who_may(
    boundary: str, code: str, which: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(8)
    altered.role["PermissionsBoundary"] = boundary
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), code)
    assert fix.summary == f"Give the role another permissions boundary: {which}."
    assert f"{boundary} is AWS's own policy and can't be changed." in str(fix.caution)
    assert "iam:PutRolePermissionsBoundary" in str(fix.caution)
    assert (fix.owner, fix.changes, fix.proven) == ("owner of the permissions boundary", (), False)


def test_a_deny_in_a_policy_of_awss_own_is_to_be_detached_and_not_rewritten(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["AttachedPolicies"].append(DENY_ALL)
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-denied")
    assert fix.summary.startswith(f"Detach {DENY_ALL} from the role")
    assert (fix.changes, fix.proven) == ((), False)
    assert "Someone attached it to keep this role from doing harm" in str(fix.caution)


def test_a_deny_that_exempts_nobody_yet_exempts_the_role(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(37)
    deny = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}
    altered.role["InlinePolicies"]["approved-subnets"]["Statement"] = [deny]
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-denied")
    role = altered.job["IamRoleArn"]
    assert fix.proven
    assert fix.changes[0].document["Statement"] == [{**deny, "Condition": {"ArnNotLike": {"aws:PrincipalArn": [role]}}}]
    assert fix.summary == f"Exempt the role {role} from statement 0 of approved-subnets."


def test_an_inline_policy_called_trust_is_not_taken_for_the_trust_policy(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(37)
    altered.role["InlinePolicies"] = {"trust": altered.role["InlinePolicies"]["approved-subnets"]}
    cause = only(diagnosed(altered, served_estate, diagnostician), "permission-denied")
    assert cause.policy == "trust"
    assert cause.document == altered.role["InlinePolicies"]["trust"]
    assert cause.fix is not None
    assert cause.fix.proven


def test_a_missing_permission_is_written_beside_what_is_there_already(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(8)
    taken = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
    altered.role["InlinePolicies"] = {PASSING_POLICY: taken, f"{PASSING_POLICY}-2": taken}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "pass-role-missing")
    assert [(change.kind, change.name) for change in fix.changes] == [("put-role-policy", f"{PASSING_POLICY}-3")]
    assert fix.proven


S3_POLICY = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"
RESTORE_POLICY = BACKUP_POLICY.removesuffix("Backup") + "Restores"


@pytest.mark.parametrize(
    ("number", "has", "attached"),
    [
        pytest.param(5, [BACKUP_POLICY, RESTORE_POLICY], [S3_POLICY], id="the default role lacks the one for its type"),
        pytest.param(5, [BACKUP_POLICY], [S3_POLICY, RESTORE_POLICY], id="the default role lacks one of its own too"),
        pytest.param(35, [], [S3_POLICY], id="a role of buckets needs the one for them only"),
        pytest.param(38, [], [BACKUP_POLICY], id="a role lacks the one for every type"),
    ],
)
def test_awss_own_policies_come_first_and_the_exact_statements_second(
    number: int, has: list[str], attached: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(number)
    altered.role["AttachedPolicies"] = has
    altered.job["StatusMessage"] = "Access denied"
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-missing")
    assert [(change.kind, change.document["PolicyArn"]) for change in fix.changes] == [
        ("attach-role-policy", policy) for policy in attached
    ]
    assert "It allows more than is missing here" in str(fix.caution)
    exact = fix.alternative
    assert exact is not None
    assert [(change.kind, change.name) for change in exact.changes] == [("put-role-policy", ADDED_POLICY)]
    assert (fix.proven, exact.proven) == (True, True)
    for way in (fix, exact):
        assert made_again(altered, way.changes, served_estate, diagnostician)


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("ec2:GetConsoleOutput", id="an action that they do not have"),
        pytest.param("ec2:CreateTags", id="one that they allow on snapshots and images only"),
    ],
)
def test_awss_own_policies_are_not_said_to_allow_what_they_do_not(
    action: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.role["AttachedPolicies"] = []
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/ebs-backup/AWSBackup-ebs-backup"
    volume = altered.job["ResourceArn"]
    reason = f"because no identity-based policy allows the {action} action"
    said = f"User: {session} is not authorized to perform: {action} on resource: {volume} {reason}"
    altered.job["StatusMessage"] = said
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-missing")
    assert [change.kind for change in fix.changes] == ["put-role-policy"]
    assert (fix.proven, fix.alternative) == (True, None)


def test_no_policy_is_attached_to_a_role_that_has_as_many_as_it_may(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(40)
    others = [f"arn:aws:iam::{ACCOUNT}:policy/other-{number}" for number in range(9)]
    altered.account["policies"] += [{"Arn": arn, "Document": {"Statement": []}} for arn in others]
    altered.role["AttachedPolicies"] += others
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-missing")
    assert [change.kind for change in fix.changes] == ["put-role-policy"]
    assert (fix.proven, fix.alternative) == (True, None)


def test_passing_a_role_is_allowed_for_that_role_and_awss_own_policy_comes_second(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    fix = fix_of(diagnosed(Altered(8), served_estate, diagnostician), "pass-role-missing")
    assert [(change.kind, change.name) for change in fix.changes] == [("put-role-policy", PASSING_POLICY)]
    assert fix.alternative is not None
    assert [change.document for change in fix.alternative.changes] == [{"PolicyArn": RESTORE_POLICY}]


def test_what_the_service_linked_role_lacks_is_for_aws_to_fix(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(28)
    roles = altered.estate["accounts"]["777788889999"]["roles"]
    linked = next(role for role in roles if role["RoleName"] == "AWSServiceRoleForBackup")
    linked["AttachedPolicies"] = []
    altered.job.update(State="FAILED", StatusMessage="Access denied", MessageCategory="AccessDenied")
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "permission-missing")
    assert fix.summary.startswith("Ask AWS Support: the policy of arn:aws:iam::777788889999:role/aws-service-role/")
    assert (fix.changes, fix.proven) == ((), False)


def made_again(altered: Altered, changes: tuple[Change, ...], serve: ServeEstate, make: MakeDiagnostician) -> bool:
    """Whether nothing is proven to refusal the job once the changes are made in the estate itself."""
    after = diagnosed_again(fixed(without_message(altered.text), list(changes)), serve, make)
    return not [cause for cause in after.causes if cause.certainty is Certainty.PROVEN]


@pytest.mark.parametrize("path", ["/service-role/", "/moved/", None], ids=["there", "on another path", "absent"])
def test_a_job_of_the_service_linked_role_is_given_the_default_role_wherever_it_is(
    path: str | None, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(3)
    roles = altered.account["roles"]
    default = next(role for role in roles if role["RoleName"] == "AWSBackupDefaultServiceRole")
    default["Path"] = path
    if path is None:
        roles.remove(default)
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "slr-as-job-role")
    named = DEFAULT_ROLE.replace("/service-role/", path or "/service-role/")
    assert f"such as {named}" in fix.summary
    assert ("which the account does not have yet" in fix.summary) is (path is None)
    assert [change.kind for change in fix.changes][-1:] == ["change-plan"]
    assert ("create-role" in [change.kind for change in fix.changes]) is (path is None)
    assert fix.changes[-1].document == {"IamRoleArn": named}
    assert fix.proven
    assert made_again(altered, fix.changes, served_estate, diagnostician)


BY_DEFAULT = {
    f"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor{what}" for what in ("Backup", "Restores")
}


def without_roles(number: int) -> Altered:
    """An incident whose job's role was deleted."""
    altered = Altered(number)
    altered.account["roles"] = [
        role for role in altered.account["roles"] if not altered.job["IamRoleArn"].endswith(f"/{role['RoleName']}")
    ]
    return altered


@pytest.mark.parametrize(
    ("number", "attached"),
    [
        pytest.param(1, BY_DEFAULT, id="the default one, for a restore"),
        pytest.param(32, BY_DEFAULT, id="the default one, for a backup"),
        pytest.param(25, {BACKUP_POLICY}, id="another one"),
    ],
)
def test_a_default_service_role_is_made_with_both_of_its_policies_and_another_with_what_the_job_needs(
    number: int, attached: set[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = without_roles(number)
    altered.job["StatusMessage"] = "Access denied"
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "role-missing")
    assert {change.document["PolicyArn"] for change in fix.changes if change.kind == "attach-role-policy"} == attached
    assert "A new role takes a while to be known everywhere" in str(fix.caution)
    assert ("The AWS Backup console makes this role" in str(fix.caution)) is (attached == BY_DEFAULT)
    assert fix.proven


PLAN = {"BackupPlanId": "8f1d", "BackupRuleId": "3c2b"}
NAMED = {**PLAN, "BackupPlanName": "Gold", "BackupRuleName": "Nightly"}
TESTED = {"RestoreTestingPlanArn": f"arn:aws:backup:us-east-1:{ACCOUNT}:restore-testing-plan:Weekly"}


@pytest.mark.parametrize(
    ("number", "created_by", "where"),
    [
        (1, None, "when starting the restore"),
        (1, TESTED, "in the protected resource selection of the restore testing plan Weekly"),
        (25, PLAN, "in the resource assignment of the backup plan 8f1d, whose rule 3c2b made the job"),
        (25, NAMED, "in the resource assignment of the backup plan Gold, whose rule Nightly made the job"),
        (25, None, "in the backup plan, or when starting the job"),
    ],
    ids=["a restore", "a restore test", "by a plan", "by a plan whose name is told", "by nobody who is told"],
)
def test_a_role_is_to_be_named_where_the_job_gets_it_from(
    number: int,
    created_by: dict[str, str] | None,
    where: str,
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    altered = Altered(number)
    if number == 25:
        altered.role["Path"] = "/moved/"
    else:
        default = {**altered.account["roles"][0], "RoleName": "AWSBackupDefaultServiceRole", "Path": "/moved/"}
        altered.account["roles"].append(default)
    altered.job["CreatedBy"] = created_by or {}
    cause = diagnosed(altered, served_estate, diagnostician).causes[0]
    assert cause.fix is not None
    assert cause.fix.summary.endswith(f" {where}.")
    by_plan = "create-backup-selection" if created_by in (PLAN, NAMED) else "--iam-role-arn"
    assert [by_plan in command for command in cause.fix.cli] == [True]


def test_a_role_that_moved_to_another_path_is_named_and_none_is_made_beside_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(25)
    altered.role["Path"] = "/moved/"
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "role-missing")
    assert [(change.kind, change.target) for change in fix.changes] == [
        ("change-plan", f"arn:aws:iam::{ACCOUNT}:role/moved/rds-backup")
    ]
    assert fix.proven
    assert made_again(altered, fix.changes, served_estate, diagnostician)


def test_a_role_that_is_named_and_could_not_be_read_is_not_called_proven(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(46)
    altered.job["IamRoleArn"] = "no role at all"
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "role-missing")
    assert (fix.proven, fix.not_proven) == (False, "the policies of the role that is to be named were not read")


def test_a_trust_that_is_added_twice_gets_a_sid_of_its_own(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(20)
    first = altered.role["AssumeRolePolicyDocument"]["Statement"][0]
    first |= {"Sid": "BackupOfThisAccount", "Principal": {"Service": ["backup.amazonaws.com", "ec2.amazonaws.com"]}}
    fix = fix_of(diagnosed(altered, served_estate, diagnostician), "trust-condition")
    sids = [statement["Sid"] for statement in fix.changes[0].document["Statement"]]
    assert len(sids) == len(set(sids))
    assert sids[-1] == "BackupOfThisAccount2"
