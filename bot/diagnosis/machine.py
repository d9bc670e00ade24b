"""The state machine: locate → gather → job-role → vault → organization → kms → conclude.

A state is a small function from what is known to findings; the machine goes from one to the next and tells each
entering and leaving to an observer, from which every live view is drawn.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.aws.backup import DESCRIBE_JOB
from bot.aws.facts import Facts, gather
from bot.aws.reader import Reader
from bot.aws.sts import ASSUME_ROLE
from bot.diagnosis.case import Case
from bot.diagnosis.conclude import layers_of, likely_causes, outcome, summary
from bot.diagnosis.events import Entered, Left, Observer, Progress
from bot.diagnosis.examine import CHECKLIST_WALKS, Judged, Walk, examine, judge_case, walk_layer, walk_own_policies
from bot.diagnosis.facts.job import Located
from bot.diagnosis.fixes.plan import Examiner, with_fixes
from bot.diagnosis.follow import gather_cases
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.layers.findings import Findings
from bot.diagnosis.locate import Search, search
from bot.diagnosis.model import CHECKLIST, Cost, Diagnosis, Outcome, Unread
from bot.diagnosis.unread import unread
from bot.errors import AwsUnreachableError, JobNotFoundError
from bot.settings import Settings

_JOB_READS: Final = {ASSUME_ROLE.permission, *(operation.permission for operation, _id in DESCRIBE_JOB.values())}
_ALLOW: Final = (
    "let the bot's role be assumed there and allow it backup:DescribeBackupJob, backup:DescribeCopyJob and "
    "backup:DescribeRestoreJob."
)
_EXAMINER: Final = Examiner(judge_case, examine)


@dataclass(slots=True)
class Machine:
    """One diagnosis on its way.

    Args:
        reference: The job that was asked for.
        settings: The scope.
        reader: Reads AWS.
        region: The session's Region.
        observe: Told of every step.
    """

    reference: JobReference
    settings: Settings
    reader: Reader
    region: str
    observe: Observer

    def run(self) -> Diagnosis:
        """Goes through all states.

        Raises:
            JobNotFoundError: No account and Region in scope knows the job.
            AwsUnreachableError: AWS can't be reached, or no jobs could be read anywhere in scope.
        """
        started = time.monotonic()
        facts = Facts(self.region)
        job = self._locate(facts)
        cases = self._gather(facts, job)
        failed = [case for case in cases if case.job.has_failed]
        diagnosis = self._conclude(cases[0], failed) if failed else _not_failed(cases[0])
        accounts = frozenset[str]().union(*(case.accounts for case in cases)) | {facts.own_account or ""}
        refused = unread(facts, self.settings.role_name, accounts)
        return diagnosis.model_copy(update={"unread": refused, "cost": self._cost(time.monotonic() - started)})

    def _cost(self, seconds: float) -> Cost:
        spent = self.reader.cost
        return Cost(
            aws_calls=spent.aws_calls,
            cache_hits=spent.cache_hits,
            round_trips=spent.round_trips,
            ms=round(seconds * 1000),
        )

    def _locate(self, facts: Facts) -> Located:
        self._enter("locate")
        found = gather(
            lambda known: search(known, self.reference, self.settings, self.region),
            facts,
            self.reader,
            lambda result: result.job is not None,
        )
        if found.job is None:
            places = {account for account, _region in found.closed}
            failed = [each for each in unread(facts, self.settings.role_name, places) if each.what in _JOB_READS]
            raise _not_found(self.reference, found, failed)
        job = found.job
        self.observe(Left("locate", f"Found the {job.type.value} job in {job.account} {job.region}: {job.state}."))
        return job

    def _gather(self, facts: Facts, job: Located) -> tuple[Case, ...]:
        self._enter("gather")
        cases = gather(lambda known: gather_cases(known, job, self.settings), facts, self.reader)
        self.observe(Left("gather", f"Read AWS with {self.reader.cost.aws_calls} calls."))
        return cases

    def _conclude(self, asked: Case, failed: Sequence[Case]) -> Diagnosis:
        """Walks the layers of every failed job: the one that was asked for, and those that failed for it."""
        judged = [(case, judge_case(case)) for case in failed]
        walked = [self._walk(state, walk, judged) for state, walk in CHECKLIST_WALKS]
        own_policies = walk_own_policies(judged)
        walked += [own_policies] if own_policies else []
        self._enter("conclude")
        layers = layers_of(walked)
        evaluated = tuple(cause for findings in walked for cause in findings.causes)
        likely = tuple(cause for case in failed for cause in likely_causes(case, evaluated))
        causes = (*with_fixes(failed, evaluated, _EXAMINER), *likely)
        result = outcome(failed, causes, layers)
        says = summary(failed[-1], result, causes, layers)
        self.observe(Left("conclude", says))
        followed = tuple(case.job.id for case in failed if case is not asked)
        return Diagnosis(
            job=asked.job.to_job(followed),
            outcome=result,
            summary=says,
            causes=causes,
            layers=layers,
            denied_calls=tuple(denial.to_call() for case in failed for denial in case.denials or ()),
            changed_since=tuple(dict.fromkeys(change for case in failed for change in case.changes)),
        )

    def _walk(self, state: str, walk: Walk, judged: Judged) -> Findings:
        self._enter(state)
        findings = walk_layer(walk, judged)
        layer = findings.to_layer()
        telling = next((check.says for check in layer.checks if check.verdict is layer.verdict), "")
        self.observe(Left(state, telling, layer.verdict))
        return findings

    def _enter(self, state: str) -> None:
        self.observe(Entered(state))
        self.reader.progress = lambda done, total: self.observe(Progress(state, done, total))


def _not_failed(case: Case) -> Diagnosis:
    """A job that runs, waits or completed: there is nothing to explain."""
    layers = layers_of([Findings(layer) for layer in CHECKLIST])
    says = summary(case, Outcome.NOT_FAILED, (), layers)
    return Diagnosis(job=case.job.to_job(), outcome=Outcome.NOT_FAILED, summary=says, layers=layers)


def _not_found(
    reference: JobReference, found: Search, failed: Sequence[Unread]
) -> JobNotFoundError | AwsUnreachableError:
    """What to say where no job was found: that there is none only where all of its places could be read."""
    closed = ", ".join(f"{account} {region}" for account, region in found.closed)
    searched = ", ".join(f"{account} {region}" for account, region in found.searched)
    if not found.searched:
        reasons = dict.fromkeys({each.why: _ALLOW if each.permission else each.says for each in failed}.values())
        why = " ".join(reasons) or _ALLOW
        return AwsUnreachableError(f"The jobs of {closed or 'every account in scope'} can't be read: {why}")
    could_not = f" Could not search {closed}." if closed else ""
    could_not += "".join(
        f" {says}" for says in {each.why: each.says for each in failed if not each.permission}.values()
    )
    return JobNotFoundError(
        f"No backup, copy or restore job {reference.id} in {searched}.{could_not} "
        "Check the id, or give the job's ARN or console URL, which say where it is."
    )
