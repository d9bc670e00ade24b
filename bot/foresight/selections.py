"""Which resources a selection of a backup plan takes, as far as that can be read.

Sources: "BackupSelection" and "ConditionParameter" (AWS Backup API Reference), "Assign resources with AWS CLI" (AWS
Backup Developer Guide). ARNs are combined by OR, `Conditions` by AND, `ListOfTags` by OR. No page says how `Resources`
and `ListOfTags` are combined, so that what either of them takes is checked.
"""

import fnmatch
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.facts.resources import collect_resource
from bot.foresight.types import type_of

_TAG: Final = "aws:ResourceTag/"
_TESTS: Final[Mapping[str, Callable[[str | None, str], bool]]] = MappingProxyType(
    {
        "StringEquals": lambda value, asked: value == asked,
        "StringNotEquals": lambda value, asked: value != asked,
        "StringLike": lambda value, asked: value is not None and fnmatch.fnmatchcase(value, asked),
        "StringNotLike": lambda value, asked: value is None or not fnmatch.fnmatchcase(value, asked),
    }
)


@dataclass(frozen=True, slots=True)
class Selected:
    """What a selection takes.

    Args:
        resources: The ARN and the type of each resource; the ARN of one that is yet to be made is None.
        not_checked: What it may take beside them, and why that is not known, in a sentence each.
    """

    resources: tuple[tuple[str | None, str], ...]
    not_checked: tuple[str, ...]


def select(facts: Facts, account: str, region: str, selection: Mapping[str, Any]) -> Selected:
    """The resources that a selection takes; a collector of `bot.aws.facts`.

    Args:
        facts: What is known so far.
        account: The plan's account.
        region: The plan's Region.
        selection: As GetBackupSelection answers. `Types` may say the types of resources that are yet to be made.
    """
    name = selection.get("SelectionName")
    patterns = list(selection.get("Resources") or ())
    tags = _any_of_tags(selection.get("ListOfTags") or ())
    to_be_made = tuple((None, kind) for kind in selection.get("Types") or ())
    if not patterns and not tags and not to_be_made:
        patterns = ["*"]
    excluded = selection.get("NotResources") or ()
    exact = [pattern for pattern in patterns if "*" not in pattern]
    is_open = len(exact) < len(patterns) or bool(tags)
    listed, not_checked = _protected(facts, account, region) if is_open else ((), [])
    if is_open and not not_checked:
        not_checked = [
            f"The selection {name} also takes resources that AWS Backup has never backed up. I can't list those: name "
            "one with --resource."
        ]
    found: dict[str, str] = {}
    for resource in dict.fromkeys((*exact, *listed)):
        if _matches(resource, excluded):
            continue
        kind = type_of(facts, account, resource)
        if kind is None:
            not_checked.append(f"I don't know of which type {resource} is: check it with --resource and --type.")
            continue
        conditions = selection.get("Conditions") or {}
        is_named = _matches(resource, patterns)
        if not any(conditions.values()) and is_named:
            found[resource] = kind
            continue
        known = collect_resource(facts, account, region, resource, kind).tags
        if known is None:
            not_checked.append(f"I couldn't read the tags of {resource}, on which it depends whether {name} takes it.")
        elif (is_named or _has_any(known, tags)) and _meets(known, conditions):
            found[resource] = kind
    return Selected((*found.items(), *to_be_made), tuple(not_checked))


def _protected(facts: Facts, account: str, region: str) -> tuple[tuple[str, ...], list[str]]:
    listed = facts.ask(backup.protected_resources(account, region))
    if not listed.known:
        return (), [f"I couldn't list the protected resources of account {account} in {region}."]
    return tuple(each["ResourceArn"] for each in listed.value if each.get("ResourceArn")), []


def _matches(resource: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(resource, pattern) for pattern in patterns)


def _any_of_tags(conditions: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return [(each["ConditionKey"], each["ConditionValue"]) for each in conditions]


def _has_any(tags: Mapping[str, str], wanted: Iterable[tuple[str, str]]) -> bool:
    return any(tags.get(key) == value for key, value in wanted)


def _meets(tags: Mapping[str, str], conditions: Mapping[str, Iterable[Mapping[str, str]]]) -> bool:
    """Whether all conditions are met; each names its tag behind `aws:ResourceTag/`."""
    return all(
        _TESTS[operator](tags.get(each["ConditionKey"].removeprefix(_TAG)), each["ConditionValue"])
        for operator, several in conditions.items()
        for each in several
    )
