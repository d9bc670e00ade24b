"""The verdict: the one message that answers the question and heads the thread.

It is at most six short lines, readable in five seconds on a phone: what failed, what denies it, who must change what,
the layers in one line, and the ids.
"""

import re
from typing import Final

from bot.diagnosis.model import Diagnosis, DiagnosisDocument, Outcome, Unread, Verdict
from bot.diagnosis.reading import TextDiagnosis
from bot.replies.causes import names_of, telling, what_denies, who_changes_what
from bot.replies.document import Heading, Line, Note, Page, Paragraph, Part, code, line, strong, words_of
from bot.replies.naming import Names
from bot.replies.safe import shorten
from bot.replies.titles import title
from bot.replies.words import LAYERS, MARKS, counted, is_fixed, outcome

PARENT: Final = "parent"
"""The slot of the message at the head of the thread."""
SHOWN: Final = 3
"""How many causes the head shows; more are in the thread."""
LONGEST_QUOTE: Final = 60
"""Characters of a message of AWS Backup that the head quotes."""
_QUOTED: Final = re.compile(r'"([^"]+)"')


def verdict_page(diagnosis: Diagnosis, note: str = "") -> Page:
    """The verdict as the head of a thread.

    Args:
        diagnosis: A finished diagnosis.
        note: What a second examination has changed.

    Returns:
        A page with a bounded number of parts, whatever the diagnosis holds.
    """
    names = names_of(diagnosis)
    parts: list[Part] = [Heading(title(diagnosis, names))]
    if note:
        parts.append(Paragraph(line(strong(note))))
    parts += cause_paragraphs(diagnosis) or _summary(diagnosis, names, noted=bool(note))
    parts += _next_step(diagnosis)
    parts += [*layers_parts(diagnosis), Note(_footer(diagnosis, names))]
    says = words_of(names.sentence(diagnosis.summary))
    return Page(PARENT, says if is_fixed(diagnosis) else f"{outcome(diagnosis)}. {says}", tuple(parts))


def _summary(diagnosis: Diagnosis, names: Names, *, noted: bool) -> list[Part]:
    """The summary where there is no cause to show; what a note and the title say already is not said again."""
    if not is_fixed(diagnosis):
        return [Paragraph(names.sentence(_QUOTED.sub(_shortened, diagnosis.summary)))]
    return [] if noted else [Paragraph(line("What denied it is gone. All that I could evaluate allows it now."))]


def is_told_whole(message: str, summary: str) -> bool:
    """Whether the head has the whole of a message of AWS Backup, in the summary that it shows."""
    return message in _QUOTED.sub(_shortened, summary)


def _shortened(quoted: re.Match[str]) -> str:
    """The beginning of a message; the whole of it is in the evidence."""
    return f'"{shorten(quoted[1], LONGEST_QUOTE)}"'


def _next_step(diagnosis: Diagnosis) -> list[Part]:
    """What to do where there is no change to make; nothing where no policy is behind the failure."""
    has_fix = any(cause.fix for cause in diagnosis.causes)
    if has_fix or is_fixed(diagnosis) or diagnosis.outcome not in (Outcome.DENIED, Outcome.UNDETERMINED):
        return []
    if diagnosis.unread:
        return [Paragraph(line(strong("Next: "), "Give me access to what I couldn't read, then check again."))]
    if diagnosis.outcome is Outcome.DENIED:
        return []
    return [Paragraph(line(strong("Next: "), "Ask AWS Support what was denied, with the job ID."))]


def cause_paragraphs(answer: DiagnosisDocument) -> list[Part]:
    """What denies and who must change what: two lines for one cause, a line each for several.

    They have no numbers: the order in which fixes are to be made is another one.
    """
    names, causes = names_of(answer).after(*_in_title(answer)), telling(answer)
    if len(causes) == 1:
        fix = causes[0].fix
        changes = [Paragraph(who_changes_what(fix, names))] if fix else []
        return [Paragraph(what_denies(causes[0], names)), *changes]
    parts: list[Part] = []
    for cause in causes[:SHOWN]:
        changes_it = (*line("\n"), *who_changes_what(cause.fix, names)) if cause.fix else ()
        parts.append(Paragraph((*line("• "), *what_denies(cause, names), *changes_it)))
    if len(causes) > SHOWN:
        parts.append(Paragraph(line(f"{counted(len(causes) - SHOWN, 'more problem')} to fix, listed below.")))
    return parts


def _in_title(answer: DiagnosisDocument) -> tuple[str | None, ...]:
    """What the title names."""
    if isinstance(answer, Diagnosis):
        return (answer.job.resource, answer.job.source_vault, answer.job.destination_vault)
    return (answer.reading.resource,) if isinstance(answer, TextDiagnosis) else ()


def layers_parts(answer: DiagnosisDocument) -> list[Part]:
    """The layers in one line, and that something could not be read, so that nobody takes silence for clear.

    Returns:
        Nothing where no layer applies: a job that has not failed has none to look into.
    """
    if all(each.verdict is Verdict.NOT_APPLICABLE for each in answer.layers) and not answer.unread:
        return []
    pieces = [piece for each in answer.layers for piece in (" · ", f"{LAYERS[each.layer]} ", MARKS[each.verdict])]
    return [Paragraph((*line(*pieces[1:]), *_unread(answer.unread)))]


def _unread(unread: tuple[Unread, ...]) -> Line:
    if not unread:
        return ()
    return line(f". I couldn't read {counted(len(unread), 'thing')}.")


def _footer(diagnosis: Diagnosis, names: Names) -> Line:
    """Which job this is about, where and when, and what asking took."""
    job, cost = diagnosis.job, diagnosis.cost
    created = f" · {job.created:%Y-%m-%d %H:%M} UTC" if job.created else ""
    asked = f"{counted(cost.aws_calls, 'AWS call')}, {cost.ms / 1000:.1f} s"
    where = f" · account {names.account(job.account)} · {job.region}{created} · {job.state} · {asked}"
    return line("Job ", code(job.id), where)
