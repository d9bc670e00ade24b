"""The refusals in one evaluation, layer by layer, each with its cause code and what a person would look up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.organization import Level, OrganizationFacts
from bot.diagnosis.model import Certainty, Entity, Grounds, LayerName
from bot.diagnosis.required_call import RequiredCall
from bot.iam import (
    Decision,
    Effect,
    LayerResult,
    LayerVerdict,
    PolicyEvaluation,
    PolicyLayer,
    StatementMatch,
    near_misses,
)
from knowledge.causes import RefusingPolicy, cause_of_refusal

_Control = Literal["scp", "rcp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One layer's refusal of one call."""

    code: str
    check: str
    """The check that it belongs to."""
    layer: LayerName
    entity: Entity
    principal: str
    action: str
    resource: str
    grounds: Grounds
    policy: str | None = None
    statement: str | None = None
    target: str | None = None
    depends_on: tuple[str, ...] = ()
    former: str | None = None
    """The id of a deleted principal that the policy allows it to."""
    evaluation: PolicyEvaluation = field(repr=False, compare=False)
    """The evaluation that it comes from."""
    asked: PolicyLayer = field(repr=False, compare=False)
    """The evaluator's layer that refused."""

    @property
    def certainty(self) -> Certainty:
        """How strongly it is known that the job meets it."""
        return self.grounds.certainty

    @property
    def near_miss(self) -> str | None:
        """For what is missing: which statement came closest to allowing it, and what failed."""
        if self.statement is not None:
            return None
        nearest = near_misses(self.evaluation.request, self.evaluation.policies, self.asked, most=1)
        return f"{nearest[0].policy} ({nearest[0].statement}) {nearest[0].sentence}" if nearest else None


@dataclass(frozen=True, slots=True)
class CallRefusals:
    """What the layers of one evaluation come to."""

    organizations: Mapping[str, OrganizationFacts]
    call: RequiredCall
    evaluation: PolicyEvaluation
    former: str | None = None
    """The id of a deleted role of the principal's name, where the resource's policy would allow the call to it."""

    def refusals(self) -> Iterator[Refusal]:
        """Every refusal, layer by layer."""
        for result in self.evaluation.layers:
            yield from _REFUSALS[result.layer](self, result)

    def unread(self) -> Iterator[LayerName]:
        """The layers of which something that might block can't be read."""
        call, principal = self.call, self.call.principal
        key, vault = call.key, call.vault
        exempt = self.evaluation.policies.exempt(self.evaluation.request)
        if principal.exists is None or (
            principal.exists and not (principal.identity_is_complete and principal.boundary_is_known)
        ):
            yield LayerName.JOB_ROLE
        if PolicyLayer.SCP not in exempt and _is_unread(self._place(principal.account), "scp"):
            yield LayerName.ORGANIZATION
        is_bound = PolicyLayer.RCP not in exempt and not (key and key.is_aws_managed)
        if is_bound and _is_unread(self._place(call.resource_account), "rcp"):
            yield LayerName.ORGANIZATION
        if key and self._may_be_given(key) and not (key.is_unusable or key.is_aws_managed):
            yield LayerName.KMS
        if vault and not vault.policy_is_known and vault.exists is not False:
            yield LayerName.VAULT

    def _place(self, account: str) -> OrganizationFacts | None:
        return self.organizations.get(account)

    def identity(self, result: LayerResult) -> Iterator[Refusal]:
        """What the principal's own policies refuse.

        They need not allow what the resource's policy or a grant gives the principal by itself; where that policy
        does not allow the principal at all, they are reported too, since fixing it alone may not be enough.
        """
        call, missing = self.call, self.evaluation.missing
        if call.principal.exists is not True:
            return
        yield from self._denials(result, "identity")
        is_needed = (
            PolicyLayer.IDENTITY in missing or PolicyLayer.RESOURCE in missing or result.verdict is LayerVerdict.DEPENDS
        )
        may_be_given = call.key is not None and self._may_be_given(call.key)
        if is_needed and call.principal.identity_is_complete and not may_be_given:
            yield from self._missing(result, "identity")

    def boundary(self, result: LayerResult) -> Iterator[Refusal]:
        """What the principal's permissions boundary refuses."""
        yield from self._denials(result, "boundary")
        if (
            PolicyLayer.BOUNDARY in self.evaluation.missing
            or self._is_contested(result)
            or result.verdict is LayerVerdict.DEPENDS
        ):
            boundary = self.call.principal.boundary_arn
            yield from self._missing(result, "boundary", document=boundary)

    def scp(self, result: LayerResult) -> Iterator[Refusal]:
        """What the service control policies of one level refuse."""
        yield from self._control(result, "scp", self._place(self.call.principal.account))

    def rcp(self, result: LayerResult) -> Iterator[Refusal]:
        """What the resource control policies of one level refuse."""
        yield from self._control(result, "rcp", self._place(self.call.resource_account))

    def resource(self, result: LayerResult) -> Iterator[Refusal]:
        """What the vault's, the key's or the resource's own policy refuses."""
        owner, policy = self._owner_of_policy()
        key = self.call.key
        if owner is None:
            return
        yield from self._denials(result, policy)
        is_granted = any(
            found.layer is PolicyLayer.GRANT and found.verdict is not LayerVerdict.SILENT
            for found in self.evaluation.layers
        )
        is_missing = PolicyLayer.RESOURCE in self.evaluation.missing and not (key and self._may_be_given(key))
        if is_missing or (result.verdict is LayerVerdict.DEPENDS and not is_granted):
            yield from self._missing(result, policy, document=owner)

    def _may_be_given(self, key: KeyFacts) -> bool:
        """A key's policy that was not read, or a grant beside one that does not allow the principal, may allow it."""
        return key.policy is None or (key.grants is None and PolicyLayer.RESOURCE in self.evaluation.missing)

    def _owner_of_policy(self) -> tuple[str | None, RefusingPolicy]:
        """Whose policy it is, None where it could not be read or is AWS's own; and its type."""
        key, vault, call = self.call.key, self.call.vault, self.call
        if key:
            is_judged = key.policy is not None and not key.is_aws_managed
            return key.arn if is_judged else None, "key"
        if vault:
            return vault.arn if vault.policy_is_known else None, "vault"
        return call.policy.name if call.policy else None, "resource"

    def grant(self, _result: LayerResult) -> Iterator[Refusal]:
        """A grant only allows."""
        return iter(())

    def _control(self, result: LayerResult, kind: _Control, place: OrganizationFacts | None) -> Iterator[Refusal]:
        """What the control policies of one level refuse; a policy's target is the highest node it is attached to."""
        levels = (place.levels if place else None) or ()
        own = levels[result.level or 0]
        for refusal in self._denials(result, kind):
            attached = (
                level.target
                for level in levels
                if any(document.name == refusal.policy for document in _documents(level, kind) or ())
            )
            yield replace(refusal, target=next(attached, own.target))
        if _documents(own, kind) is not None:
            for refusal in self._missing(result, kind):
                yield replace(refusal, target=own.target)

    def _denials(self, result: LayerResult, policy: RefusingPolicy) -> Iterator[Refusal]:
        """A refusal for each statement that denies, or that would under some reading of an unknown key."""
        for match in result.statements:
            if match.effect is Effect.DENY:
                contested = Grounds.CONTESTED if match.contested else self.call.grounds
                yield self._refusal(result, policy, Grounds.UNKNOWN_KEY if match.depends else contested, match)

    def _missing(self, result: LayerResult, policy: RefusingPolicy, document: str | None = None) -> Iterator[Refusal]:
        """A refusal where nothing allows, or something does only under some reading of an unknown key."""
        if result.verdict is LayerVerdict.SILENT:
            grounds = Grounds.CONTESTED if self._is_contested(result) else self.call.grounds
            yield self._refusal(result, policy, grounds, document=document)
        elif result.verdict is LayerVerdict.DEPENDS and not any(
            match.effect is Effect.DENY for match in result.statements
        ):
            yield self._refusal(result, policy, Grounds.UNKNOWN_KEY, document=document)

    def _is_contested(self, result: LayerResult) -> bool:
        """Whether a boundary's silence counts by a disputed rule only; every other layer's always counts."""
        is_denied = self.evaluation.decision is Decision.EXPLICIT_DENY  # which is contested for its statements
        return result.layer is PolicyLayer.BOUNDARY and self.evaluation.contested and not is_denied

    def _refusal(
        self,
        result: LayerResult,
        policy: RefusingPolicy,
        grounds: Grounds,
        match: StatementMatch | None = None,
        document: str | None = None,
    ) -> Refusal:
        call = self.call
        known = cause_of_refusal(policy, "explicit-deny" if match else "implicit-deny", call.action)
        former = self.former if result.layer is PolicyLayer.RESOURCE and match is None else None
        return Refusal(
            code=cause_of_refusal("any", "deleted-principal").code if former else known.code,
            check=known.check,
            former=former,
            layer=LayerName(known.layer),
            entity=call.entity,
            principal=call.principal.arn,
            action=call.action,
            resource=call.resource,
            grounds=grounds,
            policy=match.policy if match else document,
            statement=match.statement if match else None,
            depends_on=result.depends_on,
            evaluation=self.evaluation,
            asked=result.layer,
        )


_REFUSALS: Final[Mapping[PolicyLayer, Callable[[CallRefusals, LayerResult], Iterator[Refusal]]]] = MappingProxyType(
    {
        PolicyLayer.IDENTITY: CallRefusals.identity,
        PolicyLayer.BOUNDARY: CallRefusals.boundary,
        PolicyLayer.SCP: CallRefusals.scp,
        PolicyLayer.RCP: CallRefusals.rcp,
        PolicyLayer.RESOURCE: CallRefusals.resource,
        PolicyLayer.GRANT: CallRefusals.grant,
    }
)


def _documents(level: Level, kind: _Control) -> tuple[NamedDocument, ...] | None:
    return level.scps if kind == "scp" else level.rcps


def _is_unread(place: OrganizationFacts | None, kind: _Control) -> bool:
    """Whether control policies that bind an account can't be read."""
    if place is None or not place.is_known:
        return True
    if place.id is None or place.is_management_account:
        return False
    return place.levels is None or any(_documents(level, kind) is None for level in place.levels)
