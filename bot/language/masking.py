"""Takes out of a question what is nobody else's business, before it is sent to a language model."""

import re
from typing import Final

LONGEST: Final = 300
"""Characters of a question that are sent."""

_MASKS: Final = (
    (re.compile(r"```.*?(?:```|$)|\{.*(?:\}|$)", re.DOTALL), "<document>"),
    (re.compile(r"<[@#!][^>]*>"), "<mention>"),
    (re.compile(r"\barn:\S+"), "<arn>"),
    (re.compile(r"https?://\S+"), "<link>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?:A[A-Z]{3}[A-Z0-9]{12,}|xox[a-z.]*-\S+|xapp-\S+)"), "<secret>"),
    (re.compile(r"\b(?:[a-z]{1,4}|snap|vol|ami|fs|vpce?|subnet|sg|eni|ou|mrk)-[0-9a-z]*[0-9][0-9a-z-]*\b"), "<id>"),
    (re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"), "<address>"),
    (re.compile(r"\d{4}[ -]?\d{4}[ -]?\d{4}"), "<account>"),
    (re.compile(r"[A-Za-z0-9+/=_-]{40,}"), "<text>"),
)
"""What is taken out, in this order, and the word that stands in its place."""


def masked(question: str) -> str:
    """A question without documents, ARNs, account ids, ids, links, addresses, mentions and secrets; cut to `LONGEST`.

    What stays are its words. A name of somebody's own, such as that of a role, is a word.
    """
    for pattern, word in _MASKS:
        question = pattern.sub(word, question)
    return " ".join(question.split())[:LONGEST]
