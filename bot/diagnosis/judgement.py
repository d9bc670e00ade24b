"""What each layer says of one requirement, on its own: what blocks it, and what could not be read to tell.

AWS names one policy type in a denial even where several deny. Here every layer is asked, since mending one of two
leaves the action blocked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.diagnosis.blocks import Block, Findings
from bot.diagnosis.context import UNKNOWN
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import OrganizationFacts
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.trail import session_name
from bot.diagnosis.model import Certainty, LayerName
from bot.diagnosis.requirement import Requirement
from bot.iam import (
    KmsGrant,
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
class Judgement:
    """What is known of one requirement."""

    requirement: Requirement
    evaluation: PolicyEvaluation = field(repr=False)
    blocks: tuple[Block, ...]
    unread: frozenset[LayerName]
    """The layers of which something could not be read that might block it."""

    @property
    def is_blocked(self) -> bool:
        """Something blocks it for certain."""
        return any(block.certainty is Certainty.PROVEN for block in self.blocks)

    def hanging_on(self, what: str) -> "Judgement":
        """The same, as it is where something decides, which can't be told, whether the job needs it at all."""
        hanging = (replace(block, certainty=Certainty.POSSIBLE, depends_on=(what,)) for block in self.blocks)
        return replace(self, blocks=tuple(hanging))


class Judge:
    """Judges requirements; policies are compiled once.

    Args:
        organizations: The accounts that take part, each with its place.
        silenced: Things that stand alone, so that nothing else is said of them in their layer: the ARNs of roles,
            vaults and keys that are missing or can't be used.
    """

    def __init__(self, organizations: Mapping[str, OrganizationFacts], silenced: Iterable[str] = ()) -> None:
        self._organizations = organizations
        self._silenced = frozenset(silenced)
        self._compiled: dict[tuple[str, int], Policy] = {}
        self._sets: dict[tuple[int | str | None, ...], PolicySet] = {}

    def judge(self, requirement: Requirement) -> Judgement:
        """Asks every layer that matters for a requirement."""
        evaluation = evaluate(self._request(requirement), self._policies(requirement))
        findings = Findings(self._organizations, requirement, evaluation)
        blocks = tuple(
            block
            for block in findings.blocks()
            if block.layer in requirement.judged and not self._stands_alone(block, requirement)
        )
        unread = frozenset(layer for layer in findings.unread() if layer in requirement.judged)
        blocked = {block.layer for block in blocks if block.certainty is Certainty.PROVEN}
        return Judgement(requirement, evaluation, blocks, unread - blocked)

    def _stands_alone(self, block: Block, requirement: Requirement) -> bool:
        subject = {
            LayerName.JOB_ROLE: block.principal,
            LayerName.VAULT: requirement.vault.arn if requirement.vault else None,
            LayerName.KMS: requirement.key.arn if requirement.key else None,
        }.get(block.layer)
        return subject in self._silenced

    def _request(self, requirement: Requirement) -> Request:
        return Request(
            principal_of(requirement.principal),
            requirement.action,
            requirement.resource,
            resource_account=requirement.resource_account,
            context=requirement.context,
            unknown=UNKNOWN,
            principal_id=requirement.principal.unique_id,
        )

    def _policies(self, requirement: Requirement) -> PolicySet:
        principal, key, vault = requirement.principal, requirement.key, requirement.vault
        resource = key.policy if key else vault.policy if vault else requirement.policy
        identity = (principal.arn, requirement.resource_account, resource.name if resource else None)
        known = self._sets.get((*identity, key.arn if key else None))
        if known is None:
            organizations = self._organizations
            place = organizations.get(requirement.resource_account)
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

    The session's ARN does not tell the role's path; policies that name the role by its ARN mean it none the less.
    """
    entity = principal.meant or principal.arn
    parsed = Principal.parse(entity)
    if parsed.kind is not PrincipalKind.ROLE:
        return parsed
    partition = entity.split(":")[1]
    backup_session = f"assumed-role/{principal.name}/{session_name(principal.name)}"
    session = principal.session or f"arn:{partition}:sts::{principal.account}:{backup_session}"
    return Principal(PrincipalKind.SESSION, session, principal.account, parsed.root_arn, entity, principal.unique_id)
