"""What goes to a terminal is wrapped there; what goes into a pipe is not; what can be pasted is not anywhere."""

import io

from rich.console import Console
from rich.text import Text

from bot.replies.screen import Screen

LONG = "a paragraph of many words " * 10
COMMAND = '{"Effect": "Deny", "Action": ["backup:CopyIntoBackupVault"], "Resource": "*"}'


def screen(*, terminal: bool) -> tuple[Screen, io.StringIO]:
    """A screen of forty columns, and what stands on it."""
    out = io.StringIO()
    return Screen(Console(file=out, width=40, force_terminal=terminal, color_system=None)), out


def filled(*, terminal: bool) -> list[str]:
    """The lines of one text of each kind."""
    page, out = screen(terminal=terminal)
    page.text(Text(LONG), 2)
    page.rows([(Text("Principal"), Text(LONG)), (Text("A"), Text("b"))], 2)
    page.verbatim(Text(f"aws organizations update-policy --content '{COMMAND}'\n\nsecond"), 2)
    page.markdown(f"## Title\n\n{LONG}\n\n```json\n{COMMAND}\n```\n\nThe end of it.")
    return out.getvalue().splitlines()


def test_a_pipe_gets_each_paragraph_as_one_line_without_blanks_at_its_end() -> None:
    lines = filled(terminal=False)
    assert lines == [
        f"  {LONG}".rstrip(),
        f"  Principal {LONG}".rstrip(),
        "  A b",
        f"  aws organizations update-policy --content '{COMMAND}'",
        "",
        "  second",
        "## Title",
        "",
        LONG.rstrip(),
        "",
        "```json",
        COMMAND,
        "```",
        "",
        "The end of it.",
    ]


def test_a_terminal_gets_text_wrapped_and_commands_and_documents_whole() -> None:
    lines = filled(terminal=True)
    whole = {f"  aws organizations update-policy --content '{COMMAND}'", COMMAND}
    assert whole <= set(lines)
    assert [line for line in lines if len(line) > 40 and line not in whole] == []
    assert any(line.startswith("  Principal a paragraph") for line in lines)
    assert "The end of it." in " ".join(line.strip() for line in lines)
