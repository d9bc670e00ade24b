"""The tools: what each is called, takes and returns, and how it finds its answer. All of them only read.

A tool's function blocks; it is called in a thread. What it says to the asker goes through `Asker`, which knows their
rights.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

from bot.arn import parse
from bot.diagnosis.document_schema import schema_of
from bot.diagnosis.failures import Where
from bot.diagnosis.job_id import parse_job_id
from bot.diagnosis.reading import read_error
from bot.diagnosis.run import Diagnostician
from bot.errors import BadInputError
from bot.foresight.forecast import Forecast
from bot.foresight.named import Named, jobs_of_resource, jobs_of_restore
from bot.foresight.planned import FindJobs
from bot.foresight.plans import PlanName, jobs_of_plan
from bot.foresight.run import check
from bot.iam.lines import evaluate_line
from bot.mcp.arguments import (
    Arguments,
    CheckArguments,
    DiagnoseArguments,
    ErrorArguments,
    EvaluateArguments,
    ExplainArguments,
    FailuresArguments,
    NeedsArguments,
)
from bot.mcp.asker import Asker
from bot.mcp.results import (
    EVALUATION,
    ClosestEntry,
    Explanation,
    FailuresResult,
    NeedsResult,
    schema_of_result,
)
from bot.replies.document import text_of
from bot.replies.failing import failed_jobs_document
from bot.replies.questions import AnswerKind, answer
from bot.replies.surface import AGENT
from knowledge import library
from knowledge.callers import of_operation
from knowledge.need import JobKind, of_type, resource_types
from knowledge.need import needs as needs_of

Document = dict[str, Any]

_KINDS: Final[tuple[JobKind, ...]] = ("backup", "restore", "copy")


@dataclass(frozen=True, slots=True)
class ReadTool:
    """A tool.

    Args:
        name: As it is called.
        title: What people call it.
        description: What it is for, for whoever chooses a tool.
        arguments: What it takes.
        schema: The JSON Schema of what it returns.
        answer: Finds the answer, for somebody.
    """

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    schema: Document
    answer: Callable[[Any, Asker], Document]


class Tools:
    """The tools of a process.

    Args:
        make_diagnostician: Makes what reads AWS, when the first tool needs it: those that need none work without.
    """

    def __init__(self, make_diagnostician: Callable[[], Diagnostician]) -> None:
        self._make_diagnostician = make_diagnostician

    @cached_property
    def all(self) -> tuple[ReadTool, ...]:
        """Every tool."""
        return (
            ReadTool(
                "diagnose",
                "Why an AWS Backup job was denied",
                "Diagnose a failed AWS Backup job (backup, copy, restore or scan). Reads the policies in all accounts "
                "that take part, evaluates them as AWS does, and returns the causes with the deciding statement, the "
                "certainty of each (proven, likely or possible), and fixes that were verified by evaluating again. "
                "State nothing more strongly than `certainty` does, and name what `unread` lists as not known.",
                DiagnoseArguments,
                schema_of("diagnosis"),
                self._diagnose,
            ),
            ReadTool(
                "diagnose_error",
                "What denied an AWS Backup call",
                "Diagnose an error text of AWS Backup that belongs to no job, such as an AccessDenied of "
                "CreateBackupVault, StartBackupJob or StartCopyJob: reads the text, then evaluates the call that it "
                "names against the policies in AWS. For a job id use diagnose.",
                ErrorArguments,
                schema_of("error"),
                self._diagnose_error,
            ),
            ReadTool(
                "explain",
                "Explain a cause or a concept",
                "Look up a cause code, a managed policy, an identity or a concept of AWS Backup's permissions. The "
                "answer comes from a library with its AWS sources, not from a language model. Reads nothing of AWS.",
                ExplainArguments,
                schema_of_result(Explanation),
                self._explain,
            ),
            ReadTool(
                "needs",
                "What a job or an operation needs",
                "List the permissions that a kind of job needs for a resource type, or the caller of an operation, "
                "each with its documented basis. With `role` or `caller` it says what that role or caller lacks.",
                NeedsArguments,
                schema_of_result(NeedsResult),
                self._needs,
            ),
            ReadTool(
                "check",
                "What would deny a job before it is started",
                "Check jobs to come: those of a backup plan, or a backup, copy or restore by its role and resource. "
                "Evaluates every call that they need in every layer, as after a failure, and returns what would deny "
                "them, with verified fixes.",
                CheckArguments,
                schema_of_result(Forecast),
                self._check,
            ),
            ReadTool(
                "evaluate",
                "Evaluate an IAM request",
                "Evaluate an IAM request under given policies, with AWS's evaluation logic over all policy types. "
                "Reads nothing of AWS: what is not given counts as not there.",
                EvaluateArguments,
                dict(EVALUATION),
                self._evaluate,
            ),
            ReadTool(
                "failures",
                "List failed AWS Backup jobs",
                "List the backup, copy and restore jobs that failed in the last hours, newest first, in the accounts "
                "and Regions in scope. Give the `id` of one to diagnose, with its account and region.",
                FailuresArguments,
                schema_of_result(FailuresResult),
                self._failures,
            ),
        )

    @cached_property
    def _diagnostician(self) -> Diagnostician:
        return self._make_diagnostician()

    def _diagnose(self, asked: DiagnoseArguments, asker: Asker) -> Document:
        place = {"account": asked.account, "region": asked.region}
        reference = parse_job_id(asked.job).model_copy(update={name: said for name, said in place.items() if said})
        asker.check(reference.account)
        return asker.document(self._diagnostician.diagnose(reference, fresh=asked.fresh))

    def _diagnose_error(self, asked: ErrorArguments, asker: Asker) -> Document:
        if not asked.text.strip():
            raise BadInputError("The argument `text` is blank: give the error text.")
        if asked.offline:
            return asker.document(read_error(asked.text))
        asker.check(_account_of(asked.caller))
        return asker.document(self._diagnostician.diagnose_text(asked.text, caller=asked.caller))

    @staticmethod
    def _explain(asked: ExplainArguments, _asker: Asker) -> Document:
        answered = answer(asked.question, AGENT)
        entry = library.get(answered.name) if answered.kind is AnswerKind.ENTRY else None
        return Explanation(
            kind=answered.kind,
            entry=entry.slug if entry else "",
            text=f"# {entry.title}\n\n{entry.text}" if entry else text_of(answered.page),
            sources=entry.sources if entry else (),
            closest=tuple(ClosestEntry(slug=hit.slug, title=hit.title) for hit in answered.closest),
        ).model_dump(mode="json")

    def _needs(self, asked: NeedsArguments, asker: Asker) -> Document:
        kind = next((kind for kind in _KINDS if kind == asked.what.casefold()), None)
        if kind is not None:
            return self._needs_of_job(kind, asked, asker)
        operation = of_operation(asked.what)
        if operation is None:
            raise BadInputError(
                f"{asked.what!r} is neither a kind of job (backup, restore, copy) nor an operation of AWS Backup, such "
                "as CreateBackupVault."
            )
        _refuse(asked.role, "role", "a kind of job")
        _refuse(asked.resource_type, "resource_type", "a kind of job")
        result = NeedsResult(operation=operation).model_dump(mode="json")
        if asked.caller:
            asker.check(_account_of(asked.caller))
            result["caller"] = asker.document(self._diagnostician.check_caller(asked.caller, operation))
        return result

    def _needs_of_job(self, kind: JobKind, asked: NeedsArguments, asker: Asker) -> Document:
        types = ", ".join(sorted(each.type for each in resource_types()))
        if not asked.resource_type:
            raise BadInputError(f"Give a `resource_type` for a kind of job: {types}.")
        if of_type(asked.resource_type) is None:
            raise BadInputError(f"There are no needs of {asked.resource_type}. The types are {types}.")
        _refuse(asked.caller, "caller", "an operation")
        needs = needs_of(kind, asked.resource_type)
        if not asked.role:
            return NeedsResult(needs=needs).model_dump(mode="json")
        asker.check(_account_of(asked.role))
        role = self._diagnostician.compare_role(asked.role, kind, asked.resource_type)
        return asker.masked(NeedsResult(needs=needs, role=role).model_dump(mode="json"))

    @staticmethod
    def _evaluate(asked: EvaluateArguments, _asker: Asker) -> Document:
        answered: Document = json.loads(evaluate_line(json.dumps(asked.request)))
        if "error" in answered:
            raise BadInputError(str(answered["error"]))
        return answered

    def _failures(self, asked: FailuresArguments, asker: Asker) -> Document:
        asker.check(asked.account)
        since = datetime.now(UTC) - timedelta(hours=asked.hours)
        found = self._diagnostician.failed_jobs(since, Where(asked.account, asked.region))
        seen = replace(
            found,
            jobs=tuple(each for each in found.jobs if asker.rights.cover(each.job.account or "")),
            accounts=tuple(filter(asker.rights.cover, found.accounts)),
            unlisted=tuple(each for each in found.unlisted if asker.rights.cover(each.account)),
        )
        return asker.masked(failed_jobs_document(seen, since))

    def _check(self, asked: CheckArguments, asker: Asker) -> Document:
        here = asked.region or self._diagnostician.region
        if asked.plan:
            for name in ("role", "resource", "restore", "vault", "copy_to"):
                _refuse(getattr(asked, name), name, "`role`, and not with `plan`, which says it itself")
            account = asked.account or self._diagnostician.own_account()
            plan = PlanName.of(asked.plan, account, here, asked.selection)
            asker.check(plan.account)
            find: FindJobs = partial(jobs_of_plan, plan=plan)
        elif asked.role:
            _refuse(asked.selection, "selection", "`plan`")
            asker.check(_account_of(asked.role))
            named = Named(
                role=asked.role,
                region=here,
                resource=asked.resource,
                recovery_point=asked.restore,
                resource_type=asked.resource_type,
                vault=asked.vault,
                copy_to=asked.copy_to,
            )
            find = partial(jobs_of_restore if asked.restore else jobs_of_resource, named=named)
        else:
            raise BadInputError("Give `plan`, or `role` with `resource` or `restore`.")
        forecast = check(self._diagnostician, find)
        for job in forecast.jobs:
            asker.check(job.job.account)
        return asker.whole_or_masked(json.loads(forecast.to_json()))


def _refuse(value: str | None, name: str, goes_with: str) -> None:
    if value is not None:
        raise BadInputError(f"The argument `{name}` goes with {goes_with}.")


def _account_of(arn: str | None) -> str:
    """The account of an ARN; empty where there is none."""
    parts = parse(arn)
    return parts.account if parts else ""
