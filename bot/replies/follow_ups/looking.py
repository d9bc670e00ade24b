"""Follow-ups for who looks further: every detail, commands to look by hand, pages to read, and attacks."""

from typing import Final

from bot import arn
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, LayerName, Verdict
from bot.replies.causes import cause_facts, in_order, names_of, what_denies
from bot.replies.document import Bullets, Note, Page, Paragraph, Part, Verbatim, code, line, strong
from bot.replies.follow_ups.common import page
from bot.replies.follow_ups.evidence import message
from bot.replies.follow_ups.knowing import likeliest
from bot.replies.surface import SLACK
from bot.replies.teaching import entry_page
from bot.replies.words import LAYERS, MARKS
from knowledge import library
from knowledge.messages import messages

_ORGANIZATION: Final = "  # in the management account, or that of a delegated administrator"
"""Source: "DescribePolicy" and "ListPoliciesForTarget" (AWS Organizations API Reference)."""

_VAGUE: Final = "vague-message"


def more(diagnosis: AnyDiagnosis) -> Page:
    """Each cause with its facts, every layer, and what else can be asked."""
    names = names_of(diagnosis)
    parts: list[Part] = []
    for cause in in_order(diagnosis):
        parts.append(Paragraph(what_denies(cause, names)))
        parts += [Bullets(tuple((*line(f"{label}: "), *value) for label, value in cause_facts(cause)))]
    if diagnosis.layers:
        rows = (line(MARKS[each.verdict], f" {LAYERS[each.layer]}") for each in diagnosis.layers)
        parts.append(Bullets(tuple(rows)))
    tip = "Ask me “what did you check?”, “show the policy”, “which job is it?” or “how sure are you?” for more."
    return page(
        "More", "Each cause with its facts, and each layer." if parts else diagnosis.summary, *parts, Note(line(tip))
    )


def by_hand(diagnosis: AnyDiagnosis) -> Page:
    """Commands that show what the answer depends on: the policies of its causes, else what could not be read."""
    commands = list(dict.fromkeys(filter(None, map(_look, diagnosis.causes))))
    if not commands:
        commands = _looks_at_open(diagnosis)
    if not commands:
        return likeliest(diagnosis)
    says = "These commands only read. They show what this answer depends on."
    if not diagnosis.causes:
        says = "These commands only read. They show what I couldn't read."
    job = diagnosis.job
    where = f"In CloudTrail, look for AccessDenied in account {job.account}, {job.region}." if job else ""
    note = [Note(line(where))] if where and not diagnosis.causes else []
    return page("Look yourself", says, Verbatim("To look yourself", "look.sh", "\n".join(commands)), *note)


def _look(cause: Cause) -> str:
    """The command that shows the policy of a cause; empty where there is none to show."""
    if cause.layer is LayerName.ORGANIZATION and cause.policy:
        return f"aws organizations describe-policy --policy-id {cause.policy}{_ORGANIZATION}"
    if cause.layer is LayerName.VAULT and (vault := arn.parse(cause.policy or cause.resource or "")):
        name = vault.resource.rpartition(":")[2]
        return (
            f"aws backup get-backup-vault-access-policy --backup-vault-name {name}"
            f" --region {vault.region}  # in account {vault.account}"
        )
    if cause.layer is LayerName.KMS and (key := arn.parse(cause.policy or cause.resource or "")):
        return (
            f"aws kms get-key-policy --key-id {key.resource.rpartition('/')[2]} --policy-name default"
            f" --region {key.region}  # in account {key.account}"
        )
    if cause.layer is LayerName.JOB_ROLE and (role := arn.parse(cause.principal or "")):
        return f"aws iam get-role --role-name {role.resource.rpartition('/')[2]}  # in account {role.account}"
    return ""


def _looks_at_open(diagnosis: AnyDiagnosis) -> list[str]:
    """The commands that show the policies of the organization, where they could not be read."""
    open_checks = [
        check.check
        for layer in diagnosis.layers
        if layer.layer is LayerName.ORGANIZATION
        for check in layer.checks
        if check.verdict is Verdict.UNKNOWN
    ]
    if not open_checks or diagnosis.job is None:
        return []
    kinds = {
        "service-control-policies": "SERVICE_CONTROL_POLICY",
        "resource-control-policies": "RESOURCE_CONTROL_POLICY",
    }
    return [
        f"aws organizations list-policies-for-target --target-id {diagnosis.job.account} --filter {kinds[name]}"
        f"{_ORGANIZATION}"
        for name in open_checks
        if name in kinds
    ] + [f"aws organizations list-parents --child-id {diagnosis.job.account}  # then the same for each parent"]


def to_read(diagnosis: AnyDiagnosis) -> Page:
    """Where the causes are explained, with the AWS pages that say so."""
    entries = [library.get(slug) for slug in dict.fromkeys(cause.code for cause in diagnosis.causes)]
    if not entries:
        return page("To read", "There is no cause to read about yet.", Note(line(code(f"{SLACK.explain} checklist"))))
    rows = [
        line(code(f"{SLACK.explain} {entry.slug}"), f": {entry.title}. Source: {'; '.join(entry.sources)}.")
        for entry in entries
    ]
    return page("To read", "My own page on each cause, and AWS's pages that it comes from.", Bullets(tuple(rows)))


def attack(diagnosis: AnyDiagnosis) -> Page:
    """Whether somebody attacks: the bot sees a denial and looks for nothing else."""
    names = names_of(diagnosis)
    rows = [what_denies(cause, names) for cause in in_order(diagnosis)]
    if diagnosis.job and diagnosis.job.role:
        rows.append((*line(strong("The job's role"), ": "), *names.sentence(diagnosis.job.role)))
    says = "I can't say: I look for what denies a job of AWS Backup, and not for attacks."
    return page("Is it an attack?", says, *([Bullets(tuple(rows))] if rows else []))


def vague(diagnosis: AnyDiagnosis) -> Page:
    """Why AWS's message says so little, beside what it says here; the message alone where it says more."""
    text = (diagnosis.job.status_message if diagnosis.job else None) or ""
    if not any(form.knowledge == _VAGUE and form.search(text) for form in messages().forms):
        return message(diagnosis)
    entry = entry_page(library.get(_VAGUE))
    said = message(diagnosis).parts if diagnosis.job else ()
    return Page("follow-up", entry.says, (*said, *entry.parts))
