"""The parts of an answer: the statements that decided, and what each layer says on its own."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.iam.explaining import Matched, matched
from bot.iam.grantees import Grantee
from bot.iam.layers import PolicyLayer
from bot.iam.request import Request
from bot.iam.statement import Effect, Statement
from bot.iam.variables import Context


class LayerVerdict(StrEnum):
    """What a layer says of a request on its own."""

    ALLOWS = "allows"
    DENIES = "denies"
    SILENT = "silent"
    """No statement matches the request: an implicit deny, where the layer has to allow."""

    DEPENDS = "depends"
    """An unknown condition key decides whether it allows."""


@dataclass(frozen=True, slots=True)
class StatementMatch:
    """A statement, or a KMS grant, that decided.

    Args:
        layer: Its layer.
        policy: The name of its policy; of a grant its name, else its id.
        statement: Its Sid or its position ("0"); of a grant its id.
        effect: Allow or Deny.
        level: For SCPs and RCPs, the level from the root (0) down.
        depends: Whether it matches the request only under some assignments of the unknown keys.
        contested: Whether it denies by a rule that AWS leaves open.
    """

    layer: PolicyLayer
    policy: str
    statement: str
    effect: Effect
    level: int | None = None
    depends: bool = False
    contested: bool = False
    _source: tuple[Statement, Request, Context] | None = field(default=None, repr=False, compare=False)

    @property
    def grantee(self) -> Grantee:
        """As whom the statement means the principal; everyone where it names no principals."""
        if self._source is None:
            return Grantee.EVERYONE
        statement, request, _ = self._source
        return statement.grantee(request.principal, bounded=False)

    @property
    def matched(self) -> Matched | None:
        """The values in the statement that matched; None for a grant."""
        return matched(*self._source) if self._source else None


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What one layer, or one level of it, says of a request on its own.

    Args:
        layer: The layer.
        level: For SCPs and RCPs, the level from the root (0) down.
        verdict: What it says.
        statements: The statements that decided: those that deny, else those that allow; where it depends, all that
            match the request under some assignment.
        depends_on: The condition keys that a `depends` depends on.
        grants: For the resource's policy, whether it allows the principal directly (by itself, by its role or with
            `*`) or only delegates to its account.
    """

    layer: PolicyLayer
    level: int | None
    verdict: LayerVerdict
    statements: tuple[StatementMatch, ...]
    depends_on: tuple[str, ...] = ()
    grants: Literal["direct", "account"] | None = None
