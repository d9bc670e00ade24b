"""Incidents whose cause stands in the policies and whose message is of every kind: encoded, of a service, or empty."""

from collections.abc import Iterator

from tests.diagnosis.generated import messages, roles
from tests.diagnosis.generated.calls import calls, main_call
from tests.diagnosis.generated.scene import Call, Scene
from tests.diagnosis.generated.steps import Case, Step, broken, case, told
from tests.diagnosis.generated.world import Json

_ENCODED = "Encoded authorization failure message: {blob}"


def _after(scene: Scene) -> str:
    return (scene.world.names.hex("blob", 60) + "_" + scene.world.names.hex("more", 60)) * 2


def _encoded(scene: Scene, action: str, resource: str, conditions: dict[str, str], *, denied: bool) -> None:
    """The message is encoded; decoded, it holds the request that was refused."""
    blob = _after(scene)
    items = [{"key": key, "values": {"items": [{"value": value}]}} for key, value in conditions.items()]
    principal = {"id": f"{scene.role['RoleId']}:AWSBackup-{scene.role['RoleName']}", "arn": scene.session}
    context = {"principal": principal, "action": action, "resource": resource, "conditions": {"items": items}}
    scene.also.append(Call(action, resource, scene.world.region, scene.home, context=dict(conditions)))
    decoded = {"allowed": False, "explicitDeny": denied, "matchedStatements": {"items": []}, "failures": {"items": []}}
    scene.world.accounts[scene.home]["decoded_messages"] = {blob: {**decoded, "context": context}}
    scene.fail(f"{messages.EC2_PREFIX} {_ENCODED.format(blob=blob)}")


def _only_some_instance_types(scene: Scene) -> None:
    deny: Json = {"Sid": "SmallOnly", "Effect": "Deny", "Action": "ec2:RunInstances"}
    condition = {"StringNotLike": {"ec2:InstanceType": ["t3.*", "t4g.*"]}}
    instance = scene.world.arn("ec2", scene.home, "instance/*")
    policy = scene.inline("cost-guard", {**deny, "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": condition})
    scene.blame("permission-denied", action="ec2:RunInstances", policy=policy, statement="SmallOnly")
    _encoded(scene, "ec2:RunInstances", instance, {"ec2:InstanceType": "m7i.large"}, denied=True)


def _only_one_subnet(scene: Scene) -> None:
    """The metadata names the subnet, the decoded message the request on it."""
    subnet = scene.world.arn("ec2", scene.home, "subnet/subnet-0b1c2d3e4f5a60718")
    other = scene.world.arn("ec2", scene.home, "subnet/subnet-0aaaabbbbccccdddd")
    arn = roles.use_copy(
        scene,
        "copies/OneSubnet",
        "ec2:RunInstances",
        instead=(
            {"Effect": "Allow", "Action": "ec2:RunInstances", "NotResource": "arn:aws:ec2:*:*:subnet/*"},
            {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": other},
        ),
    )
    assert arn
    scene.blame("permission-missing", action="ec2:RunInstances")
    _encoded(scene, "ec2:RunInstances", subnet, {"ec2:Vpc": "vpc-0a1b2c3d4e5f60718"}, denied=False)


def _encoded_create_tags(scene: Scene) -> None:
    call = next(call for call in calls(scene) if call.action == "ec2:CreateTags")
    roles.use_copy(scene, "copies/NoTags", call.action)
    scene.blame("permission-missing", action=call.action)
    _encoded(scene, call.action, call.resource, {"ec2:CreateAction": "CreateVolume"}, denied=False)


def _trail_names_it(scene: Scene) -> None:
    """The message is vague; CloudTrail shows which call of the job role was refused, and a refusal of another role."""
    optional = {"rds": "rds:ListTagsForResource", "ebs": "ec2:DescribeTags", "fsx": "fsx:ListTagsForResource"}
    action = optional[scene.kind.id]
    roles.use_copy(scene, "copies/Lacking", action)
    scene.blame("permission-missing", action=action)
    scene.fail(messages.VAGUE[0])
    call = Call(action, scene.things["resource"], scene.world.region, scene.home)
    scene.also.append(call)
    scene.trail(action, messages.sentence(scene.session, call, "permission-missing"))


def _sentence_with(code: str, turn: int, after: str, before: str = "") -> Step:
    """IAM's sentence, with something before or after it."""

    def step(scene: Scene) -> None:
        broken(code, turn)(scene)
        call = next(call for call in calls(scene) if call.action == scene.causes[-1]["action"])
        policy = f"arn:aws:organizations::{scene.world.management}:policy/o-x/service_control_policy/p-x"
        text = messages.sentence(scene.session, call, code)
        scene.fail(before + text + after.format(policy=scene.causes[-1].get("policy", policy)))

    return step


def _quoted(scene: Scene) -> None:
    broken("resource-policy-denied", 0)(scene)
    call = main_call(scene)
    text = messages.sentence(scene.session, call, "resource-policy-denied")
    scene.fail(text.replace(call.resource, f'"{call.resource}"'))


_KMS_OWN = (
    "User: {session} is not authorized to perform: kms:CreateGrant on this resource because the resource does not "
    "exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
)
_TABLE_KEY = (
    "In order for AWS Backup to create a backup of an encrypted DynamoDB table, you must add the permissions "
    "kms:Decrypt and kms:GenerateDataKey to the IAM role used for backup."
)
_IMAGE_KEY = (
    "AMI snapshot copy failed with error: Given key ID is not accessible. You must have DescribeKey permissions on the "
    "default CMK"
)
_SHORT_SNAPSHOT_KEY = (
    "The source snapshot KMS key does not exist, is not enabled or you do not have permissions to access it"
)


def _without_table_key(scene: Scene) -> None:
    roles.use_copy(scene, "copies/NoKms", "kms:Decrypt", "kms:GenerateDataKey")
    scene.blame("permission-missing", action="kms:Decrypt")


def _without_bucket_policies(scene: Scene) -> None:
    names = [f"service-role/AWSBackupServiceRolePolicyFor{what}" for what in ("Backup", "Restores")]
    scene.role["AttachedPolicies"] = [scene.world.managed(name) for name in names]
    scene.blame("permission-missing", action="s3:GetBucketVersioning")


def _backup_policy_on_a_restore(scene: Scene) -> None:
    """A role made for backups was used for a restore."""
    scene.role["AttachedPolicies"] = [scene.world.managed("service-role/AWSBackupServiceRolePolicyForBackup")]
    call = main_call(scene)
    scene.blame("permission-missing", action=call.action)
    messages.tell(scene, call, "permission-missing", 0)


def _backup_policy_unsaid(scene: Scene) -> None:
    _backup_policy_on_a_restore(scene)
    scene.fail(messages.VAGUE[0])


def told_otherwise() -> Iterator[Case]:
    """All of them."""
    yield case("encoded-instance-type", "restore", "ec2", _only_some_instance_types)
    yield case("encoded-subnet", "restore", "ec2", _only_one_subnet)
    yield case("encoded-tags", "restore", "ebs", _encoded_create_tags)
    for kind in ("rds", "ebs", "fsx"):
        yield case("trail-names-it", "backup", kind, _trail_names_it)
    yield case("policy-arn-after", "backup", "ebs", _sentence_with("scp-denied", 0, ": {policy}"))
    yield case("prefixed", "restore", "ec2", _sentence_with("boundary-denied", 0, ".", f"{messages.EC2_PREFIX} "))
    service = " (Service: Fsx, Status Code: 400, Request ID: 0d1c2b3a-0041-4f5e-8a9b-7c6d5e4f3a2b)"
    yield case("with-request-id", "backup", "fsx", _sentence_with("permission-denied", 0, service))
    yield case("quoted", "backup", "s3", _quoted)
    yield case("kms-own-words", "backup", "rds", broken("key-policy-missing", 0), told(_KMS_OWN))
    yield case("kms-own-words", "backup", "fsx", broken("key-policy-denied", 1), told(_KMS_OWN))
    yield case("table-key", "backup", "dynamodb", _without_table_key, told(_TABLE_KEY))
    yield case("image-key", "share", "ec2", broken("key-policy-missing", 1), told(_IMAGE_KEY))
    yield case("snapshot-key", "share", "aurora", broken("key-policy-missing", 3), told(_SHORT_SNAPSHOT_KEY))
    yield case("snapshot-key", "share", "rds", broken("aws-managed-key", 0), told(_SHORT_SNAPSHOT_KEY))
    described = told(messages.NOT_DESCRIBED)
    yield case("not-described", "backup", "s3", _without_bucket_policies, described)
    for kind in ("ebs", "rds", "aurora", "efs", "fsx", "s3", "dynamodb-advanced", "timestream"):
        yield case("backup-policy", "restore", kind, _backup_policy_on_a_restore)
    yield case("backup-policy-unsaid", "restore", "ebs", _backup_policy_unsaid)
    yield case("backup-policy-unsaid", "restore", "redshift", _backup_policy_unsaid)
    yield case("empty", "backup", "neptune", broken("scp-denied", 0), lambda scene: scene.fail(None))
    aside = told(messages.NOT_PERMISSION["backup"][0], None)
    yield case("speaks-of-something-else", "backup", "rds", broken("boundary-missing", 0), aside)
    yield case("speaks-of-something-else", "backup", "aurora", broken("scp-missing", 0), aside)
