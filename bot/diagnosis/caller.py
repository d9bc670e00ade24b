"""A denial without a job: the principal, action and resource that an error text names, evaluated.

StartBackupJob, CreateBackupVault, iam:PassRole and their kin fail before there is a job; all that is left of them is
the text. What it names is read from AWS and judged layer by layer, as a job's needs are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import arn
from bot.aws.facts import Facts, gather
from bot.aws.lookup import OWN
from bot.aws.reader import Reader
from bot.diagnosis import context
from bot.diagnosis.facts.denied_request import DeniedRequest, gather_denied_request
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts, gather_key
from bot.diagnosis.facts.organization import OrganizationFacts, gather_organization, management_account
from bot.diagnosis.facts.principals import PrincipalFacts, gather_caller, gather_role
from bot.diagnosis.facts.vaults import VaultFacts, gather_vault, is_vault
from bot.diagnosis.judgement import Judge, Judgement
from bot.diagnosis.layers.findings import Findings, policy_check
from bot.diagnosis.model import Certainty, Check, Entity, LayerName, Outcome, Verdict
from bot.diagnosis.reading import TextDiagnosis, read, read_error
from bot.diagnosis.requirement import Requirement
from bot.diagnosis.unread import unread
from bot.iam import Layer
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """A denied call and what is known of it."""

    denied: DeniedRequest
    principal: PrincipalFacts | None
    organizations: Mapping[str, OrganizationFacts]
    key: KeyFacts | None = None
    vault: VaultFacts | None = None
    trust: NamedDocument | None = None
    """The trust policy of the role that was to be assumed."""


def diagnose_text(text: str, settings: Settings, reader: Reader, region: str) -> TextDiagnosis:
    """Reads an error text and evaluates what it names.

    Args:
        text: The text.
        settings: For the management account, where it is configured.
        reader: Reads AWS.
        region: The session's Region.

    Returns:
        The text as read, with the causes and layers that evaluation found. A text that names no principal or no
        action is read, and no more.

    Raises:
        AwsUnreachableError: AWS can't be reached.
    """
    facts = Facts(region)
    call = gather(lambda known: gather_call(known, text, settings), facts, reader)
    alone = read_error(text)
    requirement = _requirement(call, datetime.now(UTC))
    if requirement is None:
        return alone
    judged = Judge(call.organizations).judge(requirement)
    walked = list(_walk(call, judged))
    causes = tuple(cause for findings in walked for cause in findings.causes)
    is_proven = any(cause.certainty is Certainty.PROVEN for cause in causes)
    return alone.model_copy(
        update={
            "outcome": Outcome.DENIED if is_proven else alone.outcome,
            "reading": call.denied.reading,
            "causes": causes,
            "layers": tuple(findings.to_layer() for findings in walked),
            "unread": unread(facts, settings.role_name, {*call.organizations, facts.own_account or ""}),
        }
    )


def gather_call(facts: Facts, text: str, settings: Settings) -> Call:
    """Reads what a denied call hangs on: the caller's policies, the organization, and the policy of the resource."""
    caller = arn.parse(read(text).principal)
    denied = gather_denied_request(facts, caller.account if caller else OWN, facts.home, text)
    reading = denied.reading
    principal = gather_caller(facts, reading.principal) if reading.principal else None
    named = arn.parse(reading.resource)
    management = management_account(facts, settings.management_account)
    accounts = [principal.account] if principal else []
    accounts += [named.account] if named and named.account else []
    is_key = named is not None and named.service == "kms" and named.resource.startswith("key/")
    assumes = reading.action == "sts:AssumeRole" and reading.resource is not None
    role = gather_role(facts, str(reading.resource)) if assumes else None
    return Call(
        denied=denied,
        principal=principal,
        organizations={account: gather_organization(facts, account, management) for account in dict.fromkeys(accounts)},
        key=gather_key(facts, named.account, named.region, str(named)) if named and is_key else None,
        vault=gather_vault(facts, str(reading.resource)) if is_vault(reading.resource) else None,
        trust=NamedDocument("trust", role.trust) if role and role.trust else None,
    )


def _requirement(call: Call, now: datetime) -> Requirement | None:
    principal, reading = call.principal, call.denied.reading
    if principal is None or not reading.action:
        return None
    named = arn.parse(reading.resource)
    owner = (named.account if named else "") or principal.account
    region = named.region if named else ""
    return Requirement(
        principal=principal,
        entity=reading.entity or Entity.CALLER,
        action=reading.action,
        resource=reading.resource or "*",
        resource_account=owner,
        region=region,
        context={
            **context.of_caller(call.organizations, principal.account, owner, region, now),
            **call.denied.keys,
        },
        vault=call.vault,
        key=call.key,
        policy=call.trust,
        is_named=True,
    )


def _walk(call: Call, judged: Judgement) -> Iterator[Findings]:
    """The layers of one call, each with the checks that there is something to check for."""
    several = [judged]
    if judged.requirement.principal.exists is False:
        yield _gone(judged.requirement.principal)
    else:
        fine = "The caller's policies allow it."
        yield _findings(LayerName.JOB_ROLE, several, "identity-policies", Layer.IDENTITY, fine)
    if call.vault:
        fine = "The vault's access policy does not deny it."
        yield _findings(LayerName.VAULT, several, "vault-access-policy", Layer.RESOURCE, fine)
    fine = "The service control policies allow it at every level."
    yield _findings(LayerName.ORGANIZATION, several, "service-control-policies", Layer.SCP, fine)
    if call.key:
        yield _findings(LayerName.KMS, several, "key-policy", Layer.RESOURCE, "The key's policy admits it.")
    if call.trust:
        yield _findings(LayerName.RESOURCE, several, "resource-policy", Layer.RESOURCE, "The role's trust admits it.")


def _gone(principal: PrincipalFacts) -> Findings:
    """The first layer of a caller that was deleted since: what its policies said can't be told."""
    says = f"There is no {principal.arn} any more, so that nobody can tell what its policies allowed."
    return Findings(LayerName.JOB_ROLE, (Check(check="identity-policies", verdict=Verdict.UNKNOWN, says=says),))


_SECOND_CHECKS = {
    LayerName.JOB_ROLE: ("permissions-boundary", Layer.BOUNDARY, "No permissions boundary forbids it."),
    LayerName.ORGANIZATION: ("resource-control-policies", Layer.RCP, "No resource control policy denies it."),
}


def _findings(layer: LayerName, judged: Sequence[Judgement], check: str, asked: Layer, fine: str) -> Findings:
    unread_says = f"Not all of it could be read: {layer.value}."
    first, causes = policy_check(check, judged, layer, (asked,), fine, unread_says)
    checks = [first]
    if layer in _SECOND_CHECKS:
        name, also, also_fine = _SECOND_CHECKS[layer]
        second, more = policy_check(name, judged, layer, (also,), also_fine, unread_says)
        checks.append(second)
        causes += more
    return Findings(layer, tuple(checks), causes)
