"""A policy document, of which a statement is compiled when an action first meets it.

The process remembers the documents that were used last, under whatever names.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.iam.document import Document, open_document, text_of
from bot.iam.findings import Finding, NoEffectError
from bot.iam.parsing import check_members, parse_statement
from bot.iam.remembering import Remembered
from bot.iam.statement import Statement

_MOST_ACTIONS = 1024
"""Of so many actions the statements found are remembered."""

_MOST_TEXT = 4_000_000
"""The bytes of documents that the process remembers, and of those whose policies it remembers by their name."""

_NONE = Document({}, (), ())


class _Body:
    """A compiled document, which policies of several names can share.

    Args:
        document: The document, of which all that has an effect is left.
        notes: What is wrong in the document as a whole.
    """

    __slots__ = ("_compiled", "_document", "_found", "_notes")

    def __init__(self, document: Document, notes: Iterable[Finding]) -> None:
        self._document = document
        self._notes = tuple(notes)
        self._compiled: dict[int, Statement | None] = {}
        self._found: dict[str, tuple[Statement, ...]] = {}

    @classmethod
    def of(cls, text: bytes) -> "_Body":
        """Opens a document, or finds it among the last ones."""
        known = _DOCUMENTS.get(text)
        if known is None:
            known = cls._open(text)
            _DOCUMENTS.put(text, known, len(text))
        return known

    @classmethod
    def _open(cls, text: bytes) -> "_Body":
        notes: list[Finding] = []
        try:
            opened = open_document(text)
            check_members(opened.members, notes)
        except NoEffectError as error:
            return cls(_NONE, [*notes, error.finding])
        return cls(opened, notes)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong in the document."""
        findings = [*self._notes]
        for place in range(len(self._document)):
            self._parse(place, findings)
        return tuple(findings)

    def statements(self) -> Iterator[Statement]:
        """The statements that have an effect, in their order."""
        return self._statements(range(len(self._document)))

    def candidates(self, action: str) -> tuple[Statement, ...]:
        """The statements that match an action, given in lower case, in their order."""
        found = self._found.get(action)
        if found is None:
            if len(self._found) >= _MOST_ACTIONS:
                self._found.clear()
            places = self._document.places(action)
            found = tuple(statement for statement in self._statements(places) if statement.actions.matches(action))
            self._found[action] = found
        return found

    def _statements(self, places: Iterable[int]) -> Iterator[Statement]:
        """The statements at some places that have an effect, compiled when they are first asked for."""
        for place in places:
            if place not in self._compiled:
                self._compiled[place] = self._parse(place, [])
            statement = self._compiled[place]
            if statement is not None:
                yield statement

    def _parse(self, place: int, findings: list[Finding]) -> Statement | None:
        return parse_statement(self._document.members, place, self._document.statement(place), findings)


class Policy:
    """A policy. Make it with `Policy.compile`.

    Args:
        name: What a person would look it up by.
        body: Its compiled document.
    """

    __slots__ = ("_body", "_found", "_spelled", "_statements", "name")

    def __init__(self, name: str, body: _Body) -> None:
        self.name = name
        self._body = body
        self._found: dict[str, tuple[Statement, ...]] = {}
        self._statements: tuple[Statement, ...] | None = None
        self._spelled: _Spelled | None = None

    @classmethod
    def compile(cls, name: str, document: Mapping[str, object] | str | bytes) -> "Policy":
        """Compiles a policy document, whatever is in it.

        Args:
            name: What a person would look it up by: an ARN, an id, an inline policy's name.
            document: The document, or its JSON text.

        Returns:
            The policy. What could not be read is in its `findings` and has no effect.
        """
        try:
            text = text_of(document)
        except NoEffectError as error:
            return cls(name, _Body(_NONE, [error.finding]))
        known = _POLICIES.get((name, text))
        if known is None:
            known = cls(name, _Body.of(text))
            _POLICIES.put((name, text), known, len(text))
        return known

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong in the document."""
        return self._body.findings

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements that have an effect, in their order."""
        if self._statements is None:
            self._statements = self._named(self._body.statements())
        return self._statements

    def candidates(self, action: str) -> tuple[Statement, ...]:
        """The statements that match an action, given in lower case, in their order."""
        found = self._found.get(action)
        if found is None:
            if len(self._found) >= _MOST_ACTIONS:
                self._found.clear()
            found = self._found[action] = self._named(self._body.candidates(action))
        return found

    def _named(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(statement.named(self.name) for statement in statements)

    def neighbours(self, action: str, most: int) -> tuple[Statement, ...]:
        """Statements that do not match an action, but name actions of its service that are spelled most like it.

        Args:
            action: The action, in lower case.
            most: How many statements at most on either side of it in the alphabet, and of those for any action.
        """
        statements = self.statements
        if self._spelled is None:
            self._spelled = _Spelled(statements)
        places = sorted(self._spelled.near(action, most))
        return tuple(statement for place in places if not (statement := statements[place]).actions.matches(action))


class _Spelled:
    """The actions that statements name, as they are spelled, and the places of the statements for any service."""

    __slots__ = ("_actions", "_general")

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._actions = sorted(
            (value.lower(), place)
            for place, statement in enumerate(statements)
            if not statement.actions.excepting
            for value in statement.actions.values
        )
        self._general = [place for place, statement in enumerate(statements) if statement.actions.means_any_service]

    def near(self, action: str, most: int) -> set[int]:
        """The places of the statements that name actions of its service around an action, and of those for any."""
        middle = bisect_left(self._actions, (action + "\0",))
        around = self._actions[max(middle - most, 0) : middle + most]
        service = action.partition(":")[0] + ":"
        return {place for value, place in around if value.startswith(service)}.union(self._general[:most])


_DOCUMENTS: Remembered[bytes, _Body] = Remembered(_MOST_TEXT)
_POLICIES: Remembered[tuple[str, bytes], Policy] = Remembered(_MOST_TEXT)
