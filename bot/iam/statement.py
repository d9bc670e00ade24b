"""One statement of a policy, compiled: which requests it means, and whether it allows or denies them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.iam.actions import Actions
from bot.iam.conditions import Condition
from bot.iam.grantees import Grantee, Grantees
from bot.iam.principals import Principal
from bot.iam.request import RESOURCE_KEY, Request
from bot.iam.resources import Resources
from bot.iam.variables import Context


class Effect(StrEnum):
    """What a statement does to the requests that it means."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(slots=True)
class RequestView:
    """How a request is looked at: under one assignment of its unknown keys, or in the best or the worst case.

    Args:
        request: The request.
        context: Its condition keys, with values assumed for unknown ones.
        unknown: The keys, in lower case, that stay unknown.
        favoured: The effect of the statements that are taken to apply where they depend on such a key; those with the
            other effect are taken not to.
    """

    request: Request
    context: Context
    unknown: frozenset[str] = frozenset()
    favoured: Effect = Effect.ALLOW


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement.

    Args:
        policy: The name of its policy.
        id: Its Sid, or its position in the policy ("0") where it has none.
        effect: Allow or Deny.
        actions: The actions it means.
        resources: The resources it means; None for all, where the element is missing.
        grantees: The principals it means; None where the element is missing.
        conditions: What has to be true besides.
        keys: The condition keys, in lower case, that its meaning depends on.
    """

    policy: str
    id: str
    effect: Effect
    actions: Actions
    resources: Resources | None
    grantees: Grantees | None
    conditions: tuple[Condition, ...]
    keys: frozenset[str]

    def named(self, policy: str) -> "Statement":
        """The same statement in a policy of another name."""
        return Statement(
            policy,
            self.id,
            self.effect,
            self.actions,
            self.resources,
            self.grantees,
            self.conditions,
            self.keys,
        )

    def applies(self, view: "RequestView") -> bool:
        """Whether it matches a request's resource and its conditions are true; action and principal aside."""
        if view.unknown and self._depends_on(view.unknown):
            return self.effect is view.favoured and self._could_apply(view.request, view.unknown)
        if self.resources is not None and not self.resources.matches(
            view.request.resource, view.request.arn, view.context
        ):
            return False
        return not self.conditions or all(condition.holds(view.context) for condition in self.conditions)

    def _depends_on(self, unknown: frozenset[str]) -> bool:
        """Whether it may depend on one of some unknown keys, given in lower case, or on an ARN that is not known."""
        if not self.keys.isdisjoint(unknown):
            return True
        return RESOURCE_KEY in unknown and self.resources is not None and not self.resources.everything

    def _could_apply(self, request: Request, unknown: frozenset[str]) -> bool:
        """Whether it might apply, for all that is known: what depends on unknown keys is taken to hold."""
        resources, context = self.resources, request.context
        if resources is not None and resources.keys.isdisjoint(unknown):
            if RESOURCE_KEY in unknown and request.partial is not None:
                if not resources.could_match(request.partial, context):
                    return False
            elif not resources.matches(request.resource, request.arn, context):
                return False
        return all(condition.holds(context) for condition in self.conditions if not condition.keys & unknown)

    def grantee(self, principal: Principal, *, bounded: bool) -> Grantee:
        """As whom it means a principal; everyone where it names no principals.

        A Deny with `NotPrincipal` hits every user and role that has a permissions boundary, whoever is listed (AWS
        IAM User Guide, "AWS JSON policy elements: NotPrincipal", Key points).

        Args:
            principal: The principal.
            bounded: Whether it has a permissions boundary.
        """
        grantees = self.grantees
        if grantees is None:
            return Grantee.EVERYONE
        if grantees.excepting and self.effect is Effect.DENY:
            return Grantee.EVERYONE if bounded or grantees.excludes(principal) else Grantee.NOBODY
        return grantees.grantee(principal)

    def is_disputed(self, principal: Principal, context: Context, *, bounded: bool) -> bool:
        """Whether a Deny that applies does so by a rule that AWS leaves open.

        With `NotPrincipal` it "might" hit a principal that is listed without its account or role; a condition key can
        stand twice in it, and only one of them be true.

        Args:
            principal: The principal.
            context: The request's condition keys.
            bounded: Whether the principal has a permissions boundary, so that every `NotPrincipal` hits it.
        """
        grantees = self.grantees
        if grantees is not None and grantees.excepting and not bounded and grantees.is_disputed(principal):
            return True
        strict = (condition.holds_strictly for condition in self.conditions)
        return any(holds is not None and not holds(context) for holds in strict)
