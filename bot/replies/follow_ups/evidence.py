"""Follow-ups about the evidence: a layer, a policy, what an action is for, and all of it in short."""

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import LayerName
from bot.diagnosis.reading import TextDiagnosis
from bot.replies.answer import head_page
from bot.replies.causes import names_of, what_denies
from bot.replies.details import policy_parts
from bot.replies.document import (
    Bullets,
    Heading,
    Line,
    Page,
    Paragraph,
    line,
    strong,
    words_of,
)
from bot.replies.follow_ups.common import MOST_ACTIONS, Reply, hypotheses, page, thread_page
from bot.replies.needing import action_page
from bot.replies.words import JOBS, LAYERS, policy


def layer(layer: LayerName) -> Reply:
    """What was found in a layer; of a text that was not evaluated, what it suggests there."""

    def answer(diagnosis: AnyDiagnosis) -> Page:
        if guesses := hypotheses(diagnosis):
            mine = tuple(line(each.why) for each in guesses if each.layer is layer)
            says = "The text suggests:" if mine else "The text says nothing about it, and I read only the text."
            return page(LAYERS[layer], says, *([Bullets(mine)] if mine else []))
        return thread_page((f"layer:{layer}",), "I didn't check that layer here.")(diagnosis)

    return answer


def policies(diagnosis: AnyDiagnosis) -> Page:
    """The policies that decide the answer, whole."""
    rows = tuple(policy(cause) for cause in diagnosis.causes if cause.policy)
    if not rows and isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.policy_type:
        named = f" ({diagnosis.reading.policy_arn})" if diagnosis.reading.policy_arn else ""
        says = f"The text blames a policy of type {diagnosis.reading.policy_type}{named}; it names no other."
        return page("The policy", says)
    says = "These policies decide this answer." if rows else "No policy decides this answer."
    return Page("follow-up", says, (Heading("The policy"), *policy_parts(diagnosis)))


def trust(diagnosis: AnyDiagnosis) -> Page:
    """The trust policy: what the check found, and its text where the answer depends on it."""
    checks = [check for layer in diagnosis.layers for check in layer.checks if "trust" in check.check]
    causes = [cause for cause in diagnosis.causes if cause.policy == "trust"]
    if not checks:
        return layer(LayerName.JOB_ROLE)(diagnosis)
    names = names_of(diagnosis)
    told = Bullets(tuple(names.sentence(check.says) for check in checks))
    says = f"The trust policy: {words_of(names.sentence(checks[0].says))}"
    documents = policy_parts(diagnosis.model_copy(update={"causes": tuple(causes)})) if causes else []
    return Page("follow-up", says, (Heading("The trust policy"), told, *documents))


def why_needed(diagnosis: AnyDiagnosis) -> Page:
    """What the denied actions are for."""
    actions = list(dict.fromkeys(action for cause in diagnosis.causes for action in cause.actions))
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.action:
        actions = list(dict.fromkeys((diagnosis.reading.action, *actions)))
    if not actions:
        says = "No single action is denied here, as far as I know."
        return page("What it is for", says, Paragraph(line(diagnosis.summary)))
    names = names_of(diagnosis)
    absent = tuple(what_denies(cause, names) for cause in diagnosis.causes if not cause.actions)
    pages = [action_page(action) for action in actions[:MOST_ACTIONS]]
    parts = (*((Bullets(absent),) if absent else ()), *(part for page in pages for part in page.parts))
    return Page("follow-up", pages[0].says, parts)


def summary(diagnosis: AnyDiagnosis) -> Page:
    """The answer for somebody who does not know AWS Backup: what failed, why, who does what."""
    rows: list[Line] = []
    job = diagnosis.job
    if job:
        of = f" of {job.resource_type}" if job.resource_type else ""
        rows.append(line(strong("What failed"), f": a {JOBS[job.type]}{of} in account {job.account} ({job.region})."))
    names = names_of(diagnosis)
    rows += [(*line(strong("Why"), ": "), *names.sentence(cause.explanation)) for cause in diagnosis.causes]
    for cause in diagnosis.causes:
        if cause.fix:
            proven = " Verified." if cause.fix.proven else ""
            says = f"{cause.fix.summary} By the {cause.fix.owner}.{proven}"
            rows.append((*line(strong("What to do"), ": "), *names.sentence(says)))
    if diagnosis.unread:
        rows.append(line(strong("Not known"), f": {len(diagnosis.unread)} reads failed, so this may not be all."))
    return page("In short", words_of(names.sentence(diagnosis.summary)), *([Bullets(tuple(rows))] if rows else []))


def message(diagnosis: AnyDiagnosis) -> Page:
    """What AWS Backup itself says about the job."""
    if diagnosis.job is None:
        return head_page(diagnosis)
    return thread_page(("job",), "I know nothing about the job.")(diagnosis)
