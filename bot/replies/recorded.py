"""What CloudTrail recorded of a job: calls that were denied, sharing withdrawn, changes made after it ended."""

from bot.diagnosis.model import DeniedCall, DiagnosisDocument, LaterChange, Withdrawal
from bot.replies.document import Bullets, Line, Paragraph, Part, code, line


def recorded_parts(answer: DiagnosisDocument) -> list[Part]:
    """What CloudTrail recorded; nothing where it recorded nothing that matters here."""
    parts: list[Part] = []
    if answer.denied_calls:
        denied = tuple(map(_denied, _alike(answer.denied_calls)))
        parts += [Paragraph(line("CloudTrail recorded these denied calls:")), Bullets(denied)]
    if answer.withdrawals:
        withdrawn = tuple(map(_withdrawn, answer.withdrawals))
        parts += [Paragraph(line("Sharing withdrawn while the job ran:")), Bullets(withdrawn)]
    if answer.changed_since:
        changed = tuple(map(_changed, answer.changed_since))
        parts += [Paragraph(line("Changed after the job ended:")), Bullets(changed)]
    return parts


def _alike(calls: tuple[DeniedCall, ...]) -> list[list[DeniedCall]]:
    """Denied calls of one action on one resource, together: a job tries again."""
    alike: dict[tuple[str, str | None], list[DeniedCall]] = {}
    for call in calls:
        alike.setdefault((call.action, call.resource), []).append(call)
    return list(alike.values())


def _denied(calls: list[DeniedCall]) -> Line:
    first = calls[0]
    on = line(" on ", code(first.resource)) if first.resource else ()
    again = f", {len(calls)} times" if len(calls) > 1 else ""
    return (*line(f"{first.at:%Y-%m-%d %H:%M} UTC: ", code(first.action)), *on, *line(again))


def _withdrawn(call: Withdrawal) -> Line:
    return (*line(f"{call.at:%Y-%m-%d %H:%M} UTC: ", code(call.action), " on ", code(call.resource)), *_by(call.by))


def _changed(change: LaterChange) -> Line:
    on = line(f"{change.at:%Y-%m-%d %H:%M} UTC: ", code(change.event), " on ", code(change.target))
    return (*on, *_by(change.by))


def _by(person: str | None) -> Line:
    return line(" by ", code(person)) if person else ()
