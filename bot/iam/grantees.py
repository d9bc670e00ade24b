"""The `Principal` and `NotPrincipal` elements: whom a statement means.

Sources: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal".
Principals take no wildcards but a `*` alone. A unique id (AROA…, AIDA…) is what is left of an ARN whose role or user
was deleted: it means only the principal that has that id, never one with the same name.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from bot.iam.arn import split_arn
from bot.iam.document import repeated_members
from bot.iam.findings import Finding, NoEffectError, Severity
from bot.iam.principals import Principal, PrincipalKind, is_unique_id

_ACCOUNT = re.compile(r"[0-9]{12}")
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class Grantee(IntEnum):
    """As whom a statement means a principal, the weakest first: what a grant overrides depends on it."""

    NOBODY = 0
    ACCOUNT = 1
    """As one of its account: the account is delegated to, and its policies decide."""

    ENTITY = 2
    """The role, or the user behind a federated session: within its boundary and session policies."""

    EVERYONE = 3
    """`*`."""

    ITSELF = 4
    """The user, session, service or provider itself."""


class Grantees:
    """A compiled `Principal` or `NotPrincipal` element.

    Args:
        pairs: The element's values, each with its kind ("AWS", "Service", …) before it; `*` alone is ("AWS", "*").
        excepting: Whether it is `NotPrincipal`.
    """

    __slots__ = ("accounts", "arns", "entity_names", "everyone", "excepting", "names", "pairs", "roots", "unique_ids")

    def __init__(self, pairs: Sequence[tuple[str, str]], *, excepting: bool) -> None:
        aws = [value for kind, value in pairs if kind == "AWS"]
        self.pairs = tuple(pairs)
        self.excepting = excepting
        self.everyone = "*" in aws
        self.accounts = frozenset(value for value in aws if _ACCOUNT.fullmatch(value))
        self.roots = frozenset(value for value in aws if value.endswith(":root"))
        self.arns = frozenset(aws) - self.roots - self.accounts - {"*"}
        self.entity_names = frozenset(name for arn in self.arns if (name := _without_path(arn)) is not None)
        self.unique_ids = frozenset(filter(is_unique_id, aws))
        self.names = frozenset(value for kind, value in pairs if kind in ("Service", "Federated"))

    def grantee(self, principal: Principal) -> Grantee:
        """As whom the statement means a principal; with `NotPrincipal` in an Allow, everyone who is not listed.

        Use `excludes` for `NotPrincipal` in a Deny.
        """
        listed = self._listed(principal)
        if not self.excepting:
            return listed
        return Grantee.NOBODY if listed else Grantee.EVERYONE

    def _listed(self, principal: Principal) -> Grantee:
        if self._lists_itself(principal):
            return Grantee.ITSELF
        if self.everyone:
            return Grantee.EVERYONE
        if self._lists_entity(principal):
            return Grantee.ENTITY
        return Grantee.ACCOUNT if self._lists_account(principal) else Grantee.NOBODY

    def _lists_itself(self, principal: Principal) -> bool:
        kind = principal.kind
        if kind is PrincipalKind.ROLE:
            return False
        if principal.account is None:
            return principal.arn in self.names
        if kind is PrincipalKind.ROOT:
            return self._lists_account(principal)
        return principal.arn in self.arns or (kind is PrincipalKind.USER and principal.unique_id in self.unique_ids)

    def _lists_entity(self, principal: Principal) -> bool:
        """Whether the role, or the user behind a federated session, is listed."""
        entity = principal.arn if principal.kind is PrincipalKind.ROLE else principal.entity_arn
        if entity is None:
            return False
        if entity in self.arns or principal.unique_id in self.unique_ids:
            return True
        return principal.kind is not PrincipalKind.ROLE and entity.lower() in self.entity_names

    def _lists_account(self, principal: Principal) -> bool:
        return principal.root_arn in self.roots or principal.account in self.accounts

    def excludes(self, principal: Principal) -> bool:
        """Whether a Deny with `NotPrincipal` hits a principal.

        It is exempt only if all that it is is listed: its account, the role of a session and the principal itself.
        AWS validates the account first, then the role, then the session ("NotPrincipal", Key points).
        """
        if self.everyone:
            return False
        match principal.kind:
            case PrincipalKind.ROLE:
                listed = self._lists_entity(principal) and self._lists_account(principal)
            case PrincipalKind.SESSION:
                entity = self._lists_entity(principal) and self._lists_account(principal)
                listed = entity and self._lists_itself(principal)
            case PrincipalKind.USER | PrincipalKind.FEDERATED_USER:
                listed = self._lists_itself(principal) and self._lists_account(principal)
            case _:
                listed = self._lists_itself(principal)
        return not listed

    def is_disputed(self, principal: Principal) -> bool:
        """Whether `excludes` hits a principal that is listed, for its account or role not being listed with it.

        AWS says that this "might" deny, depending on the service.
        """
        return self._listed(principal) >= Grantee.ENTITY and self.excludes(principal)


def _without_path(arn: str) -> str | None:
    """A role's or user's ARN without its path, in lower case; None for another ARN.

    Names of roles and users are unique in an account without regard to their case and path.
    """
    segments = split_arn(arn)
    if segments is None or segments[2] != "iam":
        return None
    kind, slash, path = segments[5].partition("/")
    return f"{':'.join(segments[:5])}:{kind}/{path.rpartition('/')[2]}".lower() if slash else None


def parse_grantees(value: object, position: str, *, excepting: bool, findings: list[Finding]) -> Grantees:
    """Reads a `Principal` or `NotPrincipal` element.

    Args:
        value: What the element holds: `*`, or an object of lists.
        position: Where it stands, for findings.
        excepting: Whether it is `NotPrincipal`.
        findings: Where to note what is wrong but can be read.

    Raises:
        NoEffectError: A form that AWS would not store.
    """
    if value == "*":
        return Grantees([("AWS", "*")], excepting=excepting)
    if isinstance(value, str):
        message = 'A principal must be "*" or an object: the text is read as {"AWS": …}.'
        findings.append(Finding(position, message, Severity.WARNING))
        return Grantees([("AWS", value)], excepting=excepting)
    if not isinstance(value, dict):
        raise NoEffectError(position, 'A principal must be "*" or an object such as {"AWS": "…"}.')
    for name in repeated_members(value):
        raise NoEffectError(position, f"{name} stands more than once.")
    values: list[tuple[str, str]] = []
    for kind, listed in value.items():
        if kind not in _KINDS:
            raise NoEffectError(position, f"There is no kind of principal {kind}.")
        each = listed if isinstance(listed, list) else [listed]
        for text in each:
            if not isinstance(text, str):
                raise NoEffectError(f"{position}.{kind}", "A principal must be a text.")
            if "*" in text and (kind, text) != ("AWS", "*"):
                message = f"{text} means nobody: a principal takes no wildcard but * alone."
                findings.append(Finding(f"{position}.{kind}", message, Severity.WARNING))
            values.append((kind, text))
    if not values:
        raise NoEffectError(position, "No principal is named, so the statement does nothing.", Severity.SUGGESTION)
    return Grantees(values, excepting=excepting)
