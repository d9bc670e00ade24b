"""Draws pages as Slack messages: rich text, which shows foreign text literally, within Block Kit's limits.

No part is drawn as `mrkdwn`: rich text, headers and plain text take every character as it is, so nothing that AWS or a
person wrote can mention, link or format. What does not fit one message goes on in the next one, and a long document
becomes a file; only `draw_single` shortens, and says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextSectionElement,
)

from bot.replies import safe
from bot.replies.document import (
    Bullets,
    Facts,
    Heading,
    Line,
    Mark,
    Note,
    Page,
    Paragraph,
    Part,
    Prose,
    Span,
    Style,
    Verbatim,
    code,
    line,
    strong,
    text_of,
    words_of,
)
from bot.replies.words import counted

BLOCKS = 45
"""Slack takes 50 blocks a message; some are left for buttons."""

MESSAGE_TEXT = 12_000
BLOCK_TEXT = 2_900
"""Characters. Slack documents 3,000 for a section and none for rich text: one measure for both."""

MESSAGES = 3
"""A page that would need more messages than this goes on in a file: a channel takes about one message a second."""

HEADER_TEXT = 150
NOTIFICATION_TEXT = 1_000
LINE_IN_SINGLE = 700
"""A verdict has at most sixteen lines, so that together they stay below `MESSAGE_TEXT`."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A document that is posted as a file of the thread."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to `chat.postMessage` or `chat.update`.

    Args:
        slot: Its place in the thread; a page that needs several messages has `layer:kms`, `layer:kms:2`, …
        text: One sentence for notifications and screen readers, escaped.
        blocks: Block Kit, as JSON.
        snippets: Files that belong below it.
    """

    slot: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A block and how many characters it shows."""

    block: Block
    size: int


def draw(page: Page) -> tuple[Message, ...]:
    """A page as as many messages as it needs.

    Args:
        page: The page, with text of any length.

    Returns:
        At least one message; the files of the page hang at the last one.
    """
    text = safe.notification(safe.shorten(page.says, NOTIFICATION_TEXT))
    groups = list(_packed([drawn for part in page.parts for drawn in _drawn(part)]))
    snippets = tuple(
        Snippet(part.name, safe.visible(part.text))
        for part in page.parts
        if isinstance(part, Verbatim) and _is_long(part.text)
    )
    if len(groups) > MESSAGES:
        whole = Snippet(f"{page.slot.replace(':', '-')}.txt", safe.visible(text_of(page)))
        rest = Paragraph(
            line(strong("This reply is too long for messages. "), "All of it is a file below: ", code(whole.name))
        )
        groups, snippets = [[*groups[0][: BLOCKS - 1], *_drawn(rest)]], (whole,)
    messages = []
    for number, group in enumerate(groups, start=1):
        slot = page.slot if number == 1 else f"{page.slot}:{number}"
        said = text if len(groups) == 1 else f"{text} ({number} of {len(groups)})"
        hanging = snippets if number == len(groups) else ()
        messages.append(Message(slot, said, tuple(drawn.block.to_dict() for drawn in group), hanging))
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
        note = Note(line("Long texts are shortened here (…); the thread has them whole."))
        fitted = replace(fitted, parts=(*fitted.parts, note))
    (message,) = draw(fitted)
    return message


def _fitted(part: Part) -> Part:
    match part:
        case Paragraph(text):
            return Paragraph(_fitted_line(text))
        case Bullets(items):
            return Bullets(tuple(_fitted_line(item) for item in items))
        case Facts(pairs):
            return Facts(tuple((label, _fitted_line(value)) for label, value in pairs))
        case Note(text):
            return Note(_fitted_line(text))
        case Heading() | Prose() | Verbatim():
            return part


def _fitted_line(text: Line) -> Line:
    """The line, cut where it gets longer than a line of a verdict may be."""
    fitted: list[Span | Mark] = []
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


def _packed(drawn: Sequence[_Drawn]) -> Iterator[list[_Drawn]]:
    """Blocks in their order, as few groups as Slack's limits allow."""
    group: list[_Drawn] = []
    size = 0
    for item in drawn:
        if group and (len(group) == BLOCKS or size + item.size > MESSAGE_TEXT):
            yield group
            group, size = [], 0
        group.append(item)
        size += item.size
    yield group


def _drawn(part: Part) -> Iterator[_Drawn]:
    """The blocks of one part."""
    match part:
        case Heading(text):
            title = safe.shorten(safe.one_line(text), HEADER_TEXT)
            yield _Drawn(HeaderBlock(text=PlainTextObject(text=title, emoji=False)), len(title))
        case Note(text):
            for piece in _pieces(text):
                words = words_of(piece)
                yield _Drawn(ContextBlock(elements=[PlainTextObject(text=words, emoji=False)]), len(words))
        case Paragraph(text):
            for piece in _pieces(text):
                yield _rich([RichTextSectionElement(elements=_inline(piece))], _size(piece))
        case Prose(markdown):
            yield _Drawn(MarkdownBlock(text=markdown), len(markdown))
        case Facts(pairs):
            yield from _lists([(*line(strong(f"{label}: ")), *value) for label, value in pairs], None)
        case Bullets(items):
            yield from _lists(items, "bullet")
        case Verbatim():
            yield from _verbatim(part)


def _lists(items: Sequence[Line], style: str | None) -> Iterator[_Drawn]:
    """Lines as one rich text block, or as several where they are too long for one."""
    lines = [piece for item in items for piece in _pieces(item)]
    chunk: list[Line] = []
    for item in lines:
        if chunk and sum(map(_size, chunk)) + _size(item) > BLOCK_TEXT:
            yield _list(chunk, style)
            chunk = []
        chunk.append(item)
    if chunk:
        yield _list(chunk, style)


def _list(lines: Sequence[Line], style: str | None) -> _Drawn:
    size = sum(map(_size, lines))
    sections = [RichTextSectionElement(elements=_inline(item)) for item in lines]
    if style is not None:
        return _rich([RichTextListElement(elements=sections, style=style)], size)
    joined = [piece for position, item in enumerate(lines) for piece in (*(line("\n") if position else ()), *item)]
    return _rich([RichTextSectionElement(elements=_inline(tuple(joined)))], size)


def _verbatim(part: Verbatim) -> Iterator[_Drawn]:
    label = strong(f"{part.label}: ")
    if _is_long(part.text):
        lines = part.text.count("\n") + 1
        yield from _drawn(
            Paragraph(line(label, "in the file below, ", code(part.name), f" ({counted(lines, 'line')})."))
        )
    elif part.text:
        text = safe.visible(part.text)
        document = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)], border=0)
        yield _rich([RichTextSectionElement(elements=_inline((label,))), document], len(text) + len(label.text))


def _is_long(text: str) -> bool:
    return len(safe.visible(text)) > BLOCK_TEXT


def _rich(elements: Sequence[RichTextElement], size: int) -> _Drawn:
    return _Drawn(RichTextBlock(elements=elements), size)


def _inline(text: Line) -> list[RichTextElement]:
    return [element for piece in text for element in _elements(piece)]


_STYLES = {
    Style.PLAIN: None,
    Style.STRONG: RichTextElementParts.TextStyle(bold=True),
    Style.CODE: RichTextElementParts.TextStyle(code=True),
}


def _elements(piece: Span | Mark) -> tuple[RichTextElement, ...]:
    """A span as one element; a mark as its emoji and its word, never the emoji alone."""
    if isinstance(piece, Span):
        return (RichTextElementParts.Text(text=piece.text, style=_STYLES[piece.style]),)
    emoji = RichTextElementParts.Emoji(name=piece.emoji)
    return emoji, RichTextElementParts.Text(text=f" {piece.word}", style=_STYLES[Style.STRONG])


def _size(text: Line) -> int:
    return len(words_of(text))


def _pieces(text: Line) -> Iterator[Line]:
    """A line made visible, without empty spans, cut into lines that each fit a block."""
    current: list[Span | Mark] = []
    room = BLOCK_TEXT
    for piece in text:
        if isinstance(piece, Mark):
            current.append(piece)
            room -= len(piece.word)
            continue
        rest = safe.visible(piece.text)
        while rest:
            if room <= 0:
                yield tuple(current)
                current, room = [], BLOCK_TEXT
            head, rest = rest[:room], rest[room:]
            current.append(Span(head, piece.style))
            room -= len(head)
    if current:
        yield tuple(current)
