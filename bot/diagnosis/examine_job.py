"""Examines a failed job: the calls that it requires are evaluated, and each layer reads what came of them. Pure."""

from dataclasses import replace

from bot.diagnosis.blamed import single_out
from bot.diagnosis.evaluated_call import CallEvaluator
from bot.diagnosis.evaluated_job import EvaluatedJob
from bot.diagnosis.examination import Examination
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers import job_role, kms, organization, resource, vault
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Check, Verdict
from bot.diagnosis.required_call import RequiredCall, assuming
from bot.diagnosis.required_calls import required_calls


def examine_job(facts: JobFacts) -> Examination[JobFacts]:
    """What the facts of a job come to."""
    job = _evaluated(facts)
    own_policy = resource.check_layer(job)
    checklist = (
        job_role.check_layer(job),
        vault.check_layer(job),
        organization.check_layer(job),
        kms.check_layer(job),
    )
    layers = (*(_with_children(facts, layer) for layer in checklist), *([own_policy] if own_policy else []))
    return Examination(facts, job.calls, single_out(facts.reading, job.calls, layers))


def _with_children(facts: JobFacts, layer: CheckedLayer) -> CheckedLayer:
    """A composite job's layer, which is not clear where those of its children are not known."""
    if facts.children_are_known:
        return layer
    says = f"I couldn't list the child jobs of {facts.job.id}, so I don't know what stopped them."
    unlisted = Check(check="child-jobs", verdict=Verdict.UNKNOWN, says=says)
    return replace(layer, checks=(*layer.checks, unlisted))


def _evaluated(facts: JobFacts) -> EvaluatedJob:
    """Evaluates all that a job requires.

    Where it is not known in which of two ways AWS Backup makes a backup, both are evaluated. What refuses one way
    alone is possible only; it is nothing where the message speaks of something else, since the job then went the way
    that is open.
    """
    ways = [_evaluated_way(way) for way in facts.ways]
    if len(ways) == 1:
        return ways[0]
    calls = [{_identity(evaluated.call) for evaluated in way.calls} for way in ways]
    shared = calls[0] & calls[1]
    own = [[evaluated for evaluated in way.calls if _identity(evaluated.call) not in shared] for way in ways]
    open_ways = [way for way in own if not any(evaluated.is_blocked for evaluated in way)]
    if open_ways and facts.reading.rules_permissions_out:
        own = open_ways
    elif open_ways:
        own = [[evaluated.depending_on(JobFacts.WAY) for evaluated in way] for way in own]
    both = (evaluated for evaluated in ways[0].calls if _identity(evaluated.call) in shared)
    everything = (*both, *(evaluated for way in own for evaluated in way))
    unusable = kms.unusable_keys(facts, [evaluated.call for evaluated in everything])
    return EvaluatedJob(facts, ways[0].roles, unusable, everything)


def _evaluated_way(facts: JobFacts) -> EvaluatedJob:
    """Evaluates what a job requires; a role or key that can't be used supersedes what else would be said of it."""
    roles, calls = job_role.check_roles(facts), required_calls(facts)
    unusable = kms.unusable_keys(facts, calls)
    evaluator = CallEvaluator(facts.organizations, [*roles.unusable, *unusable])
    is_assumed = facts.role.exists is True and not facts.role.is_service_linked_role
    evaluated = tuple(map(evaluator.evaluate, (assuming(facts), *calls) if is_assumed else calls))
    return EvaluatedJob(facts, roles, unusable, evaluated)


def _identity(call: RequiredCall) -> tuple[str, str, str]:
    """What makes two required calls the same."""
    return (call.principal.arn, call.action, call.resource)
