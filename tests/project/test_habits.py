"""The project's habits: what CI, hooks, templates and docs name is there, and CI runs what a contributor runs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
RELEASE_STEPS = ("make release-notes", ".ci/wheels dist", "make sbom", "attest-build-provenance", "upload-artifact")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
FORMS = [file for file in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if file.name != "config.yml"]
YAML_FILES = [*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"]
PAGES = sorted(
    file for pattern in ("*.md", "docs/**/*.md", "knowledge/needs/*.md", ".github/*.md") for file in ROOT.glob(pattern)
)


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def steps() -> list[dict[str, Any]]:
    jobs = read(".github/workflows/ci.yml")["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("file", YAML_FILES, ids=lambda file: file.name)
def test_a_yaml_file_of_the_project_can_be_read(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)


def test_ci_runs_what_a_contributor_runs() -> None:
    commands = [step["run"] for step in steps() if "run" in step]
    assert ".ci/run" in commands
    for command in commands:
        program, _, target = command.partition(" ")
        assert (program == "make" and target in TARGETS) or (ROOT / program).stat().st_mode & 0o111, command
    used = re.findall(r"^make (?:.*? )?([a-z-]+)(?: |$)", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"check", "test"} <= set(used) <= TARGETS


def test_ci_tries_each_python_from_the_oldest_that_is_supported() -> None:
    versions = read(".github/workflows/ci.yml")["jobs"]["all"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert versions == [f"3.{minor}" for minor in range(11, 15)]
    assert project["requires-python"] == f">={versions[0]}"
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"Python {versions[0]} to {versions[-1]}" in security


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_to_a_commit_and_may_only_read_but_for_what_a_job_says(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v[\d.]+", each)] == []
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    may_write = {
        f"{file.stem}.{job}.{what}"
        for job, steps in workflow["jobs"].items()
        for what, how in steps.get("permissions", {}).items()
        if how != "read"
    }
    assert may_write <= {
        "release.build.id-token",
        "release.build.attestations",
        "release.publish.contents",
        "knowledge.refresh.issues",
    }


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_runs_recipes_that_are_there(file: Path) -> None:
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values()
    for command in (step["run"] for job in jobs for step in job["steps"] if "run" in step):
        program, target, *_ = f"{command} -".split()
        is_ours = (program == "make" and target in TARGETS) or program == "gh"
        assert is_ours or (ROOT / program).stat().st_mode & 0o111, command


def test_a_release_is_built_from_a_checked_tag_and_has_provenance() -> None:
    release = read(".github/workflows/release.yml")
    assert release[True] == {"push": {"tags": ["v*"]}}, "YAML takes `on` for a truth"
    steps = release["jobs"]["build"]["steps"]
    commands = [step.get("run", step.get("uses", "")) for step in steps]
    order = [next(n for n, command in enumerate(commands) if what in command) for what in RELEASE_STEPS]
    assert order == sorted(order)
    assert next(step for step in steps if "attest" in step.get("uses", ""))["with"] == {
        "subject-checksums": "dist/SHA256SUMS"
    }


def test_hooks_run_what_make_check_runs() -> None:
    hooks = {hook["id"]: hook["entry"] for repo in read(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]}
    assert {"ruff", "ruff-format", "mypy", "import-directions", "project"} <= hooks.keys()
    check = MAKEFILE.partition("\ncheck:")[2].partition("\n\n")[0].replace("$(BIN)/", "")
    for hook, entry in hooks.items():
        program, *arguments = entry.removeprefix(".venv/bin/").split()
        if hook == "project":
            assert (ROOT / arguments[-1]).is_dir()
        else:
            assert f"\t{' '.join([program, *arguments[:1]])}" in check


def test_each_place_that_brings_dependencies_is_kept_up_to_date() -> None:
    updated = {each["package-ecosystem"] for each in read(".github/dependabot.yml")["updates"]}
    place = {"uv": "uv.lock", "github-actions": ".github/workflows", "docker": "Dockerfile"}
    place["docker-compose"] = "docker-compose.yml"
    assert updated == place.keys()
    assert all((ROOT / path).exists() for path in place.values())


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_a_form_asks_for_something_and_for_no_account_ids(file: Path) -> None:
    form = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields)
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert "account ids" in file.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("name", ["bug_report", "wrong_diagnosis"])
def test_a_report_asks_for_an_estate_file(name: str) -> None:
    body = {field.get("id"): field for field in read(f".github/ISSUE_TEMPLATE/{name}.yml")["body"]}
    assert body["estate"]["attributes"]["label"] == "Attach an estate file"
    assert "docs/estate-file.md" in body["estate"]["attributes"]["description"]
    (agreed,) = body["anonymous"]["attributes"]["options"]
    assert agreed["required"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^    make ([a-z-]+)", text, re.MULTILINE)
    assert [target for target in commands if target not in TARGETS] == []
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_a_stranger_finds_the_rules() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for page in ("SECURITY.md", "CODE_OF_CONDUCT.md", "docs/releasing.md"):
        assert f"]({page})" in contributing
    placeholders = re.findall(r"\S+@\S+\.example", (ROOT / "CODE_OF_CONDUCT.md").read_text(encoding="utf-8"))
    assert placeholders == ["conduct@backup-why.example"]
    assert "conduct@backup-why.example" in (ROOT / "docs/releasing.md").read_text(encoding="utf-8")
