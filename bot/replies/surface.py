"""Where a reply is read, and the commands that can be typed there: nobody is told of a command of another place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surface:
    """A place where people ask.

    Args:
        ask: What asks about a job, before its id.
        explain: What asks for an explanation, before the topic.
    """

    ask: str
    explain: str


SLACK = Surface("/backup-why", "/backup-explain")
TERMINAL = Surface("backup-why diagnose", "backup-why explain")
AGENT = Surface("diagnose", "explain")
"""The tools of the Model Context Protocol server."""
