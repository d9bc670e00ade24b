"""Follow-ups about whether to make the change: what it risks, what else would do, when it works, how to test it."""

from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, Fix
from bot.replies.causes import in_order, names_of, what_denies, who_changes_what
from bot.replies.details import policy_parts
from bot.replies.document import Bullets, Line, Note, Page, Part, line, strong
from bot.replies.follow_ups.common import fixed_causes, page
from bot.replies.follow_ups.fixing import no_fix
from knowledge.causes import cause_codes

_THIS_JOB: Final = "I evaluated this job alone, and not what the change allows to others."


def risk(diagnosis: AnyDiagnosis) -> Page:
    """What to think of before a change is made: its caution, and what was not evaluated."""
    fixes = _fixes(diagnosis)
    if not fixes:
        return no_fix(diagnosis)
    names = names_of(diagnosis)
    rows: list[Line] = [names.sentence(fix.summary) for fix in fixes]
    rows += [
        (*line(strong("Before you change it"), ": "), *names.sentence(text))
        for text in dict.fromkeys(fix.caution for fix in fixes if fix.caution)
    ]
    if all(fix.proven for fix in fixes):
        says = f"With the change this denial is gone, and nothing new is denied. {_THIS_JOB}"
    else:
        says = "The fix isn't verified. Read it over with its owner before anybody makes it."
    note = Note(line("Save each policy as it is before you change it."))
    return page("Is the change safe?", says, Bullets(tuple(rows)), note)


def alternatives(diagnosis: AnyDiagnosis) -> Page:
    """What would do instead of the fix: the second choice where there is one, and what the cause leaves open."""
    if not fixed_causes(diagnosis):
        return no_fix(diagnosis)
    names = names_of(diagnosis)
    second = [fix.alternative for fix in _fixes(diagnosis) if fix.alternative]
    says = "I evaluated only the fix that the answer shows. Any other way must avoid this:"
    parts: list[Part] = []
    if second:
        says = "There is a second choice."
        parts.append(Bullets(tuple(who_changes_what(fix, names) for fix in second)))
    parts.append(Bullets(tuple(what_denies(cause, names) for cause in in_order(diagnosis))))
    if any(map(_is_denied_by_a_statement, diagnosis.causes)):
        tip = "A Deny reaches only what its statement matches: read there which other role, vault or key it leaves out."
        parts += [Note(line(tip)), *policy_parts(diagnosis)]
    return page("Another way", says, *parts)


def purpose(diagnosis: AnyDiagnosis) -> Page:
    """Why a policy is as it is: its owner knows."""
    if not diagnosis.causes:
        return page("Why it is so", "I know of no policy that denies this job.")
    names = names_of(diagnosis)
    owners = dict.fromkeys(cause_codes()[cause.code].owner for cause in diagnosis.causes)
    says = f"I read what is set, and not why somebody set it. Ask the {' and the '.join(owners)}."
    return page("Why it is so", says, Bullets(tuple(what_denies(cause, names) for cause in in_order(diagnosis))))


def when_fixed(diagnosis: AnyDiagnosis) -> Page:
    """When it will work: whoever makes the change decides."""
    fixes = _fixes(diagnosis)
    if not fixes:
        return no_fix(diagnosis)
    names = names_of(diagnosis)
    owners = dict.fromkeys(fix.owner for fix in fixes)
    says = f"I can't say: it depends on when the {' and the '.join(owners)} makes the change."
    if len(owners) > 1:
        says = f"I can't say: it depends on when the {' and the '.join(owners)} make their changes."
    note = Note(line("A changed policy isn't in force everywhere at once. Wait a moment, then start the job again."))
    return page("When will it work?", says, Bullets(tuple(who_changes_what(fix, names) for fix in fixes)), note)


def test_first(diagnosis: AnyDiagnosis) -> Page:
    """How a change is tested: examined again after it is made, or before."""
    if not fixed_causes(diagnosis):
        return no_fix(diagnosis)
    says = "Yes. After the change press “Check again”: I evaluate the job anew and start nothing."
    if all(fix.proven for fix in _fixes(diagnosis)):
        says += " I evaluated it with the change already: this denial is gone."
    rows = (
        line("Before the change, ask me “what if …?” with the change that you have in mind."),
        line("After it, start one job on demand in the AWS Backup console. Only a job that runs is a full test."),
    )
    return page("Test it", says, Bullets(rows))


def _fixes(diagnosis: AnyDiagnosis) -> list[Fix]:
    return [cause.fix for cause in fixed_causes(diagnosis) if cause.fix]


def _is_denied_by_a_statement(cause: Cause) -> bool:
    return cause.statement is not None and cause_codes()[cause.code].effect == "explicit-deny"
