"""Holds what an incident expects against the naive evaluator, so that a wrong expectation is found by itself.

Every request of the job is evaluated with the policies of the estate as it stands; what comes out has to be exactly the
causes that are expected, as far as policies decide them.
"""

from collections.abc import Iterator

from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.lines import FOR_PEOPLE, assumption, line_of
from tests.diagnosis.generated.scene import Call, Scene, layer_of
from tests.diagnosis.generated.world import Json
from tests.iam.naive import evaluate

Block = tuple[str, str, str, str]
"""A code, an action, a policy and a statement, empty where there is none."""

_EVALUATED = (
    "trust",
    "permission",
    "boundary",
    "pass-role",
    "scp",
    "rcp",
    "key-policy",
    "vault-policy",
    "resource-policy",
)

_NO_ROLE = {"role-missing", "default-role-lookalike", "slr-as-job-role"}


def contradictions(scene: Scene) -> list[str]:
    """Where the naive evaluator does not come to what the scene expects, a line each."""
    found = {block for call in calls(scene) if not _is_unasked(scene, call) for block in blocks(scene, call)}
    found |= set(_trust_blocks(scene))
    telling = {block for block in found if layer_of(block[0]) not in scene.hidden}
    expected = [cause for cause in scene.causes if _is_evaluated(cause)]
    unexpected = {
        (code, policy, statement)
        for code, _, policy, statement in telling
        if not _told(code, policy, statement, expected)
    }
    return [
        *(f"{code} by {policy} {statement} is not expected" for code, policy, statement in sorted(unexpected)),
        *(f"{cause} does not come out" for cause in expected if not any(_is(block, cause) for block in found)),
        *(f"the layer {layer} is {verdict} without a cause" for layer, verdict in _groundless(scene)),
    ]


def _is_evaluated(cause: Json) -> bool:
    code: str = cause.get("code", "")
    of_people = cause.get("policy", "").endswith(FOR_PEOPLE)
    return code.startswith(_EVALUATED) and not of_people and cause.get("certainty", "proven") == "proven"


def _has_no_role(scene: Scene) -> bool:
    return bool({cause.get("code") for cause in scene.causes} & _NO_ROLE)


def _trust_blocks(scene: Scene) -> Iterator[Block]:
    """What keeps AWS Backup from assuming the role, as causes have it."""
    answer = evaluate(assumption(scene))
    if _has_no_role(scene) or answer["decision"] in ("allowed", "depends"):
        return
    for naive_layer, policy, statement in answer["denied_by"]:
        yield ("rcp-denied" if naive_layer == "rcp" else "trust-denied"), "sts:AssumeRole", policy, statement
    if "resource" in answer["missing"]:
        named = "resource" not in evaluate(assumption(scene, unconditional=True))["missing"]
        yield ("trust-condition" if named else "trust-missing"), "sts:AssumeRole", "trust", ""


def _is_unasked(scene: Scene, call: Call) -> bool:
    """A request that never comes to be evaluated: the role, the vault or the key itself is what is wrong."""
    codes = {cause.get("code") for cause in scene.causes}
    no_role = _has_no_role(scene) and not call.linked
    no_vault = "vault-missing" in codes and ":backup-vault:" in (call.guard or "")
    no_key = bool(codes & {"key-unusable", "aws-managed-key", "vault-default-key"}) and ":kms:" in call.guard
    return no_role or no_vault or no_key or ("slr-missing" in codes and call.linked)


def _told(code: str, policy: str, statement: str, expected: list[Json]) -> bool:
    return any(
        cause["code"] == code
        and cause.get("policy", policy) == policy
        and cause.get("statement", statement) == statement
        for cause in expected
    )


def _is(block: Block, cause: Json) -> bool:
    code, action, policy, statement = block
    said = {"code": code, "action": action, "policy": policy, "statement": statement}
    return all(said[member] == cause[member] for member in said if member in cause)


def _groundless(scene: Scene) -> Iterator[tuple[str, str]]:
    blocked = {cause["layer"] for cause in scene.causes}
    for layer, verdict in scene.layers.items():
        if (verdict == "blocked") != (layer in blocked) and verdict in ("blocked", "clear", "not-applicable"):
            likely = [cause for cause in scene.causes if cause["layer"] == layer and "certainty" in cause]
            if not likely:
                yield layer, verdict


def blocks(scene: Scene, call: Call) -> Iterator[Block]:
    """What denies a request, as causes have it."""
    line = line_of(scene, call)
    answer = evaluate(line)
    if answer["decision"] in ("allowed", "depends"):
        return
    for naive_layer, policy, statement in answer["denied_by"]:
        yield _denied(naive_layer, call), call.action, policy, statement
    for naive_layer in answer["missing"]:
        if naive_layer == "identity" and (call.linked or not call.policies_of_role):
            continue
        yield _missing(naive_layer, call), call.action, *_what_lacks_it(scene, call, naive_layer), ""


def _denied(naive_layer: str, call: Call) -> str:
    return {"identity": "permission-denied", "resource": f"{_guard(call)}-policy-denied"}.get(
        naive_layer, f"{naive_layer}-denied"
    )


def _missing(naive_layer: str, call: Call) -> str:
    own = "pass-role-missing" if call.action == "iam:PassRole" else "permission-missing"
    return {"identity": own, "resource": f"{_guard(call)}-policy-missing"}.get(naive_layer, f"{naive_layer}-missing")


def _guard(call: Call) -> str:
    return "vault" if ":backup-vault:" in call.guard else "key" if ":kms:" in call.guard else "resource"


def _what_lacks_it(scene: Scene, call: Call, naive_layer: str) -> tuple[str]:
    return ({"boundary": scene.role.get("PermissionsBoundary", ""), "resource": call.guard}.get(naive_layer, ""),)
