"""Incidents of which something can't be read or known: it is never called clear, and only the message can tell more."""

from collections.abc import Iterator

from tests.diagnosis.generated import messages, roles
from tests.diagnosis.generated.breaking_keys import guarded_resource
from tests.diagnosis.generated.breaking_organization import RCP, SCP, nodes
from tests.diagnosis.generated.calls import calls, main_call
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.steps import (
    Case,
    Step,
    broken,
    case,
    expecting,
    nothing_of_permissions,
    tempted,
    unreadable,
    vague,
)
from tests.diagnosis.generated.world import Json, document

_UNKNOWABLE: tuple[Json, ...] = (
    {"StringNotEquals": {"aws:SourceVpce": "vpce-0f34b6d8e0a2c4e61"}},
    {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}},
    {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}},
    {"NotIpAddressIfExists": {"aws:VpcSourceIp": "10.20.0.0/16"}},
    {"StringNotLike": {"aws:UserAgent": "*aws-backup*"}},
    {"BoolIfExists": {"aws:ViaAWSService": "false"}},
)


def _not_listed(whose: str) -> Step:
    """The estate lacks the account: the bot may not even assume its role there."""

    def step(scene: Scene) -> None:
        scene.world.unlisted.add({"receiver": scene.receiver, "management": scene.world.management}[whose])

    return step


def _hidden(*layers: str) -> Step:
    return lambda scene: scene.hidden.update(layers)


def _unread() -> Iterator[Case]:
    """Nothing that can be read denies the job, and the message says next to nothing."""
    organization = (unreadable("management", "organizations"), expecting("undetermined", organization="unknown"))
    iam = (unreadable("home", "iam"), expecting("undetermined", job_role="unknown"))
    kms = (unreadable("home", "kms"), expecting("undetermined", kms="unknown"))
    nowhere = expecting("undetermined", job_role="unknown", vault="unknown", kms="unknown")
    yield case("organization-unread", "backup", "fsx", *organization, vague())
    yield case("organization-unread", "restore", "rds", *organization, vague(), tempted(0, 1))
    yield case("organization-unread", "copy", "efs", *organization, vague(1))
    yield case("organization-unread", "share", "aurora", *organization, vague(1))
    yield case("organization-unread", "backup", "ebs", *organization, vague(2), bot_in="home")
    yield case("iam-unread", "backup", "ebs", *iam, vague())
    yield case("iam-unread", "backup", "s3", *iam, vague(1))
    yield case("iam-unread", "restore", "dynamodb-advanced", *iam, vague())
    yield case("iam-unread", "copy", "timestream", *iam, vague(2))
    yield case("kms-unread", "backup", "rds", *kms, vague())
    yield case("kms-unread", "restore", "ebs", *kms, vague())
    yield case("kms-unread", "copy", "fsx", *kms, vague(1))
    yield case("kms-unread", "backup", "efs", *kms, vague(2))
    yield case("receiver-unlisted", "share", "ebs", _not_listed("receiver"), nowhere, vague(1))
    yield case("receiver-unlisted", "share", "rds", _not_listed("receiver"), nowhere, vague())
    yield case("management-unlisted", "backup", "aurora", _not_listed("management"), *organization[1:], vague())
    yield case("trail-unread", "backup", "neptune", unreadable("home", "cloudtrail"), vague())
    ruled_out = (nothing_of_permissions(1), expecting("not-permission"))
    yield case("unread-but-ruled-out", "backup", "ebs", *organization, *ruled_out)
    yield case("unread-but-ruled-out", "share", "efs", *iam, *ruled_out)


def _proven_all_the_same() -> Iterator[Case]:
    """What is read proves a cause, whatever the rest is."""
    unread = expecting("denied", organization="unknown")
    yield case("unread-and-proven", "backup", "ebs", broken("permission-denied", 1), _unreadable_organization, unread)
    yield case("unread-and-proven", "backup", "rds", broken("key-policy-denied", 1), _unreadable_organization, unread)
    yield case("unread-and-proven", "copy", "efs", broken("vault-policy-denied", 1), _unreadable_organization, unread)
    no_iam = (unreadable("home", "iam"), expecting("denied", job_role="unknown"))
    yield case("iam-unread-and-proven", "backup", "fsx", broken("vault-policy-denied", 1), *no_iam)
    yield case("iam-unread-and-proven", "restore", "aurora", broken("key-unusable", 1), *no_iam)


def _unreadable_organization(scene: Scene) -> None:
    scene.world.accounts[scene.world.management]["unreadable"] = ["organizations"]


def _likely(code: str, *hide: Step, entity: str = "job-role", **layers: str) -> tuple[Step, ...]:
    """Only the message tells: its cause is likely, and its layer's verdict stays as evaluated."""

    def step(scene: Scene) -> None:
        call = _named_by(scene, code)
        before = dict(scene.layers)
        scene.blame(code, entity=entity, certainty="likely", action=call.action)
        scene.layers = before
        scene.fail(messages.sentence(scene.session, call, code))

    return (*hide, step, expecting("denied", **layers))


def _named_by(scene: Scene, code: str) -> Call:
    """The call that a message of a cause names."""
    guards = {"vault": ":backup-vault:", "key": ":kms:", "resource": scene.things["resource"]}
    guard = guards.get(code.partition("-")[0], "")
    fitting = [call for call in calls(scene) if guard in call.guard] if guard else []
    of_grants = [call for call in fitting if call.action in ("kms:CreateGrant", "kms:Decrypt")]
    if code.startswith("rcp"):
        fitting = [call for call in calls(scene) if call.action.startswith(("kms:", "s3:", "dynamodb:"))]
    return (of_grants or fitting or [main_call(scene)])[0]


def _only_the_message() -> Iterator[Case]:
    organization, iam = unreadable("management", "organizations"), unreadable("home", "iam")
    kms = unreadable("home", "kms")
    hidden_layers = {"organization": "unknown"}
    for code, job, kind in (
        ("scp-denied", "backup", "ebs"),
        ("scp-missing", "restore", "aurora"),
        ("scp-denied", "copy", "efs"),
        ("rcp-denied", "backup", "s3"),
        ("rcp-denied", "restore", "ebs"),
    ):
        yield case(f"likely-{code}", job, kind, *_likely(code, organization, **hidden_layers))
    for code, job, kind in (
        ("permission-missing", "backup", "rds"),
        ("permission-denied", "restore", "fsx"),
        ("boundary-denied", "backup", "dynamodb"),
        ("boundary-missing", "share", "ebs"),
    ):
        yield case(f"likely-{code}", job, kind, *_likely(code, iam, job_role="unknown"))
    for code, job, kind in (("key-policy-missing", "backup", "aurora"), ("key-policy-denied", "restore", "s3")):
        yield case(f"likely-{code}", job, kind, *_likely(code, kms, kms="unknown"))
    yield case("likely-not-assumed", "backup", "ebs", iam, lambda scene: _not_assumed(scene, 0))
    unlisted = {"job_role": "unknown", "vault": "unknown", "kms": "unknown"}
    for code, kind in (("vault-policy-denied", "ebs"), ("vault-policy-missing", "fsx")):
        yield case(f"likely-{code}", "share", kind, *_likely(code, _not_listed("receiver"), **unlisted))
    for code, job, kind in (
        ("scp-denied", "backup", "neptune"),
        ("permission-missing", "backup", "efs"),
        ("boundary-missing", "restore", "rds"),
        ("key-policy-denied", "backup", "fsx"),
        ("vault-policy-denied", "copy", "ebs"),
        ("resource-policy-denied", "backup", "s3"),
    ):
        yield case(f"mended-since-{code}", job, kind, *_likely(code))


def _not_assumed(scene: Scene, turn: int) -> None:
    """IAM can't be read, and the message says that the role can't be assumed: a role is named, so it is likely."""
    scene.blame("trust-missing", certainty="likely")
    for member in ("code", "policy", "action"):
        scene.causes[-1].pop(member, None)
    scene.layers["job-role"] = "unknown"
    scene.fail(messages.NOT_ASSUMED[turn].format(role=scene.role_arn))


def _hanging(where: str, turn: int) -> Step:
    """A deny in one place hangs on a key that no read call tells."""

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


def _unknowable() -> Iterator[Case]:
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


def unknown() -> Iterator[Case]:
    """All of them."""
    yield from _unread()
    yield from _proven_all_the_same()
    yield from _only_the_message()
    yield from _unknowable()
    yield from _untold_tables()
