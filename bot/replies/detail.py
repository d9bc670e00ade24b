"""How much of an answer is printed."""

from enum import StrEnum


class Detail(StrEnum):
    """How much is printed."""

    HEAD = "head"
    """The head alone."""
    THREAD = "thread"
    """The head, the fix, the evidence of what denies, and what else was checked."""
    EVERYTHING = "everything"
    """Every check with its statements, and each fix in all forms."""
