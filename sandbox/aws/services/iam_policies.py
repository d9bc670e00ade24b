"""AWS IAM's managed policies: those of the estate's accounts, and AWS's own.

Of AWS's own, those that matter to AWS Backup come from `knowledge/`, every other one from the table that moto brings.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from knowledge.managed import ManagedPolicy, in_partition, managed_policy
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import Answer, AwsError, Parameters, View
from sandbox.aws.sessions import unique_id


def get_policy(view: View, parameters: Parameters) -> Answer:
    """A managed policy without its document."""
    return {"Policy": _described(_find(view, parameters["PolicyArn"]))}


def get_policy_version(view: View, parameters: Parameters) -> Answer:
    """The document of a managed policy; only its default version is known."""
    policy = _find(view, parameters["PolicyArn"])
    if parameters["VersionId"] != policy.version:
        message = f"Policy {policy.arn} version {parameters['VersionId']} does not exist or is not attachable."
        raise AwsError("NoSuchEntity", message, 404)
    return {
        "PolicyVersion": {
            "Document": quote(json.dumps(policy.document)),
            "VersionId": policy.version,
            "IsDefaultVersion": True,
            "CreateDate": policy.updated,
        }
    }


def list_policy_versions(view: View, parameters: Parameters) -> Answer:
    """The versions of a managed policy without their documents; of one that the estate says none of, the default."""
    policy = _find(view, parameters["PolicyArn"])
    own = view.account.policy_by_arn.get(policy.arn)
    return {
        "Versions": [
            {"VersionId": version, "IsDefaultVersion": version == policy.version, "CreateDate": policy.updated}
            for version in (own and own.Versions) or (policy.version,)
        ]
    }


def list_policies(view: View, parameters: Parameters) -> Answer:
    """The account's own managed policies, and none of AWS's: they are the same in every account."""
    own = view.account.policies if parameters.get("Scope", "All") != "AWS" else ()
    return {"Policies": [_described(_find(view, policy.Arn)) for policy in own]}


def _described(policy: ManagedPolicy) -> Answer:
    return {
        "PolicyName": policy.name,
        "PolicyId": unique_id("ANPA", policy.arn),
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.version,
        "IsAttachable": True,
        "CreateDate": BEGINNING,
        "UpdateDate": policy.updated,
    }


def _find(view: View, arn: str) -> ManagedPolicy:
    own = view.account.policy_by_arn.get(arn)
    if own:
        version = own.said.get("DefaultVersionId", "v1")
        return ManagedPolicy(arn, *_name_and_path(arn), version, BEGINNING, own.Document)
    policy = managed_policy(arn) or _other_managed_policy(arn)
    if policy is None:
        raise AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    return policy


def _name_and_path(arn: str) -> tuple[str, str]:
    """The name and the path of a policy: `ops` and `/team/` of `…:policy/team/ops`."""
    before, _, name = arn.partition(":policy")[2].rpartition("/")
    return name, f"{before}/"


@cache
def _moto_table() -> dict[str, Any]:
    """AWS's managed policies by name, as moto has them: 5 MB, so read only when one is asked for."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - see above

    table: dict[str, Any] = json.loads(aws_managed_policies_data)
    return table


def _other_managed_policy(arn: str) -> ManagedPolicy | None:
    if ":iam::aws:policy/" not in arn:
        return None
    name, path = _name_and_path(arn)
    entry = _moto_table().get(name)
    if entry is None or entry["Path"] != path:
        return None
    document = in_partition(entry["Document"], arn.split(":")[1])
    updated = datetime.fromisoformat(entry["UpdateDate"])
    return ManagedPolicy(arn, name, path, entry["DefaultVersionId"], updated, document)
