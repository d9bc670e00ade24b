"""From what the layers found to the answer: the outcome, one sentence, and what the answer does not cover."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, JobType, LayerReport, Outcome, Verdict
from bot.diagnosis.reading import hypotheses
from bot.diagnosis.required_calls import unevaluated_actions

_NOUNS: Final = {JobType.BACKUP: "backup", JobType.COPY: "copy", JobType.RESTORE: "restore", JobType.SCAN: "scan"}
_LONGEST_QUOTE: Final = 300
"""Characters of a message in a sentence; the whole of it is in the job."""
_NEVER_READ: Final = (
    "VPC endpoint policies, session policies and settings of the protected service can deny a call, too. "
    "I don't read them."
)


def outcome(failed: Sequence[JobFacts], causes: Sequence[Cause]) -> Outcome:
    """What the diagnosis came to, from the failed jobs and the causes.

    A message that speaks of a denied permission is never of something else, however clear the layers are.
    """
    if any(cause.certainty is not Certainty.POSSIBLE for cause in causes):
        return Outcome.DENIED
    telling = [facts for facts in failed if not _only_counts_children(facts)] or failed
    if all(facts.rules_permissions_out and facts.children_are_known for facts in telling):
        return Outcome.NOT_PERMISSION
    return Outcome.UNDETERMINED


def _only_counts_children(facts: JobFacts) -> bool:
    """A composite job says only that child jobs failed, and these say why."""
    says_nothing = not facts.message or (facts.reading.vague and not hypotheses(facts.reading))
    return facts.job.is_parent and facts.children_are_known and says_nothing


def summary(facts: JobFacts, result: Outcome, causes: Sequence[Cause], layers: Sequence[LayerReport]) -> str:
    """One sentence that a person can act on."""
    noun = noun_of(facts)
    if result is Outcome.NOT_FAILED:
        return f"{noun} hasn't failed. Its state is {facts.job.state}."
    if result is Outcome.DENIED:
        telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
        more = f" ({len(telling) - 1} more to fix)" if len(telling) > 1 else ""
        likely = "Likely: " if telling[0].certainty is Certainty.LIKELY else ""
        aside = " The job's message is about something else." if facts.reading.rules_permissions_out else ""
        since = changed_since(facts) if likely else ""
        return f"{likely}{telling[0].explanation}{more}{aside}{since}"
    if result is Outcome.UNDETERMINED:
        unknown = " and ".join(layer.layer.value for layer in layers if layer.verdict is Verdict.UNKNOWN)
        left = (
            f"Still unknown: {unknown}."
            if unknown
            else "I can't check calls that AWS doesn't document, or policies that no API shows."
        )
        message = f'with "{_shortened(facts.message)}"' if facts.message else "without a message"
        says = f"{noun} failed {message}, and nothing that I could evaluate explains it."
        return f"{says} {left}{changed_since(facts)}"
    return f"{noun} failed for a reason that no policy explains: {_quoted(facts)}{changed_since(facts)}"


def not_covered(failed: Sequence[JobFacts], layers: Sequence[LayerReport]) -> tuple[str, ...]:
    """What could still deny, as far as it is known, in a sentence each.

    Args:
        failed: The failed jobs.
        layers: What was found; a check that is unknown says why.
    """
    calls = [sentence for facts in failed for sentence in _calls_not_covered(facts)]
    return tuple(dict.fromkeys([*_unknown(layers), *calls, _NEVER_READ]))


def not_covered_of_call(layers: Sequence[LayerReport]) -> tuple[str, ...]:
    """What could still deny a call that was evaluated, in a sentence each; nothing where none was.

    Args:
        layers: What was found; a check that is unknown says why.
    """
    return (*dict.fromkeys(_unknown(layers)), _NEVER_READ) if layers else ()


def _unknown(layers: Sequence[LayerReport]) -> list[str]:
    return [check.says for layer in layers for check in layer.checks if check.verdict is Verdict.UNKNOWN]


def _calls_not_covered(facts: JobFacts) -> Iterator[str]:
    kind = f"a {_NOUNS[facts.job.type]} of {facts.resource_type or 'such a resource'}"
    yield f"AWS doesn't document every call of {kind}. One that I don't know may have been denied."
    skipped = unevaluated_actions(facts)
    if skipped:
        listed = ", ".join(skipped)
        yield f"I didn't evaluate calls that {kind} may not make or can do without: {listed}."


def changed_since(facts: JobFacts) -> str:
    """Says that what the message blames is not what the job met any more; empty where nothing was changed."""
    if not facts.changes:
        return ""
    last = facts.changes[-1]
    by = f" by {last.by}" if last.by else ""
    return f" But {last.event} changed {last.target} {ago(last.minutes)} after the job ended{by}. Start the job again."


def ago(minutes: int) -> str:
    """How long something took, as a person says it."""
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def noun_of(facts: JobFacts) -> str:
    """What a sentence calls the job."""
    return f"The {_NOUNS[facts.job.type]} of {facts.resource_type or 'the resource'}"


def _quoted(facts: JobFacts) -> str:
    return facts.message or f"its state is {facts.job.state} and it has no message."


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_QUOTE else f"{message[:_LONGEST_QUOTE].rstrip()}…"


def layers_of(checked: Sequence[CheckedLayer]) -> tuple[LayerReport, ...]:
    """The layers as parts of the diagnosis."""
    return tuple(layer.to_layer() for layer in checked)
