"""From what the layers found to the answer: likely causes from the message, the outcome, and one sentence."""

from collections.abc import Sequence

from bot.diagnosis.causes import make_cause
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, Entity, JobType, LayerReport, Outcome, Verdict
from bot.diagnosis.reading import Hypothesis, hypotheses

_UNKNOWN = dict.fromkeys(("state", "account", "other", "found"), "unknown")
"""What the sentences of some codes ask for and a message alone does not say."""
_NOUNS = {JobType.BACKUP: "backup", JobType.COPY: "copy", JobType.RESTORE: "restore"}


def likely_causes(facts: JobFacts, found: Sequence[Cause]) -> tuple[Cause, ...]:
    """What only the job's message says, where no evaluation explains it.

    The message must name something that can be checked: a policy type, an action, a key, a vault or a role; a vague
    one makes no cause.

    Args:
        facts: What is known of the job.
        found: The causes that evaluation found.
    """
    reading = facts.reading
    proven = [cause for cause in found if cause.certainty is Certainty.PROVEN]
    if reading.vague or not reading.permission or proven:
        return ()
    guesses = hypotheses(reading)
    return (_likely(facts, guesses[0]),) if guesses else ()


def _likely(facts: JobFacts, guess: Hypothesis) -> Cause:
    reading = facts.reading
    linked = facts.service_linked_role
    principal = linked.arn if guess.entity is Entity.SERVICE_LINKED_ROLE and linked else facts.role.arn
    cause = make_cause(
        guess.code,
        entity=guess.entity,
        certainty=Certainty.LIKELY,
        principal=principal,
        actions=(reading.action,) if reading.action else (),
        resource=reading.resource,
        policy=reading.policy_arn,
        says=_UNKNOWN,
    )
    return cause.model_copy(update={"explanation": f"Only the job's message says so: {guess.why}"})


def outcome(failed: Sequence[JobFacts], causes: Sequence[Cause], layers: Sequence[LayerReport]) -> Outcome:
    """What the diagnosis came to, from the failed jobs, the causes and the layers."""
    if any(cause.certainty is not Certainty.POSSIBLE for cause in causes):
        return Outcome.DENIED
    rules_out = all(facts.reading.rules_permissions_out and facts.children_are_known for facts in failed)
    if any(layer.verdict is Verdict.UNKNOWN for layer in layers) and not rules_out:
        return Outcome.UNDETERMINED
    return Outcome.NOT_PERMISSION


def summary(facts: JobFacts, result: Outcome, causes: Sequence[Cause], layers: Sequence[LayerReport]) -> str:
    """One sentence that a person can act on."""
    noun = f"The {_NOUNS[facts.job.type]} of {facts.resource_type or 'the resource'}"
    if result is Outcome.NOT_FAILED:
        return f"{noun} has not failed: its state is {facts.job.state}."
    if result is Outcome.DENIED:
        telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
        more = f" ({len(telling) - 1} more to fix)" if len(telling) > 1 else ""
        likely = "Likely: " if telling[0].certainty is Certainty.LIKELY else ""
        aside = " The job's message speaks of something else." if facts.reading.rules_permissions_out else ""
        since = changed_since(facts) if likely else ""
        return f"{likely}{telling[0].explanation}{more}{aside}{since}"
    if result is Outcome.UNDETERMINED:
        unknown = " and ".join(layer.layer.value for layer in layers if layer.verdict is Verdict.UNKNOWN)
        return f"What could be read does not explain the failure; unknown remains: {unknown}.{changed_since(facts)}"
    return f"{noun} failed for a reason that no policy explains: {_quoted(facts)}{changed_since(facts)}"


def changed_since(facts: JobFacts) -> str:
    """Says that what the message blames is not what the job met any more; empty where nothing was changed."""
    if not facts.changes:
        return ""
    last = facts.changes[-1]
    by = f" by {last.by}" if last.by else ""
    return f" But {last.event} changed {last.target} {ago(last.minutes)} after the job ended{by}: run the job again."


def ago(minutes: int) -> str:
    """How long something took, as a person says it."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _quoted(facts: JobFacts) -> str:
    message = str(facts.job.described.get("StatusMessage") or "").strip()
    return message or f"its state is {facts.job.state} and it has no message."


def layers_of(checked: Sequence[CheckedLayer]) -> tuple[LayerReport, ...]:
    """The layers as parts of the diagnosis."""
    return tuple(layer.to_layer() for layer in checked)
