"""AWS Backup's plans: their rules, and the selections that say which resources are backed up with which role."""

from collections.abc import Mapping

from sandbox.aws.parts import BEGINNING, Record
from sandbox.aws.service import Answer, AwsError, Operation, Parameters, View


def list_backup_plans(view: View, _: Parameters) -> Answer:
    """The plans of the Region."""
    return {"BackupPlansList": [_head(view, plan) for plan in view.region.backup_plans]}


def get_backup_plan(view: View, parameters: Parameters) -> Answer:
    """One plan with its rules."""
    plan = _plan(view, parameters)
    return {**_head(view, plan), "BackupPlan": plan["BackupPlan"]}


def list_backup_selections(view: View, parameters: Parameters) -> Answer:
    """The selections of a plan, each by its id."""
    plan = _plan(view, parameters)
    heads = ("SelectionId", "SelectionName", "IamRoleArn")
    return {
        "BackupSelectionsList": [
            {"BackupPlanId": plan["BackupPlanId"], "CreationDate": BEGINNING}
            | {name: {**selection, **selection["BackupSelection"]}[name] for name in heads}
            for selection in plan.get("Selections", [])
        ]
    }


def get_backup_selection(view: View, parameters: Parameters) -> Answer:
    """One selection of a plan."""
    plan = _plan(view, parameters)
    for selection in plan.get("Selections", []):
        if selection["SelectionId"] == parameters["SelectionId"]:
            return {**selection, "BackupPlanId": plan["BackupPlanId"], "CreationDate": BEGINNING}
    raise AwsError("ResourceNotFoundException", "Cannot find selection.")


def _plan(view: View, parameters: Parameters) -> Record:
    plan = view.region.backup_plan_by_id.get(parameters["BackupPlanId"])
    if plan is None:
        raise AwsError("ResourceNotFoundException", "Failed reading Backup plan with provided version")
    return plan


def _head(view: View, plan: Record) -> Record:
    return {
        "BackupPlanId": plan["BackupPlanId"],
        "BackupPlanArn": view.arn("backup", f"backup-plan:{plan['BackupPlanId']}"),
        "BackupPlanName": plan["BackupPlan"]["BackupPlanName"],
        "CreationDate": BEGINNING,
        "VersionId": "1",
    }


PLAN_OPERATIONS: Mapping[str, Operation] = {
    "ListBackupPlans": list_backup_plans,
    "GetBackupPlan": get_backup_plan,
    "ListBackupSelections": list_backup_selections,
    "GetBackupSelection": get_backup_selection,
}
"""The operations by the API's name."""
