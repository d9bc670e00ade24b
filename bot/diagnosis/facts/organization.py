"""The organization: which one an account is in, on which path, and the control policies at each level of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.aws import backup, organizations
from bot.aws.facts import Facts
from bot.aws.lookup import OWN, Answer
from bot.aws.organizations import RCP, SCP
from bot.diagnosis.facts.documents import NamedDocument, parsed

_PATH_NODE: Final = re.compile(r"^(r|ou)-")
_LONGEST_PATH: Final = 8
"""A root, five levels of OUs and an account ("Quotas for AWS Organizations"), and one more."""


@dataclass(frozen=True, slots=True)
class Level:
    """A root, OU or account, with the control policies attached to it."""

    target: str
    scps: tuple[NamedDocument, ...] | None
    """None where one of them could not be read."""
    rcps: tuple[NamedDocument, ...] | None


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """An account's place in an organization."""

    account: str
    id: str | None = None
    """The organization's id; None where there is none or it is not known."""
    is_known: bool = False
    """Whether the account is in an organization is known, and in which."""
    management_account: str | None = None
    outside: str | None = None
    """The id of an organization that the account is known not to be in, whichever other it is in."""
    path: tuple[str, ...] | None = None
    """The ids of the root, the OUs and the account; None where they can't be read."""
    levels: tuple[Level, ...] | None = None
    """Root first; None where the path could not be read. Where no level has a policy of a type, the type is not
    enabled: while it is, AWS keeps at least one attached everywhere ("Enabling and disabling policy types")."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call the account, the OUs above it and the policies on its path, by id, as far as it is known."""

    @property
    def is_management_account(self) -> bool:
        """The account is its organization's management account, which no control policy binds."""
        return self.account == self.management_account

    @property
    def org_path(self) -> str | None:
        """As `aws:PrincipalOrgPaths` has it: o-…/r-…/ou-…/ with a slash at the end, and without the account."""
        return "/".join((self.id, *self.path[:-1], "")) if self.id and self.path else None


def management_account(facts: Facts, configured: str | None) -> str | None:
    """The management account of the organization that this process is in, as configured or as read."""
    answer = facts.ask(organizations.organization(OWN, facts.home))
    return configured or (answer.value["MasterAccountId"] if answer.known else None)


def collect_organization(facts: Facts, account: str, management: str | None) -> OrganizationFacts:
    """Reads an account's path and the control policies on it.

    Organization reads are tried with the own credentials, which may be a delegated administrator's, and then with the
    role in the management account; the first read decides which of them goes on.

    Args:
        facts: What is known so far.
        account: The account to place.
        management: The management account, where it is known.
    """
    home = facts.home
    own = facts.ask(organizations.organization(OWN, home))
    second = management if management and management != facts.own_account else None
    if second:
        facts.way_into(second)
    found, reader = _find_account(facts, account, second)
    if not found.known or own.absent:
        is_outside = found.absent and own.known and reader in (OWN, own.value["MasterAccountId"])
        place = _by_its_own_account(facts, account)
        return replace(place, outside=own.value["Id"]) if is_outside else place
    organization = own.value if own.known else {}
    path = _path(facts, reader, account, found.value)
    levels = _levels(facts, reader, path) if path else None
    return OrganizationFacts(
        account,
        id=organization.get("Id") or _org_id_of_paths(found.value),
        is_known=True,
        management_account=organization.get("MasterAccountId") or management,
        path=path,
        levels=levels,
        names=dict(_names(facts, reader, found.value, levels or ())),
    )


def cross_account_backup(facts: Facts, management: str) -> bool | None:
    """Whether the organization has cross-account backup switched on; None where it can't be read."""
    answer = facts.ask(backup.global_settings(management, facts.home))
    return answer.value.get("isCrossAccountBackupEnabled") == "true" if answer.known else None


def _find_account(facts: Facts, account: str, second: str | None) -> tuple[Answer, str]:
    """The account as the organization knows it, and with whose credentials to read on."""
    by_own = organizations.account(OWN, facts.home, account)
    first = facts.ask(by_own)
    if not first.refused or second is None:
        return first, OWN
    return facts.ask_either(by_own, organizations.account(second, facts.home, account)), second


def _by_its_own_account(facts: Facts, account: str) -> OrganizationFacts:
    """What an account knows of its organization itself: which one it is, and neither path nor policies."""
    reader = OWN if account == facts.own_account else account
    answer = facts.ask(organizations.organization(reader, facts.home))
    if answer.known:
        return OrganizationFacts(account, answer.value["Id"], True, answer.value["MasterAccountId"])
    return OrganizationFacts(account, is_known=answer.absent)


def _path(facts: Facts, reader: str, account: str, found: dict[str, Any]) -> tuple[str, ...] | None:
    """The ids from the root down to the account.

    The account's description has them where the server knows `Paths`; else parent after parent is asked for.
    """
    for path in found.get("Paths") or ():
        return (*(part for part in path.split("/") if _PATH_NODE.match(part)), account)
    upward = [account]
    while not upward[-1].startswith("r-"):
        parents = facts.ask(organizations.parents(reader, facts.home, upward[-1]))
        if not parents.known or not parents.value or len(upward) > _LONGEST_PATH:
            return None
        upward.append(parents.value[0]["Id"])
    return tuple(reversed(upward))


def _org_id_of_paths(found: dict[str, Any]) -> str | None:
    return next((path.split("/")[0] for path in found.get("Paths") or () if path.startswith("o-")), None)


def _levels(facts: Facts, reader: str, path: tuple[str, ...]) -> tuple[Level, ...]:
    return tuple(
        Level(target, _policies(facts, reader, target, SCP), _policies(facts, reader, target, RCP)) for target in path
    )


def _names(facts: Facts, reader: str, account: dict[str, Any], levels: tuple[Level, ...]) -> Iterator[tuple[str, str]]:
    """The names of an account, of the OUs above it and of the policies on its path; none is worth a gap."""
    if account.get("Name", account["Id"]) != account["Id"]:
        yield account["Id"], account["Name"]
    for level in levels:
        if level.target.startswith("ou-"):
            unit = facts.ask_for_comfort(organizations.unit(reader, facts.home, level.target))
            if unit.known:
                yield level.target, unit.value["Name"]
        policies = (*(level.scps or ()), *(level.rcps or ()))
        yield from ((policy.name, policy.title) for policy in policies if policy.title)


def _policies(facts: Facts, reader: str, target: str, kind: str) -> tuple[NamedDocument, ...] | None:
    listed = facts.ask(organizations.policies_for_target(reader, facts.home, target, kind))
    if not listed.known:
        return () if listed.absent else None
    answers = [(item, facts.ask(organizations.policy(reader, facts.home, item["Id"]))) for item in listed.value]
    if not all(answer.known for _item, answer in answers):
        return None
    return tuple(
        NamedDocument(item["Id"], parsed(answer.value["Content"]), item.get("Name")) for item, answer in answers
    )
