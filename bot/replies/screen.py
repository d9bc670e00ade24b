"""Puts text on a terminal or into a pipe.

On a terminal running text is wrapped at its width. In a pipe or a file a paragraph is one line and no line ends in
blanks, so that it can be searched, compared and sent on. Commands and documents are never wrapped, wherever they go,
and no word is broken, such as an ARN: a line of a terminal that is too long is continued by the terminal itself, and is
copied as one.
"""

import re
from collections.abc import Iterable
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

_FENCE: Final = re.compile(r"(?ms)^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=fence)[ \t]*$")
_BLOCK: Final = re.compile(r"(?m)^(?=\s*(?:[-*]|\d+\.) )|\n\s*\n")
"""Where one block of Markdown ends and the next begins: at an empty line, or at an item of a list."""
_HEADING: Final = re.compile(r"(?m)^#{1,6} +(?P<title>.*)$")
_ITEM: Final = re.compile(r"(?P<mark>[-*]|\d+\.) +")
_TABLE: Final = "|"
_INLINE: Final = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|(?<![^\s(])\*(?P<stressed>\w(?:[^*]*\w)?)\*(?!\w)"
)
_STYLES: Final = {"code": "cyan", "strong": "bold", "stressed": "italic"}
_WORD: Final = re.compile(r"\S+\s*")


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
            self._wrapped(Text(" " * indent), text)
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
        known = list(rows)
        width = max((beginning.cell_len for beginning, _ in known), default=0)
        for beginning, text in known:
            gap = " " * (width - beginning.cell_len + 1)
            self._wrapped(Text.assemble(" " * indent, beginning, gap), text)

    def markdown(self, source: str, indent: int = 0) -> None:
        """Prints Markdown: drawn on a terminal, as it is written elsewhere."""
        if not self._console.is_terminal:
            self.verbatim(Text(source), indent)
            return
        end = 0
        for fenced in _FENCE.finditer(source):
            self._blocks(source[end : fenced.start()], indent)
            self.verbatim(highlighted(fenced["code"], fenced["language"]), indent)
            self._console.print()
            end = fenced.end()
        self._blocks(source[end:], indent)

    def _blocks(self, source: str, indent: int) -> None:
        """Prints what stands between documents: headings, paragraphs, lists and tables."""
        apart = _HEADING.sub(r"\n\n\g<0>\n\n", source)
        blocks = [block for block in map(str.strip, _BLOCK.split(apart)) if block]
        for block, after in zip(blocks, [*blocks[1:], ""], strict=True):
            if block.startswith(_TABLE):
                self._console.print(Padding(Markdown(block), (0, 0, 0, indent), expand=False))
            elif item := _ITEM.match(block):
                self.rows([(Text(item["mark"]), _inline(block[item.end() :]))], indent + 1)
            elif heading := _HEADING.match(block):
                self.text(Text(heading["title"], style="bold underline"), indent)
            else:
                self.text(_inline(block), indent)
            if not (_ITEM.match(block) and _ITEM.match(after)) and not _HEADING.match(block):
                self._console.print()

    def _wrapped(self, beginning: Text, text: Text) -> None:
        """Prints text behind its beginning, wrapped between words; a word that is too long for a line stays whole."""
        width = self._console.width - beginning.cell_len
        lines = [
            part for line in text.split("\n", allow_blank=True) for part in line.divide(_breaks(line.plain, width))
        ]
        for at, line in enumerate(lines):
            whole = Text().append_text(Text(" " * beginning.cell_len) if at else beginning).append_text(line)
            whole.rstrip()
            self._console.print(whole, soft_wrap=True)


def _breaks(text: str, width: int) -> list[int]:
    """Where a line is broken so that no part of it is wider, but for words that are."""
    breaks, column = [], 0
    for word in _WORD.finditer(text):
        if column and column + cell_len(word[0].rstrip()) > width:
            breaks.append(word.start())
            column = 0
        column += cell_len(word[0])
    return breaks


def _inline(source: str) -> Text:
    """A block of Markdown as one line of text, in the styles that it marks."""
    flat, text, end = " ".join(source.split()), Text(), 0
    for marked in _INLINE.finditer(flat):
        kind = str(marked.lastgroup)
        text.append(flat[end : marked.start()]).append(marked[kind], style=_STYLES[kind])
        end = marked.end()
    return text.append(flat[end:])


def highlighted(code: str, language: str) -> Text:
    """A document in the colours of its language."""
    text = Syntax("", language or "text", theme="ansi_dark", background_color="default").highlight(code)
    text.rstrip()
    return text
