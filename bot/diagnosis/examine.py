"""Examines failed jobs: judges what each needs, walks the layers, and puts the causes together. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.diagnosis.case import Case
from bot.diagnosis.judgement import Judge, Judgement
from bot.diagnosis.layers import job_role, kms, organization, resource, vault
from bot.diagnosis.layers.findings import Findings, merged
from bot.diagnosis.model import Cause, Check, Verdict
from bot.diagnosis.needs import requirements
from bot.diagnosis.requirement import Requirement, assuming

Walk = Callable[[Case, Sequence[Judgement]], Findings]
Judged = Sequence[tuple[Case, Sequence[Judgement]]]

CHECKLIST_WALKS: tuple[tuple[str, Walk], ...] = (
    ("job-role", job_role.walk),
    ("vault", vault.walk),
    ("organization", organization.walk),
    ("kms", kms.walk),
)
"""The machine's states that walk a layer, in their order."""


def judge_case(case: Case) -> tuple[Judgement, ...]:
    """Judges all that a job needs.

    Where it can't be told in which of two ways AWS Backup makes a backup, both are judged. What blocks one way alone is
    possible only; it is nothing where the message speaks of something else, since the job then went the way that is
    open.
    """
    ways = [_judge(way) for way in case.ways]
    if len(ways) == 1:
        return ways[0]
    calls = [{_call(judged.requirement) for judged in way} for way in ways]
    shared = calls[0] & calls[1]
    own = [[judged for judged in way if _call(judged.requirement) not in shared] for way in ways]
    open_ways = [way for way in own if not any(judged.is_blocked for judged in way)]
    if open_ways and case.reading.rules_permissions_out:
        own = open_ways
    elif open_ways:
        own = [[judged.hanging_on(Case.WAY) for judged in way] for way in own]
    both = (judged for judged in ways[0] if _call(judged.requirement) in shared)
    return (*both, *(judged for way in own for judged in way))


def _judge(case: Case) -> tuple[Judgement, ...]:
    """Judges what a job needs; what stands alone in its layer silences what else would be said there of it."""
    wanted = requirements(case)
    stand_alone = [
        *(cause.principal for cause in job_role.check_role(case)[1]),
        *(cause.principal for cause in job_role.check_service_linked_role(case)[1]),
        *(cause.resource for cause in kms.unusable_keys(case, wanted)),
    ]
    judge = Judge(case.organizations, [subject for subject in stand_alone if subject])
    is_assumed = case.role.exists is True and not case.role.is_service_linked_role
    return tuple(judge.judge(requirement) for requirement in ((assuming(case), *wanted) if is_assumed else wanted))


def _call(requirement: Requirement) -> tuple[str, str, str]:
    """What makes two requirements the same call."""
    return (requirement.principal.arn, requirement.action, requirement.resource)


def walk_layer(walk: Walk, judged: Judged) -> Findings:
    """One layer of all jobs."""
    return merged([_with_children(case, walk(case, judgements)) for case, judgements in judged])


def _with_children(case: Case, findings: Findings) -> Findings:
    """A composite job's findings in a layer, which is not clear where those of its children are not known."""
    if case.children_are_known:
        return findings
    says = f"The child jobs of {case.job.id} could not be listed, so that what stopped them is not known."
    unlisted = Check(check="child-jobs", verdict=Verdict.UNKNOWN, says=says)
    return replace(findings, checks=(*findings.checks, unlisted))


def walk_own_policies(judged: Judged) -> Findings | None:
    """The fifth layer of all jobs; None where no resource's own policy was read."""
    found = [findings for case, judgements in judged if (findings := resource.walk(case, judgements))]
    return merged(found) if found else None


def examine(cases: Sequence[Case]) -> tuple[Cause, ...]:
    """The causes that evaluation finds in failed jobs."""
    judged = [(case, judge_case(case)) for case in cases]
    own_policies = walk_own_policies(judged)
    walked = [
        *(walk_layer(walk, judged) for _state, walk in CHECKLIST_WALKS),
        *([own_policies] if own_policies else []),
    ]
    return tuple(cause for findings in walked for cause in findings.causes)
