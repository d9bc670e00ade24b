"""The access file: what it may hold, and a sentence for what it may not."""

from pathlib import Path

import pytest

from bot.access.rules import load_rules
from bot.errors import BadInputError

WHOLE = """
ask: "#cloud-security"
admins: {users: [U0ADMIN], groups: [S0ADMINS]}
grants:
  - accounts: ["222233334444"]
    users: [U0ANA]
  - accounts: ["*"]
    channels: [C0INCIDENTS]
"""

HASH = "a" * 64

WRONG = {
    "an unquoted account that YAML makes a number of": ("grants: [{accounts: [222233334444]}]", "grants.0.accounts.0"),
    "an account of eleven digits": ('grants: [{accounts: ["22223333444"]}]', "grants.0.accounts.0"),
    "a user's name": ('grants: [{accounts: ["*"], users: [ana]}]', "grants.0.users.0"),
    "a channel's name": ('grants: [{accounts: ["*"], channels: ["#backups"]}]', "grants.0.channels.0"),
    "a grant of nothing": ("grants: [{accounts: []}]", "grants.0.accounts"),
    "an unknown member": ("grant: []", "grant"),
    "an agent without accounts": (
        f'agents: [{{name: a, token_sha256: "{"0" * 64}", accounts: []}}]',
        "agents.0.accounts",
    ),
    "a token in place of its hash": ('agents: [{name: a, token_sha256: bwmcp_x, accounts: ["*"]}]', "token_sha256"),
    "two agents of one token": (
        "agents:\n" + "".join(f"- {{name: {name}, token_sha256: {HASH}, accounts: ['*']}}\n" for name in "ab"),
        "at agents: .*two agents have the same token_sha256",
    ),
    "no mapping": ("- a", "at the top: "),
    "no YAML": ("{\n", r"access\.yaml is no YAML: while parsing a flow node expected .* line 2, column 1: \^\.$"),
}


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(WHOLE)
    rules = load_rules(file)
    assert rules.ask == "#cloud-security"
    assert rules.grants[1].channels == ("C0INCIDENTS",)


def test_an_empty_file_lets_nobody_ask(tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    file.write_text("")
    assert load_rules(file).grants == ()


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_wrong_is_told_with_the_place(tmp_path: Path, name: str) -> None:
    text, place = WRONG[name]
    file = tmp_path / "access.yaml"
    file.write_text(text)
    with pytest.raises(BadInputError, match=place):
        load_rules(file)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="can't be read"):
        load_rules(tmp_path / "none.yaml")
