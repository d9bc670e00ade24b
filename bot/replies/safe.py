"""Makes foreign text harmless to look at: control, direction and invisible characters are shown, not obeyed.

A right-to-left override in a role name can make `nimda` read as `admin`; a zero-width space can make two names look the
same; a control character can end a line. The drawers send every span through here.
"""

import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what has no shape of its own: controls, direction marks, zero-width characters, separators."""

_KEPT = frozenset("\n\t")


def visible(text: str) -> str:
    r"""The text with every character of no shape written out, as in `⟨U+202E⟩`; line ends become `\n`.

    Args:
        text: Any text, of any length.

    Returns:
        Text in which what is read is what is there.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN)


class _Shown(dict[int, str | int]):
    """How each character is shown, found out once for each: itself, or its code point where it has no shape."""

    def __missing__(self, point: int) -> str | int:
        character = chr(point)
        hidden = character not in _KEPT and unicodedata.category(character) in _INVISIBLE
        shown = self[point] = f"⟨U+{point:04X}⟩" if hidden else point
        return shown


_SHOWN = _Shown()


def one_line(text: str) -> str:
    """The visible text with its line ends and tabs as spaces."""
    return " ".join(visible(text).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the cut marked with `…`; whoever calls this says where the whole text is.

    A number is not cut: a mask that comes later would not know half an account id.
    """
    if len(text) <= limit:
        return text
    kept, rest = text[: limit - 1], text[limit - 1 :]
    return (kept.rstrip("0123456789") if rest[0].isdigit() else kept).rstrip() + "…"


def notification(text: str) -> str:
    """A sentence for Slack's `text`, where `&`, `<` and `>` are markup and a backtick is too.

    See "Formatting text in app surfaces" in Slack's documentation: a mention, a link or a special mention like
    `<!channel>` needs an angle bracket that is not escaped.
    """
    shown = one_line(text).replace("`", "'")
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
