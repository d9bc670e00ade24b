"""Has a language model say an entry in other words, and takes them only where they say no more and no less of fact.

No words of the person who asked are sent, so that nobody can tell the model what to write.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from bot.language.choosing import tool_input, tool_request

_TOOL: Final = "rephrase"
_TASK: Final = (
    "Say the text in plainer English for a tired engineer. Keep its headings, and every code, name, number and command "
    "exactly as it is. Add no fact, leave none out, and keep each not, no, never, only and must."
)
_SCHEMA: Final = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
_MOST_TOKENS: Final = 1_500
_LONGER: Final = 1.3
"""How much longer than the original a text may be."""

_FACT: Final = re.compile(
    r"```.*?```|`[^`]+`|\S*(?:://|arn:)\S*|\b[A-Za-z][\w-]*:[A-Za-z*][\w*]*|\b\w*\d[\w.-]*\b|\b\w*[a-z]\w*[A-Z]\w*\b"
    r"|\b[A-Z]{2,}\w*\b|^#+ [^\n]*",
    re.DOTALL | re.MULTILINE,
)
"""What has to be kept: code, links, ARNs, actions, numbers and ids, names such as CreateVault and KMS, headings."""
_DECIDING: Final = frozenset(
    {"not", "no", "never", "none", "nobody", "nothing", "without", "only", "unless", "except", "neither", "nor", "must"}
    | {"always", "every", "all", "any", "cannot", "deny", "denies", "denied", "allow", "allows", "allowed"}
)
"""Words that turn what a sentence says: each has to be there as often as before."""
_NEGATION: Final = re.compile("n[\u2019']t\\b")
_MARKUP: Final = "<>[]@|*~"
"""Characters by which a text could become more than a text."""


def rephrase_request(text: str) -> dict[str, Any]:
    """The parameters of Converse that have a model rephrase an entry."""
    return tool_request(_TASK, text, _TOOL, _SCHEMA, _MOST_TOKENS)


def rephrased(answer: Mapping[str, Any], original: str) -> str | None:
    """What a model made of a text; None where it did not keep to it."""
    said = tool_input(answer, _TOOL).get("text")
    return said.strip() if isinstance(said, str) and keeps_to(said, original) else None


def keeps_to(said: str, original: str) -> bool:
    """Whether a text has the facts of another, no others, and turns none of them.

    Args:
        said: What a model wrote.
        original: What it was given.
    """
    return (
        bool(said.strip())
        and len(said) <= _LONGER * len(original)
        and all(character.isprintable() or character == "\n" for character in said)
        and _facts(said) == _facts(original)
        and _deciding(said) == _deciding(original)
        and all(said.count(mark) <= original.count(mark) for mark in _MARKUP)
    )


def _facts(text: str) -> frozenset[str]:
    return frozenset(found[0].rstrip(".,;:") for found in _FACT.finditer(text))


def _deciding(text: str) -> Counter[str]:
    """How often each word that decides is there; short forms of a negation count as `not`."""
    spelled = _NEGATION.sub(" not", text.lower().replace("cannot", "can not"))
    return Counter(word for word in re.findall(r"[a-z]+", spelled) if word in _DECIDING)
