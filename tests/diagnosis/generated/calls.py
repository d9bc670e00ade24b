"""The requests that a scene's job makes, each with all that AWS's policies can ask of it."""

from collections.abc import Iterator

from tests.diagnosis.generated import needs
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.world import Json


def calls(scene: Scene) -> list[Call]:
    """Every request of the job, the one that it is about first, and those that it is said to have made besides."""
    return [*_needed(scene), *scene.also]


def _needed(scene: Scene) -> list[Call]:
    kind, job = scene.kind.id, scene.job
    if job == "backup":
        first = list(_calls(scene, needs.BACKUP[kind]))
        vault = Call("backup:StartBackupJob", scene.things["vault"], scene.world.region, scene.home)
        guarded = Call(
            vault.action, vault.resource, vault.region, vault.account, vault.resource, policies_of_role=False
        )
        return [*first, guarded, *_key_calls(scene, needs.BACKUP_KEY.get(kind, ()))]
    if job == "restore":
        return [*_calls(scene, needs.RESTORE[kind]), *_key_calls(scene, needs.RESTORE_KEY.get(kind, ()))]
    if job == "copy":
        return [*_vault_calls(scene), *_moves(scene), *_copy_key_calls(scene)]
    return [*_vault_calls(scene), *_calls(scene, needs.SHARE.get(kind, ())), *_pull_calls(scene)]


def main_call(scene: Scene) -> Call:
    """The request that the job is about."""
    return calls(scene)[0]


def _calls(scene: Scene, table: needs.Calls) -> Iterator[Call]:
    for action, *things in table:
        for thing in things:
            resource = scene.things[thing]
            region = "us-east-1" if action.startswith("iam:") else scene.world.region
            guarded = thing in ("resource", "object") and scene.kind.id in ("s3", "efs")
            guard = scene.things["resource"] if guarded else ""
            yield Call(action, resource, region, scene.home, guard, context=_context(scene, action, thing))


def _context(scene: Scene, action: str, thing: str) -> Json:
    context: Json = {}
    if thing == "resource":
        context |= {"aws:ResourceTag/backup": "daily", "aws:ResourceTag/env": "prod"}
    if thing == "point" and scene.job == "share":
        context["aws:ResourceTag/aws:backup:source-resource"] = scene.things["resource"]
    if action == "ec2:CreateTags":
        made_by = {"backup": "CreateSnapshot", "restore": "CreateVolume"}
        context["ec2:CreateAction"] = {"ec2": "RunInstances"}.get(scene.kind.id, made_by[scene.job])
    if action == "iam:PassRole":
        context["iam:PassedToService"] = "ec2.amazonaws.com"
    return context


def _vault_calls(scene: Scene) -> Iterator[Call]:
    things, here = scene.things, scene.world.region
    path = scene.world.organization_path(scene.receiver)
    into = {"backup:CopyTargets": [things["there"]], "backup:CopyTargetOrgPaths": [path]}
    yield Call("backup:CopyIntoBackupVault", things["there"], scene.there, scene.receiver, things["there"])
    yield Call("backup:CopyFromBackupVault", things["point"], here, scene.home, things["vault"], context=into)


def _moves(scene: Scene) -> Iterator[Call]:
    for action, thing in needs.MOVE.get(scene.kind.id, ()):
        yield Call(action, scene.things[thing], scene.there, scene.home)


def _via(scene: Scene, region: str) -> str:
    suffix = "amazonaws.com.cn" if scene.world.partition == "aws-cn" else "amazonaws.com"
    return f"{scene.kind.via or 'elasticfilesystem'}.{region}.{suffix}"


def _key_calls(scene: Scene, names: tuple[str, ...]) -> Iterator[Call]:
    if scene.things["key"]:
        for name in names:
            yield _key_call(scene, name, scene.things["key"], scene.world.region)


def _key_call(scene: Scene, name: str, key: str, region: str) -> Call:
    context: Json = {"kms:ViaService": _via(scene, region), "kms:CallerAccount": scene.home}
    if name == "CreateGrant":
        context["kms:GrantIsForAWSResource"] = "true"
    if scene.kind.id in ("ebs", "ec2") and name != "DescribeKey":
        context["kms:EncryptionContextKeys"] = ["aws:ebs:id"]
    return Call(f"kms:{name}", key, region, key.split(":")[4], key, context=context)


def _copy_key_calls(scene: Scene) -> Iterator[Call]:
    for name in needs.COPY_KEYS.get(scene.kind.id, ()):
        if scene.things["key"]:
            yield _key_call(scene, name, scene.things["key"], scene.world.region)
        yield _key_call(scene, name, scene.things["there key"], scene.there)


def _pull_calls(scene: Scene) -> Iterator[Call]:
    if scene.things["key"] and not scene.kind.fully_managed:
        for name in needs.PULL_KEY:
            call = _key_call(scene, name, scene.things["key"], scene.world.region)
            context = {**call.context, "kms:CallerAccount": scene.receiver}
            yield Call(call.action, call.resource, call.region, call.account, call.guard, True, False, context)
