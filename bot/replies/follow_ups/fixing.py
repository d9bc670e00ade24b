"""Follow-ups about the change: who makes it, in which form, whether it is made, and what if."""

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Outcome
from bot.replies.causes import in_order, is_made_by_another, names_of, what_denies, who_changes_what
from bot.replies.document import (
    Bullets,
    Heading,
    Note,
    Page,
    code,
    line,
    strong,
    words_of,
)
from bot.replies.evidence import unread_line
from bot.replies.fixes import fix_parts
from bot.replies.follow_ups.common import NO_FIX, Reply, fixed_causes, hypotheses, page, reads_wanted
from bot.replies.surface import SLACK
from knowledge.causes import cause_codes


def owners(diagnosis: AnyDiagnosis) -> Page:
    """Who must change what."""
    names = names_of(diagnosis)
    fixes = [cause.fix for cause in diagnosis.causes if cause.fix and not is_made_by_another(cause.fix)]
    rows = tuple(who_changes_what(fix, names) for fix in fixes)
    if rows:
        owners = dict.fromkeys(fix.owner for fix in fixes)
        return page("Who must change what", f"The change is for the {' and the '.join(owners)}.", Bullets(rows))
    if guesses := hypotheses(diagnosis):
        guessed = (
            line(strong(cause_codes()[each.code].owner), f", if this is the cause: {each.why}") for each in guesses
        )
        says = "The text alone doesn't prove the cause. It depends on what the cause is:"
        return page("Who must change what", says, Bullets(tuple(guessed)))
    if diagnosis.unread:
        says = f"{NO_FIX} I couldn't read everything: first, let me read these."
        return page("Who must change what", says, *reads_wanted(diagnosis.unread))
    return page("Who must change what", f"{NO_FIX} So there is nobody to ask.")


def fix(diagnosis: AnyDiagnosis) -> Page:
    """Every fix with its commands."""
    if not fixed_causes(diagnosis):
        return no_fix(diagnosis)
    parts = fix_parts(diagnosis, "cli")
    says = fixed_causes(diagnosis)[0].fix
    return Page("follow-up", says.summary if says else NO_FIX, (Heading("The fix"), *parts))


def no_fix(diagnosis: AnyDiagnosis) -> Page:
    """Why there is no fix: nothing that could be read denies it."""
    if guesses := hypotheses(diagnosis):
        says = "The text alone doesn't prove a cause, so I have no fix. Give me the job ID, or read about each cause:"
        rows = tuple(line(code(f"{SLACK.explain} {each.code}"), f": {each.why}") for each in guesses)
        return page("What to change", says, Bullets(rows))
    if diagnosis.unread:
        says = "I have no fix, because I couldn't read everything. First, let me read these."
        return page("What to change", says, *reads_wanted(diagnosis.unread))
    return page("What to change", f"{NO_FIX} {diagnosis.summary}")


def fix_as(form: str, name: str) -> Reply:
    """Every fix in one form."""

    def answer(diagnosis: AnyDiagnosis) -> Page:
        if not fixed_causes(diagnosis):
            return no_fix(diagnosis)
        return Page("follow-up", f"The fix, {name}.", (Heading(f"The fix, {name}"), *fix_parts(diagnosis, form)))

    return answer


def fix_as_template(diagnosis: AnyDiagnosis) -> Page:
    """Every fix as the document to put into a template."""
    if not fixed_causes(diagnosis):
        return no_fix(diagnosis)
    says = "I write no CloudFormation. This is the whole document, to put into your template."
    return page("The fix, for a template", says, *fix_parts(diagnosis, "json"))


def not_mine(diagnosis: AnyDiagnosis) -> Page:
    """That the bot changes nothing, and who does."""
    rows = tuple(line(strong(cause.fix.owner), f": {cause.fix.summary}") for cause in diagnosis.causes if cause.fix)
    says = "I can't: I only read. Whoever may make the change has to make it."
    return page("I change nothing", says, *([Bullets(rows)] if rows else []))


def recheck(diagnosis: AnyDiagnosis) -> Page:
    """Whether it is fixed, as of this answer."""
    says = words_of(names_of(diagnosis).sentence(diagnosis.summary))
    return page("Is it fixed?", says, Note(line("As of this answer. “Check again” under it reads everything anew.")))


def afterwards(diagnosis: AnyDiagnosis) -> Page:
    """What may still deny the job once the change is made."""
    heading = "After the change"
    fixes = [cause.fix for cause in fixed_causes(diagnosis) if cause.fix]
    opened = [line(says) for says in diagnosis.not_covered] + [unread_line(item) for item in diagnosis.unread]
    rows = [Bullets(tuple(opened))] if opened else []
    if fixes and all(fix.proven for fix in fixes) and not opened:
        says = "Nothing that I know of: I evaluated the job again with the change, and nothing else is denied."
        return page(heading, says)
    if fixes and all(fix.proven for fix in fixes):
        return page(heading, "I evaluated the job again with the change. These could still deny it:", *rows)
    if fixes:
        return page(heading, "The fix isn't verified, so more may be denied.", *rows)
    return page(heading, "I have no fix, so I can't say what comes after it.", *rows)


def causes(diagnosis: AnyDiagnosis) -> Page:
    """Every cause with its change, and whether one of the changes is enough."""
    heading, names = "The causes", names_of(diagnosis)
    told = in_order(diagnosis)
    if not told:
        return no_fix(diagnosis)
    rows = [what_denies(cause, names) for cause in told]
    changes = tuple(who_changes_what(cause.fix, names) for cause in told if cause.fix)
    says = "There is one cause." if len(told) == 1 else f"There are {len(told)} causes. All of them must be fixed."
    order = (Note(line("AWS doesn't care about the order of the changes.")),) if len(changes) > 1 else ()
    return page(heading, says, Bullets(tuple(rows)), *([Bullets(changes)] if changes else []), *order)


def undo(diagnosis: AnyDiagnosis) -> Page:
    """How a change is taken back."""
    if not fixed_causes(diagnosis):
        return no_fix(diagnosis)
    says = "I show the new document, not the old one. Save each policy as it is before you change it, and put it back."
    return page("Take it back", says)


def retry(diagnosis: AnyDiagnosis) -> Page:
    """Whether starting the job again makes sense, and how."""
    how = (
        "Then start the job again in the AWS Backup console, under Jobs, or wait for the plan's next run. I only read."
    )
    if diagnosis.outcome is Outcome.DENIED:
        says = "Not yet: it would be denied again until the change is made."
        rows = tuple(line(cause.fix.summary) for cause in diagnosis.causes if cause.fix)
        return page("Start it again?", says, *([Bullets(rows)] if rows else []), Note(line(how)))
    says = "It may help: nothing that I could read denies it now. I can't start it: I only read."
    if diagnosis.unread:
        says = "I can't say whether it would pass: not everything could be read. I can't start it: I only read."
    return page("Start it again?", says, Note(line("Start it in the AWS Backup console, under Jobs.")))


def what_if(diagnosis: AnyDiagnosis) -> Page:
    """What can be asked about a change that is not made."""
    says = "I examine the job again with one change made, if you name it."
    examples = (
        "what if I attach AWSBackupServiceRolePolicyForRestores?",
        "what if I remove the permissions boundary?",
        "would allowing kms:CreateGrant help?",
    )
    names = [cause.policy for cause in diagnosis.causes if cause.policy and cause.policy.startswith("p-")]
    told = (*(f"what if I remove {name}?" for name in names[:1]), *examples)
    return page("What if", says, Bullets(tuple(line(code(example)) for example in told)))
