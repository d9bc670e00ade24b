"""A denial without a job: the call that an error text names, judged on the caller's own policies, on the organization's
and on that of what was called on.
"""

import shlex
from collections.abc import Callable
from typing import Any

import hcl2
import pytest

from bot.diagnosis.model import Certainty, Entity, LayerName, Outcome, Verdict
from bot.diagnosis.reading import TextDiagnosis
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, fix_of
from tests.diagnosis.fixing import fixed
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

ANA = f"arn:aws:iam::{ACCOUNT}:user/staff/ana"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/ops/Operator"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/ana@example.com"
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ebs-backup"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/staff-boundary"
FREEZE = f"arn:aws:iam::{ACCOUNT}:policy/freeze"
FULL_ACCESS = "arn:aws:iam::aws:policy/AWSBackupFullAccess"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/storage"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


class Staffed(Altered):
    """An account with a healthy backup, a user in a group, and a role that people assume."""

    def __init__(self) -> None:
        super().__init__(38)
        self.user: Json = {"UserName": "ana", "Path": "/staff/", "Groups": ["storage"], "InlinePolicies": {}}
        self.group: Json = {"GroupName": "storage", "AttachedPolicies": [FULL_ACCESS], "InlinePolicies": {}}
        self.operator: Json = {
            "RoleName": "Operator",
            "Path": "/ops/",
            "AttachedPolicies": [ADMINISTRATOR],
            "InlinePolicies": {},
            "AssumeRolePolicyDocument": document(allow("sts:AssumeRole", Principal={"AWS": ANA})),
        }
        self.account |= {"users": [self.user], "groups": [self.group]}
        self.account["roles"].append(self.operator)
        self.key_arn: str = self.resource()["KmsKeyArn"]
        self.vault_arn: str = self.job["BackupVaultArn"]

    def own_policy(self, arn: str, *statements: Json) -> str:
        """A managed policy that the account wrote."""
        self.account.setdefault("policies", []).append({"Arn": arn, "Document": document(*statements)})
        return arn

    def control_policy(self, *statements: Json) -> None:
        """A service control policy on the account."""
        policy = {"Id": "p-0freeze", "Name": "Freeze", "Type": "SERVICE_CONTROL_POLICY"}
        self.estate["organization"]["policies"].append({**policy, "Content": document(*statements)})
        prod = self.estate["organization"]["root"]["children"][0]["children"][0]
        prod["accounts"][ACCOUNT].append("p-0freeze")


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, **members: Any) -> Json:
    return {"Effect": "Allow", "Action": list(actions), **members}


def deny(*actions: str, **members: Any) -> Json:
    return {"Sid": "Frozen", "Effect": "Deny", "Action": list(actions), **members}


def said(action: str, resource: str, *, who: str = ANA, why: str = "") -> str:
    """What the AWS CLI prints of a denied call."""
    operation = action.partition(":")[2]
    return (
        f"An error occurred (AccessDeniedException) when calling the {operation} operation: User: {who} is not "
        f"authorized to perform: {action} on resource: {resource}{why}"
    )


def read(
    staffed: Staffed, text: str, serve: ServeEstate, diagnostician: MakeDiagnostician, *refused: str
) -> TextDiagnosis:
    """The diagnosis of an error text, where AWS may refuse some calls."""
    with refusing(serve(staffed.text), *refused):
        return diagnostician().diagnose_text(text)


def verdicts(diagnosis: TextDiagnosis) -> dict[str, str]:
    """The verdict of each layer."""
    return {layer.layer.value: layer.verdict.value for layer in diagnosis.layers}


PASSING = document(allow("iam:PassRole", Resource="*"))

Alter = Callable[[Staffed], None]


def _empty_group(staffed: Staffed) -> None:
    staffed.group["AttachedPolicies"] = []


def _may_pass_roles_only(staffed: Staffed) -> None:
    staffed.group |= {"AttachedPolicies": [], "InlinePolicies": {"passing": PASSING}}


def _group_denies(staffed: Staffed) -> None:
    staffed.group["InlinePolicies"] = {"freeze": document(deny("backup:*", Resource="*"))}


def _policy_denies(staffed: Staffed) -> None:
    staffed.user["AttachedPolicies"] = [staffed.own_policy(FREEZE, deny("backup:Start*", Resource="*"))]


def _user_bounded(staffed: Staffed) -> None:
    staffed.user["PermissionsBoundary"] = staffed.own_policy(
        BOUNDARY, allow("s3:*", "ec2:*", "iam:PassRole", Resource="*")
    )


def _operator_denied(staffed: Staffed) -> None:
    staffed.operator["InlinePolicies"] = {"freeze": document(deny("backup:StartBackupJob", Resource="*"))}


def _vault_denies(staffed: Staffed) -> None:
    everybody = deny("backup:StartBackupJob", Resource="*", Principal="*")
    staffed.vault(staffed.vault_arn)["AccessPolicy"] = document(everybody)


def _key_denies(staffed: Staffed) -> None:
    of_account = allow("kms:*", Resource="*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    everybody = deny("kms:CreateGrant", Resource="*", Principal="*")
    staffed.key(staffed.key_arn)["Policy"] = document(of_account, everybody)
    staffed.user["AttachedPolicies"] = [ADMINISTRATOR]


def _control_policy_denies(staffed: Staffed) -> None:
    staffed.control_policy(deny("backup:StartBackupJob", Resource="*"))


def _trusts_others(staffed: Staffed) -> None:
    others = allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/staff/ben"})
    staffed.operator["AssumeRolePolicyDocument"] = document(others)
    staffed.user["AttachedPolicies"] = [ADMINISTRATOR]


BLOCKED = [
    pytest.param(
        _may_pass_roles_only,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "permission-missing", "layer": "job-role", "policy": None},
        id="no policy of the user's or its group's allows it",
    ),
    pytest.param(
        _group_denies,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "permission-denied", "layer": "job-role", "policy": "freeze", "statement": "Frozen"},
        id="a group's inline policy denies it",
    ),
    pytest.param(
        _policy_denies,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "permission-denied", "layer": "job-role", "policy": FREEZE, "statement": "Frozen"},
        id="a policy on the user denies it",
    ),
    pytest.param(
        _user_bounded,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "boundary-missing", "layer": "job-role", "policy": BOUNDARY},
        id="the user's boundary does not allow it",
    ),
    pytest.param(
        _empty_group,
        "iam:PassRole",
        JOB_ROLE,
        ANA,
        {"code": "pass-role-missing", "layer": "job-role", "policy": None},
        id="the job role may not be passed",
    ),
    pytest.param(
        _operator_denied,
        "backup:StartBackupJob",
        "vault",
        SESSION,
        {"code": "permission-denied", "layer": "job-role", "policy": "freeze", "principal": OPERATOR},
        id="the role of a session denies it, whatever its path",
    ),
    pytest.param(
        _operator_denied,
        "backup:StartBackupJob",
        "vault",
        OPERATOR,
        {"code": "permission-denied", "layer": "job-role", "policy": "freeze", "principal": OPERATOR},
        id="the role is named by its own ARN",
    ),
    pytest.param(
        _vault_denies,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "vault-policy-denied", "layer": "vault", "statement": "Frozen"},
        id="the vault's policy denies it",
    ),
    pytest.param(
        _key_denies,
        "kms:CreateGrant",
        "key",
        ANA,
        {"code": "key-policy-denied", "layer": "kms", "statement": "Frozen"},
        id="the key's policy denies it",
    ),
    pytest.param(
        _control_policy_denies,
        "backup:StartBackupJob",
        "vault",
        ANA,
        {"code": "scp-denied", "layer": "organization", "policy": "p-0freeze", "target": ACCOUNT},
        id="a service control policy denies it",
    ),
    pytest.param(
        _trusts_others,
        "sts:AssumeRole",
        OPERATOR,
        ANA,
        {"code": "resource-policy-missing", "layer": "resource", "policy": "trust"},
        id="the role trusts somebody else",
    ),
]


@pytest.mark.parametrize(("alter", "action", "resource", "who", "expected"), BLOCKED)
def test_what_denies_a_caller_is_found_in_the_policies(
    alter: Alter,
    action: str,
    resource: str,
    who: str,
    expected: dict[str, str | None],
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    staffed = Staffed()
    alter(staffed)
    named = {"vault": staffed.vault_arn, "key": staffed.key_arn}.get(resource, resource)
    diagnosis = read(staffed, said(action, named, who=who), served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert diagnosis.outcome is Outcome.DENIED
    assert (cause.entity, cause.certainty, cause.actions) == (Entity.CALLER, Certainty.PROVEN, (action,))
    assert {member: cause.model_dump(mode="json")[member] for member in expected} == expected
    assert verdicts(diagnosis)[str(expected["layer"])] == "blocked"
    assert list(verdicts(diagnosis).values()).count("blocked") == 1


@pytest.mark.parametrize(("alter", "action", "resource", "who", "expected"), BLOCKED)
def test_the_fix_repairs_the_call(
    alter: Alter,
    action: str,
    resource: str,
    who: str,
    expected: dict[str, str | None],
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    staffed = Staffed()
    alter(staffed)
    text = said(action, {"vault": staffed.vault_arn, "key": staffed.key_arn}.get(resource, resource), who=who)
    fix = fix_of(read(staffed, text, served_estate, diagnostician), str(expected["code"]))
    assert fix.proven
    assert [shlex.split(command)[0] for command in fix.cli] == ["aws"]
    hcl2.loads(fix.terraform + "\n")
    served_estate(fixed(staffed.text, list(fix.changes)))
    assert diagnostician().diagnose_text(text).causes == ()


@pytest.mark.parametrize(
    ("alter", "who", "target", "kind"),
    [
        pytest.param(_may_pass_roles_only, ANA, ANA, "put-user-policy", id="a user is allowed in its own policy"),
        pytest.param(_group_denies, ANA, GROUP, "put-group-policy", id="a group's policy is changed in the group"),
        pytest.param(_policy_denies, ANA, FREEZE, "put-policy-version", id="a managed policy gets a version"),
        pytest.param(_operator_denied, SESSION, OPERATOR, "put-role-policy", id="a session's policies are its role's"),
    ],
)
def test_a_fix_changes_the_policy_that_decides(
    alter: Alter, who: str, target: str, kind: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    alter(staffed)
    text = said("backup:StartBackupJob", staffed.vault_arn, who=who)
    (cause,) = read(staffed, text, served_estate, diagnostician).causes
    assert cause.fix is not None
    (change,) = cause.fix.changes
    assert (change.kind, change.target) == (kind, target)


@pytest.mark.parametrize(
    "policies", [{"passing": PASSING}, {"freeze": document(deny("backup:*", Resource="*"))}], ids=["none", "deny"]
)
def test_a_role_of_the_identity_center_is_fixed_in_its_permission_set(
    policies: Json, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    name = "AWSReservedSSO_Storage_0123456789abcdef"
    staffed.operator |= {"RoleName": name, "Path": "/aws-reserved/sso.amazonaws.com/eu-central-1/"}
    staffed.operator |= {
        "InlinePolicies": policies,
        "AttachedPolicies": [ADMINISTRATOR] if "freeze" in policies else [],
    }
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/ana@example.com"
    text = said("backup:StartBackupJob", staffed.vault_arn, who=who)
    (cause,) = read(staffed, text, served_estate, diagnostician).causes
    assert cause.fix is not None
    assert cause.fix.summary.startswith("Let the permission set Storage ")
    assert (cause.fix.changes, cause.fix.proven) == ((), False)


@pytest.mark.parametrize(("who", "owner"), [(ANA, "the user"), (SESSION, "the role")], ids=["of a user", "of a role"])
def test_a_boundary_that_is_awss_own_gives_way_to_another(
    who: str, owner: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    for principal in (staffed.user, staffed.operator):
        principal["PermissionsBoundary"] = "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"
    text = said("backup:StartBackupJob", staffed.vault_arn, who=who)
    fix = fix_of(read(staffed, text, served_estate, diagnostician), "boundary-missing")
    assert fix.summary.startswith(f"Give {owner} another permissions boundary")
    assert f"iam:Put{owner.split()[1].title()}PermissionsBoundary on {owner}" in str(fix.caution)


def test_a_trust_that_denies_exempts_the_caller(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    staffed = Staffed()
    staffed.user["AttachedPolicies"] = [ADMINISTRATOR]
    trust: Json = staffed.operator["AssumeRolePolicyDocument"]
    trust["Statement"].append(deny("sts:AssumeRole", Principal="*"))
    text = said("sts:AssumeRole", OPERATOR)
    fix = fix_of(read(staffed, text, served_estate, diagnostician), "resource-policy-denied")
    assert fix.proven
    served_estate(fixed(staffed.text, list(fix.changes)))
    assert diagnostician().diagnose_text(text).causes == ()


def test_what_the_policies_of_today_allow_is_told_to_be_allowed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    text = said("backup:StartBackupJob", staffed.vault_arn)
    diagnosis = read(staffed, text, served_estate, diagnostician)
    assert diagnosis.causes == ()
    assert verdicts(diagnosis) == {
        "job-role": "clear",
        "vault": "clear",
        "organization": "clear",
        "kms": "not-applicable",
    }
    assert diagnosis.outcome is Outcome.DENIED  # the text says so


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param("Action=GetUser&", id="the user"),
        pytest.param("Action=ListGroupsForUser&", id="its groups"),
        pytest.param("Action=ListAttachedGroupPolicies&", id="a group's managed policies"),
        pytest.param("Action=ListGroupPolicies&", id="a group's inline policies"),
        pytest.param("Action=ListUserPolicies&", id="its own inline policies"),
        pytest.param("Action=GetUserPolicy&", id="what one of them says"),
    ],
)
def test_a_user_of_whom_something_is_unread_is_neither_clear_nor_blamed(
    refused: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.user["InlinePolicies"] = {"own": document(allow("s3:*", Resource="*"))}
    text = said("backup:StartBackupJob", staffed.vault_arn)
    diagnosis = read(staffed, text, served_estate, diagnostician, refused)
    assert diagnosis.causes == ()
    assert verdicts(diagnosis)["job-role"] == "unknown"
    assert refused.strip("&").replace("Action=", "iam:") in {unread.what for unread in diagnosis.unread}


@pytest.mark.parametrize(
    "who", [f"arn:aws:iam::{ACCOUNT}:user/ben", f"arn:aws:sts::{ACCOUNT}:assumed-role/Gone/ben"], ids=["user", "role"]
)
def test_a_caller_that_is_gone_is_not_clear(
    who: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    diagnosis = read(staffed, said("backup:StartBackupJob", staffed.vault_arn, who=who), served_estate, diagnostician)
    (layer,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.JOB_ROLE)
    assert layer.verdict is Verdict.UNKNOWN
    assert diagnosis.causes == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Access denied", id="nobody is named"),
        pytest.param(said("backup:StartBackupJob", "*", who=f"arn:aws:iam::{ACCOUNT}:root"), id="the root user"),
        pytest.param(
            said("backup:StartBackupJob", "*", who=f"arn:aws:sts::{ACCOUNT}:federated-user/ana"), id="a federated user"
        ),
        pytest.param(
            said("backup:StartBackupJob", "*", who="arn:aws:sts:::assumed-role/Operator/ana"), id="an ARN that is none"
        ),
    ],
)
def test_a_text_whose_caller_has_no_policies_to_read_is_read_and_no_more(
    text: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = read(Staffed(), text, served_estate, diagnostician)
    assert (diagnosis.layers, diagnosis.causes) == ((), ())


def test_the_call_behind_an_encoded_message_is_the_one_that_is_judged(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    only_small = {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}
    frozen = deny("ec2:RunInstances", Resource="*", Condition=only_small)
    staffed.operator["InlinePolicies"] = {"small-only": document(frozen)}
    instance = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:instance/*"
    kept = {"key": "ec2:InstanceType", "values": {"items": [{"value": "m7i.large"}]}}
    request = {"principal": {"arn": SESSION}, "action": "ec2:RunInstances", "resource": instance}
    staffed.account["decoded_messages"] = {
        "AbCdEf0123456789": {
            "allowed": False,
            "explicitDeny": True,
            "context": {**request, "conditions": {"items": [kept]}},
        }
    }
    text = (
        "An error occurred (UnauthorizedOperation) when calling the RunInstances operation: You are not authorized to "
        f"perform this operation. User: {SESSION} is not authorized to perform: ec2:RunInstances on resource: "
        f"{instance} with an explicit deny in an identity-based policy. Encoded authorization failure message: "
        "AbCdEf0123456789"
    )
    diagnosis = read(staffed, text, served_estate, diagnostician)
    (cause,) = diagnosis.causes
    assert (cause.code, cause.policy, cause.certainty) == ("permission-denied", "small-only", Certainty.PROVEN)
