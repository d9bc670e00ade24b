"""Incidents of jobs of jobs, of jobs that ended otherwise than FAILED, and of other partitions."""

from collections.abc import Iterator

from tests.diagnosis.generated import messages, roles
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.steps import Case, Step, broken, case, nothing_of_permissions, tempted, told, vague
from tests.diagnosis.generated.world import Json


def _under_a_stack(state: str, message: str | None) -> Step:
    """The broken job is one of two that the backup, or the copy, of a CloudFormation stack started."""

    def step(scene: Scene) -> None:
        world, child = scene.world, scene.record
        region = world.in_region(scene.home, world.region)
        stack = world.arn("cloudformation", scene.home, f"stack/shop/{world.names.uuid('stack')}")
        identifier = "BackupJobId" if scene.job == "backup" else "CopyJobId"
        parent = {**child, identifier: world.names.uuid("parent").upper(), "IsParent": True, "ResourceArn": stack}
        parent |= {"ResourceType": "CloudFormation", "NumberOfChildJobs": 2}
        for member in ("StatusMessage", "MessageCategory"):
            parent.pop(member, None)
        sibling = {**parent, identifier: world.names.uuid("sibling").upper(), "IsParent": False, "ResourceType": "S3"}
        sibling |= {"ParentJobId": parent[identifier], "ResourceArn": "arn:aws:s3:::shop-assets", "State": "COMPLETED"}
        sibling.pop("NumberOfChildJobs")
        parent["ChildJobsInState"] = {"COMPLETED": 1, child["State"]: 1}
        child["ParentJobId"] = parent[identifier]
        if scene.job == "copy":
            parent |= {"CompositeMemberIdentifier": "", "SourceRecoveryPointArn": _stack_point(scene, stack)}
            parent.pop("CompositeMemberIdentifier")
        region["resources"].append({"ResourceArn": stack, "ResourceType": "CloudFormation", "Tags": {}})
        region["backup_jobs" if scene.job == "backup" else "copy_jobs"] += [parent, sibling]
        scene.record = parent
        scene.fail(message, None, state)

    return step


def _stack_point(scene: Scene, stack: str) -> str:
    """The recovery point of the stack, which its nested recovery points belong to."""
    world = scene.world
    points = world.in_region(scene.home, world.region)["recovery_points"]
    arn = world.arn("backup", scene.home, f"recovery-point:{world.names.uuid('stack point')}")
    nested = points[0]
    key = {"EncryptionKeyArn": scene.things["vault key"], "IsEncrypted": True}
    own = {"RecoveryPointArn": arn, "ResourceArn": stack, "ResourceType": "CloudFormation", "IsParent": True}
    nested["ParentRecoveryPointArn"] = arn
    points.append({**nested, **own, **key})
    points[-1].pop("ParentRecoveryPointArn")
    return arn


def _second_child_fails(scene: Scene) -> None:
    """Another of the stack's resources failed for a cause of its own: its key is disabled."""
    world = scene.world
    region = world.in_region(scene.home, world.region)
    key = world.add_key(scene.home, "audit-files")
    world.key(key)["KeyState"] = "Disabled"
    files = world.arn("fsx", scene.home, f"file-system/fs-{world.names.hex('audit files')}")
    region["resources"].append({"ResourceArn": files, "ResourceType": "FSx", "KmsKeyArn": key, "Tags": {}})
    sibling = next(job for job in region["backup_jobs"] if job["State"] == "COMPLETED")
    message = {"StatusMessage": messages.KEY_UNUSABLE, "MessageCategory": "AccessDenied"}
    sibling |= {"ResourceArn": files, "ResourceType": "FSx", "State": "FAILED", **message}
    scene.record["ChildJobsInState"] = {"FAILED": 2}
    scene.blame("key-unusable", resource=key)
    for member in ("entity", "principal"):
        scene.causes[-1].pop(member)


def _nested() -> Iterator[Case]:
    failed = _under_a_stack("PARTIAL", "1 of 2 nested backup jobs failed.")
    unsaid = _under_a_stack("FAILED", None)
    yield case("nested", "backup", "ebs", broken("permission-denied", 1), failed)
    yield case("nested", "backup", "rds", broken("key-policy-denied", 0), failed)
    yield case("nested", "backup", "efs", broken("scp-denied", 0), unsaid)
    yield case("nested", "backup", "s3", broken("resource-policy-denied", 1), failed)
    yield case("nested", "backup", "aurora", broken("boundary-missing", 0), unsaid)
    yield case("nested", "backup", "dynamodb", broken("key-policy-missing", 0), failed)
    yield case("nested", "copy", "ebs", broken("vault-policy-denied", 0), unsaid)
    yield case("nested", "copy", "rds", broken("vault-default-key", 0), unsaid)
    yield case("nested-twice", "backup", "ebs", broken("permission-denied", 1), unsaid, _second_child_fails)
    yield case("nested-twice", "backup", "aurora", broken("scp-denied", 0), failed, _second_child_fails)
    yield case("nested-harmless", "backup", "ebs", tempted(0), nothing_of_permissions(1), failed)


def _skipped(scene: Scene) -> None:
    roles.use_copy(scene, "copies/S3NoKms", "kms:Decrypt")
    scene.blame("permission-missing", action="kms:Decrypt")


def _ended_otherwise() -> Iterator[Case]:
    skipped = "The backup job completed, but 18204 objects were not backed up because AWS Backup could not access them."
    objects = told(skipped, "AccessDenied", "COMPLETED")
    yield case("objects-skipped", "backup", "s3", _skipped, objects)
    yield case("objects-skipped-by-key", "backup", "s3", broken("key-policy-denied", 0), objects)
    yield case("objects-skipped-by-list", "backup", "s3", broken("rcp-denied", 0), objects)
    expired = told("Backup job expired before completion.", None, "EXPIRED")
    yield case("expired-and-denied", "backup", "fsx", broken("scp-denied", 0), expired)
    yield case("expired-and-denied", "backup", "efs", broken("key-unusable", 0), expired)
    stopped = told("Backup job was stopped by a user.", None, "ABORTED")
    yield case("aborted-and-denied", "backup", "efs", broken("vault-policy-denied", 0), stopped)
    yield case("partial", "backup", "ebs", broken("permission-missing", 0), _state("PARTIAL"))
    yield case("partial", "copy", "efs", broken("vault-policy-denied", 0), _state("PARTIAL"))
    yield case("completed-with-issues", "copy", "ebs", broken("boundary-denied", 0), _state("COMPLETED"))
    yield case("aborted", "restore", "ebs", broken("permission-denied", 0), _state("ABORTED"))


def _state(state: str) -> Step:
    """The job ended in another state, with the same message."""

    def step(scene: Scene) -> None:
        record: Json = scene.record
        scene.fail(record["StatusMessage"], record.get("MessageCategory"), state)

    return step


def _elsewhere() -> Iterator[Case]:
    for region in ("cn-north-1", "us-gov-west-1"):
        name = region.rpartition("-")[0]
        for kind in ("ebs", "rds", "dynamodb-advanced", "s3"):
            yield case(f"{name}-healthy", "backup", kind, tempted(1), nothing_of_permissions(1), region=region)
        yield case(f"{name}-healthy", "restore", "ec2", vague(), region=region)
        yield case(f"{name}-permission", "backup", "efs", broken("permission-denied", 1), region=region)
        yield case(f"{name}-trust", "backup", "aurora", broken("trust-condition", 0), region=region)
        yield case(f"{name}-scp", "restore", "fsx", broken("scp-denied", 1), region=region)
        yield case(f"{name}-key", "backup", "rds", broken("key-policy-missing", 0), region=region)
        yield case(f"{name}-lookalike", "backup", "ebs", broken("default-role-lookalike", 1), region=region)
        yield case(f"{name}-vault", "copy", "efs", broken("vault-policy-denied", 0), region=region)
        yield case(f"{name}-share", "share", "ebs", broken("key-policy-missing", 1), region=region)
        yield case(f"{name}-linked", "share", "rds", broken("slr-missing", 0), region=region)


def jobs_of_all_sorts() -> Iterator[Case]:
    """All of them."""
    yield from _nested()
    yield from _ended_otherwise()
    yield from _elsewhere()
