"""AWS: credentials, the role in each account in scope, which of the bot's permissions it lacks, and what that blinds.

What a role lacks is evaluated from its own policies, with its boundary and the service control policies on it: one look
at a role in place of 60 refused calls in its account's CloudTrail. That an evaluated permission works is then tried on
reads that need no resource, since session and endpoint policies can't be read. An action that is allowed on some
resources only counts as allowed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from bot import arn
from bot.aws import backup, organizations, storage, sts
from bot.aws.cache import LookupCache
from bot.aws.clock import aws_date
from bot.aws.facts import Facts, collect
from bot.aws.lookup import OWN, Answer, Lookup
from bot.aws.permissions import permissions
from bot.aws.read_errors import Kind
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis.facts.organization import collect_organization, management_account
from bot.diagnosis.facts.principals import PrincipalFacts, collect_role
from bot.diagnosis.locate import accounts_in_scope
from bot.diagnosis.role_needs import lacked_actions
from bot.doctor.clocks import compare_clock
from bot.doctor.findings import SetupFinding, broken, ok, unknown, warning
from bot.errors import BackupWhyError
from bot.settings import Settings

Progress = Callable[[str], None]

_ASSUME: Final = "sts:AssumeRole"
_OF_ORGANIZATION: Final = "organizations:"
_BLINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "backup:DescribeBackupVault": "the layer vault",
        "backup:GetBackupVaultAccessPolicy": "the layer vault",
        "backup:ListBackupVaults": "the layer vault",
        "backup:ListTags": "the layer vault",
        "backup": "the jobs themselves",
        "backup-search": "search jobs",
        "iam:GetRequestAuthorizationDetails": "what AWS noted of a denied request",
        "iam": "the layer job-role",
        "organizations": "the layer organization",
        "kms": "the layer kms",
        "cloudtrail": "the evidence from CloudTrail",
        "sts": "encoded authorization messages",
    }
)
"""What can't be seen without an action, by the action or by its service."""
_MOST_ACTIONS: Final = 10
_BLINDS_RESOURCE: Final = "the layer resource"


@dataclass(frozen=True, slots=True)
class _Account:
    """What is known of an account in scope."""

    id: str
    way: Answer
    role: PrincipalFacts | None
    """The role that reads there; None where the credentials are no role's, or it could not be entered."""
    lacks: tuple[str, ...] | None
    """The actions that the role is not allowed; None where its policies could not be read."""
    refused: tuple[tuple[Lookup, Answer], ...] = ()
    """The reads that were tried and refused."""


@dataclass(frozen=True, slots=True)
class _Scope:
    own: str
    management: str | None
    accounts: tuple[str, ...]
    is_listed: bool
    """Whether the accounts are those of the organization, or were configured; else the own one alone was found."""
    reads_organization: bool
    """Whether the own credentials read the organization: those of a delegated administrator."""


def check_aws(settings: Settings, tell: Progress) -> Iterator[SetupFinding]:
    """Looks at AWS; it blocks.

    Args:
        settings: The settings.
        tell: Gets what is being looked at, in words.
    """
    try:
        sessions = Sessions(settings)
        reader, facts = Reader(sessions, LookupCache(None, 0, "")), Facts(sessions.region)
        scope = collect(lambda known: _scope(known, settings), facts, reader)
    except BackupWhyError as error:
        yield broken("aws.credentials", error.message, "Give the process AWS credentials: docs/operations.md says how.")
        return
    yield ok("aws.credentials", f"AWS knows the credentials: {sessions.identity['Arn']}.")
    yield compare_clock("aws.clock", "AWS", aws_date(sessions), datetime.now(UTC))
    yield _listed(scope)

    def progress(done: int, total: int) -> None:
        tell(f"AWS: {done} of {total} reads in {len(scope.accounts)} accounts")

    reader.progress = progress
    accounts = collect(lambda known: _accounts(known, settings, sessions, scope), facts, reader)
    yield from _findings(accounts, settings, scope)


def _scope(facts: Facts, settings: Settings) -> _Scope:
    own = facts.ask(sts.caller_identity(facts.home))
    management = management_account(facts, settings.management_account)
    accounts = accounts_in_scope(facts, None, settings, management)
    return _Scope(
        own.value["Account"] if own.known else "",
        management,
        accounts,
        bool(settings.accounts) or len(accounts) > 1 or management in (None, *accounts),
        facts.ask_for_comfort(organizations.accounts(OWN, facts.home)).known,
    )


def _listed(scope: _Scope) -> SetupFinding:
    if not scope.is_listed:
        says = "The accounts of the organization can't be listed: only the bot's own account is in scope."
        do = (
            "Let the bot's credentials, or the role in the management account, call organizations:ListAccounts; "
            "or set BACKUP_WHY_ACCOUNTS."
        )
        return broken("aws.accounts", says, do)
    return ok("aws.accounts", f"{len(scope.accounts)} accounts are in scope.")


def _accounts(facts: Facts, settings: Settings, sessions: Sessions, scope: _Scope) -> list[_Account]:
    """Everything about every account; a collector."""
    read = dict.fromkeys([*scope.accounts, *filter(None, [scope.management])])
    return [_account(facts, settings, sessions, scope, account) for account in read]


def _account(facts: Facts, settings: Settings, sessions: Sessions, scope: _Scope, account: str) -> _Account:
    way = facts.way_into(account)
    if not way.known:
        return _Account(account, way, None, None)
    tried = [(lookup, facts.ask(lookup)) for lookup in _probes(account, facts.home, settings, scope)]
    refused = tuple((lookup, answer) for lookup, answer in tried if answer.refused)
    role_arn = _role_in(account, settings, sessions, scope)
    if role_arn is None:
        return _Account(account, way, None, None, refused)
    role = collect_role(facts, role_arn)
    if not role.exists or not role.identity_is_complete or not role.boundary_is_known:
        return _Account(account, way, role, None, refused)
    place = collect_organization(facts, account, scope.management)
    return _Account(account, way, role, lacked_actions(role, place, _wanted(account, scope)), refused)


def _probes(account: str, home: str, settings: Settings, scope: _Scope) -> Iterator[Lookup]:
    """Reads that name no resource: each is one call, and answers whatever is in the account."""
    for region in settings.regions or (home,):
        yield backup.vaults(account, region)
        yield backup.region_settings(account, region)
        yield storage.ebs_encryption_by_default(account, region)
    if account == scope.management:
        yield organizations.accounts(account, home)


def _role_in(account: str, settings: Settings, sessions: Sessions, scope: _Scope) -> str | None:
    """The role that reads in an account: the configured one, or in the own account that of the credentials."""
    identity = arn.parse(sessions.identity["Arn"])
    if account != scope.own:
        partition = identity.partition if identity else "aws"
        return f"arn:{partition}:iam::{account}:role/{settings.role_name}"
    if identity is None or not identity.resource.startswith("assumed-role/"):
        return None
    return f"arn:{identity.partition}:iam::{account}:role/{identity.resource.split('/')[1]}"


def _wanted(account: str, scope: _Scope) -> list[str]:
    """The actions that the role in an account needs: organization reads in the management account alone."""
    without = {_ASSUME} if account != scope.own else set()
    return [
        action
        for action in permissions()
        if action not in without and (account == scope.management or not action.startswith(_OF_ORGANIZATION))
    ]


def _findings(accounts: Sequence[_Account], settings: Settings, scope: _Scope) -> Iterator[SetupFinding]:
    entered = [account for account in accounts if account.way.known]
    for account in accounts:
        if not account.way.known:
            yield _not_entered(account, settings)
    is_managed = scope.reads_organization or scope.management in {None, *(account.id for account in entered)}
    if not is_managed:
        says = f"The management account {scope.management} can't be read, which blinds the layer organization."
        do = "Create the role there too, or make the bot's account a delegated administrator for AWS Organizations."
        yield broken("aws.management", says, do)
    complete = [account for account in entered if account.lacks == () and not account.refused]
    if complete:
        yield ok("aws.role", f"The role has what the bot needs in {len(complete)} of {len(accounts)} accounts.")
    for account in entered:
        yield from _lacking(account, is_own=account.id == scope.own)


def _not_entered(account: _Account, settings: Settings) -> SetupFinding:
    says = f"Account {account.id} can't be entered: {account.way.error.sentence(_ASSUME)}"
    if account.way.kind is not Kind.DENIED:
        return unknown(f"aws.account.{account.id}", says)
    external = " with the external id of BACKUP_WHY_EXTERNAL_ID" if settings.external_id else ""
    do = (
        f"Create the role {settings.role_name} there (deploy/), let its trust policy name the bot's role{external}, "
        "and allow the bot's role sts:AssumeRole on it."
    )
    return broken(f"aws.account.{account.id}", says, do)


def _lacking(account: _Account, *, is_own: bool) -> Iterator[SetupFinding]:
    """What the role of an account lacks: by its policies, and by reads that were refused all the same.

    In the bot's own account it may be meant: no other account's jobs are affected.
    """
    name = f"aws.account.{account.id}"
    lacks = account.lacks or ()
    if lacks:
        own = ", the bot's own," if is_own else ""
        says = f"In account {account.id}{own} the role lacks {_listed_actions(lacks)}. That blinds {_blinded(lacks)}."
        do = "Allow what backup-why permissions --policy prints: in its policies, its boundary and the SCPs on it."
        found = (warning if is_own else broken)(f"{name}.lacks", says, do)
        yield found.model_copy(update={"actions": lacks})
    for lookup, answer in account.refused:
        action = lookup.operation.permission
        if action not in lacks:
            says = (
                f"In account {account.id}, {lookup.region}: {answer.error.sentence(lookup.what)} "
                f"That blinds {_blinded([action])}."
            )
            do = f"Allow {action}: also in session, boundary, endpoint and organization policies."
            yield (broken if answer.kind is Kind.DENIED else unknown)(f"{name}.refused.{action}", says, do)
    if account.lacks is None:
        yield _not_evaluated(name, account)


def _not_evaluated(name: str, account: _Account) -> SetupFinding:
    if account.role is None:
        says = f"In account {account.id} the credentials are no role's: which permissions they lack isn't evaluated."
        return unknown(f"{name}.lacks", says)
    says = f"In account {account.id} the policies of {account.role.arn} can't be read: what it lacks isn't known."
    do = "Give it what backup-why permissions --policy prints; the reads of IAM are a part of it."
    return unknown(f"{name}.lacks", says, do)


def _listed_actions(actions: Sequence[str]) -> str:
    """The actions in words: the first of many."""
    more = len(actions) - _MOST_ACTIONS
    return ", ".join(actions[:_MOST_ACTIONS]) + (f" and {more} more (--json lists them)" if more > 0 else "")


def _blinded(actions: Sequence[str]) -> str:
    """What can't be seen without some actions, in words."""
    found = dict.fromkeys(
        _BLINDS.get(action, _BLINDS.get(action.partition(":")[0], _BLINDS_RESOURCE)) for action in actions
    )
    *others, last = found
    return f"{', '.join(others)} and {last}" if others else last
