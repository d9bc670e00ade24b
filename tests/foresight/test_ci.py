"""What build servers read of a check: JUnit XML and SARIF are valid, and the action of GitHub and the hook run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import Failure, JUnitXml, Skipped
from sarif_pydantic import Sarif

from bot.cli import run
from tests.diagnosis.altering import ACCOUNT
from tests.foresight.plans import WithPlan
from tests.foresight.terraform_plan import REGION, backup_of_a_volume
from tests.foresight.test_cloudformation import TEMPLATE
from tests.foresight.test_terraform import base, without_attachment

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash") or "/bin/bash"
LEDGER = "arn:aws:rds:us-east-1:444455556666:cluster:ledger"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of a build, with a plan that breaks a backup and a template that does not."""
    plan = backup_of_a_volume()
    without_attachment(plan)
    (tmp_path / "plan.json").write_text(plan.text, encoding="utf-8")
    (tmp_path / "stack.template").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "estate.json").write_text(base(), encoding="utf-8")
    (tmp_path / "planned.json").write_text(WithPlan(12, Resources=[LEDGER]).text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


PLACE = ["--estate", "estate.json", "--account", ACCOUNT, "--region", REGION]


def test_junit_has_a_case_for_each_job(folder: Path) -> None:
    place = ["--estate", "planned.json", "--account", ACCOUNT, "--region", "us-east-1"]
    assert run(["check", "--plan", "daily", "--junit", "report.xml", "--quiet", *place]) == 1

    read: Any = JUnitXml.fromfile(str(folder / "report.xml"))
    (suite,) = read
    assert (suite.name, suite.tests, suite.failures, suite.skipped) == ("plan daily", 2, 1, 0)
    backup, copy = suite
    assert (backup.name, backup.result) == ("backup of Aurora cluster ledger to vault aurora", [])
    (failure,) = copy.result
    assert isinstance(failure, Failure)
    assert failure.type == "scp-denied"
    assert failure.message.startswith("Statement OnlyVaultAccount in the service control policy")
    assert "Organization admin: " in failure.text


def test_what_is_not_known_is_skipped_and_not_passed(folder: Path) -> None:
    estate = WithPlan(12, Resources=[LEDGER])
    estate.account["unreadable"] = ["kms"]
    (folder / "planned.json").write_text(estate.text, encoding="utf-8")
    place = ["--estate", "planned.json", "--account", ACCOUNT, "--region", "us-east-1"]
    run(["check", "--plan", "daily", "--junit", "report.xml", "--quiet", *place])

    read: Any = JUnitXml.fromfile(str(folder / "report.xml"))
    ((backup, _copy),) = read
    assert [type(each) for each in backup.result] == [Skipped]


def test_sarif_points_to_the_file_that_was_checked(folder: Path) -> None:
    assert run(["check", "--plan-json", "plan.json", "--sarif", "found.sarif", "--quiet", *PLACE]) == 1

    sarif = Sarif.model_validate_json((folder / "found.sarif").read_text(encoding="utf-8"))
    (ran,) = sarif.runs
    assert [rule.id for rule in ran.tool.driver.rules or ()] == ["permission-missing"]
    (result,) = ran.results
    assert (result.rule_id, str(result.level)) == ("permission-missing", "Level.ERROR")
    assert "Account admin: " in result.message.text
    (place,) = result.locations
    assert place.physical_location.artifact_location.uri == "plan.json"


def test_without_a_cause_there_is_no_result(folder: Path) -> None:
    assert run(["check", "--template", "stack.template", "--sarif", "found.sarif", "--quiet", *PLACE]) == 0

    assert Sarif.model_validate_json((folder / "found.sarif").read_text(encoding="utf-8")).runs[0].results == []


def test_a_file_that_can_not_be_written_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--template", "stack.template", "--junit", str(folder / "no" / "x.xml"), *PLACE]) == 2
    assert "x.xml can't be written (No such file or directory)." in capsys.readouterr().err


@pytest.mark.parametrize(("given", "code"), [("plan-json", 1), ("template", 0)])
def test_the_action_of_github_runs(given: str, code: int, folder: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = action["runs"]["steps"][-1]
    inputs = {name: str(each["default"]) for name, each in action["inputs"].items()}
    inputs |= {given: {"plan-json": "plan.json", "template": "stack.template"}[given], "arguments": " ".join(PLACE)}
    environment = {name: inputs[value.split(".")[1].removesuffix(" }}")] for name, value in step["env"].items()}
    summary = folder / "summary.md"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ours = {**os.environ, **environment, "GITHUB_STEP_SUMMARY": str(summary), "PATH": path}

    script = [BASH, "-e", "-c", step["run"]]

    done = subprocess.run(script, env=ours, cwd=folder, capture_output=True, timeout=60, check=False)  # noqa: S603

    assert done.returncode == code, done.stderr.decode()
    assert (folder / "backup-why.sarif").is_file()
    assert (folder / "backup-why.xml").is_file()
    assert summary.read_text(encoding="utf-8").startswith(("Would be denied: ", "Nothing denies it: ")[1 - code])


def test_the_hook_of_pre_commit_names_a_command_that_there_is(folder: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = hook["entry"].split()
    assert program == "backup-why"
    assert (folder / "stack.template").is_file()
    assert run([*arguments, "stack.template", *PLACE]) == 0
