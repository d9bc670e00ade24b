"""A denial without a job: the principal, action and resource that an error text names, evaluated.

StartBackupJob, CreateBackupVault, iam:PassRole and their kin fail before there is a job; all that is left of them is
the text. What it names is read from AWS and judged layer by layer, as a job's needs are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from bot import arn
from bot.aws.facts import Facts, gather
from bot.aws.reader import Reader
from bot.diagnosis import context
from bot.diagnosis.call import Call, gather_call
from bot.diagnosis.events import Entered, Left, Observer, Progress, ignore
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.fixes.plan import Examiner, with_fixes
from bot.diagnosis.judgement import Judge, Judgement
from bot.diagnosis.layers.findings import Findings, policy_check
from bot.diagnosis.model import Cause, Certainty, Check, Entity, LayerName, Outcome, Verdict
from bot.diagnosis.reading import TextDiagnosis, read_error
from bot.diagnosis.requirement import Requirement
from bot.diagnosis.unread import unread
from bot.iam import PolicyLayer
from bot.settings import Settings


def diagnose_text(
    text: str, settings: Settings, reader: Reader, region: str, observe: Observer = ignore
) -> TextDiagnosis:
    """Reads an error text and evaluates what it names.

    Args:
        text: The text.
        settings: For the management account, where it is configured.
        reader: Reads AWS.
        region: The session's Region.
        observe: Gets the events of a job's diagnosis: the reading of the text as `locate`, then the other states.

    Returns:
        The text as read, with the causes, their fixes, and the layers that evaluation found. A text that names no
        principal or no action is read, and no more.

    Raises:
        AwsUnreachableError: AWS can't be reached.
    """
    facts = Facts(region)
    moment = datetime.now(UTC)
    observe(Entered("locate"))
    alone = read_error(text)
    observe(Left("locate", f"The text names {alone.reading.action or 'no action'}."))
    observe(Entered("gather"))
    reader.progress = lambda done, total: observe(Progress("gather", done, total))
    call = gather(lambda known: gather_call(known, text, settings, moment), facts, reader)
    observe(Left("gather", f"Read AWS with {reader.cost.aws_calls} calls."))
    if call is None:
        return alone
    walked = _walk(call)
    for findings in walked:
        layer = findings.to_layer()
        says = next((check.says for check in layer.checks if check.verdict is layer.verdict), "")
        observe(Entered(layer.layer))
        observe(Left(layer.layer, says, layer.verdict))
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
        else _findings(LayerName.JOB_ROLE, judged, "identity-policies", PolicyLayer.IDENTITY, fine)
    ]
    if call.vault:
        fine = "The vault's access policy does not deny it."
        walked.append(_findings(LayerName.VAULT, judged, "vault-access-policy", PolicyLayer.RESOURCE, fine))
    fine = "The service control policies allow it at every level."
    walked.append(_findings(LayerName.ORGANIZATION, judged, "service-control-policies", PolicyLayer.SCP, fine))
    if call.key:
        fine = "The key's policy admits it."
        walked.append(_findings(LayerName.KMS, judged, "key-policy", PolicyLayer.RESOURCE, fine))
    if call.trust:
        fine = "The role's trust admits it."
        walked.append(_findings(LayerName.RESOURCE, judged, "resource-policy", PolicyLayer.RESOURCE, fine))
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
    LayerName.JOB_ROLE: ("permissions-boundary", PolicyLayer.BOUNDARY, "No permissions boundary forbids it."),
    LayerName.ORGANIZATION: ("resource-control-policies", PolicyLayer.RCP, "No resource control policy denies it."),
}


def _findings(layer: LayerName, judged: Sequence[Judgement], check: str, asked: PolicyLayer, fine: str) -> Findings:
    unread_says = f"Not all of it could be read: {layer.value}."
    first, causes = policy_check(check, judged, layer, (asked,), fine, unread_says)
    checks = [first]
    if layer in _SECOND_CHECKS:
        name, also, also_fine = _SECOND_CHECKS[layer]
        second, more = policy_check(name, judged, layer, (also,), also_fine, unread_says)
        checks.append(second)
        causes += more
    return Findings(layer, tuple(checks), causes)
