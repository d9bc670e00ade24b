"""Draws pages for a terminal: the verdict first, then each layer with its checks, what was not read, and the fixes.

Colour only repeats what a mark's symbol and word say, so that a pipe, `NO_COLOR` and a screen reader lose nothing.
Documents and commands are printed without frames and are never wrapped or cut, so that they can be copied; what goes
into a pipe is not wrapped at all (`bot.replies.screen`).
"""

from pathlib import PurePath
from types import TracebackType
from typing import Self

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.text import Text

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.events import Event
from bot.replies.answer import head_page
from bot.replies.checklist import Checklist
from bot.replies.detail import Detail
from bot.replies.document import (
    Bullets,
    Buttons,
    Excerpt,
    FeedbackButtons,
    Heading,
    Line,
    Link,
    Mark,
    Note,
    Page,
    Pairs,
    Paragraph,
    Plan,
    Prose,
    Span,
    Style,
    Tone,
    Verbatim,
    task_line,
    without_plans,
)
from bot.replies.evidence import evidence_pages
from bot.replies.fixes import FIX, FORMS, fix_parts
from bot.replies.safe import visible
from bot.replies.screen import Screen, highlighted
from bot.replies.thread import thread_pages

_TONES = {Tone.GOOD: "green", Tone.BAD: "bold red", Tone.UNSURE: "yellow", Tone.QUIET: "dim"}
_STYLES = {Style.PLAIN: "", Style.STRONG: "bold", Style.CODE: "cyan"}
_LEXERS = {".json": "json", ".tf": "terraform", ".sh": "bash"}
_INDENT = 2


def render(answer: AnyDiagnosis, console: Console, detail: Detail = Detail.THREAD) -> None:
    """Prints an answer.

    Args:
        answer: The answer.
        console: Where to; its width, colours and encoding are respected.
        detail: How much of it.
    """
    match detail:
        case Detail.HEAD:
            below: tuple[Page, ...] = ()
        case Detail.THREAD:
            below = thread_pages(answer, "backup-why explain")
        case Detail.EVERYTHING:
            fixes = Page(FIX, "", (Heading("The fix"), *fix_parts(answer, *FORMS)))
            below = (*evidence_pages(answer), fixes)
    for page in (head_page(answer), *below):
        render_page(page, console)


def render_page(page: Page, console: Console) -> None:
    """Prints one page, and an empty line after it."""
    screen = Screen(console)
    for part in without_plans(page).parts:
        if not isinstance(part, Plan | Buttons | FeedbackButtons):
            _print(part, screen)
    console.print()


class LiveChecklist:
    """A checklist that redraws itself while the machine runs, and disappears when it ends: an observer of its events.

    Use it as a context manager.

    Args:
        console: A terminal; that of standard error, so that a piped result stays clean.
    """

    def __init__(self, console: Console) -> None:
        self._checklist = Checklist()
        self._live = Live(console=console, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Takes an event, from whichever thread the machine runs in."""
        self._checklist = self._checklist.after(event)
        self._live.update(_progress(self._checklist))


def _progress(checklist: Checklist) -> ConsoleRenderable:
    lines = [_text(task_line(step)) for step in checklist.steps]
    if checklist.read is not None:
        lines.append(Text("  {} of {} lookups read".format(*checklist.read), style="dim"))
    return Group(*lines)


def _print(part: Heading | Paragraph | Excerpt | Prose | Bullets | Pairs | Verbatim | Note, screen: Screen) -> None:
    match part:
        case Heading(text):
            screen.text(Text(visible(text), style="bold underline"))
        case Paragraph(text):
            screen.text(_text(text))
        case Excerpt(label, text):
            screen.text(Text.assemble((f"{label}: ", "bold"), _text(text)))
        case Prose(markdown):
            screen.markdown(markdown)
        case Note(text):
            screen.text(Text(_text(text).plain, style="dim"))
        case Bullets(items):
            screen.rows(map(_bullet, items), _INDENT)
        case Pairs(pairs):
            screen.rows(((Text(label, style="bold"), _text(value)) for label, value in pairs), _INDENT)
        case Verbatim(label, name, document):
            screen.text(Text(f"{label}:", style="bold"))
            screen.verbatim(highlighted(visible(document), _LEXERS.get(PurePath(name).suffix, "")))


def _bullet(item: Line) -> tuple[Text, Text]:
    """The bullet and the text; a line that begins with a mark has the mark's symbol as its bullet."""
    first = item[0]
    if isinstance(first, Mark):
        tone = _TONES[first.tone]
        return Text(first.symbol, style=tone), Text(first.word, style=tone).append_text(_text(item[1:]))
    return Text("-"), _text(item)


def _text(text: Line) -> Text:
    drawn = Text(overflow="fold")
    for piece in text:
        match piece:
            case Mark(word, symbol, _, tone):
                drawn.append(f"{symbol} {word}", style=_TONES[tone])
            case Link(words, url):
                drawn.append(visible(words), style=f"underline link {url}")
            case Span(words, style):
                drawn.append(visible(words), style=_STYLES[style])
    return drawn
