"""Policy variables: `${aws:username}`, with a default `${aws:PrincipalTag/team, 'none'}`, and `${*}` `${?}` `${$}`.

Source: AWS IAM User Guide, "IAM policy elements: Variables and tags". What a variable stands for is put in literally:
a star in it is no wildcard. A variable without a value (its key is absent, empty or has several values) and without a
default makes the text around it match nothing. Documents of version 2008-10-17 know no variables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.iam.wildcard import Token, Wild, tokens_of

Value = str | tuple[str, ...]
"""What a condition key has in a request: one value, or two and more."""

Context = Mapping[str, Value]
"""The values of a request's condition keys, by the key in lower case; an absent key has no entry."""

_CHARACTERS = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}`; `key` is in lower case."""

    key: str
    default: str | None

    def value(self, context: Context) -> str | None:
        """What it stands for in a request, None for nothing."""
        value = context.get(self.key)
        return value if isinstance(value, str) and value else self.default


@dataclass(frozen=True, slots=True)
class Template:
    """A policy's text with its variables cut out.

    Args:
        parts: Texts as they stand in the policy, literal characters (a `Wild` never), and variables, in their order.
    """

    parts: tuple["str | Literal | Variable", ...]

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that the text depends on."""
        return frozenset(part.key for part in self.parts if isinstance(part, Variable))

    def text(self, context: Context) -> str | None:
        """The text with every variable put in, wildcards being ordinary characters; None where one has no value."""
        texts: list[str] = []
        for part in self.parts:
            if isinstance(part, Variable):
                value = part.value(context)
                if value is None:
                    return None
                texts.append(value)
            else:
                texts.append(part if isinstance(part, str) else part.text)
        return "".join(texts)

    def tokens(self, context: Context) -> tuple[Token, ...] | None:
        """The text as a pattern, every variable put in literally; None where one has no value."""
        tokens: list[Token] = []
        for part in self.parts:
            if isinstance(part, str):
                tokens.extend(tokens_of(part))
            elif isinstance(part, Literal):
                tokens.append(part.text)
            else:
                value = part.value(context)
                if value is None:
                    return None
                tokens.append(value)
        return tuple(tokens)

    def guesses(self, key: str, target: str) -> Iterator[str]:
        """Values of a variable with which the template could give a text.

        Args:
            key: The variable's key, in lower case.
            target: The text to be given.
        """
        for place, part in enumerate(self.parts):
            if isinstance(part, Variable) and part.key == key:
                before = self._literal(place - 1, last=True)
                after = self._literal(place + 1, last=False)
                start = target.find(before)
                if start >= 0:
                    start += len(before)
                    end = target.find(after, start) if after else len(target)
                    yield target[start : end if end >= 0 else len(target)]

    def _literal(self, place: int, *, last: bool) -> str:
        """The literal text that touches a variable on one side."""
        if not 0 <= place < len(self.parts):
            return ""
        part = self.parts[place]
        if isinstance(part, Variable):
            return ""
        texts = tokens_of(part) if isinstance(part, str) else (part.text,)
        token = texts[-1 if last else 0]
        return "" if isinstance(token, Wild) else token


@dataclass(frozen=True, slots=True)
class Literal:
    """A character written as `${*}`, `${?}` or `${$}`: itself, never a wildcard."""

    text: str


def parse_template(text: str) -> Template | None:
    """Finds the variables of a text.

    Args:
        text: A value as it stands in a policy of version 2012-10-17.

    Returns:
        The text as a template, None where it has no `${…}`. A `${` that is never closed is an ordinary text.
    """
    parts: list[str | Literal | Variable] = []
    place = 0
    while (start := text.find("${", place)) >= 0 and (end := text.find("}", start)) >= 0:
        if start > place:
            parts.append(text[place:start])
        inside = text[start + 2 : end]
        parts.append(Literal(inside) if inside in _CHARACTERS else _variable(inside))
        place = end + 1
    if not parts:
        return None
    if place < len(text):
        parts.append(text[place:])
    return Template(tuple(parts))


def _variable(inside: str) -> Variable:
    """Reads what is between the braces."""
    key, comma, rest = inside.partition(",")
    rest = rest.strip()
    quoted = bool(comma) and len(rest) >= 2 and rest[0] == rest[-1] == "'"
    return Variable(key.strip().lower(), rest[1:-1] if quoted else None)
