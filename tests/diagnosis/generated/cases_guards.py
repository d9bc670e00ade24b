"""Guards as organizations write them: Regions, copy targets, tags, vaults by name; each once that lets the job through
and once that does not.
"""

from collections.abc import Iterator

from tests.diagnosis.generated import messages, roles
from tests.diagnosis.generated.breaking_keys import guarded_resource
from tests.diagnosis.generated.breaking_organization import RCP, SCP, nodes
from tests.diagnosis.generated.calls import calls, main_call
from tests.diagnosis.generated.cases_healthy import no_permission
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.starting import sharing
from tests.diagnosis.generated.steps import Case, Step, case
from tests.diagnosis.generated.world import Json, document


def _scp(action: str, *, denies: bool, **rest: object) -> Step:
    """An SCP on the account's OU that denies an action of the job, or only seems to."""

    def step(scene: Scene) -> None:
        resolved = {name: part(scene) if callable(part) else part for name, part in rest.items()}
        actions = {"NotAction": ["sts:*", "support:*"]} if action == "*" else {"Action": action}
        deny: Json = {"Sid": "Guard", "Effect": "Deny", **actions, "Resource": "*", **resolved}
        if "NotResource" in deny:
            deny.pop("Resource")
        node = nodes(scene, scene.home)[-2]
        policy = scene.world.add_organization_policy(node, SCP, "Guard", deny)
        if not denies:
            no_permission(scene.job)(scene)
            return
        named = _first_blocked(scene) if action == "*" else action
        scene.blame("scp-denied", action=named, policy=policy, statement="Guard", target=node)
        call = next(call for call in calls(scene) if call.action == named)
        messages.tell(scene, call, "scp-denied", 0)

    return step


def _first_blocked(scene: Scene) -> str:
    """What a guard of Regions stops first: the arrival of a copy, or the role that a restore hands over."""
    return "iam:PassRole" if scene.job == "restore" else main_call(scene).action


def _regions(*approved: str) -> Step:
    """The condition of a guard of Regions; `here` and `there` stand for the job's."""

    def condition(scene: Scene) -> Json:
        named = {"here": scene.world.region, "there": scene.there}
        return {"StringNotEquals": {"aws:RequestedRegion": [named.get(one, one) for one in approved]}}

    return condition


def _targets(*, own: bool) -> Step:
    def condition(scene: Scene) -> Json:
        account = scene.receiver if own else scene.world.sandbox
        pattern = f"arn:{scene.world.partition}:backup:*:{account}:backup-vault:*"
        return {"ForAllValues:StringNotLike": {"backup:CopyTargets": [pattern]}}

    return condition


def _target_paths(*, own: bool) -> Step:
    def condition(scene: Scene) -> Json:
        path = scene.world.organization_path(scene.receiver if own else scene.world.sandbox)
        return {"ForAllValues:StringNotLike": {"backup:CopyTargetOrgPaths": [f"{path}*"]}}

    return condition


def _owners(*, own: bool) -> Step:
    def condition(scene: Scene) -> Json:
        return {"StringNotEquals": {"aws:ResourceOrgID": scene.world.organization_id if own else "o-former0org"}}

    return condition


def _vaults_by_name(*names: str) -> Step:
    return lambda scene: [f"arn:{scene.world.partition}:backup:*:*:backup-vault:{name}" for name in names]


def _copy_guards() -> Iterator[Case]:
    into, out = "backup:CopyIntoBackupVault", "backup:CopyFromBackupVault"
    for own in (True, False):
        name = "own" if own else "others"
        targets, paths, owners = _targets(own=own), _target_paths(own=own), _owners(own=own)
        yield case(f"copy-targets-{name}", "share", "ebs", _scp(out, denies=not own, Condition=targets))
        yield case(f"copy-targets-{name}", "copy", "efs", _scp(out, denies=not own, Condition=targets))
        yield case(f"copy-paths-{name}", "share", "aurora", _scp(out, denies=not own, Condition=paths))
        yield case(f"owners-{name}", "share", "s3", _scp(into, denies=not own, Condition=owners))
        vaults = _vaults_by_name("central-*" if own else "fort-knox", "dr-*")
        yield case(f"vaults-by-name-{name}", "share", "fsx", _scp(into, denies=not own, NotResource=vaults))
        yield case(f"vaults-by-name-{name}", "copy", "ec2", _scp(into, denies=not own, NotResource=vaults))


def _region_guards() -> Iterator[Case]:
    both, leave, arrive = _regions("here", "there", "us-east-1"), _regions("here"), _regions("there")
    yield case("regions-both", "copy", "rds", _scp("*", denies=False, Condition=both))
    yield case("regions-leave", "copy", "rds", _scp("*", denies=True, Condition=leave))
    yield case("regions-leave", "copy", "efs", _scp("*", denies=True, Condition=leave))
    yield case("regions-arrive", "copy", "ebs", _scp("backup:CopyIntoBackupVault", denies=False, Condition=arrive))
    out = "backup:CopyFromBackupVault"
    yield case("regions-arrive", "copy", "timestream", _scp(out, denies=True, Condition=arrive))
    yield case("regions-global", "restore", "ec2", _scp("*", denies=True, Condition=leave), region="eu-west-1")
    world_wide = _regions("here", "us-east-1")
    yield case("regions-global", "restore", "aurora", _scp("*", denies=False, Condition=leave), region="eu-west-1")
    yield case("regions-and-us", "restore", "ec2", _scp("*", denies=False, Condition=world_wide), region="eu-west-1")


def _tagged(value: str, *, denies: bool) -> Step:
    """A deny that asks for the resource's tag."""

    def step(scene: Scene) -> None:
        call = main_call(scene)
        condition = {"StringEquals": {"aws:ResourceTag/env": value}}
        deny: Json = {"Sid": "Tagged", "Effect": "Deny", "Action": call.action, "Resource": "*"}
        scene.inline("tag-guard", {**deny, "Condition": condition})
        no_permission(scene.job, 1)(scene)
        if denies:
            scene.blame("permission-denied", action=call.action, policy="tag-guard", statement="Tagged")
            messages.tell(scene, call, "permission-denied", 0)

    return step


def _tag_guards() -> Iterator[Case]:
    for kind in ("ebs", "ec2", "rds", "aurora", "efs", "fsx", "s3"):
        yield case("tagged-scratch", "backup", kind, _tagged("scratch", denies=False))
        yield case("tagged-prod", "backup", kind, _tagged("prod", denies=True))


def _allowed_only(action: str, *, denies: bool, **narrow: object) -> Step:
    """A copy of AWS's policy that allows one action more narrowly, by enough or by too much."""

    def step(scene: Scene) -> None:
        resolved = {name: part(scene) if callable(part) else part for name, part in narrow.items()}
        allow: Json = {"Sid": "Narrow", "Effect": "Allow", "Action": action, "Resource": "*", **resolved}
        roles.use_copy(scene, "copies/Narrowed", action, instead=(allow,))
        no_permission(scene.job)(scene)
        if denies:
            scene.blame("permission-missing", action=action)
            messages.tell(scene, next(call for call in calls(scene) if call.action == action), "permission-missing", 0)

    return step


def _made_by(action: str) -> Json:
    return {"StringEquals": {"ec2:CreateAction": action}}


def _team(value: str) -> Json:
    return {"StringEquals": {"aws:PrincipalTag/team": value}}


def _narrow_allows() -> Iterator[Case]:
    into = "backup:CopyIntoBackupVault"
    own, other = _vaults_by_name("central-vault"), _vaults_by_name("central-vault-2", "daily")
    yield case("into-own", "copy", "rds", _allowed_only(into, denies=False, Resource=own))
    yield case("into-other", "copy", "rds", _allowed_only(into, denies=True, Resource=other))
    yield case("into-other", "share", "ebs", _allowed_only(into, denies=True, Resource=other))
    tags = "ec2:CreateTags"
    yield case("tags-made", "backup", "ebs", _allowed_only(tags, denies=False, Condition=_made_by("CreateSnapshot")))
    yield case("tags-unmade", "backup", "ebs", _allowed_only(tags, denies=True, Condition=_made_by("RunInstances")))
    call = "rds:CreateDBSnapshot"
    yield case("team-own", "backup", "rds", _allowed_only(call, denies=False, Condition=_team("storage")))
    yield case("team-other", "backup", "rds", _allowed_only(call, denies=True, Condition=_team("platform")))
    grant = "kms:CreateGrant"
    direct = {"Bool": {"kms:GrantIsForAWSResource": "false"}}
    yield case("grant-direct", "backup", "fsx", _allowed_only(grant, denies=True, Condition=direct))
    via = {"StringLike": {"kms:ViaService": "rds.*.amazonaws.com"}}
    yield case("grant-via", "backup", "aurora", _allowed_only(grant, denies=False, Condition=via))
    yield case("grant-via-other", "backup", "fsx", _allowed_only(grant, denies=True, Condition=via))


def _unshared_vault_key(scene: Scene) -> None:
    """The source vault's key is shared with nobody: what is fully managed is under it."""
    arn = scene.things["vault key"]
    call = Call("kms:CreateGrant", arn, scene.world.region, scene.home, arn, linked=True, policies_of_role=False)
    scene.also.append(call)
    key = scene.world.key(arn)
    key["Policy"] = document(scene.world.delegation(scene.home), *sharing(scene.world.iam(scene.world.sandbox, "root")))
    scene.blame("key-policy-missing", policy=arn)
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)
    scene.fail(messages.KEY_UNUSABLE)


def _foreign_key(*shared: str) -> Step:
    """The resource's key is another account's, and is shared with the job's account or with others."""

    def step(scene: Scene) -> None:
        world = scene.world
        world.add_account(world.vaults)
        arn = world.add_key(world.vaults, "central-data")
        accounts = {"home": scene.home, "sandbox": world.sandbox}
        added = [one for name in shared for one in sharing(world.iam(accounts[name], "root"))]
        world.key(arn)["Policy"]["Statement"] += added
        scene.things["key"] = arn
        guarded_resource(scene)["KmsKeyArn"] = arn
        no_permission(scene.job, 1)(scene)
        if "home" not in shared:
            scene.blame("key-policy-missing", action="kms:CreateGrant", policy=arn)
            scene.fail(messages.KEY_UNUSABLE)

    return step


def _bounded_by(name: str, *blocked: str) -> Step:
    """The boundary is one of AWS's own managed policies."""

    def step(scene: Scene) -> None:
        scene.hidden.add("job-role")
        scene.role["PermissionsBoundary"] = scene.world.managed(name)
        no_permission(scene.job, 1)(scene)
        for action in blocked:
            scene.blame("boundary-missing", action=action, policy=scene.world.managed(name))
            call = next(call for call in calls(scene) if call.action == action)
            messages.tell(scene, call, "boundary-missing", 0)

    return step


def _administers(scene: Scene) -> None:
    """The job role may do everything."""
    scene.hidden.add("job-role")
    scene.role["AttachedPolicies"] = [scene.world.managed("AdministratorAccess")]
    no_permission(scene.job, 1)(scene)


def _of_other_accounts() -> Iterator[Case]:
    for kind in ("rds", "fsx"):
        yield case("foreign-key", "backup", kind, _foreign_key("home"))
        yield case("foreign-key-unshared", "backup", kind, _foreign_key("sandbox"))
    yield case("power-user", "backup", "ebs", _bounded_by("PowerUserAccess"))
    yield case("power-user", "restore", "ec2", _bounded_by("PowerUserAccess", "iam:PassRole"))
    yield case("read-only", "backup", "fsx", _bounded_by("ReadOnlyAccess", "fsx:CreateBackup"))
    yield case("administrator", "backup", "s3", _administers)
    yield case("administrator", "restore", "aurora", _administers)


def _rcp_on_assuming(condition: Step, *, denies: bool) -> Step:
    """An RCP on the account's OU denies AWS Backup itself to assume roles, or only seems to."""

    def step(scene: Scene) -> None:
        deny: Json = {"Sid": "Assume", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}
        node = nodes(scene, scene.home)[-2]
        policy = scene.world.add_organization_policy(node, RCP, "Roles", {**deny, "Condition": condition(scene)})
        no_permission(scene.job, 1)(scene)
        if denies:
            scene.blame("rcp-denied", action="sts:AssumeRole", policy=policy, statement="Assume")
            for member in ("entity", "principal"):
                scene.causes[-1].pop(member)
            scene.fail(messages.NOT_ASSUMED[0].format(role=scene.role_arn))

    return step


def _for_services_of(*, own: bool) -> Step:
    """Services may assume roles for one account alone."""

    def condition(scene: Scene) -> Json:
        account = scene.home if own else scene.world.sandbox
        return {"StringNotEquals": {"aws:SourceAccount": account}, "Bool": {"aws:PrincipalIsAWSService": "true"}}

    return condition


def _guarded_trust(scene: Scene) -> None:
    """The trust policy asks for the job's account and for a source in it, and denies all others."""
    source = {"ArnLike": {"aws:SourceArn": f"arn:{scene.world.partition}:backup:*:{scene.home}:*"}}
    own = {"StringEquals": {"aws:SourceAccount": scene.home}}
    backup: Json = {"Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    others = {"StringNotEquals": {"aws:SourceAccount": [scene.home, scene.world.management]}}
    scene.role["AssumeRolePolicyDocument"] = document(
        {"Effect": "Allow", **backup, "Condition": {**source, **own}}, {"Effect": "Deny", **backup, "Condition": others}
    )
    no_permission(scene.job, 1)(scene)


def _of_assuming() -> Iterator[Case]:
    for job, kind in (("backup", "ebs"), ("restore", "fsx"), ("copy", "s3")):
        yield case("trust-guarded", job, kind, _guarded_trust)
    for own in (True, False):
        guard = _rcp_on_assuming(_for_services_of(own=own), denies=not own)
        yield case(f"rcp-assume-{'own' if own else 'others'}", "backup", "rds", guard)


def guards() -> Iterator[Case]:
    """All of them."""
    yield from _copy_guards()
    yield from _region_guards()
    yield from _tag_guards()
    yield from _narrow_allows()
    yield from _of_other_accounts()
    yield from _of_assuming()
    for kind in ("efs", "s3", "dynamodb-advanced", "timestream"):
        yield case("unshared-vault-key", "share", kind, _unshared_vault_key)
