"""AWS managed policies that matter to AWS Backup, as AWS publishes them: one JSON file a policy in `managed_policies/`.

A policy is asked for by its ARN, in whatever partition. The copies are the commercial partition's; in another one the
ARNs inside them, and in China the service endpoints that `kms:ViaService` names, are that partition's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent / "managed_policies"

_ARN = re.compile(r"arn:(aws[a-z-]*):iam::aws:policy/")
_REGIONAL_ENDPOINT = re.compile(r'(?<=\.\*\.)amazonaws\.com(?=")')


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """One AWS managed policy in the version that is kept here.

    Args:
        arn: Its ARN, in the partition that was asked for.
        name: Its name, without the path.
        path: Its path, with a slash at both ends.
        version: The id of its default version, as `v30`.
        updated: When that version was published.
        document: The policy document.
    """

    arn: str
    name: str
    path: str
    version: str
    updated: datetime
    document: Mapping[str, Any]


@cache
def managed_policies() -> Mapping[str, ManagedPolicy]:
    """Every policy that is kept here, by its ARN in the commercial partition."""
    policies = (_read(file) for file in sorted(DIRECTORY.glob("*.json")))
    return {policy.arn: policy for policy in policies}


@cache
def managed_policy(arn: str) -> ManagedPolicy | None:
    """The AWS managed policy of an ARN.

    Args:
        arn: The policy's ARN, in any partition.

    Returns:
        The policy as that partition has it, or None where no copy is kept here.
    """
    match = _ARN.match(arn)
    if match is None:
        return None
    partition = match.group(1)
    policy = managed_policies().get(arn.replace(f"arn:{partition}:", "arn:aws:", 1))
    if policy is None or partition == "aws":
        return policy
    return replace(policy, arn=arn, document=in_partition(policy.document, partition))


def in_partition(document: Mapping[str, Any], partition: str) -> Mapping[str, Any]:
    """A policy document of the commercial partition, as another partition has it.

    Args:
        document: The document as it stands in `aws`.
        partition: Such as `aws-cn` or `aws-us-gov`.

    Returns:
        A copy whose ARNs, and regional service endpoints in China, are that partition's.
    """
    text = json.dumps(document).replace('"arn:aws:', f'"arn:{partition}:')
    if partition == "aws-cn":
        text = _REGIONAL_ENDPOINT.sub("amazonaws.com.cn", text)
    translated: Mapping[str, Any] = json.loads(text)
    return translated


def _read(file: Path) -> ManagedPolicy:
    kept = json.loads(file.read_text(encoding="utf-8"))
    return ManagedPolicy(
        arn=kept["Arn"],
        name=kept["PolicyName"],
        path=kept["Path"],
        version=kept["VersionId"],
        updated=datetime.fromisoformat(kept["UpdateDate"]),
        document=kept["Document"],
    )
