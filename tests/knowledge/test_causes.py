"""The registry of causes: whole, without two codes for one refusal, and each broken row is named."""

import re

import pytest

from bot.errors import BadInputError
from knowledge.causes import cause_codes, cause_of_refusal, parse_causes
from knowledge.library import all_entries

ROW = """
{code}:
  layer: job-role
  check: identity-policies
  owner: account admin
  explanation: "…"
  why: "…"
  {more}
"""


def row(code: str, **more: str) -> str:
    lines = "\n  ".join(f"{name}: {value}" for name, value in more.items())
    return ROW.format(code=code, more=lines)


@pytest.mark.parametrize("policy", ["identity", "boundary", "scp", "vault", "key", "resource", "trust", "session"])
def test_a_refusal_has_a_code_for_an_explicit_and_one_for_an_implicit_deny(policy: str) -> None:
    codes = {
        cause.code
        for cause in cause_codes().values()
        if cause.policy == policy and cause.effect != "unmet-condition" and cause.action is None
    }
    assert len(codes) == 2


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("iam:PassRole", "pass-role-missing"),
        ("IAM:passrole", "pass-role-missing"),
        ("iam:GetRole", "permission-missing"),
        (None, "permission-missing"),
    ],
)
def test_a_code_that_is_about_one_action_is_taken_for_that_action_alone(action: str | None, code: str) -> None:
    assert cause_of_refusal("identity", "implicit-deny", action).code == code
    assert cause_of_refusal("identity", "explicit-deny", action).code == "permission-denied"


def test_every_check_of_a_cause_has_its_entry() -> None:
    assert {cause.check for cause in cause_codes().values()} <= {entry.slug for entry in all_entries()}


def test_two_codes_for_one_refusal_are_named() -> None:
    refusal = {"policy": "scp", "effect": "explicit-deny"}
    with pytest.raises(BadInputError, match="two-denied and one-denied are about the same refusal"):
        parse_causes(row("one-denied", **refusal) + row("two-denied", **refusal))


@pytest.mark.parametrize("more", [{"policy": "scp"}, {"effect": "explicit-deny"}, {"policy": "none-such"}, {"x": "y"}])
def test_a_row_that_is_not_as_it_must_be_is_named(more: dict[str, str]) -> None:
    with pytest.raises(BadInputError, match=r"causes\.yaml: odd-cause"):
        parse_causes(row("odd-cause", **more))


def test_codes_without_a_policy_are_about_no_refusal() -> None:
    assert parse_causes(row("one-missing") + row("two-missing")).keys() == {"one-missing", "two-missing"}


CALLED = {
    "trust": r"trust policy",
    "identity": r"identity policy",
    "boundary": r"permissions boundary",
    "session": r"session policy",
    "scp": r"service control policy",
    "rcp": r"resource control policy",
    "vault": r"access policy of the vault|the vault .* its access policy",
    "key": r"policy of the key",
    "resource": r"resource policy",
    "endpoint": r"policy of the vpc endpoint",
}
"""How the sentence of a cause calls the policy that refuses."""


@pytest.mark.parametrize("code", [code for code, cause in cause_codes().items() if cause.policy in CALLED])
def test_a_cause_calls_the_policy_that_refuses_by_its_own_name_and_by_no_other(code: str) -> None:
    cause = cause_codes()[code]
    said = cause.explanation.lower()
    called = {policy for policy, words in CALLED.items() if re.search(words, said)}
    # That no identity policy can help beside a boundary or session policy is part of their explanation.
    assert called - ({"identity"} if cause.policy in ("boundary", "session") else set()) == {cause.policy}
