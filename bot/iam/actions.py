"""The `Action` and `NotAction` elements: which actions a statement means.

Source: AWS IAM User Guide, "IAM JSON policy elements: Action" and "NotAction". An action is a service's prefix, a
colon and a name, without regard to case; `*` and `?` are wildcards that do not reach over the colon.
"""

from collections.abc import Sequence

from bot.iam.wildcard import Matcher, compile_wildcard


class Actions:
    """A compiled `Action` or `NotAction` element.

    Args:
        values: The element's values as the policy spells them.
        excepting: Whether it is `NotAction`.
    """

    __slots__ = ("_patterns", "everything", "exact", "excepting", "patterned", "services", "values")

    def __init__(self, values: Sequence[str], *, excepting: bool) -> None:
        self.values = tuple(values)
        self.excepting = excepting
        lowered = frozenset(value.lower() for value in values)
        patterns = sorted(value for value in lowered if "*" in value or "?" in value)
        self.exact = lowered.difference(patterns)
        self.everything = any(not value.strip("*") for value in patterns)
        self._patterns = tuple(
            (compile_wildcard(service), compile_wildcard(name))
            for service, colon, name in (value.partition(":") for value in patterns)
            if colon
        )
        self.patterned = frozenset(value.partition(":")[0] for value in patterns)
        """The services whose actions the patterns can match, if `services` is not None."""
        anything = excepting or any("*" in service or "?" in service for service in self.patterned)
        self.services = None if anything else self.patterned.union(value.partition(":")[0] for value in self.exact)
        """The services whose actions can be meant, None for any."""

    def matches(self, action: str) -> bool:
        """Whether the statement means an action, given in lower case."""
        if self.everything or action in self.exact:
            return not self.excepting
        service, _, name = action.partition(":")
        return _any_matches(self._patterns, service, name) is not self.excepting


def _any_matches(patterns: Sequence[tuple[Matcher, Matcher]], service: str, name: str) -> bool:
    return any(of_service(service) and of_name(name) for of_service, of_name in patterns)


def is_readable(value: str) -> bool:
    """Whether a value is a bare `*` or has a service and a name."""
    return ":" in value or (bool(value) and not value.strip("*"))
