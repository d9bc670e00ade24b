"""Reads the statements of a policy document.

Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM Access Analyzer policy check reference".
What AWS would not store has no effect here: a statement with an element that can't be read neither allows nor denies,
a document that can't be read does nothing at all. A single value that can't be read (an action without a colon, a
resource that is no ARN) matches nothing and leaves the others in effect; in `NotAction` and `NotResource`, where that
would widen the statement, it makes the statement unreadable. A statement with an empty list has no effect.
"""

from collections.abc import Mapping

from bot.iam.actions import Actions
from bot.iam.actions import is_readable as is_action
from bot.iam.conditions import Condition, parse_conditions
from bot.iam.document import repeated_members
from bot.iam.findings import Finding, NoEffectError, Severity
from bot.iam.grantees import Grantees, parse_grantees
from bot.iam.resources import Resources
from bot.iam.resources import is_readable as is_resource
from bot.iam.statement import Effect, Statement

VERSIONS = ("2008-10-17", "2012-10-17")
_WITH_VARIABLES = "2012-10-17"
_MEMBERS = ("Version", "Id", "Statement")
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_EFFECTS = {effect.value: effect for effect in Effect}
_ELEMENTS = frozenset(("Sid", "Effect", "Condition", *(name for pair in _PAIRS for name in pair)))


def check_members(members: Mapping[str, object], findings: list[Finding]) -> None:
    """Checks the members of a document, but for its statements.

    Args:
        members: The members, as `open_document` gives them.
        findings: Where to note what is wrong but can be read.

    Raises:
        NoEffectError: The document is none that AWS would store.
    """
    for name in repeated_members(members):
        raise NoEffectError("", f"{name} stands more than once.")
    findings.extend(
        Finding("", f"{name} is no element of a policy document.", Severity.WARNING)
        for name in members
        if name not in _MEMBERS
    )
    version = members.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        raise NoEffectError("Version", f"{version!r} is no version of the policy language.")


def parse_statement(
    members: Mapping[str, object], place: int, statement: object, findings: list[Finding]
) -> Statement | None:
    """Reads one statement of a document.

    Args:
        members: The document's members.
        place: The statement's position in it.
        statement: The statement.
        findings: Where to note what is wrong.

    Returns:
        The statement, of a policy without a name; None where it has no effect.
    """
    reader = _Reader(f"Statement[{place}]", findings, variables=members.get("Version") == _WITH_VARIABLES)
    try:
        return reader.read(str(place), statement)
    except NoEffectError as error:
        findings.append(error.finding)
        return None


class _Reader:
    """Reads one statement."""

    def __init__(self, place: str, findings: list[Finding], *, variables: bool) -> None:
        self.place = place
        self.findings = findings
        self.variables = variables

    def read(self, position: str, statement: object) -> Statement:
        if not isinstance(statement, dict):
            raise NoEffectError(self.place, "A statement must be an object.")
        self._check_elements(statement)
        conditions = self._conditions(statement)
        resources = self._resources(statement)
        keys = frozenset[str]().union(*(condition.keys for condition in conditions))
        return Statement(
            "",
            self._id(statement, position),
            self._effect(statement),
            self._actions(statement),
            resources,
            self._grantees(statement),
            conditions,
            keys | resources.keys if resources else keys,
        )

    def _check_elements(self, statement: Mapping[str, object]) -> None:
        for name in repeated_members(statement):
            raise NoEffectError(self.place, f"{name} stands more than once.")
        for name in statement:
            if name not in _ELEMENTS:
                raise NoEffectError(self.place, f"{name} is no element of a statement.")
        for plain, excepting in _PAIRS:
            if plain in statement and excepting in statement:
                raise NoEffectError(self.place, f"{plain} and {excepting} exclude each other.")

    def _id(self, statement: Mapping[str, object], position: str) -> str:
        sid = statement.get("Sid", "")
        if not isinstance(sid, str):
            self.findings.append(Finding(f"{self.place}.Sid", "A Sid must be a text.", Severity.WARNING))
            return position
        return sid or position

    def _effect(self, statement: Mapping[str, object]) -> Effect:
        effect = statement.get("Effect")
        if isinstance(effect, str) and effect in _EFFECTS:
            return _EFFECTS[effect]
        raise NoEffectError(f"{self.place}.Effect", "Effect must be Allow or Deny.")

    def _actions(self, statement: Mapping[str, object]) -> Actions:
        name = "NotAction" if "NotAction" in statement else "Action"
        if name not in statement:
            raise NoEffectError(self.place, "A statement must have an Action or a NotAction.")
        values = self._texts(statement[name], f"{self.place}.{name}")
        for value in values:
            if not is_action(value):
                self._unread(name, f"{value!r} is no action: a service, a colon and a name.")
        return Actions(values, excepting=name == "NotAction")

    def _resources(self, statement: Mapping[str, object]) -> Resources | None:
        name = "NotResource" if "NotResource" in statement else "Resource"
        if name not in statement:
            return None
        values = self._texts(statement[name], f"{self.place}.{name}")
        for value in values:
            if not is_resource(value):
                self._unread(name, f"{value!r} is no ARN.")
        return Resources(values, excepting=name == "NotResource", variables=self.variables)

    def _grantees(self, statement: Mapping[str, object]) -> Grantees | None:
        name = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
        if name not in statement:
            return None
        place = f"{self.place}.{name}"
        return parse_grantees(statement[name], place, excepting=name == "NotPrincipal", findings=self.findings)

    def _conditions(self, statement: Mapping[str, object]) -> tuple[Condition, ...]:
        if "Condition" not in statement:
            return ()
        return parse_conditions(
            statement["Condition"],
            f"{self.place}.Condition",
            variables=self.variables,
            denies=statement.get("Effect") == Effect.DENY,
            findings=self.findings,
        )

    def _texts(self, value: object, place: str) -> list[str]:
        """A text, or a list of texts that is not empty."""
        values = value if isinstance(value, list) else [value]
        if not values:
            raise NoEffectError(place, "The list is empty, so the statement does nothing.", Severity.SUGGESTION)
        texts = [text for text in values if isinstance(text, str)]
        if len(texts) < len(values):
            raise NoEffectError(place, "Only texts can stand here.")
        return texts

    def _unread(self, name: str, message: str) -> None:
        """Notes a value that can't be read, which in an excepting element takes the statement out of effect."""
        if name.startswith("Not"):
            raise NoEffectError(f"{self.place}.{name}", message)
        self.findings.append(Finding(f"{self.place}.{name}", f"{message[:-1]}: it matches nothing.", Severity.WARNING))
