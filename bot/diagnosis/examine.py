"""Examines failed jobs: judges what each needs, walks the layers, and puts the causes together. Pure."""

from collections.abc import Callable, Sequence

from bot.diagnosis.case import Case
from bot.diagnosis.judgement import Judge, Judgement
from bot.diagnosis.layers import job_role, kms, organization, resource, vault
from bot.diagnosis.layers.findings import Findings, merged
from bot.diagnosis.model import Cause
from bot.diagnosis.needs import requirements

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
    """Judges all that a job needs; what stands alone in its layer silences what else would be said there of it."""
    wanted = requirements(case)
    stand_alone = [
        *(cause.principal for cause in job_role.check_role(case)[1]),
        *(cause.principal for cause in job_role.check_service_linked_role(case)[1]),
        *(cause.resource for cause in kms.unusable_keys(case, wanted)),
    ]
    judge = Judge(case.organizations, [subject for subject in stand_alone if subject])
    return tuple(judge.judge(requirement) for requirement in wanted)


def walk_layer(walk: Walk, judged: Judged) -> Findings:
    """One layer of all jobs."""
    return merged([walk(case, judgements) for case, judgements in judged])


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
