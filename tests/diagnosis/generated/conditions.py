"""Conditions in pairs: one that holds for a call of the job role and one, alike to look at, that does not.

What the keys are worth is what AWS documents of AWS Backup's calls. Either of a pair makes an Allow or a Deny that
matters, and one that does not.
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import WITHOUT_RESOURCE_ACCOUNT, Call, Scene
from tests.diagnosis.generated.world import Json


class Pair(NamedTuple):
    """A condition that holds and one that does not."""

    holds: Json
    fails: Json


Make = Callable[[Scene, Call], Pair]


def _region(scene: Scene, call: Call) -> Pair:
    key, approved = "aws:RequestedRegion", sorted({call.region, scene.world.region, scene.there, "us-east-1"})
    return Pair({"StringNotEquals": {key: ["ap-northeast-3"]}}, {"StringNotEquals": {key: approved}})


def _region_alike(_scene: Scene, call: Call) -> Pair:
    prefix = f"{call.region.rpartition('-')[0]}-*"
    return Pair(
        {"StringLike": {"aws:RequestedRegion": [prefix]}}, {"StringLike": {"aws:RequestedRegion": ["me-*", "af-*"]}}
    )


def _break_glass(_scene: Scene, _call: Call) -> Pair:
    wanted = {"aws:PrincipalTag/break-glass": "true"}
    return Pair({"StringNotEquals": wanted}, {"StringEquals": wanted})


def _untagged(_scene: Scene, _call: Call) -> Pair:
    return Pair({"Null": {"aws:PrincipalTag/owner": "true"}}, {"Null": {"aws:PrincipalTag/owner": "false"}})


def _other_principals(scene: Scene, _call: Call) -> Pair:
    account = scene.home
    others = [scene.world.iam(account, "role/Admin"), scene.world.iam(account, "role/dr/*")]
    own = scene.world.iam(account, f"role{scene.role['Path']}*")
    return Pair({"ArnNotLike": {"aws:PrincipalArn": others}}, {"ArnNotLike": {"aws:PrincipalArn": [*others, own]}})


def _own_arn(scene: Scene, _call: Call) -> Pair:
    own, alike = scene.role_arn, f"{scene.role_arn}-dev"
    return Pair({"ArnEquals": {"aws:PrincipalArn": own}}, {"StringEquals": {"aws:PrincipalArn": alike}})


def _since(_scene: Scene, _call: Call) -> Pair:
    since = {"aws:CurrentTime": "2026-11-15T00:00:00Z"}
    return Pair({"DateGreaterThanEquals": since}, {"DateLessThan": since})


def _own_account(scene: Scene, _call: Call) -> Pair:
    return Pair(
        {"StringEquals": {"aws:PrincipalAccount": scene.home}},
        {"StringEquals": {"aws:PrincipalAccount": [scene.world.sandbox, scene.world.security]}},
    )


def _former_organization(scene: Scene, _call: Call) -> Pair:
    key = "aws:PrincipalOrgID"
    own = scene.world.organization_id if scene.world.path_to(scene.home) else "o-none000000"
    held = {"StringNotEqualsIfExists": {key: "o-former0org"}}
    return Pair(held, {"StringNotEquals": {key: own}} if own != "o-none000000" else {"StringEquals": {key: own}})


def _unit(scene: Scene, _call: Call) -> Pair:
    key, world = "aws:PrincipalOrgPaths", scene.world
    if not world.path_to(scene.home):
        return Pair({"Null": {key: "true"}}, {"ForAnyValue:StringLike": {key: ["o-none000000/*"]}})
    own = world.organization_path(scene.home)
    return Pair(
        {"ForAnyValue:StringLike": {key: [f"{own}*"]}},
        {"ForAnyValue:StringLike": {key: [f"{world.organization_path(world.sandbox)}*"]}},
    )


def _no_service(_scene: Scene, _call: Call) -> Pair:
    return Pair({"Bool": {"aws:PrincipalIsAWSService": "false"}}, {"Bool": {"aws:PrincipalIsAWSService": "true"}})


def _encrypted(_scene: Scene, _call: Call) -> Pair:
    return Pair({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": "false"}})


def _second_factor(_scene: Scene, _call: Call) -> Pair:
    without = {"aws:MultiFactorAuthPresent": "false"}
    return Pair({"BoolIfExists": without}, {"Bool": without})


def _age_of_second_factor(_scene: Scene, _call: Call) -> Pair:
    young = {"aws:MultiFactorAuthAge": "3600"}
    return Pair({"NumericLessThanIfExists": young}, {"NumericLessThan": young})


def _owner(scene: Scene, call: Call) -> Pair:
    """A deny of everything meets each call of the job, so that all of them have to carry the key."""
    if any(each.action == WITHOUT_RESOURCE_ACCOUNT for each in calls(scene)):
        return _encrypted(scene, call)
    key = "aws:ResourceAccount"
    return Pair({"StringEquals": {key: call.account}}, {"StringNotEquals": {key: [scene.home, scene.receiver]}})


def _same_account(scene: Scene, call: Call) -> Pair:
    if call.action == WITHOUT_RESOURCE_ACCOUNT:
        return _encrypted(scene, call)
    same = {"aws:PrincipalAccount": "${aws:ResourceAccount}"}
    holds = {"StringEquals" if call.account == scene.home else "StringNotEquals": same}
    return Pair(holds, {"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/home-account}"}})


def _session(_scene: Scene, _call: Call) -> Pair:
    return Pair(
        {"StringEqualsIgnoreCase": {"aws:PrincipalType": "assumedrole"}},
        {"StringEquals": {"aws:PrincipalType": ["User", "Account"]}},
    )


ANY: tuple[Make, ...] = (
    _region,
    _break_glass,
    _other_principals,
    _since,
    _former_organization,
    _own_account,
    _region_alike,
    _untagged,
    _second_factor,
    _unit,
    _own_arn,
    _no_service,
    _owner,
    _encrypted,
    _same_account,
    _age_of_second_factor,
    _session,
)
"""Each works in any policy that a call of the job role meets."""


def pair(scene: Scene, call: Call, turn: int) -> Pair:
    """One of the pairs, another at each turn."""
    return ANY[turn % len(ANY)](scene, call)
