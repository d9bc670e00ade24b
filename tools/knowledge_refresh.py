"""Compares the knowledge with the newest data of AWS's on the registries: `make knowledge-refresh`.

`python -m tools.knowledge_refresh --snapshot` prints what the installed packages say of the actions that matter here.
`python -m tools.knowledge_refresh SNAPSHOT`, run with the newest packages, prints as Markdown what has changed since,
what the needs and the kept managed policies contradict (`knowledge.checking`), and which needs and entries each of it
touches; it exits with 1 where there is something to look at.

AWS's list of services that support resource control policies is on no registry: only whether there are such services is
checked, and the page has to be compared by a person.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from bot.iam.services import RCP_SERVICES
from knowledge import checking, library
from knowledge.callers import operations
from knowledge.managed import managed_policies
from knowledge.need import JobKind, of_every_type, resource_types

_WHOLE: Final = ("backup", "backup-search", "backup-gateway", "backup-storage")
"""Services of which every action matters, so that a new one is noticed."""
_OURS: Final = re.compile(r"AWS(?:ServiceRolePolicyFor)?Backup\w+")
_LEFT_OUT: Final = frozenset({"AWSBackupServiceLinkedRolePolicyForBackupTest"})
"""Policies that AWS uses for tests of its own, and documents nowhere."""
_ACTION: Final = re.compile(r"\b[a-z0-9-]+:[A-Z]\w+")

Snapshot = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that has changed, or that contradicts what is kept.

    Args:
        what: What, in a line.
        touches: The needs and entries that it touches.
    """

    what: str
    touches: tuple[str, ...]


def snapshot() -> Snapshot:
    """What the installed packages say: version, actions with their resource types and condition keys, and policies."""
    data = checking.authorization_data()
    actions = {action.casefold(): action for action in _used_actions()}
    for service in _WHOLE:
        actions |= {
            f"{service}:{name}": f"{service}:{spelled}" for name, spelled in checking.spellings(service).items()
        }
    known = {action: details for action in actions.values() if (details := checking.action_details(action)) is not None}
    return {
        "version": data.data_version(),
        "actions": {
            action: {
                "resource types": sorted(each["name"] for each in details["resourceTypes"]),
                "condition keys": sorted(checking.condition_keys(details)),
            }
            for action, details in sorted(known.items())
        },
        "policies": sorted(name for name in checking.newest_policies() if _OURS.fullmatch(name)),
    }


def differences(before: Snapshot, now: Snapshot, rcp_services: Iterable[str]) -> Iterator[Difference]:
    """All that there is to look at.

    Args:
        before: What the locked packages say.
        now: What the newest say; these are the ones that are installed.
        rcp_services: The services that the evaluator takes resource control policies to bind.
    """
    for line in checking.findings():
        named = (*_OURS.findall(line), *_ACTION.findall(line))
        yield Difference(line, touched(named))
    kept = {policy.name for policy in managed_policies().values()}
    for name in now["policies"]:
        if name not in kept | _LEFT_OUT:
            yield Difference(f"AWS has a managed policy {name}, which is not kept", touched([name]))
    for action in sorted(before["actions"].keys() | now["actions"].keys()):
        for what in _changes(before["actions"].get(action), now["actions"].get(action)):
            yield Difference(f"{action} {what}", touched([action]))
    for service in sorted(rcp_services):
        if not checking.authorization_data().services.service_exists(service):
            yield Difference(f"There is no service {service} (RCP_SERVICES in bot/iam/services.py)", ())


def touched(names: Iterable[str]) -> tuple[str, ...]:
    """The needs and entries that name an action or a managed policy."""
    found: dict[str, None] = {}
    for name in names:
        for where, text in _texts():
            if re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", text, re.IGNORECASE):
                found[where] = None
    return tuple(found)


def report(found: Iterable[Difference], before: Snapshot, now: Snapshot) -> str:
    """The differences as Markdown."""
    differences = list(found)
    lines = [f"- {each.what}{_touches(each)}" for each in differences] or ["Nothing has changed."]
    said = f"Service authorization data {before['version']} is locked, {now['version']} is the newest."
    by_hand = (
        "By hand: compare `RCP_SERVICES` in bot/iam/services.py with the list in “Resource control policies (RCPs)” "
        "(AWS Organizations User Guide), which is on no registry."
    )
    return "\n".join([f"# What AWS has changed: {len(differences)} differences", "", said, "", *lines, "", by_hand, ""])


def _changes(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None or now is None:
        yield "is new" if before is None else "is gone"
        return
    for part, had in before.items():
        has = now[part]
        more, less = sorted(set(has) - set(had)), sorted(set(had) - set(has))
        if more:
            yield f"has more {part}: {', '.join(more)}"
        if less:
            yield f"has fewer {part}: {', '.join(less)}"


def _used_actions() -> Iterator[str]:
    for file in (of_every_type(), *resource_types()):
        for kind in get_args(JobKind):
            for need in file.of(kind):
                yield from need.actions
    for operation in operations():
        for row in operation.needs:
            yield from row.actions


def _texts() -> Iterator[tuple[str, str]]:
    """What names actions and policies: each set of needs and each entry, with its text."""
    for file in (of_every_type(), *resource_types()):
        for kind in get_args(JobKind):
            rows = [f"{' '.join(need.actions)} {need.source}" for need in file.of(kind)]
            policies = " ".join(file.policies.get(kind, ()))
            yield f"needs of {file.type} {kind}", f"{' '.join(rows)} {policies}"
    for operation in operations():
        rows = [f"{' '.join(row.actions)} {row.source}" for row in operation.needs]
        yield f"needs of {operation.operation}", " ".join(rows)
    for entry in library.all_entries():
        yield f"entry {entry.slug}", f"{entry.slug} {entry.text}"


def _touches(difference: Difference) -> str:
    return f"\n  Touches: {', '.join(difference.touches)}." if difference.touches else ""


def main(arguments: list[str]) -> int:
    """Prints the snapshot, or the report; 1 where there is something to look at."""
    if arguments == ["--snapshot"]:
        sys.stdout.write(json.dumps(snapshot(), indent=1) + "\n")
        return 0
    before, now = json.loads(Path(arguments[0]).read_text(encoding="utf-8")), snapshot()
    found = list(differences(before, now, RCP_SERVICES))
    sys.stdout.write(report(found, before, now))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
