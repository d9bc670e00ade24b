"""Agents: a token finds its own entry and no other, and gives the rights of the entry."""

import pytest

from bot.access.agents import agent_with, new_agent, rights_of, token_hash
from bot.access.rules import Agent
from bot.errors import BadInputError


def test_a_token_finds_its_own_entry_alone() -> None:
    (first_token, first), (second_token, second) = new_agent("first"), new_agent("second")
    assert first_token != second_token
    assert len(first_token) == len("bwmcp_") + 43
    assert agent_with(first_token, [first, second]) == first
    assert agent_with(second_token, [first, second]) == second
    assert agent_with(second_token, [first]) is None
    for wrong in ("", first_token[:-1], first_token + " ", first.token_sha256):
        assert agent_with(wrong, [first, second]) is None


def test_the_access_file_has_no_token() -> None:
    token, agent = new_agent("devops-agent")
    assert (agent.name, agent.token_sha256, agent.accounts) == ("devops-agent", token_hash(token), ("*",))
    assert token not in agent.model_dump_json()


@pytest.mark.parametrize(
    ("accounts", "readable"), [(["*"], None), (["222233334444"], frozenset({"222233334444"})), (["1" * 12, "*"], None)]
)
def test_an_agent_may_ask_about_the_accounts_of_its_entry_and_is_no_admin(
    accounts: list[str], readable: frozenset[str] | None
) -> None:
    rights = rights_of(Agent(name="a", token_sha256="a" * 64, accounts=tuple(accounts)))
    assert (rights.accounts, rights.admin) == (readable, False)


@pytest.mark.parametrize("name", ["", "My Agent", "-a", "a" * 64])
def test_what_is_no_name_is_a_sentence(name: str) -> None:
    with pytest.raises(BadInputError, match=r"is no name for an agent: use lower-case letters"):
        new_agent(name)
