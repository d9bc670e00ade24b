"""The doctor's report as a page: what is broken comes first."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.doctor.findings import GRAVEST_FIRST, Checkup, Health, SetupFinding
from bot.replies.document import Bullets, Heading, Line, Mark, Page, Paragraph, Part, Tone, line

_MARKS: Final[Mapping[Health, Mark]] = MappingProxyType(
    {
        Health.OK: Mark("ok", "✓", "white_check_mark", Tone.GOOD),
        Health.WARNING: Mark("warning", "!", "warning", Tone.UNSURE),
        Health.BROKEN: Mark("broken", "✗", "no_entry", Tone.BAD),
        Health.UNKNOWN: Mark("unknown", "?", "grey_question", Tone.UNSURE),
    }
)
_VERDICTS: Final[Mapping[Health, str]] = MappingProxyType(
    {
        Health.OK: "Everything that I looked at is well.",
        Health.WARNING: "It works, and something should be changed.",
        Health.BROKEN: "Something is broken.",
        Health.UNKNOWN: "Nothing is broken as far as I could look.",
    }
)


def checkup_page(checkup: Checkup) -> Page:
    """The report."""
    verdict = _VERDICTS[checkup.condition]
    parts: list[Part] = [Heading("Doctor"), Paragraph(line(_MARKS[checkup.condition], f" {verdict}"))]
    for condition in GRAVEST_FIRST:
        found = [finding for finding in checkup.findings if finding.condition is condition]
        if found:
            parts.append(Bullets(tuple(_lines(found))))
    return Page("doctor", verdict, tuple(parts))


def _lines(findings: Sequence[SetupFinding]) -> list[Line]:
    return [
        line(_MARKS[finding.condition], f" {finding.check}: {finding.says}{f' → {finding.do}' if finding.do else ''}")
        for finding in findings
    ]
