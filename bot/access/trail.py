"""The newest lines of the audit trail, for an admin."""

from collections.abc import Sequence

from bot.access.audit import Entry
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line, strong


def trail_page(entries: Sequence[Entry]) -> Page:
    """What was asked, answered, refused and pressed lately.

    Args:
        entries: The lines, newest first.
    """
    heading = f"The newest {len(entries)} lines of the audit trail" if entries else "The audit trail is empty"
    told = (Bullets(tuple(map(_told, entries))),) if entries else (Paragraph(line("Nothing has been asked yet.")),)
    note = Note(line("All of it: ", code("/backup-why audit export"), " sends you a file."))
    return Page("audit", f"{heading}.", (Heading(heading), *told, note))


def _told(entry: Entry) -> Line:
    details = "".join(f", {member}" for member in (entry.account, entry.outcome) if member)
    return line(f"{entry.at[:19]} ", strong(entry.act), " by ", code(entry.user), f": {entry.about}{details}")
