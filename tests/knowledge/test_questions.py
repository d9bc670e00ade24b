"""How well questions are understood, measured on questions that were written before the entries were looked at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.replies.questions import Answered, AnswerKind, answer
from bot.replies.surface import TERMINAL
from knowledge.library import all_entries
from knowledge.search import search

ASKED: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
SLUGS = {entry.slug for entry in all_entries()}


@dataclass(frozen=True)
class Rates:
    """The rates of a set of questions, and what was missed."""

    first: float
    among_three: float
    answered: float
    refused: float
    missed: tuple[str, ...]


GOAL = Rates(0.85, 0.95, 0.85, 0.95, ())
MEASURED_APART = Rates(0.90, 0.95, 0.87, 0.92, ())
"""What the questions kept apart come to: one of four is below the goal. A hundred of them have been looked at more than
once since they were written; of the other half of the second set nobody had seen one when it was asked."""


def came_to(answered: Answered) -> str:
    """An answer as `expect` names it."""
    match answered.kind:
        case AnswerKind.ENTRY:
            return answered.name
        case AnswerKind.NEEDS:
            return "needs"
        case AnswerKind.INTENT:
            return f"intent:{answered.name}"
        case AnswerKind.CLOSEST:
            return "closest"
        case AnswerKind.UNKNOWN:
            return "refuse"


def measured(asked: list[dict[str, Any]]) -> Rates:
    first: list[bool] = []
    three: list[bool] = []
    answered: list[bool] = []
    refused: list[bool] = []
    missed: list[str] = []
    for question in asked:
        text, expected = question["ask"], set(question["expect"])
        given = answer(text, TERMINAL)
        came = came_to(given)
        if came not in expected:
            missed.append(f"{text!r} came to {came}")
        if expected & SLUGS:
            found = [hit.slug for hit in search(text, limit=3)]
            best = (
                given.name
                if given.kind is AnswerKind.ENTRY
                else came
                if came in expected
                else found[0]
                if found
                else ""
            )
            first.append(best in expected)
            three.append(bool({best, *found} & expected))
        (refused if expected == {"refuse"} else answered).append(came in expected)
    rates = [sum(each) / len(each) for each in (first, three, answered, refused)]
    return Rates(rates[0], rates[1], rates[2], rates[3], tuple(missed))


@pytest.mark.parametrize(("apart", "floor"), [(False, GOAL), (True, MEASURED_APART)], ids=["tuned by", "kept apart"])
def test_questions_are_understood_or_refused(apart: bool, floor: Rates) -> None:
    rates = measured([question for question in ASKED if question.get("apart", False) is apart])
    told = "\n".join(rates.missed)
    assert rates.first >= floor.first, told
    assert rates.among_three >= floor.among_three, told
    assert rates.answered >= floor.answered, told
    assert rates.refused >= floor.refused, told


def test_there_are_enough_questions_and_what_they_expect_exists() -> None:
    assert len(ASKED) >= 150
    named = {name for question in ASKED for name in question["expect"]}
    assert {name for name in named if ":" not in name} - SLUGS <= {"needs", "refuse", "closest"}
