"""Draws the parts of a page as Block Kit: rich text, which shows foreign text literally.

No part is drawn as `mrkdwn`: rich text, headers and plain text take every character as it is, so nothing that AWS or a
person wrote can mention, link or format.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    HeaderBlock,
    InteractiveElement,
    MarkdownBlock,
    Option,
    PlainTextObject,
    PlanBlock,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextSectionElement,
    StaticSelectElement,
    TaskCardBlock,
    UrlSourceElement,
)

from bot.replies import safe
from bot.replies.document import (
    Bullets,
    Button,
    Buttons,
    Excerpt,
    FeedbackButtons,
    Heading,
    Line,
    Link,
    Mark,
    Menu,
    Note,
    Pairs,
    Paragraph,
    Part,
    Piece,
    Plan,
    Prose,
    Span,
    Style,
    Verbatim,
    code,
    line,
    strong,
    words_of,
)
from bot.replies.words import counted
from knowledge.pages import pages

BLOCK_TEXT = 2_900
"""Characters. Slack documents 3,000 for a section and none for rich text: one measure for both."""

HEADER_TEXT = 150
TITLE_TEXT = 150
OUTPUT_TEXT = 250
"""Characters of a task's title and of what it found: Slack takes 256 in a stream."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block and how many characters it shows."""

    block: Block
    size: int


def drawn(part: Part) -> Iterator[Drawn]:
    """The blocks of one part; text of any length is cut into as many as it takes, and none of it is lost.

    A document that is too long for a block is pointed to as a file: see `is_long`.
    """
    match part:
        case Heading(text):
            title = safe.shorten(safe.one_line(text), HEADER_TEXT)
            yield Drawn(HeaderBlock(text=PlainTextObject(text=title, emoji=False)), len(title))
        case Note(text):
            for piece in _pieces(text):
                words = words_of(piece)
                yield Drawn(ContextBlock(elements=[PlainTextObject(text=words, emoji=False)]), len(words))
        case Excerpt(label, text):
            yield from drawn(Paragraph((*line(strong(f"{label}: ")), *text)))
        case Paragraph(text):
            for piece in _pieces(text):
                yield _rich([RichTextSectionElement(elements=_inline(piece))], _size(piece))
        case Prose(markdown):
            yield Drawn(MarkdownBlock(text=markdown), len(markdown))
        case Pairs(pairs):
            yield from _lists([(*line(strong(f"{label}: ")), *value) for label, value in pairs], None)
        case Bullets(items):
            yield from _lists(items, "bullet")
        case Verbatim():
            yield from _verbatim(part)
        case Plan():
            yield _plan(part)
        case Buttons(items):
            yield Drawn(ActionsBlock(elements=[_pressable(item) for item in items]), 0)
        case FeedbackButtons(action, value):
            yield Drawn(ContextActionsBlock(elements=[_feedback(action, value)]), 0)


def _plan(plan: Plan) -> Drawn:
    """A plan; the word of a task's mark stands in its title, since a card's own icons only tell how far it is."""
    cards = [
        TaskCardBlock(
            task_id=task.name,
            title=safe.shorten(f"{task.label}: {task.mark.word}", TITLE_TEXT),
            status=task.stage,
            output=RichTextBlock(elements=[RichTextSectionElement(elements=_inline(line(said)))]) if said else None,
            sources=[UrlSourceElement(text=title, url=pages()[title]) for title in task.sources] or None,
        )
        for task in plan.tasks
        for said in [safe.shorten(safe.one_line(task.says), OUTPUT_TEXT)]
    ]
    title = safe.shorten(safe.one_line(plan.title), TITLE_TEXT)
    return Drawn(PlanBlock(title=title, tasks=cards), len(title) + sum(len(card.title) + OUTPUT_TEXT for card in cards))


def _pressable(item: Button | Menu) -> InteractiveElement:
    if isinstance(item, Menu):
        options = [Option(text=PlainTextObject(text=label), value=value) for label, value in item.options]
        return StaticSelectElement(placeholder=item.label, action_id=item.action, options=options)
    return ButtonElement(
        text=PlainTextObject(text=item.label),
        action_id=item.action,
        value=item.value,
        style="primary" if item.main else None,
        accessibility_label=item.says or None,
    )


def _feedback(action: str, value: str) -> FeedbackButtonsElement:
    return FeedbackButtonsElement(
        action_id=action,
        positive_button=FeedbackButtonObject(text=PlainTextObject(text="Helpful"), value=f"yes:{value}"),
        negative_button=FeedbackButtonObject(text=PlainTextObject(text="Not helpful"), value=f"no:{value}"),
    )


def _lists(items: Sequence[Line], style: str | None) -> Iterator[Drawn]:
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


def _list(lines: Sequence[Line], style: str | None) -> Drawn:
    size = sum(map(_size, lines))
    sections = [RichTextSectionElement(elements=_inline(item)) for item in lines]
    if style is not None:
        return _rich([RichTextListElement(elements=sections, style=style)], size)
    joined = [piece for position, item in enumerate(lines) for piece in (*(line("\n") if position else ()), *item)]
    return _rich([RichTextSectionElement(elements=_inline(tuple(joined)))], size)


def _verbatim(part: Verbatim) -> Iterator[Drawn]:
    label = strong(f"{part.label}: ")
    if is_long(part.text):
        lines = part.text.count("\n") + 1
        yield from drawn(
            Paragraph(line(label, "in the file below, ", code(part.name), f" ({counted(lines, 'line')})."))
        )
    elif part.text:
        text = safe.visible(part.text)
        document = RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)], border=0)
        yield _rich([RichTextSectionElement(elements=_inline((label,))), document], len(text) + len(label.text))


def is_long(text: str) -> bool:
    """Whether a document is too long to be shown inside a message."""
    return len(safe.visible(text)) > BLOCK_TEXT


def _rich(elements: Sequence[RichTextElement], size: int) -> Drawn:
    return Drawn(RichTextBlock(elements=elements), size)


def _inline(text: Line) -> list[RichTextElement]:
    return [element for piece in text for element in _elements(piece)]


_STYLES = {
    Style.PLAIN: None,
    Style.STRONG: RichTextElementParts.TextStyle(bold=True),
    Style.CODE: RichTextElementParts.TextStyle(code=True),
}


def _elements(piece: Piece) -> tuple[RichTextElement, ...]:
    """A span or link as one element; a mark as its emoji and its word, never the emoji alone."""
    match piece:
        case Span(text, style):
            return (RichTextElementParts.Text(text=text, style=_STYLES[style]),)
        case Link(text, url):
            return (RichTextElementParts.Link(url=url, text=text),)
        case Mark(word, _, emoji):
            bold = RichTextElementParts.Text(text=f" {word}", style=_STYLES[Style.STRONG])
            return RichTextElementParts.Emoji(name=emoji), bold


def _size(text: Line) -> int:
    return len(words_of(text))


def _pieces(text: Line) -> Iterator[Line]:
    """A line made visible, without empty spans, cut into lines that each fit a block."""
    current: list[Piece] = []
    room = BLOCK_TEXT
    for piece in text:
        if not isinstance(piece, Span):
            current.append(piece)
            room -= len(words_of((piece,)))
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


def whole(part: Part) -> list[Part]:
    """A document in as many pieces as it takes to show it without a file, cut at the ends of lines."""
    if not isinstance(part, Verbatim):
        return [part]
    pieces, current = [], ""
    for text in _lines(safe.visible(part.text)):
        if current and len(current) + len(text) > BLOCK_TEXT - len(part.label):
            pieces.append(current)
            current = ""
        current += text
    pieces.append(current)
    if len(pieces) == 1:
        return [part]
    total = len(pieces)
    return [Verbatim(f"{part.label} ({n} of {total})", part.name, piece) for n, piece in enumerate(pieces, start=1)]


def _lines(text: str) -> Iterable[str]:
    """The lines of a text with their ends; one that is too long for a block in pieces."""
    room = BLOCK_TEXT - 100
    for whole in text.splitlines(keepends=True):
        yield from (whole[at : at + room] for at in range(0, len(whole), room))
