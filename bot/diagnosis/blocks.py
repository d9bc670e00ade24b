"""The refusals in one evaluation, layer by layer, each with its cause code and what a person would look up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.facts.organization import Level, OrganizationFacts
from bot.diagnosis.model import Certainty, Entity, LayerName
from bot.diagnosis.requirement import Requirement
from bot.iam import Effect, LayerResult, LayerVerdict, PolicyEvaluation, PolicyLayer, StatementMatch, near_misses

_HANDS_ROLE_OVER: Final = "iam:passrole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One layer's refusal of one requirement."""

    code: str
    layer: LayerName
    entity: Entity
    principal: str
    action: str
    resource: str
    certainty: Certainty
    policy: str | None = None
    statement: str | None = None
    target: str | None = None
    depends_on: tuple[str, ...] = ()
    evaluation: PolicyEvaluation = field(repr=False, compare=False)
    """The evaluation that it comes from."""
    asked: PolicyLayer = field(repr=False, compare=False)
    """The evaluator's layer that refused."""

    @property
    def near_miss(self) -> str | None:
        """For what is missing: which statement came closest to allowing it, and what failed."""
        if self.statement is not None:
            return None
        nearest = near_misses(self.evaluation.request, self.evaluation.policies, self.asked, most=1)
        return f"{nearest[0].policy} ({nearest[0].statement}) {nearest[0].sentence}" if nearest else None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the layers of one evaluation come to."""

    organizations: Mapping[str, OrganizationFacts]
    requirement: Requirement
    evaluation: PolicyEvaluation

    def blocks(self) -> Iterator[Block]:
        """Every refusal, layer by layer."""
        for result in self.evaluation.layers:
            yield from _BLOCKS[result.layer](self, result)

    def unread(self) -> Iterator[LayerName]:
        """The layers of which something that might block could not be read."""
        requirement, principal = self.requirement, self.requirement.principal
        key, vault = requirement.key, requirement.vault
        exempt = self.evaluation.policies.exempt(self.evaluation.request)
        if principal.exists is None or (
            principal.exists and not (principal.identity_is_complete and principal.boundary_is_known)
        ):
            yield LayerName.JOB_ROLE
        if PolicyLayer.SCP not in exempt and _is_unread(self._place(principal.account), "scp"):
            yield LayerName.ORGANIZATION
        is_bound = PolicyLayer.RCP not in exempt and not (key and key.is_aws_managed)
        if is_bound and _is_unread(self._place(requirement.resource_account), "rcp"):
            yield LayerName.ORGANIZATION
        if key and self._may_be_given(key) and not (key.is_unusable or key.is_aws_managed):
            yield LayerName.KMS
        if vault and not vault.policy_is_known and vault.exists is not False:
            yield LayerName.VAULT

    def _place(self, account: str) -> OrganizationFacts | None:
        return self.organizations.get(account)

    def identity(self, result: LayerResult) -> Iterator[Block]:
        """What the principal's own policies refuse.

        They need not allow what the resource's policy or a grant gives the principal by itself; where that policy
        does not admit the principal at all, they are told too, since mending it alone may not be enough.
        """
        requirement, missing = self.requirement, self.evaluation.missing
        if requirement.principal.exists is not True:
            return
        yield from self._denials(result, "permission-denied", LayerName.JOB_ROLE)
        is_needed = (
            PolicyLayer.IDENTITY in missing or PolicyLayer.RESOURCE in missing or result.verdict is LayerVerdict.DEPENDS
        )
        may_be_given = requirement.key is not None and self._may_be_given(requirement.key)
        if is_needed and requirement.principal.identity_is_complete and not may_be_given:
            code = "pass-role-missing" if requirement.action.casefold() == _HANDS_ROLE_OVER else "permission-missing"
            yield from self._missing(result, code, LayerName.JOB_ROLE)

    def boundary(self, result: LayerResult) -> Iterator[Block]:
        """What the principal's permissions boundary refuses."""
        yield from self._denials(result, "boundary-denied", LayerName.JOB_ROLE)
        if PolicyLayer.BOUNDARY in self.evaluation.missing or result.verdict is LayerVerdict.DEPENDS:
            boundary = self.requirement.principal.boundary_arn
            yield from self._missing(result, "boundary-missing", LayerName.JOB_ROLE, policy=boundary)

    def scp(self, result: LayerResult) -> Iterator[Block]:
        """What the service control policies of one level refuse."""
        yield from self._control(result, "scp", self._place(self.requirement.principal.account))

    def rcp(self, result: LayerResult) -> Iterator[Block]:
        """What the resource control policies of one level refuse."""
        yield from self._control(result, "rcp", self._place(self.requirement.resource_account))

    def resource(self, result: LayerResult) -> Iterator[Block]:
        """What the vault's, the key's or the resource's own policy refuses."""
        owner, layer, prefix = self._owner_of_policy()
        key = self.requirement.key
        if owner is None:
            return
        yield from self._denials(result, f"{prefix}-denied", layer)
        is_granted = any(
            found.layer is PolicyLayer.GRANT and found.verdict is not LayerVerdict.SILENT
            for found in self.evaluation.layers
        )
        is_missing = PolicyLayer.RESOURCE in self.evaluation.missing and not (key and self._may_be_given(key))
        if is_missing or (result.verdict is LayerVerdict.DEPENDS and not is_granted):
            yield from self._missing(result, f"{prefix}-missing", layer, policy=owner)

    def _may_be_given(self, key: KeyFacts) -> bool:
        """A key's policy that was not read, or a grant beside one that does not admit the principal, may allow it."""
        return key.policy is None or (key.grants is None and PolicyLayer.RESOURCE in self.evaluation.missing)

    def _owner_of_policy(self) -> tuple[str | None, LayerName, str]:
        """Whose policy it is, None where it could not be read or is AWS's own; its layer; how its codes begin."""
        key, vault, requirement = self.requirement.key, self.requirement.vault, self.requirement
        if key:
            is_judged = key.policy is not None and not key.is_aws_managed
            return key.arn if is_judged else None, LayerName.KMS, "key-policy"
        if vault:
            return vault.arn if vault.policy_is_known else None, LayerName.VAULT, "vault-policy"
        return requirement.policy.name if requirement.policy else None, LayerName.RESOURCE, "resource-policy"

    def grant(self, _result: LayerResult) -> Iterator[Block]:
        """A grant only allows."""
        return iter(())

    def _control(self, result: LayerResult, kind: str, place: OrganizationFacts | None) -> Iterator[Block]:
        """What the control policies of one level refuse; a policy's target is the highest node it is attached to."""
        levels = (place.levels if place else None) or ()
        own = levels[result.level or 0]
        for block in self._denials(result, f"{kind}-denied", LayerName.ORGANIZATION):
            attached = (
                level.target
                for level in levels
                if any(document.name == block.policy for document in _documents(level, kind) or ())
            )
            yield replace(block, target=next(attached, own.target))
        if _documents(own, kind) is not None:
            for block in self._missing(result, f"{kind}-missing", LayerName.ORGANIZATION):
                yield replace(block, target=own.target)

    def _denials(self, result: LayerResult, code: str, layer: LayerName) -> Iterator[Block]:
        """A block for each statement that denies, or that would under some reading of an unknown key."""
        for match in result.statements:
            if match.effect is Effect.DENY:
                certainty = Certainty.POSSIBLE if match.depends else Certainty.PROVEN
                yield self._block(result, code, layer, certainty, match)

    def _missing(self, result: LayerResult, code: str, layer: LayerName, policy: str | None = None) -> Iterator[Block]:
        """A block where nothing allows, or something does only under some reading of an unknown key."""
        if result.verdict is LayerVerdict.SILENT:
            yield self._block(result, code, layer, Certainty.PROVEN, policy=policy)
        elif result.verdict is LayerVerdict.DEPENDS and not any(
            match.effect is Effect.DENY for match in result.statements
        ):
            yield self._block(result, code, layer, Certainty.POSSIBLE, policy=policy)

    def _block(
        self,
        result: LayerResult,
        code: str,
        layer: LayerName,
        certainty: Certainty,
        match: StatementMatch | None = None,
        policy: str | None = None,
    ) -> Block:
        requirement = self.requirement
        return Block(
            code=code,
            layer=layer,
            entity=requirement.entity,
            principal=requirement.principal.arn,
            action=requirement.action,
            resource=requirement.resource,
            certainty=certainty,
            policy=match.policy if match else policy,
            statement=match.statement if match else None,
            depends_on=result.depends_on,
            evaluation=self.evaluation,
            asked=result.layer,
        )


_BLOCKS: Final[Mapping[PolicyLayer, Callable[[Findings, LayerResult], Iterator[Block]]]] = MappingProxyType(
    {
        PolicyLayer.IDENTITY: Findings.identity,
        PolicyLayer.BOUNDARY: Findings.boundary,
        PolicyLayer.SCP: Findings.scp,
        PolicyLayer.RCP: Findings.rcp,
        PolicyLayer.RESOURCE: Findings.resource,
        PolicyLayer.GRANT: Findings.grant,
    }
)


def _documents(level: Level, kind: str) -> tuple[NamedDocument, ...] | None:
    return level.scps if kind == "scp" else level.rcps


def _is_unread(place: OrganizationFacts | None, kind: str) -> bool:
    """Whether control policies that bind an account could not be read."""
    if place is None or not place.is_known:
        return True
    if place.id is None or place.is_management_account:
        return False
    return place.levels is None or any(_documents(level, kind) is None for level in place.levels)
