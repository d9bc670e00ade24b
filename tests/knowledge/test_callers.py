"""What callers need: every operation of the API is there, with its own action and what goes with it."""

from typing import Any

import botocore.session
import pytest
import yaml

from bot.errors import BadInputError
from bot.iam import Decision, Policy, PolicySet, Request, evaluate
from knowledge.callers import _Callers, needing_action, of_operation, operations
from knowledge.files import KNOWLEDGE, validated
from knowledge.managed import managed_policies
from knowledge.pages import pages

SOURCE = (KNOWLEDGE / "needs/callers.yaml").read_text(encoding="utf-8")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666"
CALLER = "arn:aws:iam::111122223333:role/dev"


@pytest.mark.parametrize(
    ("service", "model", "left_out"),
    [
        ("backup", "backup", set()),
        ("backup-search", "backupsearch", {"ListTagsForResource", "TagResource", "UntagResource"}),
    ],
)
def test_every_operation_of_the_api_is_there(service: str, model: str, left_out: set[str]) -> None:
    names = set(botocore.session.get_session().get_service_model(model).operation_names)
    assert {operation.operation for operation in operations() if operation.service == service} == names - left_out


def test_sharing_a_vault_is_an_operation_of_aws_ram() -> None:
    model = botocore.session.get_session().get_service_model("ram")
    assert {operation.operation for operation in operations() if operation.service == "ram"} < set(
        model.operation_names
    )


def test_an_operation_is_found_by_its_action_only_in_its_own_service() -> None:
    share = of_operation("ram:CreateResourceShare")
    assert share
    assert share.action == "ram:CreateResourceShare"
    assert of_operation("rds:TagResource") is None


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        ("backup:SearchRecoveryPoint", "StartSearchJob"),
        ("backup-storage:MountCapsule", "CreateBackupVault"),
        ("kms:CreateGrant", None),
        ("s3:CreateAccessPoint", None),
        ("mpa:StartSession", None),
    ],
)
def test_an_action_tells_its_operation_only_where_it_is_aws_backups(action: str, operation: str | None) -> None:
    found = needing_action(action)
    assert (found.operation if found else None) == operation


def test_each_operation_needs_its_own_action_first_and_every_row_has_a_basis_and_a_source() -> None:
    for operation in operations():
        assert operation.needs[0].actions == (operation.action,)
        for need in operation.needs:
            assert need.basis in {"documented", "managed-policy", "assumed"}
            assert need.source
            if need.basis == "documented":
                assert any(title in need.source for title in pages()), need.source
            if need.basis == "managed-policy":
                assert any(policy.name in need.source for policy in managed_policies().values()), need.source


@pytest.mark.parametrize(
    ("operation", "companions"),
    [
        (
            "CreateBackupVault",
            {
                "backup-storage:MountCapsule": "documented",
                "kms:CreateGrant": "documented",
                "kms:GenerateDataKey": "documented",
                "kms:Decrypt": "documented",
                "kms:RetireGrant": "documented",
                "kms:DescribeKey": "documented",
            },
        ),
        ("CreateLogicallyAirGappedBackupVault", {"backup-storage:MountCapsule": "managed-policy"}),
        ("CreateBackupPlan", {}),
        ("CreateBackupSelection", {"iam:PassRole": "documented"}),
        ("StartBackupJob", {"iam:PassRole": "documented"}),
        ("StartCopyJob", {"iam:PassRole": "documented"}),
        ("StartRestoreJob", {"iam:PassRole": "documented"}),
        (
            "DeleteRecoveryPoint",
            {
                "ec2:DeleteSnapshot": "managed-policy",
                "ec2:DeregisterImage": "managed-policy",
                "rds:DeleteDBSnapshot": "managed-policy",
                "rds:DeleteDBClusterSnapshot": "managed-policy",
                "dynamodb:DeleteBackup": "managed-policy",
                "fsx:DeleteBackup": "managed-policy",
                "redshift-serverless:DeleteSnapshot": "managed-policy",
            },
        ),
        ("PutBackupVaultAccessPolicy", {}),
        ("UpdateGlobalSettings", {}),
        ("UpdateRegionSettings", {"backup:DescribeRegionSettings": "documented"}),
        ("UpdateRecoveryPointLifecycle", {}),
        ("PutBackupVaultLockConfiguration", {}),
        ("TagResource", {}),
        ("CreateRestoreTestingPlan", {}),
        ("CreateRestoreTestingSelection", {"iam:PassRole": "documented"}),
        ("CreateTieringConfiguration", {}),
        ("CreateBackupAccessPoint", {"s3:CreateAccessPoint": "documented", "s3:GetAccessPoint": "documented"}),
        ("DeleteBackupAccessPoint", {"s3:DeleteAccessPoint": "documented", "s3:GetAccessPoint": "documented"}),
        ("CreateRestoreAccessBackupVault", {"mpa:StartSession": "documented"}),
        ("RevokeRestoreAccessBackupVault", {"mpa:StartSession": "documented"}),
        ("AssociateBackupVaultMpaApprovalTeam", {"mpa:GetApprovalTeam": "assumed"}),
        ("UpdateRecoveryPointIndexSettings", {"iam:PassRole": "assumed"}),
        (
            "StartSearchJob",
            {"backup:ListIndexedRecoveryPointsForSearch": "documented", "backup:SearchRecoveryPoint": "documented"},
        ),
        ("StartSearchResultExportJob", {}),
        ("CreateResourceShare", {}),
    ],
)
def test_the_companion_permissions_of_an_operation(operation: str, companions: dict[str, str]) -> None:
    found = of_operation(operation)
    assert found
    required = [need for need in found.needs[1:] if need.optional is None]
    assert {action: need.basis for need in required for action in need.actions} == companions


def test_only_the_management_account_may_change_the_global_settings() -> None:
    limited = {operation.operation for operation in operations() if operation.may_call == "management-account"}
    assert limited == {"UpdateGlobalSettings"}
    settings = of_operation("UpdateGlobalSettings")
    assert settings
    assert any(title in str(settings.may_call_source) for title in pages())


def test_a_vaults_policy_can_deny_what_awss_pages_say_that_it_can() -> None:
    denied = {operation.operation for operation in operations() if operation.uses_vault_policy}
    assert {"DeleteRecoveryPoint", "StartRestoreJob", "StartBackupJob", "PutBackupVaultAccessPolicy"} <= denied
    assert not {"CreateBackupVault", "StartCopyJob", "CreateBackupPlan", "UpdateGlobalSettings"} & denied


@pytest.mark.parametrize(
    "name",
    ["CreateBackupVault", "backup:CreateBackupVault", "create-backup-vault", "create-vault", "CREATEBACKUPVAULT"],
)
def test_an_operation_is_found_however_it_is_called(name: str) -> None:
    found = of_operation(name)
    assert found
    assert found.operation == "CreateBackupVault"


def test_an_operation_that_is_not_known_is_none() -> None:
    assert of_operation("CreateEverything") is None


def test_a_vault_can_be_made_with_the_policy_that_awss_page_shows() -> None:
    shown = Policy.compile(
        "shown",
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "kms:CreateGrant",
                        "kms:DescribeKey",
                        "kms:RetireGrant",
                        "kms:Decrypt",
                        "kms:GenerateDataKey",
                    ],
                    "Resource": KEY,
                },
                {
                    "Effect": "Allow",
                    "Action": "backup:CreateBackupVault",
                    "Resource": "arn:aws:backup:eu-west-1:111122223333:backup-vault:*",
                },
                {"Effect": "Allow", "Action": "backup-storage:MountCapsule", "Resource": "*"},
            ],
        },
    )
    vault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:prod"
    known = {"partition": "aws", "region": "eu-west-1", "account": "111122223333", "key": KEY, "vault": vault}
    created = of_operation("CreateBackupVault")
    assert created
    for need in (need for need in created.needs if need.optional is None):
        for action in need.actions:
            for resource in (pattern.format_map(known) for pattern in need.arns):
                decision = evaluate(Request(CALLER, action, resource), PolicySet(identity=[shown])).decision
                assert decision is Decision.ALLOWED, action


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("alone", "plan", 0), "DeleteBackupPlan", "the operation DeleteBackupPlan is there twice"),
        (("operations", 0, "resource"), "nowhere", "'nowhere' is no key of `resources`"),
        (("operations", 0, "may_call"), "management-account", "say in `may_call_source` where it is documented"),
        (("operations", 0, "needs", 0, "source"), "", "operations.0.needs.0.source"),
        (("vault_policy", "operations"), ["Nothing"], "names Nothing, which is no operation of the file"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(path: tuple[str | int, ...], value: object, sentence: str) -> None:
    document: Any = yaml.safe_load(SOURCE)
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    with pytest.raises(BadInputError) as caught:
        validated(_Callers, document, "needs/callers.yaml")
    assert sentence in caught.value.message
