"""A CloudFormation template that would break a backup is caught before its stack is made."""

from collections.abc import Callable
from functools import partial

import pytest

from bot.diagnosis.model import Outcome
from bot.diagnosis.run import Diagnostician
from bot.errors import BadInputError
from bot.foresight.cloudformation import of_cloudformation
from bot.foresight.cloudformation.syntax import parse_template
from bot.foresight.cloudformation.template import StackTemplate
from bot.foresight.forecast import Forecast
from bot.foresight.overlay import ToBe
from bot.foresight.plans import jobs_to_be, leaving_open
from bot.foresight.run import check
from bot.settings import load_settings
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT
from tests.foresight.terraform_plan import REGION, VOLUME
from tests.foresight.test_terraform import KEY, base

TEMPLATE = f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Stage: {{Type: String, Default: prod}}
  Volumes: {{Type: CommaDelimitedList, Default: "{VOLUME}"}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${{Stage}}-backup"
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
        - Effect: Allow
          Principal: {{Service: !Sub "backup.${{AWS::URLSuffix}}"}}
          Action: sts:AssumeRole
      ManagedPolicyArns:
      - !Sub arn:${{AWS::Partition}}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup
      PermissionsBoundary: !Ref AWS::NoValue
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: 2012-10-17
        Statement:
        - Effect: Allow
          Principal: {{AWS: !Join [":", ["arn:aws:iam:", !Ref AWS::AccountId, root]]}}
          Action: kms:*
          Resource: "*"
  Vault:
    Type: AWS::Backup::BackupVault
    Properties:
      BackupVaultName: nightly
      EncryptionKeyArn: !GetAtt Key.Arn
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: !If [IsProd, nightly, never]
        BackupPlanRule:
        - {{RuleName: at-five, TargetBackupVault: !Ref Vault}}
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: volumes
        IamRoleArn: !GetAtt Role.Arn
        Resources: !Ref Volumes
"""
Alter = Callable[[str], str]


def foreseen(text: str, **parameters: str) -> Forecast:
    will_be = of_cloudformation(text, ACCOUNT, REGION, parameters)
    find = leaving_open(partial(jobs_to_be, will_be=will_be, account=ACCOUNT, region=REGION), will_be.not_known)
    return check(Diagnostician(load_settings()), find, overlay=ToBe(will_be))


def test_a_template_that_brings_all_that_the_backup_needs_is_clear(served_estate: ServeEstate) -> None:
    served_estate(base())

    found = foreseen(TEMPLATE)

    assert (found.outcome, found.causes, found.not_checked) == (Outcome.NOT_FAILED, (), ())
    assert found.about == "plan nightly"
    (job,) = found.jobs
    assert job.job.role == f"arn:aws:iam::{ACCOUNT}:role/prod-backup"
    assert (job.job.resource, job.job.destination_vault) == (
        VOLUME,
        f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:nightly",
    )


ADDED = {
    "boundary-missing": """
  Edge:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
""",
    "permission-denied": """
  No:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: no-snapshots
      Roles: [!Ref Role]
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Deny, Action: "ec2:CreateSnapshot", Resource: "*"}]}
""",
}


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        (lambda text: text.replace("ForBackup", "ForRestores"), "permission-missing"),
        (lambda text: text.replace('Service: !Sub "backup.', 'Service: !Sub "ec2.'), "trust-missing"),
        (lambda text: text.replace("TargetBackupVault: !Ref Vault", "TargetBackupVault: weekly"), "vault-missing"),
        (lambda text: text.replace("!Ref AWS::NoValue", "!Ref Edge") + ADDED["boundary-missing"], "boundary-missing"),
        (lambda text: text + ADDED["permission-denied"], "permission-denied"),
    ],
    ids=["another-policy", "another-service", "another-vault", "boundary", "deny"],
)
def test_a_template_that_breaks_the_backup_is_caught(alter: Alter, code: str, served_estate: ServeEstate) -> None:
    served_estate(base())

    found = foreseen(alter(TEMPLATE))

    assert found.outcome is Outcome.DENIED
    assert {cause.code for cause in found.causes} == {code}


def test_parameters_are_taken(served_estate: ServeEstate) -> None:
    served_estate(base())

    found = foreseen(TEMPLATE, Stage="test")

    assert found.about == "plan never"
    assert found.jobs[0].job.role == f"arn:aws:iam::{ACCOUNT}:role/test-backup"


def test_what_is_imported_is_known_only_afterwards(served_estate: ServeEstate) -> None:
    served_estate(base())
    imported = TEMPLATE.replace(
        "- !Sub arn:${AWS::Partition}", "- !ImportValue edge\n      - !Sub arn:${AWS::Partition}"
    )

    found = foreseen(imported)

    assert found.outcome is Outcome.UNDETERMINED
    assert found.not_checked == ("A managed policy of Role is known only after the stack is made.",)


def test_a_resource_of_the_template_is_checked_by_its_type(served_estate: ServeEstate) -> None:
    served_estate(base())
    added = """
  Orders:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: orders}
  Data:
    Type: AWS::EC2::Volume
    Properties: {Size: 8}
"""
    resources = '[!GetAtt Orders.Arn, !Sub "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:volume/${Data}"]'

    found = foreseen(TEMPLATE.replace("Resources: !Ref Volumes", f"Resources: {resources}") + added)

    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    assert [(job.job.resource_type, job.job.resource) for job in found.jobs] == [("DynamoDB", table), ("EBS", None)]


def test_a_resource_whose_condition_is_not_met_is_not_made() -> None:
    text = TEMPLATE.replace("Type: AWS::IAM::Role", "Type: AWS::IAM::Role\n    Condition: IsProd")
    assert list(of_cloudformation(text, ACCOUNT, REGION, {"Stage": "test"}).roles) == []
    assert list(of_cloudformation(text, ACCOUNT, REGION).roles) == [f"{ACCOUNT}:prod-backup"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, f"a-{REGION}"),
        ({"Fn::Join": ["-", ["a", {"Fn::ImportValue": "x"}]]}, None),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": [5, ["a"]]}, None),
        ({"Fn::Split": [",", {"Fn::ImportValue": "x"}]}, None),
        ({"Fn::Sub": "${!literal} ${AWS::Partition}"}, "${literal} aws"),
        ({"Fn::Sub": ["${own}-${Stage}", {"own": {"Ref": "Stage"}}]}, "prod-prod"),
        ({"Fn::Sub": "${Key.Arn}"}, f"arn:aws:kms:{REGION}:{ACCOUNT}:key/Key"),
        ({"Fn::Sub": "${Plan.VersionId}"}, None),
        ({"Fn::FindInMap": ["Names", "eu", "vault"]}, "frankfurt"),
        ({"Fn::If": ["IsProd", 1, 2]}, 1),
        ({"Fn::Not": [{"Condition": "IsProd"}]}, False),
        ({"Fn::GetAtt": ["Vault", "BackupVaultArn"]}, f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:nightly"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
        ({"Ref": "Nobody"}, None),
    ],
)
def test_functions_are_resolved_as_far_as_they_can_be(part: object, value: object) -> None:
    document = {**parse_template(TEMPLATE), "Mappings": {"Names": {"eu": {"vault": "frankfurt"}}}}
    assert StackTemplate(document, ACCOUNT, REGION).resolve(part) == value


def test_what_refers_to_itself_is_not_known() -> None:
    document = {"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "A"}}}}}
    assert StackTemplate(document, ACCOUNT, REGION).reference("A") == "A"


@pytest.mark.parametrize(
    ("text", "says"),
    [("a: [", "neither JSON nor YAML"), ("[]", "has no Resources"), ("Resources: 1", "has no Resources")],
)
def test_what_is_no_template_is_told(text: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        of_cloudformation(text, ACCOUNT, REGION)


def test_the_key_of_the_volume_is_not_the_templates() -> None:
    assert KEY not in of_cloudformation(TEMPLATE, ACCOUNT, REGION).keys
