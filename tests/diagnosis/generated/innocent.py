"""Policies that look guilty and let the job through: each denies something close by, or has a condition that fails."""

from collections.abc import Callable

from tests.diagnosis.generated import conditions
from tests.diagnosis.generated.breaking_keys import guarded_resource
from tests.diagnosis.generated.breaking_organization import RCP, SCP, nodes
from tests.diagnosis.generated.calls import calls
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.starting import sharing
from tests.diagnosis.generated.world import Json, document

Innocent = Callable[[Scene, int], None]

_ALL_SERVICES = (
    "backup", "backup-gateway", "backup-storage", "cloudformation", "cloudwatch", "ds", "dynamodb", "ebs", "ec2", "eks",
    "elasticfilesystem", "events", "fsx", "iam", "kms", "rds", "redshift", "redshift-serverless", "s3", "ssm",
    "ssm-sap", "storagegateway", "sts", "tag", "timestream",
)  # fmt: skip


def _own(scene: Scene) -> list[Call]:
    return [call for call in calls(scene) if not call.linked]


def identity_denies_elsewhere(scene: Scene, turn: int) -> None:
    """Inline policies of the role that deny its very calls under conditions that fail, on others' things, or by MFA."""
    call = _own(scene)[turn % len(_own(scene))]
    service = call.action.partition(":")[0]
    deny: Json = {"Effect": "Deny", "Action": f"{service}:*"}
    scene.inline(
        f"guard-{turn}",
        {**deny, "Sid": "NotNow", "Resource": "*", "Condition": conditions.pair(scene, call, turn).fails},
        {**deny, "Sid": "NotThere", "Resource": f"arn:aws:{service}:*:{scene.world.sandbox}:*"},
        {"Sid": "NotOthers", "Effect": "Deny", "NotAction": f"{service}:*", "Resource": f"arn:aws:{service}:::none"},
    )


def boundary_is_just_enough(scene: Scene, turn: int) -> None:
    """A boundary that allows no more than the services of the job, and denies what the job does not do."""
    if "PermissionsBoundary" in scene.role:
        return
    services = sorted(f"{service}:*" for service in _ALL_SERVICES)
    fails = conditions.pair(scene, _own(scene)[0], turn).fails
    scene.bound(
        {"Sid": "Team", "Effect": "Allow", "Action": services, "Resource": "*"},
        {"Sid": "Never", "Effect": "Deny", "Action": ["iam:Create*", "kms:ScheduleKeyDeletion"], "Resource": "*"},
        {"Sid": "NotSo", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": fails},
    )


def scp_denies_elsewhere(scene: Scene, turn: int) -> None:
    """Service control policies on the account's path whose denies don't match, and one of a sibling that would."""
    world = scene.world
    if not world.path_to(scene.home):
        return
    places, call = nodes(scene, scene.home), _own(scene)[turn % len(_own(scene))]
    fails = conditions.pair(scene, call, turn + 4).fails
    root_user = {"StringLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}
    world.add_organization_policy(
        places[turn % len(places)],
        SCP,
        f"Guardrails{turn}",
        {"Sid": "Denied", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": fails},
        {"Sid": "NoRootUser", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": root_user},
        {"Sid": "NoLeaving", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
    )
    deny = {"Sid": "NoBackups", "Effect": "Deny", "Action": ["backup:*", call.action], "Resource": "*"}
    if world.path_to(world.sandbox):
        world.add_organization_policy(world.sandbox, SCP, f"SandboxNoBackups{turn}", deny)
    assert world.organization is not None
    world.organization["policies"].append(
        {"Id": f"p-{world.names.hex('unused', 8)}", "Name": "Unused", "Type": SCP, "Content": document(deny)}
    )


def scp_allow_list_is_just_wide_enough(scene: Scene, turn: int) -> None:
    """One level has a list of services instead of FullAWSAccess, and the job's are all on it."""
    world = scene.world
    if not world.path_to(scene.home):
        return
    places = nodes(scene, scene.home)
    node = places[turn % len(places)]
    attached = world.attached_to(node)
    if "p-FullAWSAccess" in attached:
        attached.remove("p-FullAWSAccess")
        services = sorted(f"{service}:*" for service in _ALL_SERVICES)
        allow = {"Sid": "ApprovedServices", "Effect": "Allow", "Action": services, "Resource": "*"}
        world.add_organization_policy(node, SCP, "ApprovedServices", allow)


def rcp_is_for_others(scene: Scene, turn: int) -> None:
    """Resource control policies that keep other organizations out, with IfExists, and services that no RCP binds."""
    world = scene.world
    if not world.path_to(scene.home):
        return
    places = nodes(scene, scene.home)
    strangers: Json = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": world.organization_id},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    deny: Json = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
    unbound = ["ec2:*", "rds:*", "backup:*", "elasticfilesystem:*", "fsx:*"]
    world.add_organization_policy(
        places[turn % len(places)],
        RCP,
        f"OrgPerimeter{turn}",
        {
            **deny,
            "Sid": "OnlyOurs",
            "Action": ["s3:*", "kms:*", "sts:AssumeRole", "dynamodb:*"],
            "Condition": strangers,
        },
        {**deny, "Sid": "Unbound", "Action": unbound},
    )


def vault_denies_others(scene: Scene, turn: int) -> None:
    """The job's vaults deny its very action to others, or under a condition that fails; another vault denies all."""
    world = scene.world
    for call in calls(scene):
        if ":backup-vault:" in call.guard:
            policy = world.vault(call.guard).setdefault("AccessPolicy", document())
            deny: Json = {"Effect": "Deny", "Action": [call.action], "Resource": "*"}
            policy["Statement"] += [
                {**deny, "Principal": {"AWS": world.iam(world.sandbox, "root")}, "Sid": "NotTheSandbox"},
                {**deny, "Principal": "*", "Condition": conditions.pair(scene, call, turn).fails},
                {**deny, "Principal": "*", "Action": ["backup:DeleteRecoveryPoint"], "Sid": "Keep"},
            ]
    region = world.in_region(scene.receiver, scene.there)
    key = scene.things.get("there key", scene.things["vault key"])
    if "quarantine" not in [vault["BackupVaultName"] for vault in region["vaults"]]:
        actions = ["backup:StartBackupJob", "backup:CopyIntoBackupVault"]
        closed = document({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*"})
        other = world.add_vault(scene.receiver, "quarantine", key, scene.there)
        world.vault(other)["AccessPolicy"] = closed


def key_names_the_role_alone(scene: Scene, turn: int) -> None:
    """The key's policy leaves nothing to IAM policies: it names the job role, or a grant does."""
    guards = {call.guard for call in _own(scene) if ":kms:" in call.guard}
    for arn in sorted(guards):
        if scene.job == "share" or arn not in (scene.things["key"], scene.things.get("there key")):
            continue
        key, world = scene.world.key(arn), scene.world
        admin = {"Sid": "Administration", "Effect": "Allow", "Action": "kms:*", "Resource": "*"}
        statements: list[Json] = [{**admin, "Principal": {"AWS": world.iam(scene.home, "role/Admin")}}]
        read = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"]
        reader = {"Sid": "Audit", "Effect": "Allow", "Action": read, "Resource": "*"}
        statements.append({**reader, "Principal": {"AWS": world.iam(scene.home, "role/BackupWhyReadOnly")}})
        if turn % 2:
            key["Grants"] = [_grant(scene)]
        else:
            statements += sharing(scene.role_arn)
        key["Policy"] = document(*statements)


def _grant(scene: Scene) -> Json:
    operations = ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom")
    return {
        "GrantId": scene.world.names.hex("grant", 64),
        "Name": "backup",
        "GranteePrincipal": scene.role_arn,
        "IssuingAccount": scene.world.iam(scene.home, "root"),
        "Operations": [*operations, "ReEncryptTo", "CreateGrant", "DescribeKey"],
    }


def key_denies_others(scene: Scene, turn: int) -> None:
    """The key denies use outside its service, grants to no service, strangers, and others by a condition that fails."""
    for call in _own(scene):
        if ":kms:" not in call.guard:
            continue
        statements = scene.world.key(call.guard)["Policy"]["Statement"]
        if any(statement.get("Sid") == "NotDirectly" for statement in statements):
            continue
        deny: Json = {"Effect": "Deny", "Principal": "*", "Resource": "*"}
        directly = {"StringNotLike": {"kms:ViaService": [f"{call.context['kms:ViaService'].partition('.')[0]}.*"]}}
        not_for_services = {"Bool": {"kms:GrantIsForAWSResource": "false"}}
        use = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        role: Json = {**deny, "Principal": {"AWS": scene.role_arn}}
        fails = conditions.pair(scene, call, turn + 2).fails
        statements += [
            {**role, "Sid": "NotDirectly", "Action": use, "Condition": directly},
            {**deny, "Sid": "GrantsForServices", "Action": "kms:CreateGrant", "Condition": not_for_services},
            {**role, "Sid": "NotSo", "Action": "kms:*", "Condition": fails},
        ]


def resource_denies_others(scene: Scene, turn: int) -> None:
    """The bucket or file system denies plain text, strangers, and others by a condition that fails."""
    if scene.kind.id not in ("s3", "efs") or scene.job != "backup":
        return
    call = next(call for call in calls(scene) if call.guard == scene.things["resource"])
    resource = [scene.things["resource"], scene.things["object"]]
    deny: Json = {"Effect": "Deny", "Principal": "*", "Action": f"{call.action.partition(':')[0]}:*"}
    deny["Resource"] = resource if scene.kind.id == "s3" else resource[0]
    ours = {"aws:PrincipalOrgID": scene.world.organization_id}
    statements = [
        {**deny, "Sid": "TlsOnly", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {**deny, "Sid": "NotSo", "Condition": conditions.pair(scene, call, turn).fails},
    ]
    if scene.world.organization:
        statements.append({**deny, "Sid": "OurOrg", "Condition": {"StringNotEquals": ours}})
    guarded_resource(scene).setdefault("Policy", document())["Statement"] += statements
    scene.layers.setdefault("resource", "clear")


ALL: tuple[Innocent, ...] = (
    identity_denies_elsewhere,
    scp_denies_elsewhere,
    vault_denies_others,
    key_denies_others,
    boundary_is_just_enough,
    rcp_is_for_others,
    resource_denies_others,
    scp_allow_list_is_just_wide_enough,
    key_names_the_role_alone,
)


def tempt(scene: Scene, turn: int, count: int = 2) -> None:
    """Adds some of them, others at each turn."""
    for step in range(count):
        ALL[(turn + step * 4) % len(ALL)](scene, turn + step)
