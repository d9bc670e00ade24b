"""Incidents that no policy explains, with policies about them that look as if they did; and jobs that did not fail."""

from collections.abc import Iterator
from functools import partial

from tests.diagnosis.generated import roles
from tests.diagnosis.generated.breaking_keys import use_aws_managed_key, use_default_vault_key
from tests.diagnosis.generated.breaking_organization import SCP
from tests.diagnosis.generated.calls import main_call
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.steps import Case, Step, case, expecting, nothing_of_permissions, tempted, told, vague
from tests.diagnosis.generated.world import Json, trust


def no_permission(job: str, turn: int = 0) -> Step:
    """A text that no policy explains. None is documented for restores: those get one that says next to nothing."""
    return vague(turn) if job == "restore" else nothing_of_permissions(turn)


def tempting(jobs: dict[str, tuple[str, ...]]) -> Iterator[Case]:
    """Each job and resource type among every innocent policy at once."""
    turn = 0
    for job, kinds in jobs.items():
        for kind in kinds:
            turn += 1
            options = {"default_role": turn % 4 == 0, "bot_in": ("security", "management", "home")[turn % 3]}
            yield case("tempting", job, kind, tempted(turn, 9), no_permission(job, turn), **options)


def handwritten(jobs: dict[str, tuple[str, ...]]) -> Iterator[Case]:
    """Each job and resource type with a role that may do what AWS documents for it, and nothing else."""
    for job, kinds in jobs.items():
        for kind in kinds:
            yield case("handwritten", job, kind, roles.use_minimal, no_permission(job))


_CLEAN_UP = {
    "ebs": ("ec2:DeleteSnapshot", "ec2:ModifySnapshotTier", "ec2:DescribeTags"),
    "rds": ("rds:DeleteDBSnapshot", "rds:DeleteDBInstanceAutomatedBackup"),
    "aurora": ("rds:DeleteDBClusterSnapshot", "rds:DeleteDBClusterAutomatedBackup"),
    "fsx": ("fsx:DeleteBackup",),
    "redshift": ("redshift:DeleteClusterSnapshot",),
    "dynamodb": ("dynamodb:DeleteBackup",),
}


def _without_clean_up(scene: Scene) -> None:
    roles.use_copy(scene, "copies/NoDeletes", *_CLEAN_UP[scene.kind.id])


def _optional_named(scene: Scene) -> None:
    """An action that is not needed is a cause where the message names it."""
    _without_clean_up(scene)
    action = _CLEAN_UP[scene.kind.id][0]
    scene.blame("permission-missing", action=action)
    why = f"because no identity-based policy allows the {action} action"
    thing = scene.things["point"]
    scene.also.append(Call(action, thing, scene.world.region, scene.home))
    scene.fail(f"User: {scene.session} is not authorized to perform: {action} on resource: {thing} {why}")


def _linked_role_backs_up(scene: Scene) -> None:
    """EFS's automatic backups run with the service-linked role, which no service control policy binds."""
    scene.record["IamRoleArn"] = scene.world.linked_role(scene.home)
    resources = scene.world.in_region(scene.home, scene.world.region)["resources"]
    resources[-1]["Tags"]["aws:elasticfilesystem:default-backup"] = "enabled"
    scene.say_nothing_of("organization")
    deny: Json = {"Effect": "Deny", "Action": ["elasticfilesystem:*", "backup:*"], "Resource": "*"}
    scene.world.add_organization_policy(scene.home, SCP, "NoFiles", deny)
    scene.hidden.add("organization")


def _automatic_backup(scene: Scene) -> None:
    """It goes into the vault of EFS's own plan."""
    arn = scene.world.add_vault(scene.home, "aws/efs/automatic-backup-vault", scene.things["vault key"])
    deny: Json = {"Effect": "Deny", "Principal": "*", "Action": ["backup:StartRestoreJob", "backup:StartCopyJob"]}
    policy = {"Version": "2012-10-17", "Statement": [{**deny, "Resource": "*"}]}
    scene.world.vault(arn)["AccessPolicy"] = policy
    scene.things["vault"] = arn
    scene.record |= {"BackupVaultName": "aws/efs/automatic-backup-vault", "BackupVaultArn": arn}


def _scp_in_the_receiving_account(scene: Scene) -> None:
    """The destination's service control policies bind neither its service-linked role nor the job role."""
    deny: Json = {"Effect": "Deny", "Action": ["ec2:*", "rds:*", "fsx:*", "kms:*", "backup:*"], "Resource": "*"}
    scene.world.add_organization_policy(scene.receiver, SCP, "Frozen", {**deny, "Sid": "Frozen"})


def _scp_on_the_management_account(scene: Scene) -> None:
    """No service control policy binds the management account."""
    deny: Json = {"Effect": "Deny", "Action": [main_call(scene).action, "kms:*"], "Resource": "*"}
    root = scene.world.path_to(scene.world.management)[0]["Id"]
    scene.world.add_organization_policy(root, SCP, "Frozen", {**deny, "Sid": "Frozen"})


def _source_vault_under_default_key(scene: Scene) -> None:
    use_default_vault_key(scene, "vault")


def _there_under_default_key(scene: Scene) -> None:
    use_default_vault_key(scene, "there")


def _renamed_alike(scene: Scene) -> None:
    """Roles of like names stand about, with policies that deny everything."""
    alike = scene.world.add_role(scene.home, "nightly-backup-old", trust("backup.amazonaws.com"), [])
    everything: Json = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    alike["InlinePolicies"]["retired"] = {"Version": "2012-10-17", "Statement": everything}


def _status(state: str, category: str | None = None) -> Step:
    return lambda scene: scene.fail(None, category, state)


def _single() -> Iterator[Case]:
    for kind in _CLEAN_UP:
        yield case("no-clean-up", "backup", kind, _without_clean_up, nothing_of_permissions(1))
    for kind in ("ebs", "fsx"):
        yield case("clean-up-named", "backup", kind, _optional_named)
    yield case("linked-role", "backup", "efs", _linked_role_backs_up, nothing_of_permissions(1))
    automatic = (_automatic_backup, _linked_role_backs_up, nothing_of_permissions(1))
    yield case("linked-role-automatic", "backup", "efs", *automatic)
    for kind in ("ebs", "rds", "fsx"):
        yield case("receiver-frozen", "share", kind, _scp_in_the_receiving_account, nothing_of_permissions())
    for job, kind in (("backup", "ebs"), ("backup", "s3"), ("restore", "aurora"), ("copy", "efs")):
        managing = partial(case, "managing", job, kind, managing=True)
        yield managing(_scp_on_the_management_account, tempted(3), no_permission(job))
    for job, kind in (("backup", "rds"), ("restore", "ebs"), ("copy", "fsx")):
        yield case("no-organization", job, kind, tempted(5), no_permission(job), organized=False)
    for job, kind in (("backup", "ebs"), ("backup", "rds"), ("restore", "ebs"), ("share", "ebs"), ("share", "aurora")):
        yield case("unencrypted", job, kind, tempted(2), no_permission(job), encrypted=False)
    yield case("aws-managed", "backup", "ebs", use_aws_managed_key, nothing_of_permissions(1))
    yield case("aws-managed", "backup", "rds", use_aws_managed_key, nothing_of_permissions())
    yield case("aws-managed", "copy", "ebs", use_aws_managed_key, nothing_of_permissions())
    for kind in ("efs", "s3"):
        yield case("default-source", "share", kind, _source_vault_under_default_key, nothing_of_permissions(1))
        yield case("default-there", "copy", kind, _there_under_default_key, nothing_of_permissions())
    yield case("alike", "backup", "neptune", _renamed_alike, tempted(7), nothing_of_permissions())
    yield case("aborted", "backup", "ebs", tempted(1), told("Backup job was stopped by a user.", None, "ABORTED"))
    for turn in range(3):
        yield case(f"vague-{turn}", "backup", "fsx", tempted(turn), vague(turn))
        yield case(f"vague-{turn}", "share", "ec2", tempted(turn + 4), vague(turn))


def _closed_since(scene: Scene) -> None:
    """Since then the role may do nothing any more."""
    scene.inline("closed", {"Effect": "Deny", "Action": "*", "Resource": "*"})
    scene.hidden.add("job-role")


def _not_failed() -> Iterator[Case]:
    states = {
        "backup": (("CREATED", None), ("RUNNING", None), ("COMPLETED", "SUCCESS"), ("COMPLETED", None)),
        "copy": (("RUNNING", None), ("COMPLETED", "SUCCESS")),
        "share": (("COMPLETED", "SUCCESS"),),
        "restore": (("PENDING", None), ("RUNNING", None), ("COMPLETED", None)),
    }
    for job, chosen in states.items():
        for state, category in chosen:
            steps = (_closed_since, _status(state, category), expecting("not-failed"))
            name = f"not-failed-{state.lower()}{'-said' if category else ''}"
            yield case(name, job, "ebs" if job == "share" else "efs", *steps)


def healthy() -> Iterator[Case]:
    """Those that are put together one by one."""
    yield from _single()
    yield from _not_failed()
