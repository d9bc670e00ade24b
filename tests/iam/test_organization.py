"""Service and resource control policies: every level has to allow, and whom they do not bind."""

from typing import Any

import pytest

from bot.iam import LayerVerdict
from tests.iam.asking import (
    BACKUP,
    BUCKET,
    FULL,
    HERE,
    KEY,
    MANAGEMENT,
    RCP_FULL,
    ROLE,
    ROOT,
    SERVICE_LINKED,
    TARGET,
    THERE,
    VAULT,
    allow,
    ask,
    deny,
    policy,
    to,
)

SLR_SESSION = f"arn:aws:sts::{HERE}:assumed-role/AWSServiceRoleForBackup/x"
LOOKALIKE = f"arn:aws:iam::{HERE}:role/AWSServiceRoleForBackup"
DENYING = [[deny()]]
SILENT = [[FULL], [policy(allow("ec2:*"))], [FULL]]

SCPS: list[tuple[str, str, dict[str, Any], str, list[str]]] = [
    ("every level allows", ROLE, {"scps": [[FULL], [FULL], [FULL]]}, "allowed", []),
    ("one level is silent", ROLE, {"scps": SILENT}, "implicit-deny", ["scp"]),
    ("a level without policies is silent", ROLE, {"scps": [[FULL], []]}, "implicit-deny", ["scp"]),
    ("no levels bind nobody", ROLE, {"scps": []}, "allowed", []),
    ("one level denies", ROLE, {"scps": [[FULL], [FULL, policy(deny())]]}, "explicit-deny", []),
    ("a condition exempts", ROLE, {"scps": [[deny(Condition={"Null": {"a:b": "false"}})]]}, "allowed", []),
    ("an SCP grants nothing", ROLE, {"identity": [], "scps": [[FULL]]}, "implicit-deny", ["identity"]),
    ("the root user of a member is bound", ROOT, {"scps": DENYING}, "explicit-deny", []),
    ("a service-linked role is not bound", SERVICE_LINKED, {"scps": DENYING}, "allowed", []),
    ("a session of a service-linked role is not bound", SLR_SESSION, {"scps": SILENT}, "allowed", []),
    ("a role that only has such a name is bound", LOOKALIKE, {"scps": DENYING}, "explicit-deny", []),
    ("the management account is not bound", ROLE, {"scps": DENYING, "management_account": HERE}, "allowed", []),
    ("its members are", ROLE, {"scps": DENYING, "management_account": MANAGEMENT}, "explicit-deny", []),
    ("a service is not bound", BACKUP, {"resource": [to("*")], "scps": DENYING}, "allowed", []),
    ("Allow with conditions and NotAction is the whole language", ROLE, {"scps": [[policy({
        "Effect": "Allow", "NotAction": "iam:*", "NotResource": BUCKET})]]}, "allowed", []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "principal", "layers", "decision", "missing"), SCPS, ids=[row[0] for row in SCPS])
def test_service_control_policies(
    rule: str, principal: str, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(principal, **{"identity": [allow()], **layers})
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


OUTSIDE = [[to("*", deny(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}))]]
SLR_TARGET = f"arn:aws:iam::{HERE}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
TRUST = [allow("sts:AssumeRole", Principal={"Service": BACKUP})]

RCPS: list[tuple[str, str, str, str, dict[str, Any], str, list[str]]] = [
    ("S3 is bound", ROLE, "s3:GetObject", BUCKET, {"rcps": OUTSIDE}, "explicit-deny", []),
    ("KMS is bound", ROLE, "kms:Decrypt", KEY, {"rcps": OUTSIDE}, "explicit-deny", []),
    ("STS is bound", ROLE, "sts:AssumeRole", TARGET, {"resource": [to(ROLE)], "rcps": OUTSIDE}, "explicit-deny", []),
    ("DynamoDB is bound", ROLE, "dynamodb:GetItem", "*", {"rcps": OUTSIDE}, "explicit-deny", []),
    ("AWS Backup is not bound", ROLE, "backup:CopyIntoBackupVault", VAULT, {"rcps": OUTSIDE}, "allowed", []),
    ("EC2 is not bound", ROLE, "ec2:CreateSnapshot", "*", {"rcps": OUTSIDE}, "allowed", []),
    ("RDS is not bound", ROLE, "rds:CreateDBSnapshot", "*", {"rcps": OUTSIDE}, "allowed", []),
    ("kms:RetireGrant is not bound", ROLE, "kms:RetireGrant", KEY, {"rcps": OUTSIDE}, "allowed", []),
    ("a service-linked role is not bound", SERVICE_LINKED, "s3:GetObject", BUCKET, {"rcps": OUTSIDE}, "allowed", []),
    ("the management account's resources are not bound", ROLE, "s3:GetObject", BUCKET,
     {"rcps": OUTSIDE, "management_account": HERE}, "allowed", []),
    ("the root user is bound", ROOT, "s3:GetObject", BUCKET, {"rcps": OUTSIDE}, "explicit-deny", []),
    ("a service is bound", BACKUP, "s3:GetObject", BUCKET, {"resource": [to("*")], "rcps": OUTSIDE},
     "explicit-deny", []),
    ("a service that has no account is bound with a management account", BACKUP, "s3:GetObject", BUCKET,
     {"resource": [to("*")], "rcps": OUTSIDE, "management_account": MANAGEMENT}, "explicit-deny", []),
    ("assuming a service-linked role is not bound", BACKUP, "sts:AssumeRole", SLR_TARGET,
     {"resource": TRUST, "rcps": OUTSIDE}, "allowed", []),
    ("assuming another role is", BACKUP, "sts:AssumeRole", TARGET, {"resource": TRUST, "rcps": OUTSIDE},
     "explicit-deny", []),
    ("a level without its full access is silent", ROLE, "s3:GetObject", BUCKET, {"rcps": [[RCP_FULL], []]},
     "implicit-deny", ["rcp"]),
    ("an RCP need not name a principal", ROLE, "s3:GetObject", BUCKET, {"rcps": [[deny()]]}, "explicit-deny", []),
    ("an RCP that names another hits another", ROLE, "s3:GetObject", BUCKET, {"rcps": [[to(THERE, deny())]]},
     "allowed", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "action", "on", "layers", "decision", "missing"), RCPS, ids=[row[0] for row in RCPS]
)
def test_resource_control_policies(
    rule: str, principal: str, action: str, on: str, layers: dict[str, Any], decision: str, missing: list[str]
) -> None:
    answer = ask(principal, action, on, **{"identity": [allow()], **layers})
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


def test_a_service_passes_a_perimeter_that_exempts_services() -> None:
    """The data perimeter of AWS's examples: `aws:PrincipalIsAWSService` is filled in from the principal."""
    condition = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    perimeter = [[to("*", deny(Condition=condition))]]
    assert ask(BACKUP, "s3:PutObject", BUCKET, resource=[to("*")], rcps=perimeter).decision == "allowed"
    assert ask(ROLE, "s3:PutObject", BUCKET, identity=[allow()], rcps=perimeter).decision == "explicit-deny"
    strict = [[to("*", deny(Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}))]]
    assert ask(ROLE, "s3:PutObject", BUCKET, identity=[allow()], rcps=strict).decision == "explicit-deny"
    assert ask("*", "s3:PutObject", BUCKET, resource=[to("*")], rcps=strict).decision == "allowed"


def test_every_level_is_told_on_its_own() -> None:
    denying = policy(deny(Sid="no"), name="p-1")
    answer = ask(identity=[allow()], scps=[[FULL], [policy(allow("ec2:*"))], [FULL, denying]])
    levels = [(result.level, result.verdict) for result in answer.layers if result.layer == "scp"]
    assert levels == [(0, LayerVerdict.ALLOWS), (1, LayerVerdict.SILENT), (2, LayerVerdict.DENIES)]
    assert answer.decision == "explicit-deny"
    assert [(match.policy, match.statement, match.level) for match in answer.by] == [("p-1", "no", 2)]
