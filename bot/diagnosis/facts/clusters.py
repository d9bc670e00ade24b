"""The authentication mode of an EKS cluster, which decides whether AWS Backup can give the job role access to it.

Sources: "Back up your EKS Clusters with AWS Backup" (Amazon EKS User Guide): the mode must be `API` or
`API_AND_CONFIG_MAP` for AWS Backup to create access entries; AWSBackupServiceRolePolicyForRestores, which creates them
for a restore into a cluster that is there already.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot import arn
from bot.aws import storage
from bot.aws.facts import Facts
from bot.aws.read_errors import Kind
from bot.diagnosis.facts.job import Located
from bot.diagnosis.model import JobType
from bot.diagnosis.reading import Reading

_WITHOUT_ENTRIES: Final = "CONFIG_MAP"


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """A cluster that the job role needs an access entry in."""

    arn: str
    mode: str | None = None
    """As Amazon EKS answers it; None where it could not be read."""

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self.arn.rpartition("/")[2]

    @property
    def is_closed(self) -> bool:
        """No access entry can be made."""
        return self.mode == _WITHOUT_ENTRIES


def collect_cluster_access(
    facts: Facts, job: Located, metadata: Mapping[str, str], reading: Reading
) -> ClusterAccess | None:
    """Reads the cluster's authentication mode where it may have decided.

    Args:
        facts: What is known so far.
        job: The job.
        metadata: What a restore was asked to make.
        reading: What the job's message says.

    Returns:
        What is known; None for jobs that need no access entry, for a message that speaks of something else, and where
        the server has no such call and the message does not ask for it.
    """
    cluster = _cluster(job, metadata)
    may_be_access = not reading.rules_permissions_out and (reading.action or "eks:").casefold().startswith("eks:")
    if cluster is None or not may_be_access:
        return None
    access = ClusterAccess(cluster)
    answer = facts.ask(storage.eks_cluster(job.account, job.region, access.name))
    if answer.absent or (answer.kind is Kind.NOT_OFFERED and reading.vague):
        return None
    config = answer.value.get("accessConfig") or {} if answer.known else {}
    return replace(access, mode=config.get("authenticationMode"))


def _cluster(job: Located, metadata: Mapping[str, str]) -> str | None:
    """The ARN of the cluster that is backed up, or of the one that is there already and is restored into.

    Source: "Restore an Amazon EKS cluster" (AWS Backup Developer Guide), for the names in a restore's metadata.
    """
    if job.described.get("ResourceType") != "EKS" or job.type not in (JobType.BACKUP, JobType.RESTORE):
        return None
    if job.type is JobType.BACKUP:
        return job.resource_arn
    name = metadata.get("clusterName") if metadata.get("newCluster") != "true" else None
    return f"arn:{arn.partition_of(job.region)}:eks:{job.region}:{job.account}:cluster/{name}" if name else None
