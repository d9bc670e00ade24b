"""No parrot passes: without its message an incident keeps its proven causes, and a need taken away is always found.

The first test lets only policies speak. The second takes each incident in which nothing is denied, and has every
action that the job needs denied or left out, in every layer that could, one at a time: exactly that layer turns
blocked, with the right code.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.keys import PutKeyPolicy
from bot.diagnosis.changes.resources import PutResourcePolicy
from bot.diagnosis.changes.vaults import PutVaultAccessPolicy
from bot.diagnosis.examine_job import examine_job
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import Level
from bot.diagnosis.fixes.documents import with_statements
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Cause, Certainty, Grounds, LayerName
from bot.diagnosis.reading import read
from bot.diagnosis.required_call import RequiredCall
from bot.diagnosis.required_calls import required_calls
from tests.conftest import ServeEstate
from tests.diagnosis.altering import collected
from tests.diagnosis.incidents import FILES, diagnosis_of, expectation, reference_to, text_of
from tests.diagnosis.test_fixes import without_message
from tests.diagnosis.test_incidents import MakeDiagnostician
from tests.sweeps.sampling import sample

pytestmark = pytest.mark.xdist_group("incidents")

ONLY_THE_MESSAGE_TELLS = {"36": "whether the table's backups are advanced ones", "40": "what CloudTrail recorded"}
HEALTHY = tuple(file for file in FILES if "healthy" in file.name or file.name.startswith("21"))
RCP_SERVICES = ("kms", "s3", "dynamodb")
NAME = "taken-away"
DENIALS = frozenset(grounds for grounds in Grounds if grounds.denies) | {Grounds.CONTESTED}

Identity = tuple[str, str | None, str | None, str | None]
Break = tuple[str, LayerName, JobFacts]
"""The code and the layer that must be found, and the case with one action taken away."""


def identities(causes: tuple[Cause, ...]) -> set[Identity]:
    """What is denied for certain: of a call that nothing names any more it may be only likely that the job makes it."""
    denied = (cause for cause in causes if cause.grounds in DENIALS and cause.certainty is not Certainty.POSSIBLE)
    return {(cause.code, cause.principal, cause.policy, cause.statement) for cause in denied}


@pytest.mark.parametrize("incident", sample(FILES, one_in=3, turn=1), ids=lambda file: file.stem)
def test_without_its_message_an_incident_keeps_the_causes_that_evaluation_finds(
    incident: Path, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    before = identities(diagnosis_of(incident).causes)
    served_estate(without_message(text_of(incident)))
    after = identities(diagnostician().diagnose(reference_to(expectation(text_of(incident)))).causes)
    if incident.name[:2] in ONLY_THE_MESSAGE_TELLS:
        assert after < before
    else:
        assert after == before


@pytest.mark.parametrize("incident", HEALTHY, ids=lambda file: file.stem)
def test_a_need_that_is_taken_away_in_a_layer_blocks_exactly_that_layer(
    incident: Path, served_estate: ServeEstate
) -> None:
    case = replace(collected(text_of(incident), served_estate), reading=read("Access denied"), denials=())
    assert examine_job(case).causes == ()
    calls = sample(required_calls(case), one_in=4, turn=HEALTHY.index(incident))
    found = {
        (call.action, call.resource, code): {
            (cause.code, cause.layer, cause.certainty)
            for cause in examine_job(broken).causes
            if cause.grounds in DENIALS
        }
        for call in calls
        for code, _layer, broken in breaks(case, call)
    }
    expected = {
        (call.action, call.resource, code): {(code, layer, certainty_of(case, call, code, layer))}
        for call in calls
        for code, layer, _broken in breaks(case, call)
    }
    assert found == expected
    assert len(found) > len(calls)


def certainty_of(case: JobFacts, call: RequiredCall, code: str, layer: LayerName) -> Certainty:
    """How surely the job makes any of the calls that are taken away with one; a boundary's part in a grant is open."""
    if code == "boundary-missing" and call.key and call.principal.arn in json.dumps(call.key.grants, default=str):
        return Certainty.POSSIBLE
    same = [each for each in required_calls(case) if each.action == call.action and layer in each.relevant]
    part = {LayerName.KMS: "key", LayerName.VAULT: "vault"}.get(layer, "principal")
    taken = [each.grounds for each in same if getattr(each, part) == getattr(call, part)]
    return min(taken, key=list(Grounds).index).certainty


def breaks(case: JobFacts, call: RequiredCall) -> Iterator[Break]:
    """Every way in which one need can be taken away from a job that has all it needs."""
    yield from _in_job_role(case, call)
    yield from _in_organization(case, call)
    deny = {"Principal": "*", **_deny(call.action)}
    if call.key and not call.key.is_aws_managed:
        assert call.key.policy is not None
        yield "key-policy-denied", LayerName.KMS, _put(case, PutKeyPolicy, call.key.policy, deny)
    if call.vault:
        named = call.vault.policy or NamedDocument(call.vault.arn, {})
        yield "vault-policy-denied", LayerName.VAULT, _put(case, PutVaultAccessPolicy, named, deny)
    if call.policy:
        changed = _put(case, PutResourcePolicy, call.policy, deny)
        yield "resource-policy-denied", LayerName.RESOURCE, changed


def _in_job_role(case: JobFacts, call: RequiredCall) -> Iterator[Break]:
    action, role = call.action, case.role
    if LayerName.JOB_ROLE not in call.relevant or call.principal != role:
        return
    denying = NamedDocument(NAME, {"Statement": [_deny(action)]})
    all_but = NamedDocument(NAME, {"Statement": [{"Effect": "Allow", "NotAction": action, "Resource": "*"}]})
    denied = NamedDocument(NAME, with_statements(all_but.document, [_deny(action)]))
    yield "permission-denied", LayerName.JOB_ROLE, replace(case, role=replace(role, identity=(*role.identity, denying)))
    if not _is_given_by_key(call):
        code = "pass-role-missing" if action == "iam:PassRole" else "permission-missing"
        yield code, LayerName.JOB_ROLE, replace(case, role=replace(role, identity=(all_but,)))
    for code, boundary in (("boundary-missing", all_but), ("boundary-denied", denied)):
        if code == "boundary-denied" or not (call.key and call.key.is_aws_managed):
            yield code, LayerName.JOB_ROLE, replace(case, role=replace(role, boundary_arn=NAME, boundary=boundary))


def _is_given_by_key(call: RequiredCall) -> bool:
    """The key's policy or a grant gives the role by itself what its own policies then need not."""
    key = call.key
    return key is not None and (
        call.principal.arn in json.dumps([key.policy and key.policy.document, key.grants], default=str)
        or key.is_aws_managed
    )


def _in_organization(case: JobFacts, call: RequiredCall) -> Iterator[Break]:
    if LayerName.ORGANIZATION not in call.relevant or call.principal.is_service_linked_role:
        return
    deny = _deny(call.action)
    scps = _control(case, call.principal.account, "scps", deny)
    if scps:
        yield "scp-denied", LayerName.ORGANIZATION, scps
    is_bound = call.action.startswith(RCP_SERVICES)
    rcps = _control(case, call.resource_account, "rcps", {"Principal": "*", **deny}) if is_bound else None
    if rcps:
        yield "rcp-denied", LayerName.ORGANIZATION, rcps


def _control(case: JobFacts, account: str, kind: str, statement: dict[str, Any]) -> JobFacts | None:
    """The case with one control policy more on an account; None where none binds it."""
    place = case.organizations[account]
    if not place.levels or place.is_management_account:
        return None
    policy = NamedDocument("p-takenaway", {"Statement": [statement]})
    own: Level = place.levels[-1]
    changed = (
        replace(own, scps=(*(own.scps or ()), policy))
        if kind == "scps"
        else replace(own, rcps=(*(own.rcps or ()), policy))
    )
    levels = (*place.levels[:-1], changed)
    return replace(case, organizations={**case.organizations, account: replace(place, levels=levels)})


def _put(case: JobFacts, kind: type[PlannedChange], policy: NamedDocument, statement: dict[str, Any]) -> JobFacts:
    document = with_statements(policy.document, [statement])
    changed = kind(policy.name, document).applied(case)
    assert changed is not None
    return changed


def _deny(action: str) -> dict[str, Any]:
    return {"Sid": "TakenAway", "Effect": "Deny", "Action": action, "Resource": "*"}
