"""Who may retire a KMS grant: the grant says it, and the policies of identities; key policies and RCPs do not.

Source: AWS KMS Developer Guide, "Retiring and revoking grants".
"""

from typing import Any

import pytest

from bot.iam import PolicyLayer, near_misses
from tests.iam.asking import BACKUP, KEY, KEY_THERE, ROLE, ROOT, USER, allow, ask, deny, to


def grant(retirer: str) -> dict[str, Any]:
    """A grant to the user that another principal may retire."""
    return {"GrantId": "g-1", "GranteePrincipal": USER, "Operations": ["Decrypt"], "RetiringPrincipal": retirer}


RETIRING = grant(ROLE)

RETIREMENTS: list[tuple[str, str, str, list[dict[str, Any]], dict[str, Any], str, list[str]]] = [
    ("the key's account may let its principals retire, whatever the key policy says", ROLE, KEY, [],
     {"identity": [allow()], "resource": [to(USER)]}, "allowed", []),
    ("a key policy can't let anyone retire", ROLE, KEY, [], {"resource": [to(ROLE)]}, "implicit-deny", ["identity"]),
    ("a key policy can't keep anyone from retiring", ROLE, KEY, [RETIRING], {"resource": [to("*", deny())]},
     "allowed", []),
    ("a resource control policy can't either", ROLE, KEY, [RETIRING], {"rcps": [[to("*", deny())]]}, "allowed", []),
    ("an identity policy can", ROLE, KEY, [RETIRING], {"identity": [deny()]}, "explicit-deny", []),
    ("another account's key policy can't let anyone retire", ROLE, KEY_THERE, [],
     {"identity": [allow()], "resource": [to(ROLE)]}, "implicit-deny", ["resource"]),
    ("a service may retire only by a grant", BACKUP, KEY, [], {"resource": [allow(Principal={"Service": BACKUP})]},
     "implicit-deny", ["resource"]),
    ("the account that owns the key may retire", ROOT, KEY, [], {"resource": [to(USER)]}, "allowed", []),
    ("a retiring account has to let its principals", ROLE, KEY_THERE, [grant(ROOT)],
     {}, "implicit-deny", ["identity"]),
    ("a grantee may retire if it is among the operations, though only its account is to retire", ROLE, KEY_THERE,
     [{**grant(ROOT), "GranteePrincipal": ROLE, "Operations": ["RetireGrant"]}], {}, "allowed", []),
    ("a grantee may not retire if it is not among the operations", ROLE, KEY_THERE,
     [{**grant(USER), "GranteePrincipal": ROLE}], {}, "implicit-deny", ["identity", "resource"]),
    ("a retiring account may let its principals", ROLE, KEY_THERE, [grant(ROOT)],
     {"identity": [allow()]}, "allowed", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "principal", "on", "grants", "layers", "decision", "missing"), RETIREMENTS, ids=[r[0] for r in RETIREMENTS]
)
def test_a_grant_is_retired_as_the_rule_says(
    rule: str,
    principal: str,
    on: str,
    grants: list[dict[str, Any]],
    layers: dict[str, Any],
    decision: str,
    missing: list[str],
) -> None:
    answer = ask(principal, "kms:RetireGrant", on, grants=grants, **layers)
    assert (answer.decision, list(answer.missing)) == (decision, missing), rule


def test_a_key_policy_is_silent_about_retiring_and_nothing_in_it_is_near() -> None:
    key_policy = [to(ROLE, allow("kms:RetireGrant", Condition={"Bool": {"aws:SecureTransport": "true"}}))]
    answer = ask(ROLE, "kms:RetireGrant", KEY_THERE, identity=[allow()], resource=key_policy)
    assert [(each.layer, each.verdict) for each in answer.layers] == [("identity", "allows"), ("resource", "silent")]
    assert near_misses(answer.request, answer.policies, PolicyLayer.RESOURCE) == []
