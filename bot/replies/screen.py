"""Puts text on a terminal or into a pipe.

On a terminal running text is wrapped at its width. In a pipe or a file a paragraph is one line and no line ends in
blanks, so that it can be searched, compared and sent on. Commands and documents are never wrapped, wherever they go: a
line of a terminal that is too long is continued by the terminal itself, and is copied as one.
"""

import re
from collections.abc import Iterable
from typing import Final

from rich.console import Console, ConsoleRenderable
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

_FENCE: Final = re.compile(r"(?ms)^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=fence)[ \t]*$")


class Screen:
    """Where text goes.

    Args:
        console: A terminal, a pipe or a file; its width, colours and encoding are respected.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def text(self, text: Text, indent: int = 0) -> None:
        """Prints running text."""
        if self._console.is_terminal:
            self._wrapped(text, indent)
        else:
            self.verbatim(text, indent)

    def verbatim(self, text: Text, indent: int = 0) -> None:
        """Prints lines as they are."""
        for line in text.split("\n", allow_blank=True):
            line.rstrip()
            indented = Text(" " * indent).append_text(line) if line else line
            self._console.print(indented, soft_wrap=True)

    def rows(self, rows: Iterable[tuple[Text, Text]], indent: int = 0) -> None:
        """Prints bullets or labels, each with its text beside it."""
        if not self._console.is_terminal:
            for beginning, text in rows:
                self.verbatim(Text.assemble(beginning, " ", text), indent)
            return
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for beginning, text in rows:
            grid.add_row(beginning, text)
        self._wrapped(grid, indent)

    def markdown(self, source: str, indent: int = 0) -> None:
        """Prints Markdown: drawn on a terminal, as it is written elsewhere."""
        if not self._console.is_terminal:
            self.verbatim(Text(source), indent)
            return
        end = 0
        for fenced in _FENCE.finditer(source):
            self._wrapped_markdown(source[end : fenced.start()], indent)
            self.verbatim(highlighted(fenced["code"], fenced["language"]), indent)
            end = fenced.end()
        self._wrapped_markdown(source[end:], indent)

    def _wrapped_markdown(self, source: str, indent: int) -> None:
        if source.strip():
            self._wrapped(Markdown(source), indent)

    def _wrapped(self, drawn: ConsoleRenderable, indent: int) -> None:
        self._console.print(Padding(drawn, (0, 0, 0, indent), expand=False) if indent else drawn)


def highlighted(code: str, language: str) -> Text:
    """A document in the colours of its language."""
    text = Syntax("", language or "text", theme="ansi_dark", background_color="default").highlight(code)
    text.rstrip()
    return text
