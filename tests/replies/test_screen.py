"""What goes to a terminal is wrapped there; what goes into a pipe is not; what can be pasted is not anywhere."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from bot.replies.screen import Screen

ARN = "arn:aws:iam::444455556666:role/service-role/AWSBackupDefaultServiceRole"
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


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_an_arn_is_never_broken(width: int) -> None:
    out = io.StringIO()
    page = Screen(Console(file=out, width=width, force_terminal=True, color_system=None))
    page.text(Text(f"The role {ARN} is denied."))
    page.rows([(Text("Principal"), Text(f"{ARN} (the job role)")), (Text("-"), Text(ARN))], 2)
    page.markdown(f"## What it is\n\nAttach `{ARN}` to\nthe role.\n\n- first: **{ARN}**\n- second\n\n1. `{ARN}`\n")
    assert out.getvalue().count(ARN) == 6


def test_markdown_is_drawn_with_its_marks_taken_off() -> None:
    page, out = screen(terminal=True)
    page.markdown("## What it is\nA *job role*, **not** `a user`.\n\n- one of\n  two\n- two\n\n2 * 3 * 4\n\n1. first")
    assert out.getvalue().splitlines() == [
        "What it is",
        "A job role, not a user.",
        "",
        " - one of two",
        " - two",
        "",
        "2 * 3 * 4",
        "",
        " 1. first",
        "",
    ]


def test_a_table_is_drawn_as_one() -> None:
    page, out = screen(terminal=True)
    page.markdown("| who | what |\n|---|---|\n| caller | starts |\n| job role | runs |\n")
    lines = [line.split() for line in out.getvalue().splitlines() if line.strip()]
    assert ["caller", "starts"] in lines
    assert ["who", "what"] in lines


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
