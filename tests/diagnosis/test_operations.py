"""An operation as a whole: the action that a text names is denied first, and what goes with it would be denied next."""

import json
import shlex
from collections.abc import Mapping

import pytest

from bot.diagnosis.model import Certainty, Entity, LayerName, Outcome, Verdict
from bot.diagnosis.reading import TextDiagnosis
from bot.errors import BadInputError
from knowledge.callers import of_operation
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json, fix_of, only
from tests.diagnosis.fixing import fixed
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_caller import ADMINISTRATOR, ANA, Staffed, allow, deny, document, read, said
from tests.diagnosis.test_incidents import MakeDiagnostician

REGION = "eu-central-1"
KEY_ACTIONS = ("kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:RetireGrant", "kms:DescribeKey")
MOUNT = "backup-storage:MountCapsule"
DENIED = (
    "AccessDeniedException: Insufficient privileges to create a backup vault. Creating a backup vault requires "
    "backup-storage and KMS permissions."
)
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ebs-backup"


class Allowing(Staffed):
    """The account, its user allowed some actions only."""

    def __init__(self, *actions: str, **members: object) -> None:
        super().__init__()
        self.group["AttachedPolicies"] = []
        self.user["InlinePolicies"] = {"own": document(allow(*actions, **{"Resource": "*", **members}))}


def actions_of(diagnosis: TextDiagnosis) -> Mapping[str, tuple[str, ...]]:
    """The denied actions of each cause."""
    return {cause.code: cause.actions for cause in diagnosis.causes}


FORMS = [
    pytest.param(
        f"An error occurred (AccessDeniedException) when calling the CreateBackupVault operation: {DENIED}", id="CLI"
    ),
    pytest.param(
        f"botocore.errorfactory.AccessDeniedException: An error occurred (AccessDeniedException) when calling the "
        f"CreateBackupVault operation: User: {ANA} is not authorized to perform: {MOUNT} because no identity-based "
        f"policy allows the {MOUNT} action",
        id="boto3",
    ),
    pytest.param(
        "operation error Backup: CreateBackupVault, https response error StatusCode: 403, RequestID: "
        f"6f0c2d1e-5b7a-4c3d-9e8f-0a1b2c3d4e5f, {DENIED}",
        id="SDK for Go v2",
    ),
    pytest.param(
        "Error: creating Backup Vault (prod): operation error Backup: CreateBackupVault, https response error "
        f"StatusCode: 403, {DENIED}\n\n  with aws_backup_vault.prod,\n  on main.tf line 1",
        id="Terraform",
    ),
    pytest.param(
        'CREATE_FAILED AWS::Backup::BackupVault Vault Resource handler returned message: "Insufficient privileges to '
        'perform this action. (Service: Backup, Status Code: 403)" (HandlerErrorCode: AccessDenied)',
        id="CloudFormation",
    ),
    pytest.param("Sie sind nicht berechtigt, backup:CreateBackupVault auszuführen.", id="a console in German"),
    pytest.param("backup:CreateBackupVault を実行する権限がありません", id="a console in Japanese"),
    pytest.param(
        json.dumps(
            {
                "eventSource": "backup.amazonaws.com",
                "eventName": "CreateBackupVault",
                "errorCode": "AccessDeniedException",
                "errorMessage": DENIED,
                "userIdentity": {"arn": ANA},
                "requestParameters": {"backupVaultName": "prod"},
            }
        ),
        id="CloudTrail",
    ),
]


@pytest.mark.parametrize("text", FORMS)
def test_all_that_a_vault_asks_for_is_evaluated_whatever_form_the_text_has(
    text: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("backup:*").text)
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    cause = only(diagnosis, "permission-missing")
    assert diagnosis.outcome is Outcome.DENIED
    assert diagnosis.subject.operation == "CreateBackupVault"
    assert diagnosis.subject.principal == ANA
    assert cause.actions == (MOUNT, *KEY_ACTIONS)
    assert cause.implied == KEY_ACTIONS  # the policy of the key, which no text names, might let the user in
    assert (cause.entity, cause.certainty) == (Entity.CALLER, Certainty.PROVEN)


def test_one_change_grants_all_that_an_operation_asks_for(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing("backup:*")
    served_estate(staffed.text)
    text = f"when calling the CreateBackupVault operation: {DENIED}"
    fix = fix_of(diagnostician().diagnose_text(text, caller=ANA), "permission-missing")
    assert fix.proven
    assert [shlex.split(command)[:3] for command in fix.cli] == [["aws", "iam", "put-user-policy"]]
    served_estate(fixed(staffed.text, list(fix.changes)))
    assert diagnostician().diagnose_text(text, caller=ANA).causes == ()


def test_a_text_that_names_the_caller_is_about_that_one(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Staffed().text)
    text = said("backup:CreateBackupPlan", "*")
    diagnosis = diagnostician().diagnose_text(text, caller=f"arn:aws:iam::{ACCOUNT}:user/ben")
    assert diagnosis.subject.principal == ANA


def test_the_policy_of_a_key_that_a_text_names_is_evaluated(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing("*")
    of_account = allow("kms:*", Resource="*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    staffed.key(staffed.key_arn)["Policy"] = document(
        of_account, deny("kms:GenerateDataKey", Resource="*", Principal="*")
    )
    text = f"when calling the CreateBackupVault operation: {DENIED} --encryption-key-arn {staffed.key_arn}"
    served_estate(staffed.text)
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    assert actions_of(diagnosis) == {"key-policy-denied": ("kms:GenerateDataKey",)}
    assert only(diagnosis, "key-policy-denied").resource == staffed.key_arn


def test_a_key_that_no_text_names_leaves_its_layer_unknown(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("*").text)
    text = f"when calling the CreateBackupVault operation: {DENIED}"
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    (kms,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.KMS)
    assert (kms.verdict, kms.checks[0].says) == (
        Verdict.UNKNOWN,
        "The text doesn't say which KMS key was used, so I don't know its policy.",
    )


@pytest.mark.parametrize("operation", ["StartBackupJob", "StartCopyJob", "StartRestoreJob", "CreateBackupSelection"])
def test_a_role_that_may_not_be_passed_is_denied_next(
    operation: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing("s3:*")
    diagnosis = read(staffed, said(f"backup:{operation}", "*"), served_estate, diagnostician)
    assert actions_of(diagnosis)["pass-role-missing"] == ("iam:PassRole",)
    assert only(diagnosis, "pass-role-missing").certainty is Certainty.PROVEN


def test_a_role_that_may_perhaps_be_passed_explains_no_other_denial(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing("iam:PassRole", Resource=OTHER_ROLE)
    diagnosis = read(staffed, said("backup:StartBackupJob", "*"), served_estate, diagnostician)
    assert set(actions_of(diagnosis)) == {"permission-missing"}


def test_a_role_that_may_perhaps_be_passed_is_possible_where_the_text_names_no_action(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing("backup:*")
    staffed.user["InlinePolicies"]["pass"] = document(allow("iam:PassRole", Resource=OTHER_ROLE))
    served_estate(staffed.text)
    text = "An error occurred (AccessDeniedException) when calling the StartBackupJob operation: Access denied"
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    cause = only(diagnosis, "pass-role-missing")
    assert (cause.certainty, cause.depends_on) == (Certainty.POSSIBLE, ("the resource's ARN",))
    named = diagnostician().diagnose_text(f"{text} --iam-role-arn {OTHER_ROLE}", caller=ANA)
    assert named.causes == ()


def test_only_the_management_account_changes_global_settings(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("*").text)
    text = f"Error: error setting Backup Global Settings ({ACCOUNT}): AccessDeniedException: \n\tstatus code: 403"
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    cause = only(diagnosis, "not-management-account")
    assert (cause.actions, cause.certainty) == (("backup:UpdateGlobalSettings",), Certainty.PROVEN)
    assert f"is in account {ACCOUNT}" in diagnosis.summary
    fix = fix_of(diagnosis, "not-management-account")
    management = Staffed().estate["organization"]["MasterAccountId"]
    assert (fix.summary, fix.proven) == (f"Call it with credentials of the management account {management}.", False)


def test_the_management_account_may(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    staffed = Allowing("*")
    staffed.estate["organization"]["MasterAccountId"] = ACCOUNT
    served_estate(staffed.text)
    diagnosis = diagnostician().diagnose_text(said("backup:UpdateGlobalSettings", "*"))
    assert diagnosis.causes == ()
    checks = [check for layer in diagnosis.layers for check in layer.checks if check.check == "calling-account"]
    assert [check.verdict for check in checks] == [Verdict.CLEAR]


def test_without_an_organization_nobody_may(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    staffed = Allowing("*")
    del staffed.estate["organization"]
    served_estate(staffed.text)
    diagnosis = diagnostician().diagnose_text(said("backup:UpdateGlobalSettings", "*"))
    fix = fix_of(diagnosis, "not-management-account")
    assert fix.summary == "Call it with credentials of the management account of an organization."


def test_an_organization_that_can_not_be_read_leaves_it_open(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    text = said("backup:UpdateGlobalSettings", "*")
    diagnosis = read(Allowing("*"), text, served_estate, diagnostician, "AWSOrganizationsV20161128.")
    assert diagnosis.causes == ()
    checks = [check for layer in diagnosis.layers for check in layer.checks if check.check == "calling-account"]
    assert [check.verdict for check in checks] == [Verdict.UNKNOWN]


def test_the_vault_that_terraform_names_is_read(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    staffed = Allowing("*")
    vault = staffed.vault(staffed.vault_arn)
    vault["AccessPolicy"] = document(deny("backup:DeleteBackupVaultAccessPolicy", Resource="*", Principal="*"))
    name = vault["BackupVaultName"]
    served_estate(staffed.text)
    text = (
        f"error deleting Backup Vault Policy ({name}): AccessDeniedException: \n\tstatus code: 403 "
        f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:1"
    )
    diagnosis = diagnostician().diagnose_text(text, caller=ANA)
    assert actions_of(diagnosis) == {"vault-policy-denied": ("backup:DeleteBackupVaultAccessPolicy",)}


def test_a_vault_that_does_not_exist_is_said_to_be_missing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("*").text)
    gone = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:gone"
    diagnosis = diagnostician().diagnose_text(said("backup:DescribeBackupVault", gone))
    cause = only(diagnosis, "vault-missing")
    assert (cause.entity, cause.principal, cause.resource) == (Entity.CALLER, ANA, gone)


def test_a_vault_whose_region_no_text_says_is_not_said_to_be_missing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("*").text)
    text = "error reading Backup Vault (gone): AccessDeniedException: \n\tstatus code: 403"
    assert diagnostician().diagnose_text(text, caller=ANA).causes == ()


# ------------------------------------------------------------ an operation that nobody has called yet


def test_a_caller_may_be_held_against_an_operation(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("backup:*").text)
    operation = of_operation("create-vault")
    assert operation
    checked = diagnostician().check_caller(ANA, operation)
    assert checked.outcome is Outcome.DENIED
    assert checked.summary == checked.causes[0].explanation
    assert set(actions_of(checked)["permission-missing"]) == {MOUNT, *KEY_ACTIONS}


@pytest.mark.parametrize(
    ("name", "outcome", "says"),
    [
        ("CreateBackupPlan", Outcome.NOT_FAILED, "may call CreateBackupPlan: every layer allows it."),
        (
            "CreateBackupVault",
            Outcome.UNDETERMINED,
            "Nothing that I could read denies CreateBackupVault. Still unknown",
        ),
    ],
)
def test_what_every_layer_allows_is_said_to_be_allowed_as_far_as_it_is_known(
    name: str, outcome: Outcome, says: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Staffed()
    staffed.group["AttachedPolicies"] = [ADMINISTRATOR]
    served_estate(staffed.text)
    operation = of_operation(name)
    assert operation
    checked = diagnostician().check_caller(ANA, operation)
    assert checked.outcome is outcome
    assert says in checked.summary
    unknown = [check.says for layer in checked.layers for check in layer.checks if check.verdict is Verdict.UNKNOWN]
    assert list(checked.not_covered[:-1]) == unknown
    assert bool(checked.not_covered) is (outcome is Outcome.UNDETERMINED)


def test_what_is_left_to_fix_is_counted(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    served_estate(Allowing("s3:*").text)
    operation = of_operation("StartBackupJob")
    assert operation
    assert diagnostician().check_caller(ANA, operation).summary.endswith(" (1 more to fix)")


def test_what_is_no_caller_is_refused_with_what_one_is(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Staffed().text)
    operation = of_operation("create-vault")
    assert operation
    with pytest.raises(BadInputError, match="give the ARN of a user, a role or a session"):
        diagnostician().check_caller("ana", operation)


# ------------------------------------------------------------ recovery points

POINT = f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45"
SNAPSHOT = f"arn:aws:ec2:{REGION}::snapshot/snap-0123456789abcdef0"


class Holding(Allowing):
    """The account with a recovery point in its vault, which the user may delete."""

    def __init__(self, point: str = POINT, *actions: str, **members: object) -> None:
        super().__init__(*(actions or ("*",)))
        self.held = self.vault(self.vault_arn)
        self.point: Json = {
            "RecoveryPointArn": point,
            "BackupVaultName": self.held["BackupVaultName"],
            "BackupVaultArn": self.vault_arn,
            "ResourceType": "EBS",
            "Status": "COMPLETED",
            "CreationDate": self.job["CreationDate"],
            "IamRoleArn": self.job["IamRoleArn"],
            **members,
        }
        self.region["recovery_points"] = [*self.region.get("recovery_points", []), self.point]
        self.region["vaults"].append({"BackupVaultName": "other", "VaultType": "BACKUP_VAULT"})


def deleting(point: str, why: str = "") -> str:
    return said("backup:DeleteRecoveryPoint", point, why=why)


@pytest.mark.parametrize("action", ["DeleteRecoveryPoint", "StartRestoreJob", "DescribeRecoveryPoint"])
def test_the_policy_of_the_vault_that_holds_a_recovery_point_is_evaluated(
    action: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Holding()
    staffed.held["AccessPolicy"] = document(deny(f"backup:{action}", Resource="*", Principal="*"))
    diagnosis = read(staffed, said(f"backup:{action}", POINT), served_estate, diagnostician)
    cause = only(diagnosis, "vault-policy-denied")
    assert (cause.policy, cause.statement, cause.resource) == (staffed.vault_arn, "Frozen", POINT)
    assert fix_of(diagnosis, "vault-policy-denied").proven
    (vault,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.VAULT)
    assert f"is in the vault {staffed.held['BackupVaultName']}. Its status is COMPLETED." in vault.checks[0].says
    assert diagnosis.unread == ()


def test_the_vault_is_asked_where_the_text_names_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Holding()
    text = f"{deleting(POINT)} {staffed.vault_arn}"
    with refusing(served_estate(staffed.text), "/backup-vaults/other/"):
        diagnosis = diagnostician().diagnose_text(text)
    assert diagnosis.unread == ()
    assert [layer.verdict for layer in diagnosis.layers if layer.layer is LayerName.VAULT] == [Verdict.CLEAR]


def test_a_recovery_point_in_no_vault_is_said_to_be_in_none(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Holding(SNAPSHOT)
    diagnosis = read(staffed, deleting(POINT), served_estate, diagnostician)
    (vault,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.VAULT)
    assert vault.verdict is Verdict.UNKNOWN
    assert vault.checks[0].says == f"No vault of its account and Region holds the recovery point {POINT}."


@pytest.mark.parametrize("refused", ["/recovery-points/", "/backup-vaults/ "])
def test_a_recovery_point_that_can_not_be_read_leaves_the_vault_unknown(
    refused: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = read(Holding(), deleting(POINT), served_estate, diagnostician, refused)
    (vault,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.VAULT)
    assert "I couldn't read which vault" in vault.checks[0].says
    assert diagnosis.unread


@pytest.mark.parametrize(
    ("point", "actions"),
    [
        (SNAPSHOT, ("ec2:DeleteSnapshot",)),
        (f"arn:aws:ec2:{REGION}::image/ami-0123456789abcdef0", ("ec2:DeregisterImage", "ec2:DeleteSnapshot")),
        (f"arn:aws:rds:{REGION}:{ACCOUNT}:snapshot:awsbackup:job-1", ("rds:DeleteDBSnapshot",)),
        (f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:awsbackup:job-1", ("rds:DeleteDBClusterSnapshot",)),
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders/backup/01", ("dynamodb:DeleteBackup",)),
        (f"arn:aws:fsx:{REGION}:{ACCOUNT}:backup/backup-1", ("fsx:DeleteBackup",)),
        (POINT, ()),
    ],
)
def test_deleting_asks_for_the_service_that_holds_the_recovery_point_too(
    point: str, actions: tuple[str, ...], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    diagnosis = read(Holding(point, "backup:*"), deleting(point), served_estate, diagnostician)
    assert actions_of(diagnosis).get("permission-missing", ()) == actions
    assert all(cause.certainty is Certainty.LIKELY for cause in diagnosis.causes)


EXPIRED = f"Recovery point {SNAPSHOT} is EXPIRED and was not deleted."


class Expired(Holding):
    """A snapshot whose retention is over."""

    def __init__(self) -> None:
        message = "The IAM role lacks permission to delete it."
        super().__init__(SNAPSHOT, Status="EXPIRED", StatusMessage=message)


def test_an_expired_recovery_point_is_explained_by_the_role_that_made_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Expired()
    staffed.role["AttachedPolicies"] = []
    served_estate(staffed.text)
    diagnosis = diagnostician().diagnose_text(EXPIRED)
    cause = only(diagnosis, "permission-missing")
    assert (cause.entity, cause.principal) == (Entity.JOB_ROLE, staffed.job["IamRoleArn"])
    assert (cause.actions, cause.certainty) == (("ec2:DeleteSnapshot",), Certainty.LIKELY)
    assert diagnosis.outcome is Outcome.DENIED
    says = [check.says for layer in diagnosis.layers for check in layer.checks if check.check == "recovery-point"]
    assert says[0].endswith("Its status is EXPIRED: The IAM role lacks permission to delete it.")


def test_an_expired_recovery_point_whose_role_is_gone_says_so(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Expired()
    staffed.account["roles"].remove(staffed.role)
    served_estate(staffed.text)
    diagnosis = diagnostician().diagnose_text(EXPIRED)
    cause = only(diagnosis, "role-missing")
    assert (cause.principal, cause.certainty) == (staffed.job["IamRoleArn"], Certainty.LIKELY)
    assert diagnosis.outcome is Outcome.DENIED
    assert cause.fix
    assert cause.fix.summary == f"Create the role {staffed.job['IamRoleArn']} again."


def test_an_expired_recovery_point_whose_role_may_delete_is_not_explained_by_it(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Expired().text)
    diagnosis = diagnostician().diagnose_text(EXPIRED)
    assert diagnosis.causes == ()
    assert [
        check.says for layer in diagnosis.layers for check in layer.checks if check.check == "identity-policies"
    ] == ["The role's policies allow all that DeleteRecoveryPoint asks for."]


def test_a_recovery_point_that_is_not_expired_is_no_subject_by_itself(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Holding(SNAPSHOT).text)
    assert diagnostician().diagnose_text(EXPIRED).layers == ()


def test_a_job_of_the_role_keeps_its_own_text(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(38)
    served_estate(altered.text)
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/ebs-backup/AWSBackup-ebs-backup"
    diagnosis = diagnostician().diagnose_text(said("ec2:CreateSnapshot", "*", who=role))
    assert diagnosis.subject.operation == "CreateSnapshot"
    assert diagnosis.causes == ()


TEAM = "arn:aws:mpa:us-east-1:777788889999:approval-team/guards"
SESSION = {"StringEquals": {"mpa:RequestedOperation": "backup:CreateRestoreAccessBackupVault"}}


@pytest.mark.parametrize(
    ("statements", "denied"),
    [
        ([allow("backup:CreateRestoreAccessBackupVault", Resource="*")], ("mpa:StartSession",)),
        ([allow("backup:*", Resource="*"), allow("mpa:StartSession", Resource=TEAM, Condition=SESSION)], ()),
    ],
)
def test_access_to_another_accounts_vault_takes_an_approval_session(
    statements: list[Json], denied: tuple[str, ...], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    staffed = Allowing()
    staffed.user["InlinePolicies"] = {"own": document(*statements)}
    served_estate(staffed.text)
    operation = of_operation("request-vault-access")
    assert operation
    diagnosis = diagnostician().check_caller(ANA, operation)
    proven = [cause for cause in diagnosis.causes if cause.certainty is Certainty.PROVEN]
    assert tuple(action for cause in proven for action in cause.actions) == denied
    assert ("has to approve the request within 24 hours" in diagnosis.summary) == (not denied)


def test_a_search_needs_more_than_its_own_action(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    text = (
        f"An error occurred (AccessDeniedException) when calling the StartSearchJob operation: User: {ANA} is not "
        f"authorized to perform: backup-search:StartSearchJob on resource: arn:aws:backup-search:{REGION}:{ACCOUNT}:*"
    )
    diagnosis = read(Allowing("backup:Start*"), text, served_estate, diagnostician)
    assert actions_of(diagnosis)["permission-missing"][0] == "backup-search:StartSearchJob"
    assert "backup:ListIndexedRecoveryPointsForSearch" in actions_of(diagnosis)["permission-missing"]


def test_an_access_point_is_made_in_amazon_s3_for_the_caller(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    served_estate(Allowing("backup:*").text)
    operation = of_operation("create-access-point")
    assert operation
    diagnosis = diagnostician().check_caller(ANA, operation)
    assert actions_of(diagnosis) == {"permission-missing": ("s3:CreateAccessPoint", "s3:GetAccessPoint")}
