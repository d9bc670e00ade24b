"""A policy document, compiled once: its statements, and an index that finds those that can mean an action."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping

from bot.iam.document import read_document
from bot.iam.findings import Finding, NoEffectError
from bot.iam.parsing import parse_statements
from bot.iam.statement import Statement

_MOST_ACTIONS = 1024
"""Of so many actions the statements found are remembered."""


class Policy:
    """A compiled policy. Make it with `Policy.compile`.

    Args:
        name: What a person would look it up by.
        statements: Its statements that have an effect, in their order.
        findings: What is wrong in the document.
    """

    __slots__ = ("_by_action", "_by_service", "_found", "_general", "_spelled", "findings", "name", "statements")

    def __init__(self, name: str, statements: tuple[Statement, ...], findings: tuple[Finding, ...]) -> None:
        self.name = name
        self.statements = statements
        self.findings = findings
        self._by_action: dict[str, list[int]] = defaultdict(list)
        self._by_service: dict[str, list[int]] = defaultdict(list)
        self._general: list[int] = []
        self._found: dict[str, tuple[Statement, ...]] = {}
        self._spelled: list[tuple[str, int]] | None = None
        for place, statement in enumerate(statements):
            self._index(place, statement)

    def _index(self, place: int, statement: Statement) -> None:
        """Files a statement under its actions, under the services of its patterns, or among those for any action."""
        actions = statement.actions
        if actions.services is None:
            self._general.append(place)
            return
        for action in actions.exact:
            self._by_action[action].append(place)
        for service in actions.patterned:
            self._by_service[service].append(place)

    @classmethod
    def compile(cls, name: str, document: Mapping[str, object] | str) -> "Policy":
        """Compiles a policy document, whatever is in it.

        Args:
            name: What a person would look it up by: an ARN, an id, an inline policy's name.
            document: The document, or its JSON text.

        Returns:
            The policy. What could not be read is in its `findings` and has no effect.
        """
        findings: list[Finding] = []
        statements: list[Statement] = []
        try:
            statements.extend(parse_statements(name, read_document(document), findings))
        except NoEffectError as error:
            findings.append(error.finding)
        return cls(name, tuple(statements), tuple(findings))

    def candidates(self, action: str) -> tuple[Statement, ...]:
        """The statements that mean an action, given in lower case, in their order."""
        found = self._found.get(action)
        if found is None:
            if len(self._found) >= _MOST_ACTIONS:
                self._found.clear()
            found = self._found[action] = self._find(action)
        return found

    def _find(self, action: str) -> tuple[Statement, ...]:
        places = {*self._general, *self._by_action.get(action, ()), *self._by_service.get(action.partition(":")[0], ())}
        return tuple(
            statement for place in sorted(places) if (statement := self.statements[place]).actions.matches(action)
        )

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
        middle = bisect(self._spelled, (action, len(self.statements)))
        before, behind = self._spelled[max(middle - most, 0) : middle], self._spelled[middle : middle + most]
        service = action.partition(":")[0] + ":"
        near = {place for value, place in (*before, *behind) if value.startswith(service)}
        places = sorted(near.union(self._general[:most]))
        return tuple(statement for place in places if not (statement := self.statements[place]).actions.matches(action))
