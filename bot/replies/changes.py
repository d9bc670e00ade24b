"""What a second look found that the first did not, in a sentence."""

from collections.abc import Sequence, Set
from datetime import datetime

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, LayerName
from bot.replies.causes import names_of, what_it_was
from bot.replies.words import LAYERS, MARKS, is_fixed, outcome


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
    looked = f"Rechecked for {by} on {at:%Y-%m-%d at %H:%M} UTC"
    old, new = {_key(cause): cause for cause in before.causes}, {_key(cause): cause for cause in after.causes}
    gone = [cause for key, cause in old.items() if key not in new]
    come = [cause for key, cause in new.items() if key not in old]
    stayed = [cause for key, cause in new.items() if key in old]
    told = [_listed("resolved", gone, before), _listed("new", come, after)]
    if gone or come:
        told.append(_listed("still there", stayed, after))
    if outcome(before) != outcome(after):
        told.append(f"the outcome was “{outcome(before).lower()}”")
    told += _layers(before, after, {cause.layer for cause in (*gone, *come)})
    said = "; ".join(filter(None, told)) or ("still denied" if after.causes else "nothing has changed")
    again = " Start the job again." if gone and not after.causes and not is_fixed(after) else ""
    return f"{looked}: {said}.{again}"


def _listed(label: str, causes: Sequence[Cause], answer: AnyDiagnosis) -> str:
    """`resolved: …`; empty for no cause."""
    names = names_of(answer)
    named = dict.fromkeys(what_it_was(cause, names) for cause in causes)
    return f"{label}: {' and '.join(named)}" if named else ""


def _key(cause: Cause) -> tuple[str | None, ...]:
    """What makes two causes the same thing to fix."""
    return (cause.code, cause.principal, cause.policy, cause.statement, cause.target)


def _layers(before: AnyDiagnosis, after: AnyDiagnosis, told: Set[LayerName]) -> list[str]:
    """The layers whose verdict is another one than before, without those of causes that are told already."""
    old = {layer.layer: layer.verdict for layer in before.layers}
    return [
        f"{LAYERS[layer.layer]} was {MARKS[old[layer.layer]].word} and is {MARKS[layer.verdict].word}"
        for layer in after.layers
        if layer.layer in old and old[layer.layer] is not layer.verdict and layer.layer not in told
    ]
