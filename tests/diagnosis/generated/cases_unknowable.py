"""Incidents in which a condition key or a circumstance decides that no read call tells."""

from collections.abc import Iterator

from tests.diagnosis.generated import roles
from tests.diagnosis.generated.breaking_keys import guarded_resource
from tests.diagnosis.generated.breaking_organization import RCP, SCP, nodes
from tests.diagnosis.generated.calls import calls, main_call
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.steps import Case, Step, broken, case, expecting, nothing_of_permissions, vague
from tests.diagnosis.generated.world import Json, document

_UNKNOWABLE: tuple[Json, ...] = (
    {"StringNotEquals": {"aws:SourceVpce": "vpce-0f34b6d8e0a2c4e61"}},
    {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}},
    {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}},
    {"NotIpAddressIfExists": {"aws:VpcSourceIp": "10.20.0.0/16"}},
    {"StringNotLike": {"aws:UserAgent": "*aws-backup*"}},
    {"BoolIfExists": {"aws:ViaAWSService": "false"}},
)


def _hidden(*layers: str) -> Step:
    return lambda scene: scene.hidden.update(layers)


def _hanging(where: str, turn: int) -> Step:
    """A deny in one place depends on a key that no read call tells."""

    def step(scene: Scene) -> None:
        call, condition = main_call(scene), _UNKNOWABLE[turn % len(_UNKNOWABLE)]
        deny: Json = {"Sid": "OnlyFromOurs", "Effect": "Deny", "Resource": "*", "Condition": condition}
        layer = _PLACES[where](scene, {**deny, "Action": call.action})
        scene.layers[layer] = "unknown"
        scene.outcome = "undetermined"

    return step


def _in_identity(scene: Scene, deny: Json) -> str:
    scene.inline("network-guard", deny)
    return "job-role"


def _in_boundary(scene: Scene, deny: Json) -> str:
    scene.bound({"Effect": "Allow", "Action": "*", "Resource": "*"}, deny)
    return "job-role"


def _in_scp(scene: Scene, deny: Json) -> str:
    scene.world.add_organization_policy(nodes(scene, scene.home)[1], SCP, "NetworkPerimeter", deny)
    return "organization"


def _in_rcp(scene: Scene, deny: Json) -> str:
    narrowed = {**deny, "Principal": "*", "Action": ["s3:*", "kms:*", "dynamodb:*"]}
    scene.world.add_organization_policy(nodes(scene, scene.home)[0], RCP, "NetworkPerimeter", narrowed)
    return "organization"


def _in_vault(scene: Scene, deny: Json) -> str:
    call = next(call for call in calls(scene) if ":backup-vault:" in call.guard)
    scene.world.vault(call.guard)["AccessPolicy"] = document({**deny, "Principal": "*", "Action": call.action})
    return "vault"


def _in_key(scene: Scene, deny: Json) -> str:
    call = next(call for call in calls(scene) if ":kms:" in call.guard)
    statements = scene.world.key(call.guard)["Policy"]["Statement"]
    statements.append({**deny, "Principal": "*", "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*"]})
    return "kms"


def _in_resource(scene: Scene, deny: Json) -> str:
    resource = scene.things["resource"]
    closed = {**deny, "Principal": "*", "Resource": [resource, f"{resource}/*"]}
    guarded_resource(scene)["Policy"] = document(closed if scene.kind.id == "s3" else {**closed, "Resource": resource})
    return "resource"


def _in_an_allow(scene: Scene, deny: Json) -> str:
    allow = {**deny, "Sid": "FromOurs", "Effect": "Allow"}
    roles.use_copy(scene, "copies/FromOurNetwork", main_call(scene).action, instead=(allow,))
    return "job-role"


_PLACES = {
    "identity": _in_identity,
    "boundary": _in_boundary,
    "scp": _in_scp,
    "rcp": _in_rcp,
    "vault": _in_vault,
    "key": _in_key,
    "resource": _in_resource,
    "allow": _in_an_allow,
}


def _trusting_one_plan(effect: str) -> Step:
    """Of the source that assumes the role only the account and Region are documented, not which plan it is."""

    def step(scene: Scene) -> None:
        plan = scene.world.arn("backup", scene.home, "backup-plan:8f1d7c52-3f5b-4d0e-9a8e-2b6c1d4e5f60")
        backup: Json = {"Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
        allow, deny = {"Effect": "Allow", **backup}, {"Effect": "Deny", **backup}
        statements = {
            "Allow": [{**allow, "Condition": {"ArnLike": {"aws:SourceArn": plan}}}],
            "Deny": [allow, {**deny, "Condition": {"ArnNotLike": {"aws:SourceArn": plan}}}],
        }
        scene.role["AssumeRolePolicyDocument"] = document(*statements[effect])
        scene.hidden.add("job-role")

    return step


def _without(*actions: str) -> Step:
    return lambda scene: roles.use_copy(scene, "copies/Tables", *actions)


def _lacking(scene: Scene) -> None:
    scene.blame("permission-missing")


def _untold_tables() -> Iterator[Case]:
    """No read call tells whether a table has the advanced features; each way of backing it up has its own call."""
    one, other = "dynamodb:StartAwsBackupJob", "dynamodb:CreateBackup"
    unclear = (vague(), expecting("undetermined", job_role="unknown"))
    hidden = _hidden("job-role")
    yield case("untold-table", "backup", "dynamodb-advanced", _without(one), *unclear, hidden)
    yield case("untold-table", "backup", "dynamodb", _without(other), *unclear, hidden)
    yield case("neither-way", "backup", "dynamodb", _without(one, other), vague(), _lacking, hidden)


def _denied_only_perhaps(scene: Scene) -> None:
    """Another account's vault denies perhaps, and allows in no case."""
    _hanging("vault", 0)(scene)
    scene.blame("vault-policy-missing", action="backup:CopyIntoBackupVault", policy=scene.things["there"])


def _dependent_ones() -> Iterator[Case]:
    for turn, (where, job, kind) in enumerate(
        (
            ("identity", "backup", "ebs"),
            ("boundary", "restore", "aurora"),
            ("scp", "backup", "efs"),
            ("scp", "share", "fsx"),
            ("rcp", "backup", "dynamodb-advanced"),
            ("vault", "backup", "rds"),
            ("vault", "copy", "ebs"),
            ("key", "backup", "fsx"),
            ("key", "restore", "dynamodb"),
            ("resource", "backup", "s3"),
            ("resource", "backup", "efs"),
            ("allow", "backup", "documentdb"),
        )
    ):
        yield case(f"hangs-in-{where}", job, kind, _hanging(where, turn), vague(turn))
    ruled_out = (nothing_of_permissions(1), expecting("not-permission"))
    yield case("hangs-but-ruled-out", "backup", "neptune", _hanging("scp", 1), *ruled_out)
    for effect in ("Allow", "Deny"):
        steps = (_trusting_one_plan(effect), vague(), expecting("undetermined", job_role="unknown"))
        yield case(f"trusts-one-plan-{effect.lower()}", "backup", "ebs", *steps)
    yield case("hangs-and-missing", "share", "ebs", _denied_only_perhaps, vague())
    proven = (broken("permission-missing", 0), expecting("denied", organization="unknown"))
    yield case("hangs-and-proven", "backup", "ebs", _hanging("scp", 0), *proven)
    yield case("hangs-and-proven", "copy", "rds", _hanging("scp", 3), *proven)


def unknowable() -> Iterator[Case]:
    """All of them."""
    yield from _dependent_ones()
    yield from _untold_tables()
