"""Examines failed jobs: judges what each needs, walks the layers, and puts the causes together. Pure."""

from collections.abc import Callable, Sequence

from bot.diagnosis.evaluated_call import CallEvaluator, EvaluatedCall
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers import job_role, kms, organization, resource, vault
from bot.diagnosis.layers.checked import CheckedLayer, merged
from bot.diagnosis.model import Cause
from bot.diagnosis.required_call import RequiredCall, assuming
from bot.diagnosis.required_calls import required_calls

CheckLayer = Callable[[JobFacts, Sequence[EvaluatedCall]], CheckedLayer]
Judged = Sequence[tuple[JobFacts, Sequence[EvaluatedCall]]]

CHECKLIST_WALKS: tuple[tuple[str, CheckLayer], ...] = (
    ("job-role", job_role.check_layer),
    ("vault", vault.check_layer),
    ("organization", organization.check_layer),
    ("kms", kms.check_layer),
)
"""The machine's states that walk a layer, in their order."""


def evaluate_job(facts: JobFacts) -> tuple[EvaluatedCall, ...]:
    """Judges all that a job needs.

    Where it can't be told in which of two ways AWS Backup makes a backup, both are judged. What blocks one way alone is
    possible only; it is nothing where the message speaks of something else, since the job then went the way that is
    open.
    """
    ways = [_judge(way) for way in facts.ways]
    if len(ways) == 1:
        return ways[0]
    calls = [{_call(judged.call) for judged in way} for way in ways]
    shared = calls[0] & calls[1]
    own = [[judged for judged in way if _call(judged.call) not in shared] for way in ways]
    open_ways = [way for way in own if not any(judged.is_blocked for judged in way)]
    if open_ways and facts.reading.rules_permissions_out:
        own = open_ways
    elif open_ways:
        own = [[judged.depending_on(JobFacts.WAY) for judged in way] for way in own]
    both = (judged for judged in ways[0] if _call(judged.call) in shared)
    return (*both, *(judged for way in own for judged in way))


def _judge(facts: JobFacts) -> tuple[EvaluatedCall, ...]:
    """Judges what a job needs; what stands alone in its layer silences what else would be said there of it."""
    wanted = required_calls(facts)
    superseding = [
        *(cause.principal for cause in job_role.check_role(facts)[1]),
        *(cause.principal for cause in job_role.check_service_linked_role(facts)[1]),
        *(cause.resource for cause in kms.unusable_keys(facts, wanted)),
    ]
    judge = CallEvaluator(facts.organizations, [subject for subject in superseding if subject])
    is_assumed = facts.role.exists is True and not facts.role.is_service_linked_role
    return tuple(judge.judge(call) for call in ((assuming(facts), *wanted) if is_assumed else wanted))


def _call(call: RequiredCall) -> tuple[str, str, str]:
    """What makes two calls the same call."""
    return (call.principal.arn, call.action, call.resource)


def walk_layer(walk: CheckLayer, judged: Judged) -> CheckedLayer:
    """One layer of all jobs."""
    return merged([walk(facts, evaluated) for facts, evaluated in judged])


def walk_own_policies(judged: Judged) -> CheckedLayer | None:
    """The fifth layer of all jobs; None where no resource's own policy was read."""
    found = [findings for facts, evaluated in judged if (findings := resource.check_layer(facts, evaluated))]
    return merged(found) if found else None


def examine(cases: Sequence[JobFacts]) -> tuple[Cause, ...]:
    """The causes that evaluation finds in failed jobs."""
    judged = [(facts, evaluate_job(facts)) for facts in cases]
    own_policies = walk_own_policies(judged)
    walked = [
        *(walk_layer(walk, judged) for _state, walk in CHECKLIST_WALKS),
        *([own_policies] if own_policies else []),
    ]
    return tuple(cause for findings in walked for cause in findings.causes)
