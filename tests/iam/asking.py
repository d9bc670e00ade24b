"""Short forms for the tests of the evaluator: statements, policies and questions in one line each."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.iam import KmsGrant, PartialArn, Policy, PolicyEvaluation, PolicySet, Request, evaluate

HERE, THERE, MANAGEMENT = "111122223333", "444455556666", "999900001111"

ROLE = f"arn:aws:iam::{HERE}:role/job"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/job/AWSBackup-job"
USER = f"arn:aws:iam::{HERE}:user/ana"
ROOT = f"arn:aws:iam::{HERE}:root"
FEDERATED_USER = f"arn:aws:sts::{HERE}:federated-user/ana"
BACKUP = "backup.amazonaws.com"
SERVICE_LINKED = f"arn:aws:iam::{HERE}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"

BUCKET = "arn:aws:s3:::data"
VAULT = f"arn:aws:backup:eu-west-1:{HERE}:backup-vault:prod"
VAULT_THERE = f"arn:aws:backup:eu-west-1:{THERE}:backup-vault:prod"
KEY = f"arn:aws:kms:eu-west-1:{HERE}:key/1234abcd"
KEY_THERE = f"arn:aws:kms:eu-west-1:{THERE}:key/1234abcd"
TARGET = f"arn:aws:iam::{HERE}:role/target"
TARGET_THERE = f"arn:aws:iam::{THERE}:role/target"

Statement = dict[str, Any]


def allow(action: str | list[str] = "*", resource: str | list[str] = "*", **more: Any) -> Statement:
    """An Allow; further elements by name, such as `Condition={…}`."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str] = "*", resource: str | list[str] = "*", **more: Any) -> Statement:
    """A Deny; further elements by name."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def to(principal: str | list[str], *statements: Statement) -> Statement:
    """A statement of a resource's policy: allow() to an AWS principal, or the given statement."""
    statement = statements[0] if statements else allow()
    return {**statement, "Principal": "*" if principal == "*" else {"AWS": principal}}


def policy(*statements: Statement, name: str = "policy", version: str = "2012-10-17") -> Policy:
    """A policy of statements."""
    return Policy.compile(name, {"Version": version, "Statement": list(statements)})


FULL = policy(allow(), name="FullAWSAccess")
RCP_FULL = policy(to("*"), name="RCPFullAWSAccess")


def ask(
    principal: str = ROLE,
    action: str = "backup:CopyIntoBackupVault",
    on: str | PartialArn = VAULT,
    *,
    context: Mapping[str, Any] | None = None,
    unknown: Sequence[str] = (),
    resource_account: str | None = None,
    principal_id: str | None = None,
    grants: Sequence[Mapping[str, Any]] = (),
    **layers: Any,
) -> PolicyEvaluation:
    """Evaluates a question; layers by their names in `PolicySet`, a list of statements standing for a policy."""
    compiled = {name: _compiled(name, given) for name, given in layers.items()}
    request = Request(
        principal,
        action,
        on,
        context=context,
        unknown=unknown,
        resource_account=resource_account,
        principal_id=principal_id,
    )
    return evaluate(request, PolicySet(grants=[KmsGrant.parse(grant) for grant in grants], **compiled))


def _compiled(name: str, given: Any) -> Any:
    """A list of statements as the one policy of a layer; of SCPs and RCPs a list a level; anything else as it is."""
    if name in ("scps", "rcps"):
        first = FULL if name == "scps" else RCP_FULL
        return [level if _is_compiled(level) else [first, policy(*level, name=name)] for level in given]
    if isinstance(given, list) and not _is_compiled(given):
        compiled = policy(*given, name=name)
        return compiled if name == "resource" else [compiled]
    return given


def _is_compiled(given: Any) -> bool:
    return all(isinstance(each, Policy) for each in given)
