"""Puts together what the layers say: which of them had to allow a request, and whether it is allowed.

Sources: AWS IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a single account" (the
table of resource-based policies and implicit denies) and "Cross-account policy evaluation logic"; AWS KMS Developer
Guide, "Troubleshooting key access".

Within one account a resource's policy can allow alone. What it overrides depends on whom it names:

- the user, the session or the service itself: implicit denies of identity policies, boundary and session policies;
- `*`: the same ("AWS JSON policy elements: Principal", IAM role principals and All principals). Experts dispute it,
  so an answer that depends on it is marked;
- the role behind a session, or the user behind a federated session: implicit denies of identity policies only;
- the account: nothing, identity policies decide.

A key's policy and a role's trust policy have to allow in any case: they name the principal or its account. Across
accounts both sides have to allow, and boundary and session policies always count.

Of KMS grants AWS does not say whether boundary and session policies limit them. They are taken to, as they limit a key
policy's statement for the same principal; an answer that depends on it is marked.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.iam.grantees import Grantee
from bot.iam.grants import KmsGrant
from bot.iam.layers import LayerStatements, PolicyLayer, PolicySet
from bot.iam.principals import PrincipalKind
from bot.iam.request import Request
from bot.iam.services import (
    KMS,
    KMS_ACROSS_ACCOUNTS,
    KMS_KEY,
    NEEDS_NO_PERMISSION,
    NOT_BOUND_BY_RESOURCES,
    NOT_FOR_ROOT_USERS,
    OWNED_BY_AWS,
    TRUST_POLICY_ACTIONS,
)
from bot.iam.statement import RequestView, Statement

_NOTHING = frozenset[PolicyLayer]()
_IDENTITY = frozenset([PolicyLayer.IDENTITY])
_RESOURCE = frozenset([PolicyLayer.RESOURCE])
_LIMITS = frozenset([PolicyLayer.BOUNDARY, PolicyLayer.SESSION])
_GUARDS = frozenset([PolicyLayer.SCP, PolicyLayer.RCP, PolicyLayer.ENDPOINT])


class Decision(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit-deny"
    IMPLICIT_DENY = "implicit-deny"
    DEPENDS = "depends"
    """An unknown condition key decides."""


@dataclass(slots=True)
class MatchedStatements:
    """The statements of one layer, or one level of it, that match a request, and whom they name where they allow."""

    in_layer: LayerStatements
    allows: list[Statement]
    denies: list[Statement]
    grantee: Grantee = Grantee.EVERYONE


@dataclass(slots=True)
class Authorization:
    """The decision on a request, under one view of its unknown keys.

    Args:
        decision: The decision, never `DEPENDS`.
        found: What each layer that binds the request says.
        grants: The KMS grants that allow it.
        missing: The layers that had to allow and did not.
        contested: Whether the decision depends on a rule that experts dispute.
    """

    decision: Decision
    found: list[MatchedStatements]
    grants: list[KmsGrant]
    missing: tuple[PolicyLayer, ...]
    contested: bool


def authorize(view: RequestView, policies: PolicySet) -> Authorization:
    """Decides on a request.

    Args:
        view: The request, as it is looked at.
        policies: The policies it has to pass.
    """
    request = view.request
    if request.action in NEEDS_NO_PERMISSION and request.principal.kind is not PrincipalKind.ANONYMOUS:
        return Authorization(Decision.ALLOWED, [], [], (), contested=False)
    found = _survey(view, policies)
    grants = [grant for grant in policies.grants if grant.grantee(view)] if request.service == KMS else []
    denies = [statement for each in found for statement in each.denies]
    granted = max((grant.grantee(view) for grant in grants), default=Grantee.NOBODY)
    missing, contested = _missing(request, policies, found, granted)
    if denies:
        bounded = policies.binds_by_boundary(request)
        contested = all(each.is_disputed(request.principal, view.context, bounded=bounded) for each in denies)
        return Authorization(Decision.EXPLICIT_DENY, found, grants, missing, contested)
    if missing:
        contested = bool(granted) and _only_limits_grants(request, policies, found, missing)
        return Authorization(Decision.IMPLICIT_DENY, found, grants, missing, contested)
    return Authorization(Decision.ALLOWED, found, grants, missing, contested)


def _only_limits_grants(
    request: Request, policies: PolicySet, found: Sequence[MatchedStatements], missing: Collection[PolicyLayer]
) -> bool:
    """Whether only a boundary or session policy denies what grants alone allow."""
    without, _ = _missing(request, policies, found, Grantee.NOBODY)
    return _LIMITS.issuperset(missing) and not _LIMITS.issuperset(without)


def _survey(view: RequestView, policies: PolicySet) -> list[MatchedStatements]:
    """Evaluates every statement that can match the action, in the layers that bind the request."""
    request = view.request
    exempt = policies.exempt(request)
    bounded = policies.binds_by_boundary(request)
    found: list[MatchedStatements] = []
    for in_layer in policies.for_action(request.action).by_layer:
        if in_layer.layer in exempt:
            continue
        if in_layer.names_principals:
            found.append(_survey_naming(view, in_layer, bounded=bounded))
        else:
            allows = [each for each in in_layer.allows if each.applies(view)]
            found.append(MatchedStatements(in_layer, allows, [each for each in in_layer.denies if each.applies(view)]))
    return found


def _survey_naming(view: RequestView, in_layer: LayerStatements, *, bounded: bool) -> MatchedStatements:
    """Evaluates the statements of a layer whose statements name principals."""
    principal = view.request.principal
    named = [(each, each.grantee(principal, bounded=bounded)) for each in in_layer.allows]
    allowing = [(each, whom) for each, whom in named if whom and each.applies(view)]
    denies = [each for each in in_layer.denies if each.grantee(principal, bounded=bounded) and each.applies(view)]
    grantee = max((whom for _, whom in allowing), default=Grantee.NOBODY)
    return MatchedStatements(in_layer, [each for each, _ in allowing], denies, grantee)


def _missing(
    request: Request, policies: PolicySet, found: Iterable[MatchedStatements], granted: Grantee
) -> tuple[tuple[PolicyLayer, ...], bool]:
    """The layers that had to allow and did not, and whether that depends on a rule that experts dispute."""
    silent = frozenset(each.in_layer.layer for each in found if not each.allows)
    if request.principal.kind is PrincipalKind.FEDERATED_USER and not policies.has_session:
        silent |= {PolicyLayer.SESSION}
    by_policy = named(found)
    limits = silent & _LIMITS
    if _is_out_of_reach(request):
        core = _RESOURCE
    elif not request.principal.is_iam:
        core = _NOTHING if max(by_policy, granted) else _RESOURCE
    elif not request.same_account:
        core = _across_accounts(request, silent, by_policy, granted) | limits
    elif max(by_policy, granted) >= Grantee.EVERYONE:
        core = _NOTHING
    elif max(by_policy, granted) is Grantee.ENTITY:
        core = limits
    elif _is_delegated(request, policies, by_policy):
        core = silent & _IDENTITY | limits
    else:
        core = _RESOURCE | limits
    contested = bool(limits) and request.same_account and max(by_policy, granted) is Grantee.EVERYONE
    missing = core | silent & _GUARDS
    return tuple(layer for layer in PolicyLayer if layer in missing) if missing else (), contested


def named(found: Iterable[MatchedStatements]) -> Grantee:
    """As whom the resource's policy allows the principal."""
    return next((each.grantee for each in found if each.in_layer.layer is PolicyLayer.RESOURCE), Grantee.NOBODY)


def _across_accounts(
    request: Request, silent: frozenset[PolicyLayer], by_policy: Grantee, granted: Grantee
) -> frozenset[PolicyLayer]:
    """The layers that did not allow a request to another account's resource, boundary and session aside."""
    if granted >= Grantee.ENTITY:
        return _NOTHING
    lacking = silent & _IDENTITY
    effective = request.service != KMS or request.action in KMS_ACROSS_ACCOUNTS
    return lacking if effective and max(by_policy, granted) else lacking | _RESOURCE


def _is_delegated(request: Request, policies: PolicySet, by_policy: Grantee) -> bool:
    """Whether the account's identity policies may allow; a key without a known policy has the default one."""
    if not must_name(request) or (request.service == KMS and not policies.has_resource_policy):
        return True
    return by_policy is Grantee.ACCOUNT


def must_name(request: Request) -> bool:
    """Whether the resource's policy has to name the principal or its account: a role to assume, or a KMS key."""
    if request.action in TRUST_POLICY_ACTIONS:
        return True
    if request.service != KMS or request.action in NOT_BOUND_BY_RESOURCES:
        return False
    return request.resource != "*" and (request.arn is None or request.arn[5].startswith(KMS_KEY))


def _is_out_of_reach(request: Request) -> bool:
    """Whether no policy can allow it: to a root user, or on what is AWS's own."""
    if request.principal.kind is PrincipalKind.ROOT and request.action in NOT_FOR_ROOT_USERS:
        return True
    return any(request.action in actions and part in request.resource for part, actions in OWNED_BY_AWS)
