"""The templates of deploy/: linted, parsed, and in accord with the code and with one another."""

import json
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from bot.aws.permissions import permissions, read_policy
from bot.settings import Settings
from bot.work.queue import open_queue
from tools.reference import templates

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
STACKS = sorted((DEPLOY / "cloudformation").glob("*.yaml"))
MODULES = sorted(path for path in (DEPLOY / "terraform").iterdir() if path.is_dir())
CHART = DEPLOY / "helm/backup-why"
HELM = sorted((CHART / "templates").iterdir())
VARIABLES = {str(field.alias) for field in Settings.model_fields.values()}


def module(folder: Path) -> dict[str, list[Any]]:
    """The blocks of a Terraform module, by their kind."""
    blocks: dict[str, list[Any]] = {}
    for file in sorted(folder.glob("*.tf")):
        for kind, found in hcl2.loads(file.read_text(encoding="utf-8")).items():
            blocks.setdefault(kind, []).extend(found)
    return blocks


def names(blocks: list[Any]) -> set[str]:
    return {name.strip('"') for block in blocks for name in block if not name.startswith("__")}


class Tolerant(yaml.SafeLoader):
    """Reads CloudFormation's short functions as what they are given."""


def given(loader: Tolerant, _tag: str, node: yaml.Node) -> Any:
    """What stands after a short function."""
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_yaml_str(node)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else None


Tolerant.add_multi_constructor("!", given)


def stack(name: str) -> Any:
    text = (DEPLOY / "cloudformation" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=Tolerant)  # noqa: S506 — a safe one


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.stem)
def test_a_cloudformation_template_has_nothing_for_the_linter_to_say(file: Path) -> None:
    import cfnlint

    assert [str(match) for match in cfnlint.lint_file(file, config=cfnlint.ManualArgs(regions=["eu-west-1"]))] == []


@pytest.mark.parametrize("file", templates(), ids=lambda file: str(file.relative_to(DEPLOY)))
def test_the_read_role_may_do_what_the_code_calls_and_nothing_else(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == templates()[file], "run `make docs`"


def test_every_form_of_the_read_role_is_the_same() -> None:
    role = stack("read-role.yaml")["Resources"]["ReadRole"]["Properties"]
    (policy,) = role["Policies"]
    assert policy["PolicyDocument"] == read_policy()
    assert set(read_policy()["Statement"][0]["Action"]) == set(permissions()) - {"sts:AssumeRole"}
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"].keys() == {"aws:PrincipalOrgID", "sts:ExternalId"}
    text = (DEPLOY / "terraform/read-role/main.tf").read_text(encoding="utf-8")
    assert re.findall(r'variable = "(.*)"', text) == ["aws:PrincipalOrgID", "sts:ExternalId"]
    assert json.loads((DEPLOY / "terraform/read-role/policy.json").read_text("utf-8")) == read_policy()
    default = Settings.model_fields["role_name"].default
    assert stack("read-role.yaml")["Parameters"]["RoleName"]["Default"] == default
    for folder in MODULES:
        (variable,) = [block for block in module(folder)["variable"] if "role_name" in str(list(block))]
        assert default in str(variable)


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_a_terraform_module_names_only_what_it_has(folder: Path) -> None:
    blocks, text = module(folder), "\n".join(file.read_text("utf-8") for file in folder.glob("*.tf"))
    assert {"resource", "variable", "terraform", "output"} <= blocks.keys()
    variables = names(blocks["variable"])
    assert set(re.findall(r"\bvar\.(\w+)", text)) == variables, "each variable is used, and there is each that is used"
    for block in blocks["variable"]:
        assert "description" in str(block)
    resources = {
        f"{kind.strip(chr(34))}.{name}"
        for block in blocks["resource"]
        for kind, inner in block.items()
        for name in names([inner])
    }
    used = set(re.findall(r"(?<![\w.])(aws_\w+\.\w+)", re.sub(r"\bdata\.aws_\w+\.\w+", "", text)))
    assert used <= resources
    for file in re.findall(r'file\("\$\{path\.module\}/(.*?)"\)', text):
        assert (folder / file).is_file()


def test_secrets_come_from_the_platform_alone() -> None:
    secret = {name for name in VARIABLES if name.endswith(("TOKEN", "SECRET", "PASSWORD")) or "EXTERNAL_ID" in name}
    assert len(secret) >= 4
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"xox[abp]-\w|xapp-\w|AKIA[A-Z0-9]{8}", text), file
    chart = "".join(file.read_text(encoding="utf-8") for file in HELM)
    assert "kind: Secret\n" not in chart
    assert "secretRef:" in chart


def test_what_the_templates_set_are_settings_that_there_are() -> None:
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            named = re.findall(r"\b((?:BACKUP_WHY|SLACK|REDIS)_[A-Z_]+)\b", file.read_text(encoding="utf-8"))
            assert set(named) <= VARIABLES, file


@pytest.mark.parametrize("file", HELM, ids=lambda file: file.name)
def test_a_helm_template_names_only_values_and_helpers_that_there_are(file: Path) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8")
    for path in re.findall(r"\.Values((?:\.\w+)+)", text):
        found = values
        for name in path[1:].split("."):
            assert name in found, f"{file.name}: .Values{path}"
            found = found[name]
    helpers = set(re.findall(r'define "(.*?)"', (CHART / "templates/_helpers.tpl").read_text(encoding="utf-8")))
    assert set(re.findall(r'include "(.*?)"', text)) <= helpers
    assert text.count("{{") == text.count("}}")


def test_the_chart_is_of_this_release_and_scales_by_the_queue_that_there_is() -> None:
    from bot import __version__

    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (chart["version"], chart["appVersion"]) == (__version__, __version__)
    queue = open_queue("redis://localhost")
    scaling = (CHART / "templates/autoscaling.yaml").read_text(encoding="utf-8")
    assert f"stream: {queue.stream_key}\n" in scaling
    assert f"consumerGroup: {queue.worker_group_name}\n" in scaling


def test_nothing_runs_as_root_or_with_a_file_system_that_it_can_write() -> None:
    tasks = (DEPLOY / "terraform/bot/tasks.tf").read_text(encoding="utf-8")
    chart = (CHART / "templates/_helpers.tpl").read_text(encoding="utf-8")
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    user = re.findall(r"^USER (\d+):\d+$", docker, re.MULTILINE)
    assert user == ["10001"]
    assert re.search(r'user += "10001"', tasks)
    assert re.search(r"readonlyRootFilesystem = true", tasks)
    for line in ("runAsNonRoot: true", "runAsUser: 10001", "readOnlyRootFilesystem: true", "drop: [ALL]"):
        assert line in chart
