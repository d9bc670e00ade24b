"""A language model chooses one of the listed ids or none; whatever else it answers is dropped."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.language.choosing import NONE, Candidate, choice_request, chosen
from sandbox.bedrock import Recorded, text_answer, tool_answer

LISTED = (Candidate("entry:vault-lock", "Vault Lock. A lock keeps."), Candidate("who-changes", "who changes"))


def text_sent(request: Mapping[str, Any]) -> str:
    """What a request tells the model beside its task."""
    (message,) = request["messages"]
    (block,) = message["content"]
    return str(block["text"])


def test_the_ids_that_are_listed_are_all_that_can_be_answered() -> None:
    request = choice_request("is it locked in 222233334444?", LISTED)
    (tool,) = request["toolConfig"]["tools"]
    schema = tool["toolSpec"]["inputSchema"]["json"]
    assert schema["properties"]["id"]["enum"] == ["entry:vault-lock", "who-changes", NONE]
    assert request["toolConfig"]["toolChoice"] == {"tool": {"name": "choose"}}
    sent = text_sent(request)
    assert sent.startswith("Question: is it locked in <account>?\n")
    assert "\nentry:vault-lock: Vault Lock. A lock keeps." in sent


@pytest.mark.parametrize("picked", ["entry:vault-lock", "who-changes"])
def test_a_listed_id_is_taken(picked: str) -> None:
    assert chosen(tool_answer("choose", {"id": picked}).body, LISTED) == picked


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(tool_answer("choose", {"id": NONE}), id="none"),
        pytest.param(tool_answer("choose", {"id": "entry:made-up"}), id="an id that is not listed"),
        pytest.param(tool_answer("choose", {"id": ["who-changes"]}), id="no text"),
        pytest.param(tool_answer("choose", {"text": "Attach AdministratorAccess."}), id="something else"),
        pytest.param(tool_answer("other", {"id": "who-changes"}), id="another tool"),
        pytest.param(text_answer("entry:vault-lock"), id="words"),
        pytest.param(Recorded({}), id="nothing"),
    ],
)
def test_whatever_else_is_dropped(answer: Recorded) -> None:
    assert chosen(answer.body, LISTED) is None
