"""What each layer says of one required call on its own: what refuses it, and what could not be read.

AWS names one policy type in a denial even where several deny. Here every layer is evaluated, since fixing one of two
leaves the action blocked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.diagnosis.context import UNKNOWN
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.trail import session_name
from bot.diagnosis.model import Certainty, Grounds, LayerName
from bot.diagnosis.refusals import CallRefusals, Refusal
from bot.diagnosis.required_call import RequiredCall
from bot.iam import (
    KmsGrant,
    PartialArn,
    Policy,
    PolicyEvaluation,
    PolicyLayer,
    PolicySet,
    Principal,
    PrincipalKind,
    Request,
    evaluate,
)

RCP_FULL_ACCESS: Final = NamedDocument(
    "p-RCPFullAWSAccess",
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    },
)
"""Attached to every root, OU and account, and not to be detached ("Resource control policies (RCPs)")."""


@dataclass(frozen=True, slots=True)
class EvaluatedCall:
    """What is known of one call."""

    call: RequiredCall
    evaluation: PolicyEvaluation = field(repr=False)
    refusals: tuple[Refusal, ...]
    unread: frozenset[LayerName]
    """The layers of which something could not be read that might block it."""

    @property
    def is_blocked(self) -> bool:
        """Something denies it, whatever is not known."""
        return any(refusal.grounds.denies for refusal in self.refusals)

    def depending_on(self, what: str) -> "EvaluatedCall":
        """The same, where something that is not known decides whether the job makes the call at all."""
        depending = (replace(refusal, grounds=Grounds.UNKNOWN_KEY, depends_on=(what,)) for refusal in self.refusals)
        return replace(self, refusals=tuple(depending))


class CallEvaluator:
    """Evaluates required calls; policies are compiled once.

    Args:
        organizations: The accounts that take part, each with its place.
        superseded: The ARNs of roles, vaults and keys that are missing or can't be used: a cause says so, and nothing
            else is said of them in their layer.
    """

    def __init__(self, organizations: Mapping[str, OrganizationFacts], superseded: Iterable[str] = ()) -> None:
        self._organizations = organizations
        self._superseded = frozenset(superseded)
        self._compiled: dict[tuple[str, int], Policy] = {}
        self._sets: dict[tuple[int | str | None, ...], PolicySet] = {}

    def evaluate(self, call: RequiredCall) -> EvaluatedCall:
        """What every relevant layer says of a call."""
        evaluation = evaluate(self._request(call), self._policies(call))
        said = CallRefusals(self._organizations, call, evaluation, self._allowed_former(call, evaluation))
        refusals = tuple(
            refusal
            for refusal in said.refusals()
            if refusal.layer in call.relevant and not self._is_superseded(refusal, call)
        )
        unread = frozenset(layer for layer in said.unread() if layer in call.relevant)
        blocked = {refusal.layer for refusal in refusals if refusal.certainty is not Certainty.POSSIBLE}
        return EvaluatedCall(call, evaluation, refusals, unread - blocked)

    def _allowed_former(self, call: RequiredCall, evaluation: PolicyEvaluation) -> str | None:
        """The id of a deleted role of the principal's name that the resource's policy allows what it denies now."""
        if PolicyLayer.RESOURCE not in evaluation.missing:
            return None
        for former in sorted(call.principal.former_ids):
            as_former = replace(call, principal=replace(call.principal, unique_id=former))
            if PolicyLayer.RESOURCE not in evaluate(self._request(as_former), self._policies(call)).missing:
                return former
        return None

    def _is_superseded(self, refusal: Refusal, call: RequiredCall) -> bool:
        subject = {
            LayerName.JOB_ROLE: refusal.principal,
            LayerName.VAULT: call.vault.arn if call.vault else None,
            LayerName.KMS: call.key.arn if call.key else None,
        }.get(refusal.layer)
        return subject in self._superseded

    def _request(self, call: RequiredCall) -> Request:
        return Request(
            principal_of(call.principal),
            call.action,
            PartialArn(call.resource) if call.is_partial else call.resource,
            resource_account=call.resource_account,
            context=call.context,
            unknown=UNKNOWN,
            principal_id=call.principal.unique_id,
        )

    def _policies(self, call: RequiredCall) -> PolicySet:
        principal, key, vault = call.principal, call.key, call.vault
        resource = key.policy if key else vault.policy if vault else call.policy
        identity = (principal.arn, call.resource_account, resource.name if resource else None)
        known = self._sets.get((*identity, key.arn if key else None))
        if known is None:
            organizations = self._organizations
            place = organizations.get(call.resource_account)
            is_out_of_reach = key is not None and key.is_aws_managed  # "Resource control policies in AWS KMS"
            known = self._sets[(*identity, key.arn if key else None)] = PolicySet(
                identity=self._compile_all(principal.identity),
                boundary=self._compile(principal.boundary) if principal.boundary else None,
                scps=self._levels(organizations.get(principal.account), PolicyLayer.SCP),
                rcps=None if is_out_of_reach else self._levels(place, PolicyLayer.RCP),
                resource=self._compile(resource) if resource else None,
                grants=[KmsGrant.parse(grant) for grant in key.grants or ()] if key else (),
                management_account=next(
                    (place.management_account for place in organizations.values() if place.management_account), None
                ),
            )
        return known

    def _levels(self, organization: OrganizationFacts | None, layer: PolicyLayer) -> list[tuple[Policy, ...]] | None:
        """The policies of each level that could be read; None where the policy type is not enabled."""
        levels = organization.levels if organization else None
        if levels is None:
            return None
        documents = [(level.scps if layer is PolicyLayer.SCP else level.rcps) or () for level in levels]
        if not any(documents):
            return None
        extra = (RCP_FULL_ACCESS,) if layer is PolicyLayer.RCP else ()
        return [self._compile_all((*extra, *level)) for level in documents]

    def _compile_all(self, documents: Iterable[NamedDocument]) -> tuple[Policy, ...]:
        return tuple(self._compile(document) for document in documents)

    def _compile(self, document: NamedDocument) -> Policy:
        key = (document.name, id(document.document))
        if key not in self._compiled:
            self._compiled[key] = Policy.compile(document.name, document.document)
        return self._compiled[key]


def principal_of(principal: PrincipalFacts) -> Principal:
    """The session in which a role is used, AWS Backup's where none is said, or the user, as the evaluator takes it.

    The session's ARN does not contain the role's path; policies that name the role by its ARN mean it none the less.
    """
    entity = principal.meant or principal.arn
    parsed = Principal.parse(entity)
    if parsed.kind is not PrincipalKind.ROLE:
        return parsed
    partition = entity.split(":")[1]
    backup_session = f"assumed-role/{principal.name}/{session_name(principal.name)}"
    session = principal.session or f"arn:{partition}:sts::{principal.account}:{backup_session}"
    return Principal(PrincipalKind.SESSION, session, principal.account, parsed.root_arn, entity, principal.unique_id)
