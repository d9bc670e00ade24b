"""Breaks the job role: it is not there, can't be assumed, or its own policies or boundary lack or deny something."""

from collections.abc import Callable

from tests.diagnosis.generated import conditions, messages, roles
from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.world import DEFAULT_ROLE, Json, document, trust

_ROLE_LAYERS = ("vault", "organization", "kms")
_TAGS_ARE_READ = ("ebs", "ec2", "rds", "aurora", "documentdb", "neptune", "efs", "fsx", "s3")


def _let_in_the_account(scene: Scene) -> None:
    """The destination's vault lets in whatever role of the job's account there is."""
    if scene.job == "share":
        allow = scene.world.vault(scene.things["there"])["AccessPolicy"]["Statement"][0]
        allow.pop("Condition", None)
        allow["Principal"] = {"AWS": scene.world.iam(scene.home, "root")}


def _refuse_to_assume(scene: Scene, turn: int) -> None:
    scene.fail(messages.NOT_ASSUMED[turn % 2].format(role=scene.record["IamRoleArn"]))


def role_missing(scene: Scene, turn: int) -> None:
    """The role was deleted, or stands under another path."""
    scene.blame("role-missing", principal=scene.record["IamRoleArn"])
    if turn % 2 and scene.role["RoleName"] not in DEFAULT_ROLE:
        scene.role["Path"] = "/moved/"
    else:
        scene.world.accounts[scene.home]["roles"].remove(scene.role)
    scene.say_nothing_of(*_ROLE_LAYERS)
    _refuse_to_assume(scene, turn)


def default_role_lookalike(scene: Scene, turn: int) -> None:
    """The job names the default service role and the account has one of its name under another path."""
    found = scene.world.accounts[scene.home]["roles"]
    name = DEFAULT_ROLE.rpartition("/")[2]
    alike = next((role for role in found if role["RoleName"] == name), None) or scene.world.add_role(
        scene.home, DEFAULT_ROLE, trust("backup.amazonaws.com"), []
    )
    named = DEFAULT_ROLE if turn % 2 else name
    alike["Path"] = "/" if turn % 2 else "/service-role/"
    scene.record["IamRoleArn"] = scene.world.iam(scene.home, f"role/{named}")
    _let_in_the_account(scene)
    scene.blame("default-role-lookalike", principal=scene.record["IamRoleArn"])
    scene.say_nothing_of(*_ROLE_LAYERS)
    _refuse_to_assume(scene, turn)


def slr_as_job_role(scene: Scene, turn: int) -> None:
    """The job runs with the service-linked role."""
    scene.record["IamRoleArn"] = scene.world.linked_role(scene.home)
    _let_in_the_account(scene)
    scene.blame("slr-as-job-role", principal=scene.record["IamRoleArn"])
    scene.say_nothing_of(*_ROLE_LAYERS)
    who = scene.world.arn("sts", scene.home, "assumed-role/AWSServiceRoleForBackup/x", region="")
    call = calls(scene)[0]
    text = messages.sentence(who.replace("/x", "/AWSBackup-AWSServiceRoleForBackup"), call, "permission-missing")
    scene.fail(text if turn % 2 else messages.VAGUE[0])


def _backup_assumes(**members: object) -> Json:
    return {
        "Sid": "Backup",
        "Effect": "Allow",
        "Principal": {"Service": "backup.amazonaws.com"},
        "Action": "sts:AssumeRole",
        **members,
    }


def trust_missing(scene: Scene, turn: int) -> None:
    """No statement of the trust policy lets AWS Backup assume the role."""
    account_root = scene.world.iam(scene.home, "root")
    policies = (
        trust("ec2.amazonaws.com", "backup-storage.amazonaws.com"),
        document(_backup_assumes(Principal={"AWS": account_root})),
        document(_backup_assumes(Action="sts:TagSession"), _backup_assumes(Principal={"Service": "rds.amazonaws.com"})),
        document(_backup_assumes(Principal={"Service": "backup-gateway.amazonaws.com"}, Action="sts:*")),
    )
    scene.role["AssumeRolePolicyDocument"] = policies[turn % len(policies)]
    scene.blame("trust-missing", action="sts:AssumeRole", policy="trust")
    _refuse_to_assume(scene, turn)


def trust_condition(scene: Scene, turn: int) -> None:
    """AWS Backup may assume the role, on a condition that it does not meet."""
    world, other = scene.world, "ap-northeast-3"
    met_by_none: tuple[Json, ...] = (
        {"StringEquals": {"aws:SourceAccount": world.sandbox}},
        {"ArnLike": {"aws:SourceArn": f"arn:{world.partition}:backup:*:{world.sandbox}:*"}},
        {"StringEquals": {"sts:ExternalId": "acme-backup-2024"}},
        {"ArnLike": {"aws:SourceArn": f"arn:{world.partition}:backup:{other}:{scene.home}:*"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"DateLessThan": {"aws:CurrentTime": "2026-06-30T23:59:59Z"}},
        {"StringEquals": {"aws:SourceAccount": scene.home}, "Null": {"sts:ExternalId": "false"}},
        {"StringEquals": {"aws:RequestedRegion": other}},
    )
    condition = met_by_none[turn % len(met_by_none)]
    scene.role["AssumeRolePolicyDocument"] = document(_backup_assumes(Condition=condition))
    scene.blame("trust-condition", action="sts:AssumeRole", policy="trust")
    _refuse_to_assume(scene, turn)


def trust_denied(scene: Scene, turn: int) -> None:
    """A statement of the trust policy denies it to AWS Backup."""
    denied_to: tuple[Json, ...] = (
        {"Condition": {"StringNotEquals": {"aws:SourceAccount": scene.world.sandbox}}},
        {},
        {"Principal": "*", "Condition": {"Null": {"sts:ExternalId": "true"}}},
        {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-01T00:00:00Z"}}},
        {"Principal": "*", "Condition": {"StringNotEquals": {"sts:ExternalId": "acme"}}},
    )
    deny = _backup_assumes(Sid="NotFromElsewhere", Effect="Deny", **denied_to[turn % len(denied_to)])
    scene.role["AssumeRolePolicyDocument"] = document(_backup_assumes(), deny)
    scene.blame("trust-denied", action="sts:AssumeRole", policy="trust", statement="NotFromElsewhere")
    _refuse_to_assume(scene, turn)


def _chosen(scene: Scene, turn: int) -> Call:
    """The call to break: the job's first, its second or its first use of a key in turn."""
    own = [call for call in calls(scene) if call.policies_of_role and not call.linked]
    of_keys = [call for call in own if call.action in ("kms:CreateGrant", "kms:Decrypt")]
    if turn % 3 == 2 and of_keys:
        return of_keys[0]
    return own[0]


def permission_missing(scene: Scene, turn: int) -> None:
    """The role's policy lacks an action, or allows it elsewhere, to others, or under a condition that is not met."""
    call = _chosen(scene, turn)
    if call.guard and not _is_left_to_iam(scene, call):
        call = _chosen(scene, 0)
    code = "pass-role-missing" if call.action == "iam:PassRole" else "permission-missing"
    fails = conditions.pair(scene, call, turn).fails
    service = call.action.partition(":")[0]
    allow: Json = {"Sid": "Narrow", "Effect": "Allow", "Action": call.action}
    tagged = scene.kind.id in _TAGS_ARE_READ and call.resource == scene.things["resource"]
    elsewhere = call.resource.replace(scene.home, scene.world.sandbox).replace(call.region, "ap-northeast-3")
    elsewhere = elsewhere if elsewhere != call.resource and "*" not in call.resource else f"{call.resource}-dev"
    instead: tuple[tuple[Json, ...], ...] = (
        (),
        ({**allow, "Resource": "*", "Condition": fails},),
        ({**allow, "Resource": [elsewhere, f"arn:aws:{service}:*:{scene.world.sandbox}:*"]},),
        (
            {
                **allow,
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:ResourceTag/env": "dev"}} if tagged else fails,
            },
        ),
        ({**allow, "Resource": f"arn:aws:{service}:*:*:${{aws:PrincipalTag/project}}/*"},),
        ({"Effect": "Allow", "NotAction": [f"{service}:*", "iam:*"], "Resource": "*"},),
    )
    if turn % 7 == 6:
        roles.use_statements(scene, "handwritten/old", *_without(roles.minimal_statements(scene), call.action))
    else:
        roles.use_copy(scene, "copies/FrozenCopy", call.action, instead=instead[turn % 7])
    scene.blame(code, action=call.action)
    messages.tell(scene, call, code, turn)


def _is_left_to_iam(scene: Scene, call: Call) -> bool:
    """Whether a key's policy lets the account's IAM policies decide: one that names the role needs none of them."""
    statements = scene.world.key(call.guard)["Policy"]["Statement"] if ":kms:" in call.guard else []
    return any(statement["Sid"] == "Enable IAM User Permissions" for statement in statements)


def _without(statements: list[Json], action: str) -> list[Json]:
    kept = [{**one, "Action": [name for name in one["Action"] if name != action]} for one in statements]
    return [one for one in kept if one["Action"]]


def _deny(scene: Scene, call: Call, turn: int) -> Json:
    """A statement that denies a call: by its name, by a pattern, or because it is not among the exceptions."""
    service, _, name = call.action.partition(":")
    what: tuple[Json, ...] = (
        {"Action": [call.action, "ec2:TerminateInstances"], "Resource": "*"},
        {"Action": f"{service}:{name[:6]}*", "Resource": "*"},
        {"Action": call.action.upper().replace(service.upper(), service), "Resource": call.resource},
        {"Action": call.action, "NotResource": [f"arn:aws:{service}:*:{scene.world.sandbox}:*"]},
    )
    condition = conditions.pair(scene, call, turn).holds
    return {"Sid": "Guardrail", "Effect": "Deny", **what[turn % len(what)], "Condition": condition}


def permission_denied(scene: Scene, turn: int) -> None:
    """A policy of the role denies the call."""
    call = _chosen(scene, turn)
    if turn % 2:
        policy = scene.inline("team-guardrails", _deny(scene, call, turn))
    else:
        policy = scene.world.add_policy(scene.home, "platform/Guardrails", _deny(scene, call, turn))
        scene.role["AttachedPolicies"].append(policy)
    scene.blame("permission-denied", action=call.action, policy=policy, statement="Guardrail")
    messages.tell(scene, call, "permission-denied", turn)


def _services(scene: Scene) -> set[str]:
    return {call.action.partition(":")[0] for call in calls(scene)} | {"backup", "backup-storage", "tag", "events"}


def boundary_missing(scene: Scene, turn: int) -> None:
    """The boundary lists what the role may do, and the call is not on the list, or only under another condition."""
    call = _chosen(scene, turn)
    if call.action.startswith("kms:") and scene.world.key(call.guard)["Grants"]:
        call = _chosen(scene, 0)  # whether a boundary caps what a grant gives is disputed
    service = call.action.partition(":")[0]
    others = sorted(f"{one}:*" for one in _services(scene) - {service})
    same = sorted({one.action for one in calls(scene) if one.action.startswith(f"{service}:")} - {call.action})
    statements: list[Json] = [{"Sid": "Team", "Effect": "Allow", "Action": [*others, *same], "Resource": "*"}]
    if turn % 3 == 1:
        statements[0] = {"Effect": "Allow", "NotAction": [call.action, "iam:*", "organizations:*"], "Resource": "*"}
    if turn % 3 == 2:
        fails = conditions.pair(scene, call, turn).fails
        statements.append({"Effect": "Allow", "Action": call.action, "Resource": "*", "Condition": fails})
    if service == "iam" and turn % 3 == 1:
        statements[0]["NotAction"] = [call.action]
    policy = scene.bound(*statements)
    scene.blame("boundary-missing", action=call.action, policy=policy)
    messages.tell(scene, call, "boundary-missing", turn)


def boundary_denied(scene: Scene, turn: int) -> None:
    """The boundary denies the call."""
    call = _chosen(scene, turn)
    allow = {"Sid": "Most", "Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = scene.bound(allow, _deny(scene, call, turn + 5))
    scene.blame("boundary-denied", action=call.action, policy=policy, statement="Guardrail")
    messages.tell(scene, call, "boundary-denied", turn)


def pass_role_missing(scene: Scene, turn: int) -> None:
    """The restore role may not hand over the instance profile's role."""
    call = next(call for call in calls(scene) if call.action == "iam:PassRole")
    allow: Json = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole"}
    other_service = {"StringEquals": {"iam:PassedToService": ["eks.amazonaws.com", "ecs-tasks.amazonaws.com"]}}
    instead: tuple[tuple[Json, ...], ...] = (
        (),
        ({**allow, "Resource": scene.world.iam(scene.home, "role/app/*")},),
        ({**allow, "Resource": "*", "Condition": other_service},),
    )
    roles.use_copy(scene, "copies/Restore2024", call.action, instead=instead[turn % 3])
    scene.blame("pass-role-missing", action=call.action)
    messages.tell(scene, call, "pass-role-missing", turn)


BREAKERS: dict[str, Callable[[Scene, int], None]] = {
    "role-missing": role_missing,
    "default-role-lookalike": default_role_lookalike,
    "slr-as-job-role": slr_as_job_role,
    "trust-missing": trust_missing,
    "trust-condition": trust_condition,
    "trust-denied": trust_denied,
    "permission-missing": permission_missing,
    "permission-denied": permission_denied,
    "boundary-missing": boundary_missing,
    "boundary-denied": boundary_denied,
    "pass-role-missing": pass_role_missing,
}
