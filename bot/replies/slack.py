"""Draws pages as Slack messages within Block Kit's limits.

What does not fit one message goes on in the next one, and a long document becomes a file; only `draw_single` shortens,
and says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.replies import safe
from bot.replies.blocks import Drawn, drawn, is_long, whole
from bot.replies.document import (
    Bullets,
    Buttons,
    Excerpt,
    FeedbackButtons,
    Heading,
    Line,
    Note,
    Page,
    Pairs,
    Paragraph,
    Part,
    Piece,
    Plan,
    Prose,
    Span,
    Verbatim,
    code,
    line,
    strong,
    text_of,
)
from bot.replies.message import Message, Snippet

BLOCKS = 45
"""Slack takes 50 blocks a message; some are left for buttons."""

MESSAGE_TEXT = 12_000
MESSAGES = 3
"""A page that would need more messages than this goes on in a file: a channel takes about one message a second."""

NOTIFICATION_TEXT = 1_000
WORDLESS = "backup-why has replied."
"""The `text` of a reply whose own sentence turned out to be blank: Slack shows it alone in notifications."""

INLINE = 4
"""Blocks of a document that stands in a message instead of a file: together they stay below `MESSAGE_TEXT`."""

LINE_IN_SINGLE = 700
"""A verdict has at most sixteen lines, so that together they stay below `MESSAGE_TEXT`."""


def draw(page: Page) -> tuple[Message, ...]:
    """A page as as many messages as it needs.

    Args:
        page: The page, with text of any length.

    Returns:
        At least one message; the files of the page hang at the last one.
    """
    text = safe.notification(safe.shorten(page.says, NOTIFICATION_TEXT)) or WORDLESS
    groups = list(_packed([block for part in page.parts for block in drawn(part)]))
    snippets = tuple(_snippet(part) for part in page.parts if isinstance(part, Verbatim) and is_long(part.text))
    if len(groups) > MESSAGES:
        all_of_it = Verbatim("This reply", f"{page.slot.replace(':', '-')}.txt", text_of(page))
        rest = Paragraph(
            line(strong("This reply is too long for messages. "), "All of it is a file below: ", code(all_of_it.name))
        )
        groups, snippets = [[*groups[0][: BLOCKS - 1], *drawn(rest)]], (_snippet(all_of_it),)
    messages = []
    for number, group in enumerate(groups, start=1):
        slot = page.slot if number == 1 else f"{page.slot}:{number}"
        said = text if len(groups) == 1 else f"{text} ({number} of {len(groups)})"
        hanging = snippets if number == len(groups) else ()
        messages.append(Message(slot, said, tuple(item.block.to_dict() for item in group), hanging))
    return tuple(messages)


def draw_single(page: Page) -> Message:
    """A page as one message that can be edited in place, its long lines shortened where they have to be.

    Args:
        page: A page with few parts and no documents.

    Returns:
        The message. If a text was shortened, a line in it says so.
    """
    fitted = replace(page, parts=tuple(_fitted(part) for part in page.parts))
    if fitted != page:
        note = Note(line("Long texts are shortened here (…). Details has them whole."))
        fitted = replace(fitted, parts=(*fitted.parts, note))
    (message,) = draw(fitted)
    return message


def _snippet(part: Verbatim) -> Snippet:
    """A document as a file, and what of it a message shows where Slack takes no file."""
    pieces = whole(part)
    shown, left = pieces[:INLINE], len(pieces[INLINE:])
    says = f"Slack takes no file from me here. This is what {part.name} has in it"
    note = Paragraph(line(f"{says}{', shortened.' if left else '.'}"))
    blocks = tuple(item.block.to_dict() for piece in (note, *shown) for item in drawn(piece))
    return Snippet(part.name, safe.visible(part.text), blocks)


def _fitted(part: Part) -> Part:
    match part:
        case Paragraph(text):
            return Paragraph(_fitted_line(text))
        case Excerpt(label, text):
            return Excerpt(label, _fitted_line(text))
        case Bullets(items):
            return Bullets(tuple(_fitted_line(item) for item in items))
        case Pairs(pairs):
            return Pairs(tuple((label, _fitted_line(value)) for label, value in pairs))
        case Note(text):
            return Note(_fitted_line(text))
        case Heading() | Prose() | Verbatim() | Plan() | Buttons() | FeedbackButtons():
            return part


def _fitted_line(text: Line) -> Line:
    """The line, cut where it gets longer than a line of a verdict may be."""
    fitted: list[Piece] = []
    room = LINE_IN_SINGLE
    for piece in text:
        if isinstance(piece, Span):
            whole = safe.visible(piece.text)
            shown = whole if len(whole) <= room else safe.shorten(whole, max(room, 1))
            fitted.append(Span(shown if shown != whole else piece.text, piece.style))
            if shown != whole:
                break
            room -= len(whole)
        else:
            fitted.append(piece)
    return tuple(fitted)


def _packed(blocks: Sequence[Drawn]) -> Iterator[list[Drawn]]:
    """Blocks in their order, as few groups as Slack's limits allow."""
    group: list[Drawn] = []
    size = 0
    for item in blocks:
        if group and (len(group) == BLOCKS or size + item.size > MESSAGE_TEXT):
            yield group
            group, size = [], 0
        group.append(item)
        size += item.size
    yield group
