"""What AWS says of a failed job: IAM's sentence with the kind of policy, a service's own text, or next to nothing."""

from tests.diagnosis.generated.scene import Call, Scene

_MISSING = {
    "permission": "identity-based policy",
    "pass-role": "identity-based policy",
    "boundary": "permissions boundary",
    "scp": "service control policy",
    "key-policy": "resource-based policy",
    "vault-policy": "resource-based policy",
    "resource-policy": "resource-based policy",
}
_DENIED = {**_MISSING, "rcp": "resource control policy"}

EC2_PREFIX = (
    "You are not authorized to perform this operation. Please consult the permissions associated with your AWS Backup "
    "role(s), and refer to the AWS Backup documentation for more details."
)
VAGUE = (
    EC2_PREFIX,
    "Access Denied trying to call AWS Backup service",
    "Insufficient privileges to perform this action.",
)

NOT_ASSUMED = ("The provided role {role} cannot be assumed by AWS Backup.", "IAM Role cannot be assumed by AWS Backup")
KEY_UNUSABLE = "KMS key is either disabled or pending deletion or access to KMS key is denied"
SNAPSHOT_KEY = (
    "The source snapshot KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
)
MANAGED_KEY = "Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot."
DEFAULT_VAULT = (
    "Copy job failed because the destination Backup vault is encrypted with the default Backup service managed key. "
    "The contents of this vault cannot be copied. Only the contents of a Backup vault encrypted by a customer master "
    "key (CMK) may be copied."
)
OTHER_ORGANIZATION = "Copy job failed. Both source and destination account must be a member of the same organization"
NOT_DESCRIBED = (
    "Your backup job failed as AWS Backup does not have permission to describe resource {resource}. Please review your "
    "IAM policies to ensure AWS Backup can protect your resources."
)

NOT_PERMISSION = {
    "backup": (
        "Backup job could not start because it is either inside or too close to the automated backup window configured "
        "in RDS instance.",
        "Backup job expired before completion.",
    ),
    "copy": (
        "Copy job from {here} to {there} cannot be initiated for {type} resources. Feature is not supported for "
        "provided resource type.",
    ),
    "share": (
        "Images from AWS Marketplace cannot be copied to another AWS account.",
        "Copy job from {here} to {there} cannot be initiated for {type} resources. Feature is not supported for "
        "provided resource type.",
    ),
}
"""Texts that rule permissions out, of those that AWS documents; none is documented for restores."""


def sentence(who: str, call: Call, code: str) -> str:
    """IAM's sentence: who was refused what, and which kind of policy refused it."""
    told = f"User: {who} is not authorized to perform: {call.action} on resource: {call.resource}"
    policy, _, how = code.rpartition("-")
    if how == "denied":
        article = "an" if _DENIED[policy].startswith("identity") else "a"
        return f"{told} with an explicit deny in {article} {_DENIED[policy]}"
    return f"{told} because no {_MISSING[policy]} allows the {call.action} action"


def tell(scene: Scene, call: Call, code: str, turn: int) -> None:
    """Has the job fail with a text that fits the cause: mostly IAM's sentence, now and then one that says little."""
    who = scene.session
    if call.linked:
        who = f"arn:{scene.world.partition}:sts::{scene.receiver}:assumed-role/AWSServiceRoleForBackup"
        who += "/AWSBackup-AWSServiceRoleForBackup"
    text = sentence(who, call, code)
    if turn % 4 == 1 and call.action.startswith("ec2:"):
        text = f"{EC2_PREFIX} {text}"
    untold = scene.kind.type == "DynamoDB" and scene.job == "backup" and call.action.startswith("dynamodb:")
    if turn % 4 == 3 and not untold:  # of a table, no read call tells whether it has the advanced features
        text = VAGUE[turn // 4 % len(VAGUE)]
    scene.fail(text)


def tell_nothing_of_permissions(scene: Scene, turn: int) -> None:
    """Has the job fail for a reason that no policy explains."""
    texts = NOT_PERMISSION[scene.job]
    where = {"here": scene.world.region, "there": scene.there, "type": scene.kind.type}
    text = texts[turn % len(texts)].format(**where)
    scene.fail(text, None, "EXPIRED" if "expired" in text else "FAILED")
