"""What a message says, wherever it says it: in its text, its blocks, its attachments and its files."""

from collections.abc import Iterator
from typing import Any

_WORDS = frozenset(
    {
        "text",
        "value",
        "title",
        "pretext",
        "fallback",
        "url",
        "title_link",
        "preview",
        "plain_text",
        "alt_txt",
        "alt_text",
    }
)
"""The members in which blocks, attachments and files (snippets, mails, images) carry what is to be read; what a button
is worth is a program's own."""


def texts(message: Any) -> Iterator[str]:
    """Every text of a message, wherever it stands: alerts of other bots keep theirs in blocks and attachments."""
    if isinstance(message, dict):
        for name, member in message.items():
            if isinstance(member, str) and name in _WORDS and not (name == "value" and "action_id" in message):
                yield member
            else:
                yield from texts(member)
    elif isinstance(message, (list, tuple)):
        for member in message:
            yield from texts(member)


def cut_files(files: Any) -> list[str]:
    """The names of text files of which Slack shows the beginning alone ("File object": `lines_more`)."""
    known = [file for file in files or () if isinstance(file, dict)]
    return [str(file.get("name") or "the file") for file in known if file.get("preview") and _is_cut(file)]


def _is_cut(file: dict[str, Any]) -> bool:
    return bool(file.get("preview_is_truncated") or file.get("lines_more"))
