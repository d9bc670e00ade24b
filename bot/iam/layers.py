"""The layers of policies that a request has to pass, and which of their statements can match its action."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.iam.grants import KmsGrant
from bot.iam.policy import Policy
from bot.iam.principals import PrincipalKind
from bot.iam.request import Request
from bot.iam.services import (
    BUCKET_POLICY_ACTIONS,
    NOT_BOUND_BY_RESOURCES,
    RCP_SERVICES,
    SERVICE_LINKED_ROLE,
    TRUST_POLICY_ACTIONS,
)
from bot.iam.statement import Effect, Statement

_MOST_ACTIONS = 1024
"""Of so many actions the statements are remembered."""


class PolicyLayer(StrEnum):
    """The layers, in the order in which they are named in answers."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"
    SESSION = "session"
    ENDPOINT = "endpoint"
    RESOURCE = "resource"
    GRANT = "grant"


_NAMING_NOBODY = frozenset([PolicyLayer.IDENTITY, PolicyLayer.BOUNDARY, PolicyLayer.SCP, PolicyLayer.SESSION])
"""The layers whose statements name resources and no principals."""


@dataclass(frozen=True, slots=True)
class LayerStatements:
    """What is in one layer, or one level of it, for an action.

    Args:
        layer: The layer.
        level: The level from the root (0) down, for SCPs and RCPs.
        allows: The statements that can allow the action.
        denies: The statements that can deny it.
        names_principals: Whether its statements name principals.
    """

    layer: PolicyLayer
    level: int | None
    allows: tuple[Statement, ...]
    denies: tuple[Statement, ...]
    names_principals: bool


@dataclass(frozen=True, slots=True)
class ActionStatements:
    """The statements of all layers for an action, and the condition keys, in lower case, that they depend on."""

    by_layer: tuple[LayerStatements, ...]
    keys: frozenset[str]


class PolicySet:
    """All policies that a request has to pass, compiled and kept.

    Args:
        identity: The policies of the principal, its groups' among them.
        boundary: Its permissions boundary; None for none.
        session: Its session policies; None for none.
        scps: The service control policies of each level from the root to its account; None where none apply.
        rcps: The resource control policies of each level from the root to the resource's account, RCPFullAWSAccess
            among them; None where none apply.
        endpoint: The policy of the VPC endpoint that the request goes through; None for none.
        resource: The resource's own policy: a bucket's, a vault's, a key's, a role's trust policy; None for none. A
            KMS key without one is taken to delegate to its account, as the default key policy does.
        grants: The grants of a KMS key.
        management_account: The organization's management account, whose principals and resources SCPs and RCPs do not
            bind.
    """

    __slots__ = (
        "_by_action",
        "_levels",
        "grants",
        "has_boundary",
        "has_resource_policy",
        "has_session",
        "management_account",
    )

    def __init__(
        self,
        *,
        identity: Sequence[Policy] = (),
        boundary: Policy | Sequence[Policy] | None = None,
        session: Sequence[Policy] | None = None,
        scps: Sequence[Sequence[Policy]] | None = None,
        rcps: Sequence[Sequence[Policy]] | None = None,
        endpoint: Policy | Sequence[Policy] | None = None,
        resource: Policy | None = None,
        grants: Sequence[KmsGrant] = (),
        management_account: str | None = None,
    ) -> None:
        levels: list[tuple[PolicyLayer, int | None, Sequence[Policy] | None]] = [
            (PolicyLayer.IDENTITY, None, identity),
            (PolicyLayer.BOUNDARY, None, _policies(boundary)),
            *((PolicyLayer.SCP, level, policies) for level, policies in enumerate(scps or ())),
            *((PolicyLayer.RCP, level, policies) for level, policies in enumerate(rcps or ())),
            (PolicyLayer.SESSION, None, session),
            (PolicyLayer.ENDPOINT, None, _policies(endpoint)),
            (PolicyLayer.RESOURCE, None, _policies(resource)),
        ]
        self._levels = tuple(
            (layer, level, tuple(policies)) for layer, level, policies in levels if policies is not None
        )
        self._by_action: dict[str, ActionStatements] = {}
        self.grants = tuple(grants)
        self.management_account = management_account
        present = {layer for layer, _, _ in self._levels}
        self.has_boundary = PolicyLayer.BOUNDARY in present
        self.has_session = PolicyLayer.SESSION in present
        self.has_resource_policy = resource is not None

    def for_action(self, action: str) -> ActionStatements:
        """The statements of every layer that can match an action, given in lower case."""
        found = self._by_action.get(action)
        if found is None:
            if len(self._by_action) >= _MOST_ACTIONS:
                self._by_action.clear()
            found = self._by_action[action] = self._find(action)
        return found

    def _find(self, action: str) -> ActionStatements:
        by_layer = tuple(_in_layer(layer, level, policies, action) for layer, level, policies in self._levels)
        keys = (statement.keys for in_layer in by_layer for statement in (*in_layer.allows, *in_layer.denies))
        return ActionStatements(by_layer, frozenset[str]().union(*keys, *(grant.keys for grant in self.grants)))

    def policies(self, layer: PolicyLayer) -> Iterator[tuple[int | None, Policy]]:
        """The policies of a layer, each with its level."""
        for each, level, policies in self._levels:
            if each is layer:
                yield from ((level, policy) for policy in policies)

    def every_policy(self) -> Iterator[Policy]:
        """The policies of all layers, each once a place where it stands."""
        for _, _, policies in self._levels:
            yield from policies

    def condition_keys(self, action: str) -> frozenset[str]:
        """The condition keys, in lower case, that the policies ask for when they decide on an action.

        A caller that does not know the value of one of them says so in the request's `unknown`.
        """
        return self.for_action(action.lower()).keys

    def exempt(self, request: Request) -> frozenset[PolicyLayer]:
        """The layers that do not bind a request.

        Sources: AWS Organizations User Guide, "Service control policies (SCPs)" (Tasks and entities not restricted by
        SCPs) and "Resource control policies (RCPs)" (Resources and entities not restricted by RCPs); AWS IAM User
        Guide, "Policy evaluation logic" (the root user has full access, a service principal only what a resource's
        policy gives it); AWS KMS Developer Guide, "Retiring and revoking grants"; Amazon S3 API Reference,
        "DeleteBucketPolicy" (the root user of a bucket's owner can always repair the bucket's policy).
        """
        exempt = _UNBOUND.get(request.principal.kind, _NOTHING)
        if request.action in NOT_BOUND_BY_RESOURCES:
            exempt |= _OF_RESOURCES
        if _repairs_own_bucket_policy(request):
            exempt |= {PolicyLayer.RESOURCE}
        if self._scps_exempt(request):
            exempt |= {PolicyLayer.SCP}
        return exempt | {PolicyLayer.RCP} if self._rcps_exempt(request) else exempt

    def binds_by_boundary(self, request: Request) -> bool:
        """Whether the principal of a request has a permissions boundary."""
        return self.has_boundary and request.principal.is_iam

    def _scps_exempt(self, request: Request) -> bool:
        return self._manages(request.principal.account) or request.principal.is_service_linked_role

    def _manages(self, account: str | None) -> bool:
        return account is not None and account == self.management_account

    def _rcps_exempt(self, request: Request) -> bool:
        return (
            request.service not in RCP_SERVICES
            or request.principal.is_service_linked_role
            or self._manages(request.resource_account)
            or _assumes_service_linked_role(request)
        )


_NOTHING = frozenset[PolicyLayer]()
_OF_IDENTITIES = frozenset([PolicyLayer.IDENTITY, PolicyLayer.BOUNDARY, PolicyLayer.SESSION])
_OF_RESOURCES = frozenset([PolicyLayer.RCP, PolicyLayer.RESOURCE])
_UNBOUND = {
    PrincipalKind.ROOT: _OF_IDENTITIES,
    PrincipalKind.SERVICE: _OF_IDENTITIES | {PolicyLayer.SCP},
    PrincipalKind.FEDERATED: _OF_IDENTITIES | {PolicyLayer.SCP},
    PrincipalKind.ANONYMOUS: _OF_IDENTITIES | {PolicyLayer.SCP},
}
"""The layers that never bind principals of a kind."""


def _policies(given: Policy | Sequence[Policy] | None) -> Sequence[Policy] | None:
    return (given,) if isinstance(given, Policy) else given


def _in_layer(layer: PolicyLayer, level: int | None, policies: Sequence[Policy], action: str) -> LayerStatements:
    statements = [
        statement for policy in policies for statement in policy.candidates(action) if belongs(statement, layer)
    ]
    return LayerStatements(
        layer,
        level,
        tuple(statement for statement in statements if statement.effect is Effect.ALLOW),
        tuple(statement for statement in statements if statement.effect is Effect.DENY),
        layer not in _NAMING_NOBODY,
    )


def belongs(statement: Statement, layer: PolicyLayer) -> bool:
    """Whether a statement has an effect in a policy of a layer.

    Where AWS would not store it, for naming a principal in a policy that has none to name, it grants nothing; a Deny
    is taken at its word.
    """
    if layer is PolicyLayer.RESOURCE:
        return statement.grantees is not None
    if layer not in _NAMING_NOBODY:
        return True
    return statement.resources is not None and (statement.grantees is None or statement.effect is Effect.DENY)


def _repairs_own_bucket_policy(request: Request) -> bool:
    is_root = request.principal.kind is PrincipalKind.ROOT
    return is_root and request.same_account and request.action in BUCKET_POLICY_ACTIONS


def _assumes_service_linked_role(request: Request) -> bool:
    """Whether a request is for a service-linked role; one that may be for any role is not taken for it."""
    arn = request.partial or request.arn
    return request.action in TRUST_POLICY_ACTIONS and arn is not None and arn[5].startswith(SERVICE_LINKED_ROLE)
