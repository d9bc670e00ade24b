"""What a second look found that the first did not, in a sentence."""

from datetime import datetime

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause
from bot.replies.words import LAYERS, MARKS, outcome


def changes(before: AnyDiagnosis, after: AnyDiagnosis, *, by: str, at: datetime) -> str:
    """What has changed between two diagnoses of one subject.

    Args:
        before: The diagnosis that stood there.
        after: The new one.
        by: Who asked for it: a name, not a mention, since nobody is to be called for having pressed a button.
        at: When, in UTC.

    Returns:
        One or more sentences.
    """
    looked = f"Checked again for {by} on {at:%Y-%m-%d at %H:%M} UTC"
    old, new = {_key(cause): cause for cause in before.causes}, {_key(cause): cause for cause in after.causes}
    gone = [_named(cause) for key, cause in old.items() if key not in new]
    come = [_named(cause) for key, cause in new.items() if key not in old]
    told = []
    if gone:
        told.append(f"resolved: {', '.join(gone)}")
    if come:
        told.append(f"new: {', '.join(come)}")
    was, now = outcome(before).lower(), outcome(after).lower()
    if was != now:
        told.append(f"the outcome was {was}, it is {now}")
    told += _layers(before, after)
    if not told:
        return f"{looked}: nothing has changed."
    again = " The job itself stays as it is: start it again to see it pass." if gone and not after.causes else ""
    return f"{looked}: {'; '.join(told)}.{again}"


def _key(cause: Cause) -> tuple[str | None, ...]:
    """What makes two causes the same thing to fix."""
    return (cause.code, cause.principal, cause.policy, cause.statement, cause.target)


def _named(cause: Cause) -> str:
    where = f" ({cause.statement} of {cause.policy})" if cause.policy and cause.statement else ""
    return f"{cause.code}{where}"


def _layers(before: AnyDiagnosis, after: AnyDiagnosis) -> list[str]:
    """The layers whose verdict is another one than before."""
    old = {layer.layer: layer.verdict for layer in before.layers}
    return [
        f"{LAYERS[layer.layer]} was {MARKS[old[layer.layer]].word}, is {MARKS[layer.verdict].word}"
        for layer in after.layers
        if layer.layer in old and old[layer.layer] is not layer.verdict
    ]
