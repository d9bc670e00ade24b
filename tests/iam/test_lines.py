"""The evaluator as JSON lines: what is asked, what is answered, and what is said of a line that can't be read."""

import gc
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.iam import LineEvaluator, evaluate_line, evaluate_lines
from tests.iam.asking import BUCKET, HERE, KEY, KEY_THERE, ROLE, SERVICE_LINKED, SESSION, USER, VAULT, allow, deny, to

SCENES = Path(__file__).parents[2] / "benchmarks" / "scenes.jsonl"


def named(name: str, *statements: Any) -> dict[str, Any]:
    return {"name": name, "policy": {"Version": "2012-10-17", "Statement": list(statements)}}


FULL = named("FullAWSAccess", allow())
RCP_FULL = named("RCPFullAWSAccess", to("*"))
ASKED = {"principal": ROLE, "action": "backup:CopyIntoBackupVault", "resource": VAULT}


def answer(**members: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(evaluate_line(json.dumps({"id": "1", **ASKED, **members})))
    return parsed


def test_an_answer_has_the_members_of_the_contract() -> None:
    assert answer(identity_policies=[named("p", allow(Sid="a"))]) == {
        "id": "1",
        "decision": "allowed",
        "depends_on": [],
        "by": [{"layer": "identity", "name": "p", "statement": "a", "effect": "Allow"}],
        "missing": [],
    }


LAYERS: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("permission_boundaries", {"permission_boundaries": [named("b", allow("ec2:*"))]}, "implicit-deny", ["boundary"]),
    ("service_control_policies", {"service_control_policies": [[FULL], [named("s", allow("ec2:*"))]]},
     "implicit-deny", ["scp"]),
    ("session_policies", {"session_policies": [named("s", allow("ec2:*"))]}, "implicit-deny", ["session"]),
    ("endpoint_policies", {"endpoint_policies": [named("e", allow("ec2:*"))]}, "implicit-deny", ["endpoint"]),
    ("resource_policy", {"identity_policies": [], "resource_policy": named("r", to(ROLE))}, "allowed", []),
    ("management_account", {"service_control_policies": [[named("s", deny())]], "management_account": HERE},
     "allowed", []),
    ("empty lists are no layers", {"permission_boundaries": [], "session_policies": [], "endpoint_policies": [],
     "service_control_policies": [], "resource_control_policies": [], "grants": []}, "allowed", []),
    ("null is absent", {"permission_boundaries": None, "session_policies": None, "service_control_policies": None,
     "resource_policy": None, "grants": None, "context": None, "unknown": None, "management_account": None,
     "resource_account": None}, "allowed", []),
    ("resource_control_policies", {"principal": ROLE, "action": "s3:GetObject", "resource": BUCKET,
     "resource_control_policies": [[RCP_FULL], []]}, "implicit-deny", ["rcp"]),
    ("resource_account", {"action": "s3:GetObject", "resource": BUCKET, "resource_account": "444455556666"},
     "implicit-deny", ["resource"]),
    ("context", {"identity_policies": [named("p", allow(Condition={"Bool": {"a:b": "true"}}))],
     "context": {"A:B": True, "c": ["x"], "d": None, "e": 5}}, "allowed", []),
    ("a key delegates by default", {"action": "kms:Decrypt", "resource": KEY}, "allowed", []),
    ("another account's key does not", {"action": "kms:Decrypt", "resource": KEY_THERE},
     "implicit-deny", ["resource"]),
    ("a service-linked role", {"principal": SERVICE_LINKED, "service_control_policies": [[named("s", deny())]]},
     "allowed", []),
    ("principal_id", {"identity_policies": [], "principal_id": "AROAEXAMPLE000000001",
     "resource_policy": named("r", to("AROAEXAMPLE000000001"))}, "allowed", []),
    ("grants", {"action": "kms:Decrypt", "resource": KEY, "resource_policy": named("r", to(USER)),
     "grants": [{"GrantId": "g", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}]}, "allowed", []),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "members", "decision", "missing"), LAYERS, ids=[row[0] for row in LAYERS])
def test_a_member_is_taken(rule: str, members: dict[str, Any], decision: str, missing: list[str]) -> None:
    given = answer(**{"identity_policies": [named("p", allow())], **members})
    assert (given.get("decision"), given.get("missing")) == (decision, missing), (rule, given)


def test_what_an_answer_depends_on_is_told() -> None:
    statement = allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    given = answer(identity_policies=[named("p", statement)], unknown=["aws:SourceVpce"])
    assert (given["decision"], given["depends_on"], given["missing"]) == ("depends", ["aws:SourceVpce"], [])


def test_a_contested_answer_is_marked_and_no_other() -> None:
    resource = named("r", to("*"))
    boundary = [named("b", allow("ec2:*"))]
    given = answer(principal=SESSION, resource_policy=resource, permission_boundaries=boundary)
    assert (given["decision"], given["contested"]) == ("allowed", True)
    assert "contested" not in answer(resource_policy=resource)


def test_the_level_of_an_organizations_statement_is_told() -> None:
    given = answer(service_control_policies=[[FULL], [FULL, named("p-1", deny(Sid="no"))]])
    assert given["by"] == [{"layer": "scp", "name": "p-1", "statement": "no", "effect": "Deny", "level": 1}]


def test_more_is_told_where_it_is_asked_for() -> None:
    narrow = named("p", allow("backup:*", Condition={"Bool": {"a:b": "true"}}), {"Effect": "allow"})
    given = answer(identity_policies=[narrow], explain=True)
    assert given["sentence"] == "denied: nothing allows it in identity"
    assert given["layers"] == [
        {"layer": "identity", "level": None, "verdict": "silent", "statements": [], "depends_on": []}
    ]
    assert [miss["sentence"] for miss in given["near_misses"]] == [
        "allows backup:CopyIntoBackupVault only if a:b is true; it was absent"
    ]
    assert [(finding["name"], finding["position"]) for finding in given["findings"]] == [("p", "Statement[1].Effect")]
    assert "sentence" not in answer(identity_policies=[narrow], explain=False)


def test_a_policy_can_be_given_as_its_text() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": allow()})
    assert answer(identity_policies=[{"name": "p", "policy": text}])["decision"] == "allowed"


def test_a_policy_without_a_name_is_named_by_its_place() -> None:
    given = answer(identity_policies=[FULL, {"policy": {"Statement": deny()}}])
    assert given["by"][0]["name"] == "identity_policies[1]"


def test_a_bad_policy_is_no_error() -> None:
    documents: list[object] = ["{", 5, [], None, {"Statement": 5}]
    for document in documents:
        assert answer(identity_policies=[{"name": "p", "policy": document}])["decision"] == "implicit-deny"


def test_a_member_of_a_policy_that_stands_twice_is_seen() -> None:
    line = json.dumps({**ASKED, "identity_policies": [FULL]}).replace('"Effect"', '"Effect": "Deny", "Effect"')
    assert json.loads(evaluate_line(line))["missing"] == ["identity"]


ERRORS: list[tuple[str, str, object, str]] = [
    ("no JSON", "{", None, "The line can't be read: "),
    ("no object", "[]", None, "The line can't be read: Expected `object`, got `array`."),
    ("a line too deeply nested", '{"x": ' + "[" * 100_000, None, "The line "),
    ("no principal", '{"id": "7"}', "7", "The request has no principal."),
    ("no action", json.dumps({"id": 7, "principal": ROLE}), 7, "The request has no action."),
    ("no resource", json.dumps({"principal": ROLE, "action": "a:b"}), None, "The request has no resource."),
    ("a principal of a wrong type", '{"id": "7", "principal": 5}', "7", "principal can't be read: Expected `str"),
    ("a principal that is none", json.dumps({**ASKED, "id": "7", "principal": "job"}), "7", "'job' is no principal: "),
    ("an action that is none", json.dumps({**ASKED, "id": "7", "action": "job"}), "7", "'job' is no action: "),
    ("a context of a wrong type", json.dumps({**ASKED, "context": []}), None, "context can't be read: Expected"),
    ("a value of a wrong type", json.dumps({**ASKED, "context": {"a": {}}}), None, "context can't be read: Expected"),
    ("policies of a wrong type", json.dumps({**ASKED, "identity_policies": {}}), None, "identity_policies can't be"),
    ("a policy of a wrong type", json.dumps({**ASKED, "identity_policies": [5]}), None, "identity_policies can't be"),
    ("levels of a wrong type", json.dumps({**ASKED, "service_control_policies": [{}]}), None,
     "service_control_policies can't be read: "),
    ("a policy that is left out", json.dumps({**ASKED, "resource_policy": {"name": "x"}}), None,
     "resource_policy has no policy."),
    ("a name of a wrong type", json.dumps({**ASKED, "identity_policies": [{"name": 5, "policy": {}}]}), None,
     "name can't be read: "),
    ("grants of a wrong type", json.dumps({**ASKED, "grants": [5]}), None, "grants can't be read: "),
    ("half a character", json.dumps({**ASKED, "id": "x"}).replace('"x"', '"\ud800"'), None, "id can't be read: "),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line", "identifier", "message"), ERRORS, ids=[row[0] for row in ERRORS])
def test_a_line_that_cannot_be_read_gets_a_sentence(rule: str, line: str, identifier: object, message: str) -> None:
    given = json.loads(evaluate_line(line))
    assert given.keys() == {"id", "error"}, rule
    assert given["id"] == identifier
    assert given["error"].startswith(message)
    assert given["error"].endswith(".")


def test_lines_are_answered_in_order_and_empty_ones_left_out() -> None:
    lines = [json.dumps({**ASKED, "id": number}) for number in range(3)]
    answers = io.StringIO()
    evaluate_lines(["\n", f"{lines[0]}\n", "  \n", "nonsense\n", f"{lines[1]}\n", lines[2]], answers)
    assert [json.loads(line)["id"] for line in answers.getvalue().splitlines()] == [0, None, 1, 2]


def test_policies_are_remembered_and_not_for_ever() -> None:
    evaluator = LineEvaluator(most_remembered=2_000)
    for number in range(200):
        sid = f"s{number // 2 % 40}"
        asked = json.dumps({**ASKED, "identity_policies": [named("p", allow(Sid=sid))]})
        assert json.loads(evaluator.answer(asked))["by"][0]["statement"] == sid
    assert evaluator.remembered <= 2_000


def test_a_long_stream_takes_no_more_memory() -> None:
    evaluator = LineEvaluator(most_remembered=20_000)

    def ask_many(begin: int) -> int:
        for number in range(begin, begin + 100):
            policy = named(f"p{number}", *(allow(f"s3:Get{number}x{place}") for place in range(800)))
            evaluator.answer(json.dumps({**ASKED, "identity_policies": [policy]}))
        gc.collect()
        return len(gc.get_objects())

    _, first, last = (ask_many(begin) for begin in (0, 100, 200))
    assert abs(last - first) < 100


EXPECTED = {
    "kms": ("allowed", []),
    "copy": ("allowed", []),
    "kms_scp_deny": ("explicit-deny", []),
    "kms_pb_implicit": ("implicit-deny", ["boundary"]),
    "kms_no_root": ("implicit-deny", ["resource"]),
    "copy_xacct": ("allowed", []),
}


def test_the_scenes_of_the_benchmark_are_decided_rightly() -> None:
    answers = [json.loads(evaluate_line(line)) for line in SCENES.read_text().splitlines()]
    assert {each["id"]: (each["decision"], each["missing"]) for each in answers} == EXPECTED


def test_cycles_are_looked_for_as_before_once_the_lines_are_answered() -> None:
    usual = gc.get_threshold()
    during: list[tuple[int, int, int]] = []

    def lines() -> Iterator[str]:
        yield "{}"
        during.append(gc.get_threshold())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_lines(lines(), io.StringIO())
    assert during[0][0] > usual[0]
    assert gc.get_threshold() == usual
