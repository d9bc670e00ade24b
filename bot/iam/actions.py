"""The `Action` and `NotAction` elements: which actions a statement means.

Source: AWS IAM User Guide, "IAM JSON policy elements: Action" and "NotAction". An action is a service's prefix, a
colon and a name, without regard to case; `*` and `?` are wildcards that do not reach over the colon.
"""

from collections.abc import Iterable, Sequence

from bot.iam.wildcard import compile_wildcard


class Actions:
    """An `Action` or `NotAction` element.

    Args:
        values: The element's values as the policy spells them.
        excepting: Whether it is `NotAction`.
    """

    __slots__ = ("excepting", "values")

    def __init__(self, values: Sequence[str], *, excepting: bool) -> None:
        self.values = tuple(values)
        self.excepting = excepting

    def matches(self, action: str) -> bool:
        """Whether the statement matches an action, given in lower case."""
        return lists_action((value.lower() for value in self.values), action) is not self.excepting

    @property
    def means_any_service(self) -> bool:
        """Whether actions of any service can be meant, for all that is before the colons."""
        services = (value.partition(":")[0] for value in self.values)
        return self.excepting or any("*" in service or "?" in service for service in services)


def lists_action(values: Iterable[str], action: str) -> bool:
    """Whether one of several values, in lower case, matches an action, given in lower case."""
    service, _, name = action.partition(":")
    for value in values:
        if value == action:
            return True
        if "*" in value or "?" in value:
            of_service, colon, of_name = value.partition(":")
            if not colon:
                if is_readable(value):
                    return True
            elif _is_like(of_service, service) and _is_like(of_name, name):
                return True
    return False


def _is_like(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern is, or matches it."""
    if pattern == text:
        return True
    if pattern.endswith("*") and pattern.find("*") == len(pattern) - 1 and "?" not in pattern:
        return text.startswith(pattern[:-1])
    return ("*" in pattern or "?" in pattern) and compile_wildcard(pattern)(text)


def is_readable(value: str) -> bool:
    """Whether a value is a bare `*` or has a service and a name."""
    return ":" in value or (bool(value) and not value.strip("*"))
