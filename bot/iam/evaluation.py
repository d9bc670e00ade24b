"""Evaluates a request: the decision, which statements made it, what was missing, and what it depends on.

Every layer that binds the request is evaluated on its own, so that a caller can say which of them block even where
another one blocks too.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from bot.iam.assignments import AssignmentOutcome, deciding_keys, outcomes_of
from bot.iam.authorization import Authorization, Decision, MatchedStatements, authorize, must_name, named
from bot.iam.grantees import Grantee
from bot.iam.layers import LayerStatements, PolicyLayer, PolicySet
from bot.iam.request import RESOURCE_KEY, Request
from bot.iam.results import LayerResult, LayerVerdict, StatementMatch
from bot.iam.services import KMS
from bot.iam.statement import Effect, RequestView, Statement
from bot.iam.wording import dependence


def evaluate(request: Request, policies: PolicySet) -> "PolicyEvaluation":
    """Evaluates a request with its reasons.

    Args:
        request: The request.
        policies: The policies it has to pass.
    """
    return PolicyEvaluation(request, policies, _outcomes(request, policies))


def decide(request: Request, policies: PolicySet) -> Decision:
    """Evaluates a request for its bare decision.

    Args:
        request: The request.
        policies: The policies it has to pass.
    """
    return _decision([outcome.authorization for outcome in _outcomes(request, policies)])


def _outcomes(request: Request, policies: PolicySet) -> Sequence[AssignmentOutcome]:
    """One outcome, or one for each assignment of the unknown keys that the policies ask for."""
    unknown = request.unknown_among(policies.for_action(request.action).keys) if request.unknown else frozenset()
    if request.partial is not None:
        unknown |= {RESOURCE_KEY}
    if unknown:
        return outcomes_of(request, policies, unknown)
    return (AssignmentOutcome({}, request, authorize(RequestView(request, request.context), policies)),)


def _decision(assignments: Sequence[Authorization]) -> Decision:
    """The decision that all assignments have in common; a denial is explicit only if it is so under each."""
    decisions = {authorization.decision for authorization in assignments}
    if len(decisions) == 1:
        return decisions.pop()
    return Decision.DEPENDS if Decision.ALLOWED in decisions else Decision.IMPLICIT_DENY


class PolicyEvaluation:
    """The answer to a request. Make it with `evaluate`.

    Args:
        request: The request.
        policies: The policies it had to pass.
        outcomes: What becomes of it under each assignment of its unknown keys; one outcome where there are none.
    """

    def __init__(self, request: Request, policies: PolicySet, outcomes: Sequence[AssignmentOutcome]) -> None:
        self.request = request
        self.policies = policies
        self.decision = _decision([outcome.authorization for outcome in outcomes])
        self._outcomes = outcomes
        self._found = outcomes[0].authorization.found

    @cached_property
    def by(self) -> tuple[StatementMatch, ...]:
        """The statements that decided: those that deny an explicit deny, all that allow what is allowed.

        Of an explicit deny, those that deny under every assignment; where none does, but one or the other always
        denies, all of these. Of a decision that depends, the statements that match the request only under some
        assignments; of an implicit deny none.
        """
        match self.decision:
            case Decision.IMPLICIT_DENY:
                return ()
            case Decision.EXPLICIT_DENY:
                denies = tuple(self._matches(Effect.DENY))
                return tuple(each for each in denies if not each.depends) or denies
            case Decision.ALLOWED:
                return (*self._matches(Effect.ALLOW), *self._grants())
        all_matches = (*self._matches(Effect.DENY), *self._matches(Effect.ALLOW), *self._grants())
        return tuple(each for each in all_matches if each.depends)

    @cached_property
    def missing(self) -> tuple[PolicyLayer, ...]:
        """The layers that had to allow and did not, whatever the unknown keys are.

        Where a request is denied under every assignment, but never for the same layer, all of these layers.
        """
        assignments = [outcome.authorization.missing for outcome in self._outcomes]
        always = tuple(layer for layer in assignments[0] if all(layer in missing for missing in assignments))
        if always or self.decision is not Decision.IMPLICIT_DENY:
            return always
        return tuple(layer for layer in PolicyLayer if any(layer in missing for missing in assignments))

    @cached_property
    def depends_on(self) -> tuple[str, ...]:
        """The condition keys that a decision of `depends` depends on, as the request spells them."""
        return self._deciding_keys(lambda authorization: authorization.decision is Decision.ALLOWED)

    @property
    def contested(self) -> bool:
        """Whether the decision depends on a rule that AWS's documentation leaves open or experts dispute.

        Of an explicit deny, all statements that deny depend on one; each of `by` and `layers` has a mark of its own.
        """
        return any(outcome.authorization.contested for outcome in self._outcomes)

    @property
    def sentence(self) -> str:
        """The decision in words, with both assignments where it depends: "denied unless aws:SourceVpce is vpce-1"."""
        match self.decision:
            case Decision.ALLOWED:
                return "allowed"
            case Decision.IMPLICIT_DENY:
                return f"denied: nothing allows it in {' and '.join(self.missing)}"
            case Decision.EXPLICIT_DENY:
                return f"denied by {' and '.join(f'{each.policy} ({each.statement})' for each in self.by)}"
        return dependence(self._outcomes, {name.lower(): name for name in self.depends_on})

    @cached_property
    def layers(self) -> tuple[LayerResult, ...]:
        """What each layer that binds the request says on its own, in the order of `PolicyLayer`, root level first."""
        order = tuple(PolicyLayer)
        return tuple(sorted(self._layers(), key=lambda result: (order.index(result.layer), result.level or 0)))

    def _layers(self) -> Iterator[LayerResult]:
        for place, found in enumerate(self._found):
            yield self._layer(place, found.in_layer)
        if PolicyLayer.RESOURCE in self.missing and not any(
            found.in_layer.layer is PolicyLayer.RESOURCE for found in self._found
        ):
            yield LayerResult(PolicyLayer.RESOURCE, None, LayerVerdict.SILENT, ())
        if self.policies.grants and self.request.service == KMS:
            verdict, keys = self._verdict(
                PolicyLayer.GRANT,
                lambda authorization: LayerVerdict.ALLOWS if authorization.grants else LayerVerdict.SILENT,
            )
            yield LayerResult(PolicyLayer.GRANT, None, verdict, tuple(self._grants()), keys)

    def _layer(self, place: int, in_layer: LayerStatements) -> LayerResult:
        verdict, keys = self._verdict(in_layer.layer, lambda authorization: _says(authorization.found[place]))
        allows, denies = self._matches_at(place, Effect.ALLOW), self._matches_at(place, Effect.DENY)
        deciding = {
            LayerVerdict.ALLOWS: allows,
            LayerVerdict.DENIES: denies,
            LayerVerdict.SILENT: [],
            LayerVerdict.DEPENDS: denies + allows,
        }
        whom: Literal["direct", "account"] | None = None
        if in_layer.layer is PolicyLayer.RESOURCE and allows:
            every = (named(outcome.authorization.found) for outcome in self._outcomes)
            whom = "direct" if max(every) > Grantee.ACCOUNT else "account"
        return LayerResult(in_layer.layer, in_layer.level, verdict, tuple(deciding[verdict]), keys, whom)

    def _verdict(
        self, layer: PolicyLayer, asked: Callable[[Authorization], LayerVerdict]
    ) -> tuple[LayerVerdict, tuple[str, ...]]:
        """What all assignments have in common, and the keys that it depends on.

        Of a layer that never allows, it does not matter whether it also denies where it had to allow; elsewhere nothing
        else does.
        """
        said = {asked(outcome.authorization) for outcome in self._outcomes}
        if len(said) == 1:
            return said.pop(), ()
        if LayerVerdict.ALLOWS not in said and layer in self.missing:
            return LayerVerdict.SILENT, ()
        passes = LayerVerdict.ALLOWS if LayerVerdict.ALLOWS in said else LayerVerdict.SILENT
        return LayerVerdict.DEPENDS, self._deciding_keys(lambda authorization: asked(authorization) is passes)

    def _deciding_keys(self, asked: Callable[[Authorization], bool]) -> tuple[str, ...]:
        """The keys on which a question depends, as the request or else the policies spell them."""
        keys = deciding_keys(self._outcomes, asked)
        if not keys:
            return ()
        spelled = {
            condition.key.lower(): condition.key
            for found in self._found
            for statement in (*found.in_layer.allows, *found.in_layer.denies)
            for condition in statement.conditions
        }
        spelled |= self.request.names
        return tuple(spelled.get(key, key) for key in keys)

    def _matches(self, effect: Effect) -> Iterator[StatementMatch]:
        """The statements of all layers that decided with one effect."""
        for place, found in enumerate(self._found):
            matches = self._matches_at(place, effect)
            if found.in_layer.layer is PolicyLayer.RESOURCE and effect is Effect.ALLOW and not self._delegation_counts:
                matches = [match for match in matches if match.grantee is not Grantee.ACCOUNT]
            yield from matches

    @property
    def _delegation_counts(self) -> bool:
        """Whether a resource's policy that names the account only has a part in a decision."""
        return not self.request.same_account or must_name(self.request)

    def _matches_at(self, place: int, effect: Effect) -> list[StatementMatch]:
        """The statements of one layer that match the request, under any assignment."""
        if len(self._outcomes) == 1:
            (only,) = self._outcomes
            return [self._match(place, statement, only) for statement in _meaning(only, place, effect)]
        hits = [(each, outcome) for outcome in self._outcomes for each in _meaning(outcome, place, effect)]
        counts = Counter(id(statement) for statement, _ in hits)
        first = {id(statement): (statement, outcome) for statement, outcome in reversed(hits)}
        return [
            self._match(place, *first[identity], depends=count < len(self._outcomes))
            for identity, count in counts.items()
        ]

    def _match(
        self, place: int, statement: Statement, outcome: AssignmentOutcome, *, depends: bool = False
    ) -> StatementMatch:
        in_layer = self._found[place].in_layer
        context = outcome.context
        contested = statement.effect is Effect.DENY and statement.is_disputed(
            self.request.principal, context, bounded=self.policies.binds_by_boundary(self.request)
        )
        return StatementMatch(
            in_layer.layer,
            statement.policy,
            statement.id,
            statement.effect,
            in_layer.level,
            depends,
            contested,
            (statement, outcome.request, context),
        )

    def _grants(self) -> Iterator[StatementMatch]:
        """The KMS grants that allow the request, under any assignment."""
        for grant in self.policies.grants:
            count = sum(grant in outcome.authorization.grants for outcome in self._outcomes)
            if count:
                depends = count < len(self._outcomes)
                yield StatementMatch(PolicyLayer.GRANT, grant.name, grant.id, Effect.ALLOW, depends=depends)


def _meaning(outcome: AssignmentOutcome, place: int, effect: Effect) -> list[Statement]:
    """The statements of one layer and one effect that match the request under an assignment."""
    found = outcome.authorization.found[place]
    return found.allows if effect is Effect.ALLOW else found.denies


def _says(found: MatchedStatements) -> LayerVerdict:
    if found.denies:
        return LayerVerdict.DENIES
    return LayerVerdict.ALLOWS if found.allows else LayerVerdict.SILENT
