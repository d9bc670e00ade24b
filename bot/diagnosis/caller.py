"""A denial without a job: the principal, action and resource that an error text names, evaluated.

StartBackupJob, CreateBackupVault, iam:PassRole and their kin fail before there is a job; all that is left of them is
the text. What it names is read from AWS and judged layer by layer, as a job's needs are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot import arn
from bot.aws.facts import Facts, gather
from bot.aws.lookup import OWN
from bot.aws.reader import Reader
from bot.diagnosis import context
from bot.diagnosis.configuration import Configuration
from bot.diagnosis.facts.denied_request import gather_denied_request
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.keys import KeyFacts, gather_key
from bot.diagnosis.facts.organization import gather_organization, management_account
from bot.diagnosis.facts.principals import PrincipalFacts, gather_caller, gather_role
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.facts.vaults import VaultFacts, gather_vault, is_vault
from bot.diagnosis.fixes.plan import Examiner, with_fixes
from bot.diagnosis.judgement import Judge, Judgement
from bot.diagnosis.layers.findings import Findings, policy_check
from bot.diagnosis.model import Cause, Certainty, Check, Entity, LayerName, Outcome, Verdict
from bot.diagnosis.reading import Reading, TextDiagnosis, read, read_error
from bot.diagnosis.requirement import ASSUME_ROLE, Requirement
from bot.diagnosis.unread import unread
from bot.iam import Layer
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Configuration):
    """A denied call and what is known of it; its role is whoever made it."""

    reading: Reading
    """What the text says of it, or what stood behind an encoded one."""
    denied_keys: Mapping[str, str | list[str] | None]
    """Condition keys that the denied request carried, where AWS tells."""
    moment: datetime
    """When it is judged."""

    @property
    def key(self) -> KeyFacts | None:
        """The key that was called on."""
        return next(iter(self.named_keys), None)

    @property
    def vault(self) -> VaultFacts | None:
        """The vault that was called on."""
        return self.vaults.get("target")

    @property
    def trust(self) -> NamedDocument | None:
        """The trust policy of the role that was to be assumed."""
        return self.resource.policy if self.resource else None


def diagnose_text(text: str, settings: Settings, reader: Reader, region: str) -> TextDiagnosis:
    """Reads an error text and evaluates what it names.

    Args:
        text: The text.
        settings: For the management account, where it is configured.
        reader: Reads AWS.
        region: The session's Region.

    Returns:
        The text as read, with the causes, their fixes, and the layers that evaluation found. A text that names no
        principal or no action is read, and no more.

    Raises:
        AwsUnreachableError: AWS can't be reached.
    """
    facts = Facts(region)
    moment = datetime.now(UTC)
    call = gather(lambda known: gather_call(known, text, settings, moment), facts, reader)
    alone = read_error(text)
    if call is None:
        return alone
    walked = _walk(call)
    causes = _causes(walked)
    is_proven = any(cause.certainty is Certainty.PROVEN for cause in causes)
    return alone.model_copy(
        update={
            "outcome": Outcome.DENIED if is_proven else alone.outcome,
            "reading": call.reading,
            "causes": with_fixes([call], causes, _EXAMINER),
            "layers": tuple(findings.to_layer() for findings in walked),
            "unread": unread(facts, settings.role_name, {*call.organizations, facts.own_account or ""}),
        }
    )


def gather_call(facts: Facts, text: str, settings: Settings, moment: datetime) -> Call | None:
    """Reads what a denied call hangs on: the caller's policies, the organization, and the policy of the resource.

    Args:
        facts: What is known so far.
        text: The error text.
        settings: For the management account, where it is configured.
        moment: When the text is read.

    Returns:
        The call; None where the text names no caller or no action.
    """
    caller = arn.parse(read(text).principal)
    denied = gather_denied_request(facts, caller.account if caller else OWN, facts.home, text)
    reading = denied.reading
    principal = gather_caller(facts, reading.principal) if reading.principal else None
    if principal is None or not reading.action:
        return None
    named = arn.parse(reading.resource)
    management = management_account(facts, settings.management_account)
    accounts = filter(None, [principal.account, named.account if named else ""])
    is_key = named is not None and named.service == "kms" and named.resource.startswith("key/")
    return Call(
        role=principal,
        reading=reading,
        denied_keys=denied.keys,
        moment=moment,
        organizations={account: gather_organization(facts, account, management) for account in dict.fromkeys(accounts)},
        named_keys=(gather_key(facts, named.account, named.region, str(named)),) if named and is_key else (),
        vaults={"target": gather_vault(facts, str(named))} if is_vault(reading.resource) else {},
        resource=_assumed(facts, str(named)) if named and reading.action == ASSUME_ROLE else None,
    )


def _assumed(facts: Facts, role_arn: str) -> ResourceFacts:
    """The role that was to be assumed; its own policy is its trust policy."""
    trust = gather_role(facts, role_arn).trust
    return ResourceFacts(role_arn, "IAM", policy=NamedDocument(TRUST, trust) if trust else None)


def _judge(call: Call) -> tuple[Judgement]:
    """Judges the one thing that was to be allowed."""
    return (Judge(call.organizations).judge(_requirement(call)),)


def _requirement(call: Call) -> Requirement:
    principal, reading = call.role, call.reading
    named = arn.parse(reading.resource)
    owner = (named.account if named else "") or principal.account
    region = named.region if named else ""
    return Requirement(
        principal=principal,
        entity=reading.entity or Entity.CALLER,
        action=str(reading.action),
        resource=reading.resource or "*",
        resource_account=owner,
        region=region,
        context={
            **context.of_caller(call.organizations, principal.account, owner, region, call.moment),
            **call.denied_keys,
        },
        vault=call.vault,
        key=call.key,
        policy=call.trust,
        is_named=True,
    )


def _walk(call: Call) -> tuple[Findings, ...]:
    """The layers of one call, each with the checks that there is something to check for."""
    judged = _judge(call)
    fine = "The caller's policies allow it."
    walked = [
        _gone(call.role)
        if call.role.exists is False
        else _findings(LayerName.JOB_ROLE, judged, "identity-policies", Layer.IDENTITY, fine)
    ]
    if call.vault:
        fine = "The vault's access policy does not deny it."
        walked.append(_findings(LayerName.VAULT, judged, "vault-access-policy", Layer.RESOURCE, fine))
    fine = "The service control policies allow it at every level."
    walked.append(_findings(LayerName.ORGANIZATION, judged, "service-control-policies", Layer.SCP, fine))
    if call.key:
        fine = "The key's policy admits it."
        walked.append(_findings(LayerName.KMS, judged, "key-policy", Layer.RESOURCE, fine))
    if call.trust:
        fine = "The role's trust admits it."
        walked.append(_findings(LayerName.RESOURCE, judged, "resource-policy", Layer.RESOURCE, fine))
    return tuple(walked)


def _causes(walked: Sequence[Findings]) -> tuple[Cause, ...]:
    return tuple(cause for findings in walked for cause in findings.causes)


def _examine(calls: Sequence[Call]) -> tuple[Cause, ...]:
    return _causes([findings for call in calls for findings in _walk(call)])


_EXAMINER: Final = Examiner(_judge, _examine)


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
