"""A policy document, of which a statement is compiled when an action first meets it."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bot.iam.actions import lists_action
from bot.iam.document import Document, open_document, text_of
from bot.iam.findings import Finding, NoEffectError
from bot.iam.parsing import check_members, parse_statement
from bot.iam.remembering import Remembered
from bot.iam.statement import Statement

_MOST_ACTIONS = 1024
"""Of so many actions the statements found are remembered."""

_MOST_TEXT = 2_000_000
"""The bytes of documents whose policies the process remembers."""

_NONE = Document({}, (), ())


class Policy:
    """A policy. Make it with `Policy.compile`.

    Args:
        name: What a person would look it up by.
        document: Its document, of which all that has an effect is left.
        notes: What is wrong in the document as a whole.
    """

    __slots__ = ("_actions", "_all", "_compiled", "_document", "_found", "_notes", "_spelled", "name")

    def __init__(self, name: str, document: Document, notes: Iterable[Finding] = ()) -> None:
        self.name = name
        self._document = document
        self._notes = tuple(notes)
        self._all: tuple[Statement, ...] | None = None
        self._actions: tuple[_Named | None, ...] | None = None
        self._compiled: dict[int, Statement | None] = {}
        self._found: dict[str, tuple[Statement, ...]] = {}
        self._spelled: list[tuple[str, int]] | None = None

    @classmethod
    def compile(cls, name: str, document: Mapping[str, object] | str | bytes) -> "Policy":
        """Compiles a policy document, whatever is in it. The process remembers the policies that were used last.

        Args:
            name: What a person would look it up by: an ARN, an id, an inline policy's name.
            document: The document, or its JSON text.

        Returns:
            The policy. What could not be read is in its `findings` and has no effect.
        """
        try:
            text = text_of(document)
        except NoEffectError as error:
            return cls(name, _NONE, [error.finding])
        known = _REMEMBERED.get((name, text))
        if known is None:
            known = cls._open(name, text)
            _REMEMBERED.put((name, text), known, len(text))
        return known

    @classmethod
    def _open(cls, name: str, text: bytes) -> "Policy":
        notes: list[Finding] = []
        try:
            opened = open_document(text)
            check_members(opened.members, notes)
        except NoEffectError as error:
            return cls(name, _NONE, [*notes, error.finding])
        return cls(name, opened, notes)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong in the document."""
        findings = [*self._notes]
        for place in range(len(self._document)):
            self._parse(place, findings)
        return tuple(findings)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements that have an effect, in their order."""
        if self._all is None:
            self._all = tuple(self._statements(range(len(self._document))))
        return self._all

    def candidates(self, action: str) -> tuple[Statement, ...]:
        """The statements that mean an action, given in lower case, in their order."""
        found = self._found.get(action)
        if found is None:
            if len(self._found) >= _MOST_ACTIONS:
                self._found.clear()
            if self._actions is None:
                self._actions = tuple(map(_named, self._document.actions))
            places = (place for place, named in enumerate(self._actions) if named is None or named.may_mean(action))
            found = tuple(statement for statement in self._statements(places) if statement.actions.matches(action))
            self._found[action] = found
        return found

    def neighbours(self, action: str, most: int) -> tuple[Statement, ...]:
        """Statements that do not mean an action, but name actions of its service that are spelled most like it.

        Args:
            action: The action, in lower case.
            most: How many statements at most on either side of it in the alphabet, and of those for any action.
        """
        if self._spelled is None:
            self._spelled = sorted(
                (value.lower(), place)
                for place, statement in enumerate(self.statements)
                if not statement.actions.excepting
                for value in statement.actions.values
            )
        statements = self.statements
        middle = bisect(self._spelled, (action, len(statements)))
        before, behind = self._spelled[max(middle - most, 0) : middle], self._spelled[middle : middle + most]
        service = action.partition(":")[0] + ":"
        near = {place for value, place in (*before, *behind) if value.startswith(service)}
        general = (place for place, statement in enumerate(statements) if statement.actions.means_any_service)
        places = sorted(near.union(islice(general, most)))
        return tuple(statement for place in places if not (statement := statements[place]).actions.matches(action))

    def _statements(self, places: Iterable[int]) -> Iterator[Statement]:
        """The statements at some places that have an effect, compiled when they are first asked for."""
        for place in places:
            if place not in self._compiled:
                self._compiled[place] = self._parse(place, [])
            statement = self._compiled[place]
            if statement is not None:
                yield statement

    def _parse(self, place: int, findings: list[Finding]) -> Statement | None:
        document = self._document
        return parse_statement(self.name, document.members, place, document.statement(place), findings)


class _Named:
    """The actions that a statement names, kept in little memory."""

    __slots__ = ("exact", "patterns")

    def __init__(self, values: Iterable[str]) -> None:
        self.exact = "\n".join(["", *values, ""]).lower()
        has_patterns = "*" in self.exact or "?" in self.exact
        named = self.exact.split("\n") if has_patterns else ()
        self.patterns = tuple(value for value in named if "*" in value or "?" in value)

    def may_mean(self, action: str) -> bool:
        """Whether one of them means an action, given in lower case."""
        return f"\n{action}\n" in self.exact or (bool(self.patterns) and lists_action(self.patterns, action))


def _named(values: str | list[str] | None) -> _Named | None:
    """The actions that a statement names; None where that is not known before it is compiled."""
    listed = [values] if isinstance(values, str) else values
    return None if listed is None or any("\n" in value for value in listed) else _Named(listed)


_REMEMBERED: Remembered[tuple[str, bytes], Policy] = Remembered(_MOST_TEXT)
