"""What a second diagnosis of a subject says in the light of the first: whether what denied it has been fixed.

A job keeps its state and its message until it is started again, so that alone they still speak of a denial.
"""

from typing import TypeVar

from bot.diagnosis.model import (
    Cause,
    Certainty,
    Diagnosis,
    DiagnosisDocument,
    Outcome,
    Recheck,
    Verdict,
)

D = TypeVar("D", bound=DiagnosisDocument)


def rechecked(before: DiagnosisDocument, after: D) -> D:
    """The second diagnosis, with what has become of the first one's causes.

    Args:
        before: What was said before.
        after: What the same question comes to now, everything read anew.

    Returns:
        The second diagnosis; its summary says that the subject is fixed where a cause was there and everything that
        could be evaluated is allowed now.
    """
    gone = _gone(before, after)
    known = before.recheck.resolved if before.recheck and before.recheck.fixed else ()
    resolved = tuple(dict.fromkeys((*known, *gone)))
    fixed = bool(resolved) and _is_allowed(after)
    recheck = Recheck(fixed=fixed, resolved=resolved if fixed else gone)
    return after.model_copy(update={"recheck": recheck, **({"summary": _summary(after)} if fixed else {})})


def _gone(before: DiagnosisDocument, after: DiagnosisDocument) -> tuple[str, ...]:
    """The codes of the telling causes that are there no more."""
    left = {_thing(cause) for cause in after.causes}
    telling = (cause for cause in before.causes if cause.certainty is not Certainty.POSSIBLE)
    return tuple(dict.fromkeys(cause.code for cause in telling if _thing(cause) not in left))


def _thing(cause: Cause) -> tuple[str | None, ...]:
    return (cause.code, cause.principal, cause.policy, cause.statement, cause.target)


def _is_allowed(after: DiagnosisDocument) -> bool:
    """Nothing is found, and no layer has anything in it that is not known."""
    verdicts = {layer.verdict for layer in after.layers}
    is_clear = Verdict.CLEAR in verdicts and verdicts <= {Verdict.CLEAR, Verdict.NOT_APPLICABLE}
    return is_clear and not after.causes and after.outcome is not Outcome.NOT_FAILED


def _summary(after: DiagnosisDocument) -> str:
    again = "make the call again"
    if isinstance(after, Diagnosis):
        again = f"start the job again ({after.job.type.value} job {after.job.id})"
    return f"Fixed: {again}. What was found before is gone, and all that could be evaluated allows it now."
