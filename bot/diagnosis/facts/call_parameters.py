"""What a denied call was about, as far as its error text says it: the ARNs in it by what they are, a vault's name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot import arn
from bot.arn import Arn
from bot.diagnosis.facts.vaults import is_vault
from bot.diagnosis.reading import Reading

ANY: Final = "*"
"""Stands for the part of an ARN that the text does not say."""

_VAULT_NAME: Final = re.compile(
    r"backup vault[a-z ]{0,30}\((?P<terraform>[\w/-]{2,50})\)"
    r"|backup-?vault-?name[\"']?(?: ?[:=] ?| )[\"']?(?P<parameter>[\w/-]{2,50})",
    re.IGNORECASE,
)
"""How Terraform, the CLI's own command line, CloudTrail and templates name the vault of a call."""

_RECOVERY_POINTS: Final = {
    "backup": ("recovery-point:",),
    "ec2": ("snapshot/", "image/"),
    "rds": ("snapshot:", "cluster-snapshot:"),
    "fsx": ("backup/",),
    "redshift": ("snapshot:",),
    "redshift-serverless": ("snapshot/",),
}
"""The resources of each service that can be recovery points ("Access control", AWS Backup resource ARNs)."""
_REGION_OF_TEAMS: Final = "us-east-1"
"""Where approval teams are ("Multi-party approval for logically air-gapped vaults", Cross-Region considerations)."""
_TABLE_BACKUP: Final = re.compile(r"table/[^/]+/backup/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParameters:
    """What a call was made with. ARNs of which the text says nothing have a star where their name would be."""

    partition: str
    region: str
    account: str
    is_region_said: bool
    """Else it is the Region that this process reads."""
    vault: str
    key: str
    job_role: str
    recovery_point: str
    tagged_resource: str
    approval_team: str

    @property
    def names(self) -> dict[str, str]:
        """What the names in the ARNs of `knowledge/needs/callers.yaml` stand for."""
        of_account = f"arn:{self.partition}:iam::{self.account}:role/{ANY}"
        return {
            "partition": self.partition,
            "region": self.region,
            "account": self.account,
            "vault": self.vault,
            "key": self.key,
            "job_role": self.job_role,
            "scanner_role": of_account,
            "recovery_point": self.recovery_point,
            "tagged_resource": self.tagged_resource,
            "approval_team": self.approval_team,
        }


def parameters_of(text: str, reading: Reading, account: str, home: str) -> CallParameters:
    """What a call was made with.

    Args:
        text: The error text.
        reading: What it says.
        account: The caller's account.
        home: The Region that this process reads, for a text that says none.
    """
    parsed = map(arn.parse, (reading.resource, *reading.named))
    named = [each for each in parsed if each and str(each) != reading.principal]
    said = next((each.region for each in named if each.region not in ("", ANY)), None)
    region = said or home
    partition = arn.partition_of(region)
    vault = _VAULT_NAME.search(text)
    name = (vault["terraform"] or vault["parameter"]) if vault else ANY
    own = f"{region}:{account}"
    return CallParameters(
        partition=partition,
        region=region,
        account=account,
        is_region_said=said is not None,
        vault=_first(named, _is_vault) or f"arn:{partition}:backup:{own}:backup-vault:{name}",
        key=_first(named, _is_key) or f"arn:{partition}:kms:{own}:key/{ANY}",
        job_role=_first(named, _is_role) or f"arn:{partition}:iam::{account}:role/{ANY}",
        recovery_point=_first(named, is_recovery_point) or f"arn:{partition}:backup:{own}:recovery-point:{ANY}",
        tagged_resource=reading.resource or f"arn:{partition}:backup:{own}:{ANY}",
        approval_team=_first(named, _is_approval_team) or f"arn:{partition}:mpa:{_REGION_OF_TEAMS}:{ANY}:{ANY}",
    )


def _first(named: list[Arn], is_meant: Callable[[Arn], bool]) -> str | None:
    return next((str(each) for each in named if is_meant(each)), None)


def _is_vault(named: Arn) -> bool:
    return is_vault(str(named)) and ANY not in named.resource


def _is_key(named: Arn) -> bool:
    return named.service == "kms" and named.resource.startswith("key/") and ANY not in named.resource


def _is_approval_team(named: Arn) -> bool:
    return named.service == "mpa" and ANY not in named.resource


def _is_role(named: Arn) -> bool:
    return named.service == "iam" and named.resource.startswith("role/") and ANY not in named.resource


def is_recovery_point(named: Arn) -> bool:
    """Whether an ARN can be a recovery point's: AWS Backup's own, or that of a backup in the protected service."""
    is_backup_of_table = named.service == "dynamodb" and _TABLE_BACKUP.fullmatch(named.resource) is not None
    begins = named.resource.startswith(_RECOVERY_POINTS.get(named.service, ()))
    return (begins or is_backup_of_table) and ANY not in named.resource
