"""Finds which job a person means: an id, a job's ARN, a console URL, an event or an answer of AWS in JSON.

AWS writes ids of copy and restore jobs in upper case and those of backup jobs in lower case, and knows a job only by
the id as it wrote it: an id is never changed here. Other things have ids of the same look (recovery points, keys,
plans, requests); they are told apart by what stands before them.

Source: "Monitoring AWS Backup events using Amazon EventBridge" (AWS Backup Developer Guide), for the events' members.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict

from bot.diagnosis.model import JobType
from bot.diagnosis.pasted import json_objects, objects, plain
from bot.diagnosis.secrets_in_text import without_secrets
from bot.errors import BadInputError

_ID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_REGION = r"[a-z]{2}(?:-[a-z]{2,9}){1,3}-\d"
_ARN = re.compile(
    rf"arn:aws[\w-]{{0,20}}:backup:(?P<region>{_REGION}):(?P<account>\d{{12}}):(?P<type>backup|copy|restore|scan)-job[:/]"
    rf"(?P<id>{_ID})"
)
_URL = re.compile(
    rf"https://(?:(?P<account>\d{{12}})-\w{{1,20}}\.)?(?:{_REGION}\.)?console\.(?:aws\.amazon|amazonaws)[\w.-]{{0,20}}"
    rf"/backup/home\?(?:[^\s#]{{0,100}}&)?region=(?P<region>{_REGION})[^\s#]{{0,100}}"
    rf"#/?jobs/(?P<type>backup|copy|restore|scan)/(?:details/)?(?P<id>{_ID})"
)
_OTHER_JOB = re.compile(
    rf"arn:aws[\w-]{{0,20}}:(?P<service>backup(?:-search)?):[^:\s]{{0,30}}:\d{{0,12}}:(?P<kind>[a-z-]{{2,40}})[:/]{_ID}"
)
"""The ARN of a job of another kind, or of something else that AWS Backup gives an id of this look."""
_BARE = re.compile(rf"(?<![\w-]){_ID}(?![\w-])")
_OTHER_NAME = re.compile(r"\barn:|(?:key|recovery-?point|plan|vault|snapshot)s?[/:](?:details/)?$", re.IGNORECASE)
"""What the word of an id has before it where the id is part of another thing's name."""
_OTHER_LABEL = re.compile(
    r"(?:request|event|message|trace|correlation|plan|rule|version|key|snapshot|grant|recovery[ _-]?point|vault)"
    r"[ _-]?id[\"']? ?[:=]? ?[\"']?$",
    re.IGNORECASE,
)
"""What a sentence has before the id of something else."""
_OWN_ID = re.compile(r"(?<![\w-])id[\"']? ?[:=] ?[\"']?$", re.IGNORECASE)
"""What an EventBridge event has before its own id."""
_OF_EVENTBRIDGE = re.compile(r"\bdetail-?type\b", re.IGNORECASE)
_PORTAL = re.compile(r"https://[\w.-]{1,100}/start/?#/console\?(?P<query>[^\s<>|\"']{1,2000})")
"""A link of the AWS access portal, which has the console's URL in its `destination`. Source: "Creating shortcut links
to AWS Management Console destinations" (IAM Identity Center User Guide)."""
_LOOK_BACK = 400
_TYPES = {f"{job_type}jobid": job_type for job_type in JobType}
_ACCOUNT = re.compile(r"\d{12}")


class JobReference(BaseModel):
    """A job that a text names, with what else the text says of it."""

    model_config = ConfigDict(frozen=True)

    id: str
    """As it was written."""
    account: str | None = None
    region: str | None = None
    type: JobType | None = None


def parse_job_id(text: str) -> JobReference:
    """The one job that a text names.

    Args:
        text: An id, an ARN, a console URL, an EventBridge event, an answer of the AWS CLI, or prose with one of them.

    Raises:
        BadInputError: It names no job, or several.
    """
    return job_among(text, find_job_ids(text))


def job_among(text: str, found: Sequence[JobReference]) -> JobReference:
    """The one job of those that were found in a text; raises as `parse_job_id`."""
    if not found:
        line = plain(text)
        other = _OTHER_JOB.search(line)
        if other:
            raise BadInputError(
                f"{other[0]} names a {other['kind'].replace('-', ' ')}, which has no job role to examine: "
                "give a backup, copy, restore or scan job."
            )
        shown = without_secrets(line)[:60]
        raise BadInputError(
            f"{shown!r} isn't a job ID. Give one such as 6f0c2d1e-5b7a-4c3d-9e8f-0a1b2c3d4e5f, or the job's console "
            "URL, ARN or event."
        )
    if len(found) > 1:
        ids = ", ".join(reference.id for reference in found[:4])
        raise BadInputError(f"The text names {len(found)} jobs ({ids}): give one of them.")
    return found[0]


def find_job_ids(text: str) -> tuple[JobReference, ...]:
    """The jobs that a text names, each once, in their order; what says most of a job comes first.

    Args:
        text: What was pasted.
    """
    events = [part for event in json_objects(text) for part in objects(event)]
    line = plain(text)
    found = [*(reference for event in events for reference in _of_event(event)), *_of_names(line)]
    if not found:
        found = list(_of_bare_ids(line))
    first: dict[str, JobReference] = {}
    for reference in found:
        first.setdefault(reference.id.lower(), reference)
    return tuple(first.values())


def _of_event(event: Mapping[str, Any]) -> Iterator[JobReference]:
    """The job of an object that has a BackupJobId, CopyJobId or RestoreJobId, alone or as the detail of an event."""
    detail = event.get("detail")
    inner = detail if isinstance(detail, dict) else event
    for name, value in inner.items():
        job_type = _TYPES.get(name.lower())
        if job_type and isinstance(value, str) and re.fullmatch(_ID, value):
            account, region = _where(event if inner is detail else inner)
            yield JobReference(id=value, account=account, region=region, type=job_type)


def _where(event: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The account and Region that an event or an answer names; an answer has its Region only in its vault's ARN."""
    values = {name.lower(): value for name, value in event.items() if isinstance(value, str)}
    account = next((values[name] for name in ("account", "accountid") if name in values), "")
    vault = next((values[name] for name in ("backupvaultarn", "sourcebackupvaultarn") if name in values), "")
    in_arn = re.match(rf"arn:aws[\w-]{{0,20}}:backup:({_REGION}):(\d{{12}}):", vault)
    region = values.get("region") or (in_arn[1] if in_arn else None)
    if not _ACCOUNT.fullmatch(account):
        account = in_arn[2] if in_arn else ""
    return account or None, region


def _of_names(line: str) -> Iterator[JobReference]:
    """The jobs whose ARN or console URL is in a text."""
    for link in _PORTAL.finditer(line):
        said = {name: values[0] for name, values in parse_qs(link["query"]).items()}
        account = said.get("account_id", "")
        for found in _of_names(said.get("destination", "")):
            yield found.model_copy(update={"account": account if _ACCOUNT.fullmatch(account) else found.account})
    for pattern in (_ARN, _URL):
        for match in pattern.finditer(line):
            yield JobReference(
                id=match["id"], account=match["account"], region=match["region"], type=JobType(match["type"])
            )


def _of_bare_ids(line: str) -> Iterator[JobReference]:
    """The ids in a text that nothing marks as those of something else.

    One in a link counts where there is no other: the links of alerts have the ids of the alerts in them.
    """
    in_text: list[JobReference] = []
    in_links: list[JobReference] = []
    is_event = _OF_EVENTBRIDGE.search(line) is not None
    for match in _BARE.finditer(line):
        before = line[max(0, match.start() - _LOOK_BACK) : match.start()]
        own_word = before.rpartition(" ")[2]
        is_other = _OTHER_NAME.search(own_word) or _OTHER_LABEL.search(before[-40:])
        if not is_other and not (is_event and _OWN_ID.search(before[-40:])):
            (in_links if "://" in own_word else in_text).append(JobReference(id=match[0]))
    return iter(in_text or in_links)
