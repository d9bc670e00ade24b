"""The set-up: locks that leave nothing to resolve, distributions that hold what they should, recipes that stop."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__

ROOT = Path(__file__).parents[1]
UV_LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PACKAGES: dict[str, dict[str, Any]] = {package["name"]: package for package in UV_LOCK["package"]}
OURS = {"backup-why", "backup-why-sandbox"}
GROUPS_OF_LOCK = {"requirements.lock": ["build"], "requirements-dev.lock": ["build", "dev"]}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TEST_TOOLS = {"pytest", "mypy", "ruff", "hypothesis", "coverage", "playwright"}


def entries(lock: str) -> list[str]:
    """The entries of a requirements file, each with its options on one line; comments are left out."""
    text = re.sub(r"\\\n", " ", (ROOT / lock).read_text(encoding="utf-8"))
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pinned(lock: str) -> dict[str, str]:
    """The versions that a requirements file pins, by name."""
    requirements = [Requirement(entry.partition(" --hash=")[0].strip()) for entry in entries(lock)]
    return {canonicalize_name(each.name): str(each.specifier) for each in requirements}


def reached(groups: list[str]) -> set[str]:
    """The packages that uv.lock needs for the bot with all extras and these groups, extras of dependencies included."""
    root = PACKAGES["backup-why"]
    extras = [needed for extra in root["optional-dependencies"].values() for needed in extra]
    open_ends = [*root["dependencies"], *extras]
    open_ends += [needed for group in groups for needed in root["dev-dependencies"][group]]
    seen: set[tuple[str, str]] = set()
    while open_ends:
        needed = open_ends.pop()
        package = PACKAGES[needed["name"]]
        for part in ("", *needed.get("extra", ())):
            if (needed["name"], part) not in seen:
                seen.add((needed["name"], part))
                open_ends += package.get("optional-dependencies", {})[part] if part else package.get("dependencies", [])
    return {name for name, _part in seen} - OURS


@pytest.mark.parametrize("lock", GROUPS_OF_LOCK)
def test_a_lock_pins_everything_with_hashes_and_leaves_no_extra_to_resolve(lock: str) -> None:
    for entry in entries(lock):
        requirement = Requirement(entry.partition(" --hash=")[0].strip())
        assert re.fullmatch(r"==[^=*]+", str(requirement.specifier)), entry
        assert not requirement.extras, entry
        assert requirement.url is None, entry
        assert re.search(r" --hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize("lock", GROUPS_OF_LOCK)
def test_a_lock_holds_what_uv_lock_holds(lock: str) -> None:
    names = reached(GROUPS_OF_LOCK[lock])
    assert pinned(lock) == {name: f"=={PACKAGES[name]['version']}" for name in names}


def test_trying_takes_no_test_tools_and_testing_takes_all_that_trying_does() -> None:
    few, all_ = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert not TEST_TOOLS & few.keys()
    assert few.keys() | TEST_TOOLS <= all_.keys()
    assert {"hatchling", "editables"} <= few.keys(), "what builds a checkout without asking the index"


def test_no_package_has_to_be_compiled() -> None:
    assert [name for name in pinned("requirements-dev.lock") if not PACKAGES[name].get("wheels")] == []


def test_the_locks_name_no_place_of_this_machine() -> None:
    for lock in ("uv.lock", *GROUPS_OF_LOCK):
        assert "file:" not in (ROOT / lock).read_text(encoding="utf-8")
    places = {name: PACKAGES[name]["source"]["editable"] for name in OURS}
    assert places == {"backup-why": ".", "backup-why-sandbox": "sandbox"}


def test_what_is_installed_here_needs_nothing_that_is_not() -> None:
    def missing() -> Iterator[str]:
        extras: dict[str, set[str]] = {"backup-why": {"mcp", "sandbox"}}
        known = {canonicalize_name(each.metadata["Name"]): each for each in metadata.distributions()}
        for name, distribution in known.items():
            for line in distribution.requires or ():
                requirement = Requirement(line)
                wanted = extras.get(name, set()) | {""}
                if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in wanted):
                    continue
                found = known.get(canonicalize_name(requirement.name))
                if found is None or not requirement.specifier.contains(found.version, prereleases=True):
                    yield f"{name} needs {requirement}"

    assert [each for each in missing() if not each.startswith(("pip ", "setuptools "))] == []


def test_the_two_distributions_have_one_version_and_the_bot_s_holds_no_stand_ins() -> None:
    bot, sandbox = (tomllib.loads((ROOT / f).read_text("utf-8")) for f in ("pyproject.toml", "sandbox/pyproject.toml"))
    assert bot["project"]["version"] == sandbox["project"]["version"] == __version__
    assert bot["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["bot", "handlers", "knowledge"]


def test_the_readme_s_commands_are_all_proven_in_an_environment_of_their_own() -> None:
    named = set(re.findall(r"`backup-why (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    proof = (ROOT / ".ci" / "installed").read_text(encoding="utf-8")
    assert {"diagnose", "error", "sandbox"} <= named
    assert [command for command in named if not re.search(rf"ends \d .* {command}\b", proof)] == []


def test_nothing_tells_people_to_install_an_unpublished_name() -> None:
    files = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "bot").rglob("*.py")]
    files += (ROOT / "sandbox").rglob("*.py")
    for file in files:
        assert not re.search(r"pip install '?\"?backup.why", file.read_text(encoding="utf-8")), file


def checkout(folder: Path) -> Path:
    """A checkout that has a Makefile, what it depends on, and a `python3` that only notes what it is asked."""
    for name in ("Makefile", "pyproject.toml", "hatch_build.py", "requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"))
    (folder / "sandbox").mkdir()
    (folder / "sandbox" / "pyproject.toml").touch()
    program = folder / "python"
    program.write_text(PYTHON)
    program.chmod(0o755)
    return folder


PYTHON = """#!/bin/sh
# Makes a virtual environment that is itself, and installs nothing; fails where a file `fail-<what>` stands.
here=$(dirname "$0")
case "$*" in
    "-m venv "*)
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
        printf '#!/bin/sh\\necho trying\\n' > "$3/bin/backup-why" && chmod +x "$3/bin/backup-why" ;;
    *"-m pip install"*)
        echo "pip $*" >> log
        case "$*" in *--editable*) what=checkout ;; *) what=locked ;; esac
        if [ -e "fail-$what" ]; then echo "cannot install $what" >&2; exit 1; fi ;;
esac
"""


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs make with the stand-in for Python and without uv."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(  # noqa: S603 — make, of our own Makefile
        ["/usr/bin/env", "make", "UV=", f"PYTHON={folder}/python", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("what", ["locked", "checkout"])
def test_a_set_up_that_fails_says_so_at_once_and_is_made_anew_the_next_time(tmp_path: Path, what: str) -> None:
    folder = checkout(tmp_path)
    failing = folder / f"fail-{what}"
    failing.touch()
    failed = make(folder, "try")
    assert failed.returncode != 0
    assert f"cannot install {what}" in failed.stderr
    assert "trying" not in failed.stdout
    left = folder / ".venv" / "left-over"
    left.touch()
    failing.unlink()
    assert make(folder, "try").stdout.endswith("trying\n")
    assert not left.exists(), "a half-made environment is made anew"


def test_a_set_up_that_went_well_is_not_repeated_until_it_was_moved_or_is_outdated(tmp_path: Path) -> None:
    folder = checkout(tmp_path)

    def installs() -> int:
        assert make(folder, "try").stdout.endswith("trying\n")
        return (folder / "log").read_text(encoding="utf-8").count("--require-hashes")

    assert [installs(), installs()] == [1, 1]
    (folder / ".venv" / ".ready").write_text("/another/place\n")
    assert installs() == 2
    os.utime(folder / "requirements.lock")
    os.utime(folder / ".venv" / ".ready", (1, 1))
    assert installs() == 3


def test_testing_adds_its_own_to_what_trying_set_up(tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    make(folder, "try")
    assert "requirements-dev.lock" not in (folder / "log").read_text(encoding="utf-8")
    make(folder, ".venv/.ready-for-tests")
    make(folder, ".venv/.ready-for-tests")
    log = (folder / "log").read_text(encoding="utf-8")
    assert (log.count("-r requirements.lock"), log.count("-r requirements-dev.lock")) == (1, 1)
    assert "--no-deps" in log


def test_the_compose_file_holds_together_whatever_env_has() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    web, worker = compose["services"]["web"], compose["services"]["worker"]
    inside = web["environment"]["PORT"]
    assert web["ports"] == [f"${{PORT:-3000}}:{inside}"], "PORT of .env is the port on the host"
    assert f":{inside}/healthz" in json.dumps(web["healthcheck"])
    for service in (web, worker):
        (mount,) = service["volumes"]
        assert mount["source"] == "${BACKUP_WHY_ACCESS_FILE:-/dev/null}"
        assert service["environment"]["BACKUP_WHY_ACCESS_FILE"] == f"${{BACKUP_WHY_ACCESS_FILE:+{mount['target']}}}"
        assert "@" not in service["environment"]["REDIS_URL"], "no password within a URL"
        assert service["environment"]["REDIS_PASSWORD"].startswith("${REDIS_PASSWORD:?")


def test_the_image_is_built_from_what_the_bot_s_wheel_holds() -> None:
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert names == kept
    assert {name for name in names if name.startswith("sandbox")} == {"sandbox/pyproject.toml"}


def test_whatever_runs_in_the_environment_has_it_made_first() -> None:
    rules = re.findall(r"^([a-z-]+):(.*?)(?:##.*)?\n((?:\t.*\n|if.*\n|endif\n)*)", MAKEFILE, re.MULTILINE)
    using = {target: needs.split() for target, needs, recipe in rules if "$(BIN)/" in recipe}
    assert {"try", "test", "check", "serve", "work"} <= using.keys()
    ready = (["$(TRY_READY)"], ["$(TEST_READY)"])
    assert {target: needs for target, needs in using.items() if needs not in ready} == {}
