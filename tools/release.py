"""Checks that a tag is that of the release that is checked out, and prints the notes of the release.

`python -m tools.release v1.2.3` ends with 1 and a sentence for each thing that is not as docs/releasing.md has it.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot import __version__

ROOT: Final = Path(__file__).parents[1]
UPGRADE_NOTES: Final = "### Upgrade notes"
_TAG: Final = re.compile(r"v\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")


def problems(tag: str, root: Path = ROOT, version: str = __version__) -> Iterator[str]:
    """What is not as a release has to be, in a sentence each.

    Args:
        tag: The tag.
        root: The checkout.
        version: That of the program.
    """
    if not _TAG.fullmatch(tag):
        yield f"{tag} is no tag of a release: write v1.2.3."
    if tag.removeprefix("v") != version:
        yield f"The tag is {tag} and the program's version is {version} (bot/__init__.py)."
    for name in ("pyproject.toml", "sandbox/pyproject.toml"):
        there = tomllib.loads((root / name).read_text(encoding="utf-8"))["project"]["version"]
        if there != version:
            yield f"{name} has version {there}, and the program has {version}."
    said = notes(version, root)
    if not said:
        yield f"CHANGELOG.md has no section ## [{version}] - YYYY-MM-DD."
    elif UPGRADE_NOTES not in said:
        yield f"The section of {version} in CHANGELOG.md has no {UPGRADE_NOTES}: “Nothing to do” is written too."


def notes(version: str, root: Path = ROOT) -> str:
    """The section of a version in the changelog, without its heading; empty where there is none."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}$"
    found = re.search(rf"{heading}\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def main(tag: str) -> int:
    """Prints the notes of the release, or what is wrong with it; returns the exit code."""
    wrong = list(problems(tag))
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    if not wrong:
        sys.stdout.write(f"{notes(__version__)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else ""))
