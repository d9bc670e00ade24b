"""An estate with a backup plan: a shipped incident whose job a plan starts."""

from typing import Any

from bot.diagnosis.run import Diagnostician
from bot.foresight.forecast import Forecast
from bot.foresight.plans import PlanName, jobs_of_plan
from bot.foresight.run import check
from bot.settings import load_settings
from tests.diagnosis.altering import ACCOUNT, Altered, Json

PLAN_ID = "8f1d7c52-3f5b-4d0e-9a8e-2b6c1d4e5f60"
SELECTION_ID = "1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809"


class WithPlan(Altered):
    """A shipped incident with a plan that starts its job.

    Args:
        number: Which incident.
        selection: Members of the only selection, beside its name and role.
    """

    def __init__(self, number: int, **selection: Any) -> None:
        super().__init__(number)
        vault = self.job.get("SourceBackupVaultArn") or self.job["BackupVaultArn"]
        self.rule: Json = {"RuleId": "r-1", "RuleName": "nightly", "TargetBackupVaultName": vault.rpartition(":")[2]}
        if copy_to := self.job.get("DestinationBackupVaultArn"):
            self.rule["CopyActions"] = [{"DestinationBackupVaultArn": copy_to}]
        self.selection: Json = {"SelectionName": "ledgers", "IamRoleArn": self.job["IamRoleArn"], **selection}
        self.plan: Json = {
            "BackupPlanId": PLAN_ID,
            "BackupPlan": {"BackupPlanName": "daily", "Rules": [self.rule]},
            "Selections": [{"SelectionId": SELECTION_ID, "BackupSelection": self.selection}],
        }
        self.region["backup_plans"] = [self.plan]

    def protect(self, *resources: str) -> None:
        """Lets AWS Backup have backed up some resources before."""
        self.region["recovery_points"] = [
            {
                "RecoveryPointArn": f"arn:aws:backup:{self.expect['region']}:{ACCOUNT}:recovery-point:{position}",
                "BackupVaultName": self.rule["TargetBackupVaultName"],
                "ResourceArn": resource,
                "CreationDate": "2026-11-01T00:00:00Z",
            }
            for position, resource in enumerate(resources)
        ]


def forecast(estate: WithPlan, name: str = "daily", selection: str | None = None) -> Forecast:
    """The check of the estate's plan; the estate is served."""
    plan = PlanName.of(name, ACCOUNT, estate.expect["region"], selection)
    return check(Diagnostician(load_settings()), lambda facts: jobs_of_plan(facts, plan))
