"""What `backup-why permissions` prints is what the code calls: no more and no less."""

import ast
import json
from pathlib import Path

import pytest

import bot
from bot.aws.lookup import OWN
from bot.aws.permissions import model_permissions, operations, permissions
from bot.aws.sessions import Sessions
from bot.cli import run
from bot.settings import load_settings
from sandbox.aws.server import Sandbox
from tests.diagnosis.incidents import FILES, diagnosed_with_calls

SOURCE = Path(bot.__file__).parent


@pytest.mark.xdist_group("incidents")
def test_every_call_of_every_incident_is_permitted_by_what_is_printed() -> None:
    called = {(call.service, call.operation) for incident in FILES for call in diagnosed_with_calls(incident)[1]}
    assert called <= {(operation.service, operation.name) for operation in operations()}


def test_every_operation_that_is_declared_is_used() -> None:
    used: set[str] = set()
    for module in (SOURCE / "aws").glob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        used |= set(names)
    declared = {name for module in (SOURCE / "aws").glob("*.py") for name in _declared(module)}
    assert declared <= used


def _declared(module: Path) -> list[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "Operation"
        for target in node.targets
        if isinstance(target, ast.Name)
    ]


def test_nothing_that_is_called_can_change_anything() -> None:
    reading = ("Describe", "Get", "List", "Lookup")
    other = {operation.permission for operation in operations() if not operation.name.startswith(reading)}
    assert other == {"sts:AssumeRole", "sts:DecodeAuthorizationMessage"}


def test_permissions_are_spelled_as_iam_spells_them() -> None:
    assert "elasticfilesystem:DescribeFileSystems" in permissions()
    assert "s3:GetEncryptionConfiguration" in permissions()
    assert "sts:GetCallerIdentity" not in permissions()
    assert list(permissions()) == sorted(set(permissions()))


def test_a_client_has_no_call_but_the_declared_ones(sandbox: Sandbox) -> None:
    sessions = Sessions(load_settings())
    declared = {(operation.service, operation.name) for operation in operations()}
    of_botocore = {("s3", "HeadBucket"), ("sts", "AssumeRoleWithWebIdentity")}
    for service in {operation.service for operation in operations()}:
        offered = sessions.client(service, OWN, sandbox.estate.bot.region).meta.method_to_api_mapping.values()
        assert {(service, name) for name in offered} - declared <= of_botocore


def test_a_language_model_takes_one_action_which_is_printed_only_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert model_permissions() == ("bedrock:InvokeModel",)
    assert not set(model_permissions()) & set(permissions())
    assert run(["permissions"]) == 0
    assert "bedrock" not in capsys.readouterr().out
    assert run(["permissions", "--policy"]) == 0
    assert "bedrock" not in capsys.readouterr().out
    assert run(["permissions", "--language-model"]) == 0
    assert capsys.readouterr().out == "bedrock:InvokeModel\n"
    assert run(["permissions", "--language-model", "--policy"]) == 0
    (statement,) = json.loads(capsys.readouterr().out)["Statement"]
    assert statement["Action"] == ["bedrock:InvokeModel"]
    assert statement["Resource"][0] == "arn:aws:bedrock:*::foundation-model/*"
