"""Diagnoses drawn for a terminal: whole at any width, honest without colour, unharmed by what AWS wrote."""

import io
import json
from typing import Literal

import pytest
from rich.console import Console

from bot.diagnosis.events import Entered, Left, Progress
from bot.diagnosis.model import Diagnosis, Verdict
from bot.replies.causes import telling
from bot.replies.detail import Detail
from bot.replies.terminal import LiveChecklist, render
from bot.replies.words import OUTCOMES, is_fixed
from tests.replies import diagnoses
from tests.replies.diagnoses import EVERY_KIND


def printed(
    diagnosis: Diagnosis,
    *,
    width: int = 100,
    colour: bool = False,
    terminal: bool = True,
    detail: Detail = Detail.THREAD,
) -> str:
    """What a person sees."""
    out = io.StringIO()
    colours: Literal["truecolor"] | None = "truecolor" if colour else None
    render(diagnosis, Console(file=out, width=width, force_terminal=terminal, color_system=colours), detail)
    return out.getvalue()


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_outcome_begins_with_its_verdict(kind: str, width: int) -> None:
    diagnosis = EVERY_KIND[kind]
    said = " ".join(printed(diagnosis, width=width).split())
    begin = "Fixed: start the job again (" if is_fixed(diagnosis) else f"{OUTCOMES[diagnosis.outcome]}: "
    assert said.startswith(f"{begin}backup of EBS volume vol-")
    causes = telling(diagnosis)
    answer = causes[0].explanation if causes else "What denied it is gone." if kind == "fixed" else diagnosis.summary
    assert said.index(answer) < (said.index("What else I checked") if diagnosis.layers else len(said))


def test_nothing_is_lost_without_colour() -> None:
    said = printed(diagnoses.denied())
    assert "\x1b" not in said
    assert "✗ blocked" in said
    assert "✓ clear" in said
    assert "\x1b[" in printed(diagnoses.denied(), colour=True)


def test_a_long_name_folds_and_is_not_cut_on_a_narrow_terminal() -> None:
    folded = "".join(line.strip() for line in printed(diagnoses.denied(), width=40).splitlines())
    assert diagnoses.VOLUME in folded
    assert "…" not in folded


def test_a_document_can_be_copied_from_the_terminal_whatever_its_width() -> None:
    said = printed(diagnoses.denied(), width=30, detail=Detail.EVERYTHING)
    document = said[said.index("{\n") : said.rindex("}") + 1]
    assert json.loads(document) == diagnoses.POLICY


def test_escape_sequences_and_markup_in_a_message_reach_no_terminal() -> None:
    said = printed(diagnoses.filled_with("[bold red]x[/] \x1b[2J\x1b]0;title\x07 \u202e"))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold red]x[/]" in said
    assert "⟨U+001B⟩" in said


def test_the_checklist_lives_on_a_terminal_and_leaves_nothing_behind() -> None:
    out = io.StringIO()
    with LiveChecklist(Console(file=out, width=80, force_terminal=True)) as observe:
        observe(Entered("locate"))
        observe(Progress("collect", 3, 9))
        observe(Left("locate", "EBS backup in eu-west-1"))
        observe(Left("kms", "disabled", Verdict.BLOCKED))
    drawn = out.getvalue()
    assert "3 of 9 lookups" in drawn
    assert "EBS backup in eu-west-1" in drawn
    assert drawn.endswith("\x1b[2K"), "the lines are erased at the end"
