"""The process's own set-up: settings, the access file, versions."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from bot import __version__
from bot.access.rules import Rules, load_rules
from bot.doctor.findings import SetupFinding, broken, ok, warning
from bot.errors import BadInputError
from bot.settings import Settings

_LIBRARIES: Final = ("boto3", "slack-bolt", "slack-sdk", "redis", "pydocket")


def check_settings(wrong: Mapping[str, str]) -> list[SetupFinding]:
    """What `read_settings` found: a finding for each setting that can't be used.

    Args:
        wrong: A sentence for each, by its variable.
    """
    do = "Correct it in the environment or in .env: docs/settings.md says what it takes."
    return [broken(f"settings.{name}", says, do) for name, says in wrong.items()] or [
        ok("settings", "Every setting can be used.")
    ]


def check_access(settings: Settings) -> list[SetupFinding]:
    """Whether the access file can be read, and whom it lets in."""
    if settings.access_file is None:
        says = "There is no access file: everybody in the Slack workspace may ask about every account in scope."
        return [warning("access.file", says, "Set BACKUP_WHY_ACCESS_FILE if not everybody should.")]
    try:
        rules = load_rules(settings.access_file)
    except BadInputError as error:
        return [broken("access.file", error.message, "Correct the file: docs/operations.md has its form.")]
    return list(_rules(rules))


def _rules(rules: Rules) -> list[SetupFinding]:
    found = [ok("access.file", f"The access file has {len(rules.grants)} grants and {len(rules.agents)} agents.")]
    if not rules.grants and not rules.agents:
        do = "Add grants: docs/operations.md has their form."
        found = [broken("access.file", "The access file grants nothing: nobody may ask about any account.", do)]
    if not rules.admins.users and not rules.admins.groups:
        do = "Name them under `admins`, if somebody should read the audit trail in Slack or run /backup-why doctor."
        found.append(warning("access.admins", "The access file names no admins.", do))
    return found


def check_versions() -> list[SetupFinding]:
    """Which versions run here."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    says = f"backup-why {__version__} with Python {platform.python_version()}, {libraries}."
    return [ok("versions", says)]
