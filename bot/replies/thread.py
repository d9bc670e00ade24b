"""The thread under a verdict, at most three replies: the fix, what denies, and what is clear or could not be read."""

from typing import Final

from bot.diagnosis.model import DiagnosisDocument, Outcome, Verdict
from bot.replies.causes import cause_facts, names_of, telling, what_denies
from bot.replies.document import (
    Bullets,
    Excerpt,
    Heading,
    Line,
    Page,
    Pairs,
    Paragraph,
    Part,
    Verbatim,
    code,
    line,
    strong,
)
from bot.replies.evidence import unread_line
from bot.replies.fixes import fix_page
from bot.replies.knowledge import find
from bot.replies.naming import Names
from bot.replies.recorded import recorded_parts
from bot.replies.verdict import SHOWN, is_told_whole
from bot.replies.words import LAYERS, MARKS, counted

DENIES: Final = "denies"
REST: Final = "rest"
"""Slots of the second and the third reply; that of the first is `fix`."""


def thread_pages(answer: DiagnosisDocument, explain: str = "/backup-explain") -> tuple[Page, ...]:
    """Every reply under the verdict, in the order in which a person reads them; nothing of the verdict is repeated.

    Args:
        answer: The answer.
        explain: The command that shows an entry of the knowledge base, where this is read.
    """
    return (*fix_page(answer), *_denies_page(answer), *_rest_page(answer, explain))


def _denies_page(answer: DiagnosisDocument) -> tuple[Page, ...]:
    """The evidence of each cause, and what AWS Backup and CloudTrail say themselves."""
    names, parts = names_of(answer), list[Part]()
    causes = telling(answer)
    for number, cause in enumerate(causes, start=1):
        if number > SHOWN:
            parts.append(Paragraph(what_denies(cause, names)))
        elif len(causes) > 1:
            parts.append(Paragraph(line(strong(LAYERS[cause.layer]))))
        parts.append(Pairs(cause_facts(cause)))
        if cause.near_miss:
            parts.append(Excerpt("Closest statement", line(cause.near_miss)))
    message = answer.job.status_message if answer.job else None
    if answer.job and message and not is_told_whole(message, answer.summary):
        parts.append(Verbatim("AWS Backup's status message", f"message-of-{answer.job.id}.txt", message))
    parts += recorded_parts(answer)
    heading = "What AWS says"
    if causes:
        heading = "Why it is denied" if answer.outcome is Outcome.DENIED else "What may deny it"
    says = f"{heading}: {counted(len(causes), 'cause')}."
    return (Page(DENIES, says, (Heading(heading), *parts)),) if parts else ()


def _rest_page(answer: DiagnosisDocument, explain: str) -> tuple[Page, ...]:
    """What is clear, what is unknown and why, and what to read next."""
    names = names_of(answer)
    parts: list[Part] = []
    if answer.unread:
        items = tuple(unread_line(each, names) for each in answer.unread)
        parts += [Paragraph(line(strong("I couldn't read these, so I can't rule them out:"))), Bullets(items)]
    checks = tuple(_checks(answer, names))
    parts += [Bullets(checks)] if checks else []
    told = telling(answer)
    aside = tuple(what_denies(cause, names) for cause in answer.causes if cause not in told)
    if aside:
        parts += [
            Paragraph(line(strong("It would also be denied, though the failure is another one:"))),
            Bullets(aside),
        ]
    if answer.not_covered:
        items = tuple(names.sentence(sentence) for sentence in answer.not_covered)
        parts += [Paragraph(line(strong("What could still deny it:"))), Bullets(items)]
    slugs = dict.fromkeys(cause.knowledge or cause.code for cause in answer.causes)
    entries = [entry for entry in map(find, slugs) if entry is not None]
    if entries:
        commands = [piece for entry in entries for piece in (", ", code(f"{explain} {entry.slug}"))]
        parts.append(Paragraph(line("To read more: ", *commands[1:])))
    says = f"What is clear, and what I couldn't read: {counted(len(answer.unread), 'read')} failed."
    return (Page(REST, says, (Heading("What else I checked"), *parts)),) if parts else ()


def _checks(answer: DiagnosisDocument, names: Names) -> list[Line]:
    """The checks that are not blocked, a line each, what is unknown first; a check that repeats another one once."""
    every = ((check, LAYERS[layer.layer]) for layer in answer.layers for check in layer.checks)
    told = dict.fromkeys((each.verdict, layer, each.says) for each, layer in every)
    shown = [each for each in told if each[0] is not Verdict.BLOCKED]
    shown.sort(key=lambda each: each[0] is not Verdict.UNKNOWN)
    return [(*line(MARKS[verdict], f" {layer}: "), *names.sentence(says)) for verdict, layer, says in shown]
