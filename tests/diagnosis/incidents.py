"""The incidents that ship with the sandbox, as tests use them: texts, expectations, and disguises of them."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Cause, Certainty, Diagnosis, DiagnosisDocument, Outcome
from bot.diagnosis.run import Diagnostician
from bot.settings import load_settings
from sandbox.aws.calls import Call
from sandbox.aws.estate import INCIDENTS
from sandbox.aws.here import served

FILES = tuple(sorted(INCIDENTS.glob("*.json")))
_KEPT_NAMES = ("AWS", "aws", "BackupWhy", "Default", "Enable", "Allow", "root")
_REGIONS = {
    "us-east-1": "us-east-2",
    "us-west-2": "ca-central-1",
    "eu-west-1": "eu-north-1",
    "eu-central-1": "eu-south-1",
    "ap-southeast-2": "ap-south-1",
}


def text_of(incident: Path) -> str:
    """The estate file's text."""
    return incident.read_text(encoding="utf-8")


def expectation(text: str) -> Mapping[str, Any]:
    """What the diagnosis of an incident must say."""
    expected: Mapping[str, Any] = json.loads(text)["expect"]
    return expected


def reference_to(expected: Mapping[str, Any]) -> JobReference:
    """The incident's job."""
    return JobReference(id=expected["job"], account=expected["account"], region=expected["region"])


@cache
def diagnosed_with_calls(incident: Path) -> tuple[Diagnosis, tuple[Call, ...]]:
    """The diagnosis of an incident as it ships, from scratch, and the calls of AWS that it took.

    It is made once for all tests of a process that only look at it; those of the group "incidents" run in one.
    """
    with served(incident) as sandbox:
        diagnosis = Diagnostician(load_settings()).diagnose(reference_to(expectation(text_of(incident))))
        return diagnosis, tuple(sandbox.calls)


def diagnosis_of(incident: Path) -> Diagnosis:
    """The diagnosis of an incident as it ships."""
    return diagnosed_with_calls(incident)[0]


def differences(diagnosis: Diagnosis, expected: Mapping[str, Any]) -> list[str]:
    """Where a diagnosis does not say what an incident expects, a line each."""
    return [
        *_outcome(diagnosis, expected),
        *_layers(diagnosis, expected),
        *cause_differences(diagnosis, expected["causes"]),
    ]


def _outcome(diagnosis: Diagnosis, expected: Mapping[str, Any]) -> Iterator[str]:
    if diagnosis.outcome != expected["outcome"]:
        yield f"outcome is {diagnosis.outcome}, not {expected['outcome']}: {diagnosis.summary}"


def _layers(diagnosis: Diagnosis, expected: Mapping[str, Any]) -> Iterator[str]:
    found = {layer.layer.value: layer.verdict.value for layer in diagnosis.layers}
    if diagnosis.outcome is not Outcome.NOT_FAILED:
        for layer, verdict in expected.get("layers", {}).items():
            if found.get(layer) != verdict:
                yield f"layer {layer} is {found.get(layer)}, not {verdict}"


def cause_differences(diagnosis: DiagnosisDocument, expected: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where the causes of an answer are not those that are expected, a line each; a possible one is never too many."""
    extra = [cause for cause in diagnosis.causes if cause.certainty is not Certainty.POSSIBLE]
    for wanted in expected:
        meant = [cause for cause in diagnosis.causes if _is_meant(cause, wanted)]
        if not meant:
            yield f"cause {wanted} is missing"
        extra = [cause for cause in extra if cause not in meant]
    for cause in extra:
        yield f"cause {cause.code} of {cause.principal} for {', '.join(cause.actions)} is too many"


def _is_meant(cause: Cause, wanted: Mapping[str, Any]) -> bool:
    members = {**cause.model_dump(mode="json"), "action": wanted.get("action")}
    if "action" in wanted and wanted["action"] not in cause.actions:
        return False
    return all(members[name] == value for name, value in wanted.items())


def disguised(text: str) -> str:
    """The same incident with other account ids, Regions, keys, jobs, roles, vaults, policies and Sids."""
    renamed = re.sub(r"\b\d{12}\b", lambda match: _digits(match.group()), text)
    renamed = re.sub(
        r"\b[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b", lambda match: _uuid(match.group()), renamed
    )
    for region, other in _REGIONS.items():
        renamed = renamed.replace(region, other)
    estate = json.loads(renamed)
    for name in sorted(_names(estate) - _members(estate), key=len, reverse=True):
        renamed = re.sub(rf"((?<![\w-])|(?<=AWSBackup-)){re.escape(name)}(?![\w-])", "n" + _hash(name)[:10], renamed)
    return renamed


def _names(part: object) -> set[str]:
    """The names in an estate that its owner chose."""
    if isinstance(part, list):
        return set().union(*(_names(each) for each in part)) if part else set()
    if not isinstance(part, dict):
        return set()
    own = {str(part[member]) for member in ("RoleName", "BackupVaultName", "Sid", "UserName") if member in part}
    own |= set(part.get("InlinePolicies") or ()) if isinstance(part.get("InlinePolicies"), dict) else set()
    chosen = {name for name in own if not name.startswith(_KEPT_NAMES) and re.fullmatch(r"[\w-]{4,}", name)}
    return chosen.union(*(_names(each) for each in part.values()))


def _members(part: object) -> set[str]:
    """The names of members, which are the format's."""
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    own = set(part) if isinstance(part, dict) else set()
    return own.union(*(_members(each) for each in parts))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digits(account: str) -> str:
    return f"{int(_hash(account)[:12], 16) % 9 * 10**11 + 10**11 + int(_hash(account)[12:20], 16) % 10**10:012d}"


def _uuid(identifier: str) -> str:
    digest = _hash(identifier.lower())
    made = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
    return made.upper() if identifier.upper() == identifier else made
