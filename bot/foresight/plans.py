"""The jobs that a backup plan will start: a backup for each rule and resource, and a copy for each copy action.

Sources: "BackupPlan", "BackupRule" and "CopyAction" (AWS Backup API Reference).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import arn
from bot.aws import backup
from bot.aws.facts import Facts
from bot.diagnosis.model import JobType
from bot.errors import BadInputError
from bot.foresight.infrastructure import Infrastructure
from bot.foresight.planned import FindJobs, Planned, PlannedJob
from bot.foresight.selections import select
from knowledge.need import of_type

MOST_JOBS: Final = 500
"""So many jobs of one plan are checked: the others differ in their resources alone more often than not."""


@dataclass(frozen=True, slots=True)
class PlanName:
    """A plan as somebody names it: by its id, its ARN or its name.

    Args:
        text: What was given.
        account: The plan's account.
        region: The plan's Region.
        selection: The name or id of the only selection to check; None for all.
    """

    text: str
    account: str
    region: str
    selection: str | None = None

    @classmethod
    def of(cls, text: str, account: str, region: str, selection: str | None = None) -> "PlanName":
        """Reads a plan's name; an ARN says its account and Region itself."""
        named = arn.parse(text)
        if named and named.service == "backup" and named.resource.startswith("backup-plan:"):
            return cls(named.resource.partition(":")[2], named.account, named.region, selection)
        return cls(text, account, region, selection)


def jobs_of_plan(facts: Facts, plan: PlanName) -> Planned:
    """The jobs that a plan will start; a collector of `bot.aws.facts`.

    Args:
        facts: What is known so far.
        plan: The plan.

    Raises:
        BadInputError: There is no such plan or selection, or it can't be read.
    """
    listed = facts.ask(backup.plans(plan.account, plan.region))
    ids = {each["BackupPlanId"]: each["BackupPlanName"] for each in listed.value} if listed.known else {}
    plan_id = next((known for known, name in ids.items() if plan.text in (known, name)), plan.text)
    if listed.pending:
        return Planned("", ())
    described = facts.ask(backup.plan(plan.account, plan.region, plan_id))
    selections = facts.ask(backup.selections(plan.account, plan.region, plan_id))
    if described.pending or selections.pending:
        return Planned("", ())
    if not described.known or not selections.known:
        raise BadInputError(_unknown(plan, ids, refused=described.refused or selections.refused))
    chosen = [
        each
        for each in selections.value
        if plan.selection is None or plan.selection in (each["SelectionId"], each.get("SelectionName"))
    ]
    if plan.selection is not None and not chosen:
        names = ", ".join(str(each.get("SelectionName")) for each in selections.value) or "none"
        raise BadInputError(f"The plan has no selection {plan.selection}. It has: {names}.")
    return _planned(facts, replace(plan, text=plan_id), described.value, [each["SelectionId"] for each in chosen])


def _unknown(plan: PlanName, ids: Mapping[str, str], *, refused: bool) -> str:
    where = f"account {plan.account} in {plan.region}"
    if refused:
        return (
            f"The backup plan {plan.text} of {where} can't be read: allow the bot backup:GetBackupPlan, "
            "backup:ListBackupPlans, backup:ListBackupSelections and backup:GetBackupSelection there."
        )
    names = f" There are {', '.join(sorted(ids.values()))}." if ids else ""
    return f"There is no backup plan {plan.text} in {where}.{names} Give --account and --region where it is elsewhere."


def _planned(facts: Facts, plan: PlanName, described: Mapping[str, Any], selection_ids: list[str]) -> Planned:
    answers = {
        selection_id: facts.ask(backup.selection(plan.account, plan.region, plan.text, selection_id))
        for selection_id in selection_ids
    }
    unread = [f"I couldn't read the selection {name}." for name, answer in answers.items() if not answer.known]
    planned = jobs_of_selections(facts, plan, described, [each.value for each in answers.values() if each.known])
    return replace(planned, not_checked=(*unread, *planned.not_checked))


def jobs_of_selections(
    facts: Facts, plan: PlanName, described: Mapping[str, Any], selections: Sequence[Mapping[str, Any]]
) -> Planned:
    """The jobs that a plan will start for what its selections take; a collector of `bot.aws.facts`.

    Args:
        facts: What is known so far.
        plan: Where the plan is.
        described: The plan, as GetBackupPlan answers.
        selections: As GetBackupSelection answers. `Types` of one may name the types of resources to be made.
    """
    found: dict[PlannedJob, list[str]] = {}
    not_checked: dict[str, None] = {}
    for selection in selections:
        selected = select(facts, plan.account, plan.region, selection)
        not_checked |= dict.fromkeys(selected.not_checked)
        for resource, kind in selected.resources:
            for job, rule in _of_resource(plan, described, selection["IamRoleArn"], resource, kind):
                found.setdefault(job, []).append(rule)
    jobs = tuple(replace(job, rule=", ".join(dict.fromkeys(rules))) for job, rules in found.items())
    if len(jobs) > MOST_JOBS:
        not_checked[f"The plan starts {len(jobs)} jobs. I checked the first {MOST_JOBS}."] = None
    return Planned(f"plan {described.get('BackupPlanName', plan.text)}", jobs[:MOST_JOBS], tuple(not_checked))


def jobs_to_be(facts: Facts, will_be: Infrastructure, account: str, region: str) -> Planned:
    """The jobs of the backup plans that an infrastructure to come has; a collector of `bot.aws.facts`.

    Args:
        facts: What is known so far, with the infrastructure laid over it.
        will_be: The infrastructure to come.
        account: The account that it will be in.
        region: The Region that it will be in.
    """
    if not will_be.plans:
        hint = "It has no backup plan: say which jobs to check with --plan, or with --role and --resource."
        return Planned(will_be.about, (), (hint,))
    place = PlanName("", account, region)
    several = [jobs_of_selections(facts, place, each.described, each.selections) for each in will_be.plans]
    names = dict.fromkeys(each.about for each in several)
    jobs = dict.fromkeys(job for each in several for job in each.jobs)
    left_out = dict.fromkeys(sentence for each in several for sentence in each.not_checked)
    return Planned(" and ".join(names), tuple(jobs), tuple(left_out))


def leaving_open(find: FindJobs, not_known: Sequence[str]) -> FindJobs:
    """Finds the same jobs, and says what is left open of the infrastructure that they will meet."""

    def found(facts: Facts) -> Planned:
        planned = find(facts)
        return replace(planned, not_checked=(*planned.not_checked, *not_known))

    return found


def _of_resource(
    plan: PlanName, described: Mapping[str, Any], role: str, resource: str | None, kind: str
) -> Iterator[tuple[PlannedJob, str]]:
    """The jobs of one resource, each with the rule that starts it."""
    known, options = of_type(kind), _options(described, kind)
    for rule in described.get("Rules") or ():
        name = str(rule.get("RuleName"))
        place = f"arn:{arn.partition_of(plan.region)}:backup:{plan.region}:{plan.account}:backup-vault:"
        vault, air_gapped = place + rule["TargetBackupVaultName"], rule.get("TargetLogicallyAirGappedBackupVaultArn")
        is_direct = bool(air_gapped) and known is not None and known.fully_managed == "always"
        backed_up = PlannedJob(
            type=JobType.BACKUP,
            account=plan.account,
            region=plan.region,
            role=role,
            resource=resource,
            resource_type=kind,
            vault=air_gapped if is_direct else vault,
            options=options,
        )
        yield backed_up, name
        copies = [action["DestinationBackupVaultArn"] for action in rule.get("CopyActions") or ()]
        for destination in (*([air_gapped] if air_gapped and not is_direct else []), *copies):
            yield replace(backed_up, type=JobType.COPY, copy_to=destination, options=()), name


def _options(described: Mapping[str, Any], kind: str) -> tuple[tuple[str, str], ...]:
    settings = described.get("AdvancedBackupSettings") or ()
    return tuple(pair for each in settings if each["ResourceType"] == kind for pair in each["BackupOptions"].items())
