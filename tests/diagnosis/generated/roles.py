"""The policies of job roles: AWS's managed ones, copies of them that lack or narrow something, hand-written ones."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import knowledge
from tests.diagnosis.generated.needs import BACKUP_KEY, RESTORE_KEY
from tests.diagnosis.generated.rows import row
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.world import Json

_FILES = Path(knowledge.__file__).parent / "managed_policies"

_BACKUP, _RESTORE = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
)
_DOCUMENTED = {
    ("backup", "s3"): (_BACKUP, "AWSBackupServiceRolePolicyForS3Backup"),
    ("copy", "s3"): (_BACKUP, "AWSBackupServiceRolePolicyForS3Backup"),
    ("share", "s3"): (_BACKUP, "AWSBackupServiceRolePolicyForS3Backup"),
    ("restore", "s3"): (_RESTORE, "AWSBackupServiceRolePolicyForS3Restore"),
    ("restore", "sap-hana"): (_RESTORE, "AWSBackupRestoreAccessForSAPHANA"),
}


def documented(job: str, kind: str) -> tuple[str, ...]:
    """The managed policies that AWS documents for a job of a resource type, by path and name."""
    return _DOCUMENTED.get((job, kind), (_RESTORE if job == "restore" else _BACKUP,))


@cache
def _file(name: str) -> str:
    return (_FILES / f"{name.rpartition('/')[2]}.json").read_text(encoding="utf-8")


def managed_statements(partition: str, *names: str) -> list[Json]:
    """The statements of AWS's managed policies, as they read in a partition."""
    found = []
    for name in names:
        text = _file(name).replace("arn:aws:", f"arn:{partition}:")
        text = text.replace(".*.amazonaws.com", ".*.amazonaws.com.cn") if partition == "aws-cn" else text
        found += json.loads(text)["Document"]["Statement"]
    return found


def use_managed(scene: Scene) -> None:
    """The job role has the managed policies that AWS documents, and nothing else."""
    scene.role["AttachedPolicies"] = [scene.world.managed(name) for name in documented(scene.job, scene.kind.id)]


def use_copy(scene: Scene, name: str, *without: str, instead: tuple[Json, ...] = ()) -> str:
    """The job role has a copy of these policies, made without some actions, with statements in their stead.

    Returns:
        The ARN of the copy.
    """
    statements = managed_statements(scene.world.partition, *documented(scene.job, scene.kind.id))
    arn = scene.world.add_policy(scene.home, name, *_cut(statements, {action.lower() for action in without}), *instead)
    scene.role["AttachedPolicies"] = [arn]
    return arn


def _cut(statements: list[Json], actions: set[str]) -> Iterator[Json]:
    for statement in statements:
        listed = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        kept = [action for action in listed if action.lower() not in actions]
        if kept:
            yield {**statement, "Action": kept}


def use_minimal(scene: Scene) -> str:
    """The job role has a hand-written policy that names what AWS documents for this job, and nothing else."""
    return use_statements(scene, "handwritten/minimal", *minimal_statements(scene))


def use_statements(scene: Scene, name: str, *statements: Json) -> str:
    """The job role has one customer managed policy; returns its ARN."""
    arn = scene.world.add_policy(scene.home, name, *statements)
    scene.role["AttachedPolicies"] = [arn]
    return arn


def minimal_statements(scene: Scene) -> list[Json]:
    """What a hand-written policy for this job says: the calls, and the keys as AWS's own policy has them."""
    calls = {"Sid": "Calls", "Effect": "Allow", "Action": list(row(scene.job, scene.kind.id)), "Resource": "*"}
    return [calls, *_key_statements(scene)]


_COPY_KEY = ("DescribeKey", "CreateGrant", "Decrypt", "ReEncryptFrom", "GenerateDataKeyWithoutPlaintext", "ReEncryptTo")
_SNAPSHOT_KEY = ("Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKeyWithoutPlaintext")


def _key_statements(scene: Scene) -> Iterator[Json]:
    """What AWS documents of keys, with the conditions that its own policies have."""
    kind = scene.kind.id
    used = {"backup": BACKUP_KEY.get(kind, ()), "restore": RESTORE_KEY.get(kind, ())}.get(scene.job, _COPY_KEY)
    if scene.job == "restore" and kind in ("ebs", "ec2"):
        used = (*used, *_SNAPSHOT_KEY)
    if scene.job == "restore" and kind.startswith("dynamodb"):
        used = ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")
    if "CreateGrant" in used:
        yield _key_statement("Grants", ["kms:CreateGrant"], {"Bool": {"kms:GrantIsForAWSResource": "true"}})
    if "DescribeKey" in used:
        yield _key_statement("Look", ["kms:DescribeKey"], {})
    if data := sorted({f"kms:{name}" for name in used if name not in ("CreateGrant", "DescribeKey")}):
        via = scene.kind.via or "elasticfilesystem"
        yield _key_statement("Data", data, {"StringLike": {"kms:ViaService": [f"{via}.*.amazonaws.com*"]}})


def _key_statement(sid: str, actions: list[str], condition: Json) -> Json:
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement
