"""Finds the job: a backup, a copy and a restore job of that id are asked for at once, everywhere in scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.aws import backup, organizations
from bot.aws.facts import Facts
from bot.aws.lookup import OWN
from bot.diagnosis.facts.job import Located
from bot.diagnosis.facts.organization import collect_organization, management_account
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import JobType
from bot.settings import Settings

_USUAL: Final = (JobType.BACKUP, JobType.COPY, JobType.RESTORE)


@dataclass(frozen=True, slots=True)
class Search:
    """Where a job was looked for, and what came of it."""

    job: Located | None
    searched: tuple[tuple[str, str], ...] = ()
    """Each account and Region whose jobs of every type in question could be read."""
    closed: tuple[tuple[str, str], ...] = field(default=())
    """Each account and Region whose jobs, or those of one type, could not be read."""


def search(facts: Facts, reference: JobReference, settings: Settings, region: str) -> Search:
    """Looks for a job in every account and Region in scope.

    Args:
        facts: What is known so far.
        reference: The job's id, and where it is if that was said.
        settings: The accounts and Regions in scope.
        region: The session's Region, where no other is in scope.

    Returns:
        The job, or where it was looked for and where it could not be.
    """
    management = management_account(facts, settings.management_account)
    accounts = accounts_in_scope(facts, reference.account, settings, management)
    regions = (reference.region,) if reference.region else settings.regions or (region,)
    places = [(account, place) for account in accounts for place in regions]
    if reference.account:
        collect_organization(facts, reference.account, management)  # read ahead: it does not depend on the job
    found = [job for place in places for job in _jobs(facts, reference, *place)]
    closed = tuple(place for place in places if not _is_open(facts, reference, *place))
    searched = tuple(place for place in places if place not in closed)
    return Search(found[0] if found else None, searched, closed)


def accounts_in_scope(facts: Facts, said: str | None, settings: Settings, management: str | None) -> tuple[str, ...]:
    """The accounts in scope: the one that was said, the configured ones, or the own one and the organization's."""
    if said:
        return (said,)
    if settings.accounts:
        return settings.accounts
    own = facts.own_account
    if own is None:
        return ()
    second = organizations.accounts(management, facts.home) if management and management != own else None
    listed = facts.ask_either(organizations.accounts(OWN, facts.home), second)
    members = [member["Id"] for member in listed.value if _is_active(member)] if listed.known else []
    return tuple(dict.fromkeys([own, *members]))


def _is_active(member: Mapping[str, Any]) -> bool:
    """An account that can be read; Status is what older servers call its State ("DescribeAccount")."""
    state: str | None = member.get("State", member.get("Status"))
    return state == "ACTIVE"


def _jobs(facts: Facts, reference: JobReference, account: str, region: str) -> list[Located]:
    found = []
    for kind in _kinds(reference):
        answer = facts.ask(backup.job(kind.value, account, region, reference.id))
        if answer.known:
            found.append(Located(kind, account, region, answer.value))
    if reference.account and reference.region and JobType.RESTORE in _kinds(reference):
        facts.ask(backup.restore_metadata(account, region, reference.id))  # read ahead: absent for other jobs
    return found


def _is_open(facts: Facts, reference: JobReference, account: str, region: str) -> bool:
    kinds = _kinds(reference)
    return all(not facts.ask(backup.job(kind.value, account, region, reference.id)).refused for kind in kinds)


def _kinds(reference: JobReference) -> tuple[JobType, ...]:
    """The kinds of jobs that are looked for first; the others are, where none of these has the id."""
    return (JobType(reference.type),) if reference.type else _USUAL
