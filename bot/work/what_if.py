"""What if something were changed: the change that a question thinks of, and what it would do, as a page."""

import re
from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause
from bot.diagnosis.pasted import find_arns
from bot.diagnosis.what_if import BOUNDARY, VAULT_POLICY, Effects, WhatIf
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line
from knowledge.actions import known_actions
from knowledge.managed import managed_policies

LONGEST: Final = 500
"""Characters of a question that are looked at."""

_SUPPOSES: Final = re.compile(r"\b(?:what if|would|help|enough|suppose|attach\w*|add(?:ing)?)\b", re.IGNORECASE)
_REMOVES: Final = re.compile(r"\b(?:remov\w+|detach\w*|delet\w+|drop\w*|without|take away)\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w+=,.@:/-]{2,200}")
_CONTROL_POLICY: Final = re.compile(r"p-[0-9a-zA-Z_]{4,128}")
_THINGS: Final = (
    (re.compile(r"\bboundary\b", re.IGNORECASE), BOUNDARY),
    (re.compile(r"\bvault(?:'s)?(?: access)? policy\b", re.IGNORECASE), VAULT_POLICY),
)


def change_in(text: str, diagnosis: AnyDiagnosis) -> WhatIf | None:
    """The change that a question thinks of; None for another question.

    Args:
        text: What was asked.
        diagnosis: The diagnosis that it was asked about: the policies that it names can be named by their last parts.
    """
    question = text[:LONGEST]
    if not _SUPPOSES.search(question):
        return None
    words = [word.rstrip(".,:?!") for word in _WORD.findall(question)]
    lowered = {word.lower() for word in words}
    managed = next((policy for policy in managed_policies().values() if policy.name.lower() in lowered), None)
    if _REMOVES.search(question):
        return _removal(question, words, managed.name if managed else None, diagnosis)
    if managed:
        return WhatIf("attach", managed.arn.partition(":policy/")[2])
    actions = {action.lower(): action for action in (*known_actions(), *_denied(diagnosis))}
    action = next((actions[word] for word in map(str.lower, words) if word in actions), None)
    return WhatIf("add", action) if action else None


def _removal(question: str, words: list[str], managed: str | None, diagnosis: AnyDiagnosis) -> WhatIf | None:
    """The removed policy: named by its ARN, its id, its last part, or by what it is."""
    arns = find_arns(question)
    last_parts = {cause.policy.rpartition("/")[2].lower() for cause in diagnosis.causes if cause.policy}
    named = [word for word in words if word.lower() in last_parts or _CONTROL_POLICY.fullmatch(word)]
    things = [thing for pattern, thing in _THINGS if pattern.search(question)]
    found = next(iter((*arns, *named, *([managed] if managed else ()), *things)), None)
    return WhatIf("remove", found) if found else None


def _denied(diagnosis: AnyDiagnosis) -> list[str]:
    return [action for cause in diagnosis.causes for action in cause.actions]


def what_if_page(change: WhatIf, effects: Effects) -> Page:
    """What a change would do to what denies.

    Args:
        change: The change.
        effects: What it would do.
    """
    done = _done(change)
    title = f"What if: {done[0].lower()}{done[1:]}"
    note = Note(line("Examined again with the change made: every call that is needed, on every resource."))
    if not effects.applies:
        says = f"{done} would change nothing here: it is as it would be, or not among the policies that decide."
        return Page("follow-up", says, (Heading(title), Paragraph(line(says))))
    if not effects.before and not effects.new:
        says = f"Nothing that I could read denies this, so {done[0].lower()}{done[1:]} would fix nothing."
        return Page("follow-up", says, (Heading(title), Paragraph(line(says)), note))
    says = _verdict(done, effects)
    rows = (*(_told(cause, effects) for cause in effects.before), *(_new(cause) for cause in effects.new))
    return Page("follow-up", says, (Heading(title), Paragraph(line(says)), Bullets(rows), note))


def _done(change: WhatIf) -> str:
    last = change.name.rpartition("/")[2]
    return {"attach": f"Attaching {last}", "remove": f"Removing {last}", "add": f"Allowing {change.name}"}[change.verb]


def _verdict(done: str, effects: Effects) -> str:
    if effects.new:
        return f"{done} would deny more than is denied now."
    if len(effects.fixed) == len(effects.before):
        return f"{done} would fix this."
    if effects.fixed or any(_eased(cause, effects) for cause in effects.before):
        return f"{done} would fix a part of this; the rest would stay denied."
    return f"{done} would not fix this."


def _eased(cause: Cause, effects: Effects) -> bool:
    """Whether fewer actions would be denied for the same reason."""
    left = effects.left_of(cause)
    return left is not None and set(left.actions) < set(cause.actions)


def _told(cause: Cause, effects: Effects) -> Line:
    left = effects.left_of(cause)
    if left is None:
        return line(code(cause.code), ": would be fixed.")
    if _eased(cause, effects):
        return line(code(cause.code), f": would be fixed in part. {left.explanation}")
    return line(code(cause.code), f": stays. {left.explanation}")


def _new(cause: Cause) -> Line:
    return line(code(cause.code), f": would be new. {cause.explanation}")
