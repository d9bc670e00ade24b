"""What a reply says, before it is drawn: a few kinds of parts, made of spans.

The words are composed once as these parts; `slack` draws them as Block Kit and `terminal` as text. Foreign text (of AWS
or of a person) stands in a span like any other, and each drawer shows it literally: nothing in it can become markup.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class Style(StrEnum):
    """How a span stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    style: Style = Style.PLAIN


class Tone(StrEnum):
    """What a mark means; a drawer may colour it, never in place of its word."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Mark:
    """A status: always a word, with a symbol for terminals and an emoji's name for Slack beside it."""

    word: str
    symbol: str
    emoji: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere; its address is this program's or Slack's own, never foreign text."""

    text: str
    url: str


Piece = Span | Mark | Link
Line = tuple[Piece, ...]
"""Text that reads as one line or one paragraph."""


def line(*pieces: str | Piece) -> Line:
    """A line from strings (plain) and pieces."""
    return tuple(Span(piece) if isinstance(piece, str) else piece for piece in pieces)


def code(text: str) -> Span:
    """A name as it is spelled: an action, an ARN, a Sid."""
    return Span(text, Style.CODE)


def strong(text: str) -> Span:
    """The word that a reader should see first."""
    return Span(text, Style.STRONG)


def listing(spans: Iterable[Span], *, last: str = " and ") -> Line:
    """Spans as a person lists them: `a, b and c`."""
    items = list(spans)
    pieces: list[Span] = []
    for position, item in enumerate(items):
        if position:
            pieces.append(Span(last if position == len(items) - 1 else ", "))
        pieces.append(item)
    return tuple(pieces)


def words_of(text: Line) -> str:
    """A line as bare text, a mark as its word."""
    return "".join(piece.word if isinstance(piece, Mark) else piece.text for piece in text)


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a page or of a part of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Line


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown of the knowledge base: the one text that is markup, since nobody but its authors wrote it."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labelled values."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A document, command or message shown exactly as it is; a long one becomes a file.

    Args:
        label: What it is, in a few words.
        name: The file's name; its ending says what kind of text it is.
        text: The text.
    """

    label: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence that quotes from a policy: it is hidden where policies are.

    Args:
        label: What it is, in a few words.
        text: The sentence.
    """

    label: str
    text: Line


@dataclass(frozen=True, slots=True)
class Note:
    """Small print."""

    text: Line


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is done, being done or yet to do.

    Args:
        name: What tells it from the others.
        label: What a reader calls it.
        mark: What is known of it.
        says: What was found.
        stage: How far it is.
        sources: The titles of AWS's pages that say what was checked (`knowledge/pages.yaml`).
    """

    name: str
    label: str
    mark: Mark
    says: str = ""
    stage: Literal["pending", "in_progress", "complete"] = "pending"
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks in their order, under a title."""

    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press.

    Args:
        label: What stands on it.
        action: What pressing it does: the name that a handler is registered for.
        value: What the handler is told; it must work after a restart, so it names things and holds none.
        says: What a screen reader says, where the label alone is not enough.
        main: Whether it is the one to press.
    """

    label: str
    action: str
    value: str
    says: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu that acts as soon as something is chosen from it.

    Args:
        label: What stands on it.
        action: As of a button.
        options: What can be chosen: label and value.
    """

    label: str
    action: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Buttons:
    """Things to press, in a row."""

    items: tuple[Button | Menu, ...]


@dataclass(frozen=True, slots=True)
class FeedbackButtons:
    """Helpful or not helpful, as small print."""

    action: str
    value: str


Part = Heading | Paragraph | Prose | Bullets | Pairs | Verbatim | Excerpt | Note | Plan | Buttons | FeedbackButtons


@dataclass(frozen=True, slots=True)
class Page:
    """One reply.

    Args:
        slot: Its place in the thread, the same whenever the diagnosis is drawn again: `parent`, `layer:kms`, `fix:1`.
        says: One full sentence that stands for the page in a notification and for a screen reader.
        parts: What is shown.
    """

    slot: str
    says: str
    parts: tuple[Part, ...]


def text_of(page: Page) -> str:
    """A page as plain text, whole: for a file, where it is too long for messages."""
    return "\n\n".join(filter(None, map(_text_of, page.parts)))


def _text_of(part: Part) -> str:
    match part:
        case Heading(text):
            return text
        case Paragraph(text) | Note(text):
            return words_of(text)
        case Prose(markdown):
            return markdown
        case Bullets(items):
            return "\n".join(f"- {words_of(item)}" for item in items)
        case Pairs(pairs):
            return "\n".join(f"{label}: {words_of(value)}" for label, value in pairs)
        case Verbatim(label, _, text):
            return f"{label}:\n{text}"
        case Excerpt(label, text):
            return f"{label}: {words_of(text)}"
        case Plan(title, tasks):
            return "\n".join([title, *(words_of(task_line(task)) for task in tasks)])
        case Buttons() | FeedbackButtons():
            return ""


def task_line(task: Task) -> Line:
    """A task as a line: mark, label, and what was found."""
    found = line(f": {task.says}") if task.says else line(f" ({task.mark.word})")
    return (*line(task.mark, " ", strong(task.label)), *found)


def without_plans(page: Page) -> Page:
    """A page with its plans as headings and lists, for a place that does not take plans."""
    parts: list[Part] = []
    for part in page.parts:
        if isinstance(part, Plan):
            parts += [Heading(part.title), Bullets(tuple(map(task_line, part.tasks)))]
        else:
            parts.append(part)
    return replace(page, parts=tuple(parts))


def without_sources(page: Page) -> Page:
    """A page whose tasks have no sources, for a place that does not take them."""
    return replace(page, parts=tuple(map(_without_sources, page.parts)))


def _without_sources(part: Part) -> Part:
    if not isinstance(part, Plan):
        return part
    return replace(part, tasks=tuple(replace(task, sources=()) for task in part.tasks))
