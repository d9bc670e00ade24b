"""Text as people paste it, made plain: out of chat markup, HTML escapes, quotes, line breaks and JSON.

What comes in is untrusted and may be long. It is never executed nor made part of a pattern, and every step takes time
in proportion to its length.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 60_000
"""Characters of a text that are looked at."""

_STRAIGHT = dict.fromkeys(
    map(ord, "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"), '"'
) | dict.fromkeys(map(ord, "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"), "'")
# What marks code, has no width or turns the direction of a text: shown by nobody, and in the way of every pattern.
_UNSEEN = dict.fromkeys((0x60, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
_ODD = _STRAIGHT | _UNSEEN
_LINK = re.compile(r"<(?P<url>(?:https?|mailto):[^<>|\s]{1,2000})(?:\|(?P<label>[^<>|]{0,2000}))?>")
_MENTION = re.compile(r"<[@#!][^<>]{0,200}>")
_QUOTE_MARK = re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)
_ESCAPE = re.compile(r"\\([\"'/nrt])")
_TRIES = 8
"""Opening braces from which JSON is tried: a text has few events in it, a hostile one has thousands of braces."""
_SAYING = frozenset({"errormessage", "statusmessage", "status_message", "message", "error", "text", "cause"})
"""The members, in lower case, in which AWS's events and answers and alerts about them carry a sentence."""
_ARN = re.compile(r"arn:aws[\w-]{0,20}:[\w-]{1,40}:[\w-]{0,30}:\d{0,12}:[^\s\"'<>\[\]{},;|]{1,1000}")


def plain(text: str) -> str:
    """A pasted text on one line, without markup.

    Links become what was typed: Slack makes one of every `backup.amazonaws.com`. Mentions are left out, placeholders
    such as `<role>` stay.

    Args:
        text: What was pasted, in whatever shape.
    """
    text = html.unescape(text[:LONGEST]).translate(_ODD)
    text = _LINK.sub(_typed, text)
    text = _QUOTE_MARK.sub("", _MENTION.sub(" ", text))
    return " ".join(_ESCAPE.sub(lambda match: match[1] if match[1] in "\"'/" else " ", text).split())


def _typed(link: re.Match[str]) -> str:
    """What a link of Slack's stands for: the words that it was made of, or its label and where it leads."""
    url, label = link["url"], link["label"] or ""
    address = url.partition(":")[2].strip("/")
    return label if address == label.strip("/") else f"{label} {url}"


def json_objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in a pasted text, in their order, also those that are a string inside another.

    Args:
        text: What was pasted: an event alone, inside prose, in a code block, or in an alert's own JSON.
    """
    text = html.unescape(text[:LONGEST]) if "&quot;" in text[:LONGEST] else text[:LONGEST]
    decoder, position = json.JSONDecoder(), 0
    for _ in range(_TRIES):
        position = text.find("{", position)
        if position < 0:
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        yield value
        for inner in strings(value):
            if inner.lstrip().startswith("{"):
                yield from json_objects(inner)


def sentences(event: Mapping[str, Any]) -> list[str]:
    """What an event or an answer of AWS says in words: its error and status messages, in their order."""
    return [text for name, text in members(event) if isinstance(text, str) and name.lower() in _SAYING and text.strip()]


def strings(event: Mapping[str, Any]) -> Iterator[str]:
    """Every text of an event, wherever it is."""
    return (value for _, value in members(event) if isinstance(value, str))


def objects(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """An event and every object in it: a list of records has the events that count inside."""
    yield event
    yield from (value for _, value in members(event) if isinstance(value, dict))


def members(event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every member of an event by its name, from outside in; an element of a list has the list's name."""
    waiting: list[tuple[str, Any]] = list(event.items())
    for name, value in waiting:
        yield name, value
        if isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((name, element) for element in value)


def find_arns(text: str) -> tuple[str, ...]:
    """The ARNs in a text, each once, in their order, without the full stop of their sentence.

    Args:
        text: What was pasted.
    """
    found = (match[0].rstrip(".:)!?") for match in _ARN.finditer(plain(text)))
    return tuple(dict.fromkeys(found))
