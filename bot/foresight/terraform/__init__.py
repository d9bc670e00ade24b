"""What a Terraform plan will make of AWS: what `terraform show -json PLAN` prints in, an infrastructure to come out."""

import json

from bot import arn
from bot.errors import BadInputError
from bot.foresight.infrastructure import Infrastructure
from bot.foresight.terraform.backups import take_selection
from bot.foresight.terraform.plan import TerraformPlan
from bot.foresight.terraform.policies import TAKEN


def of_terraform(text: str, account: str, region: str) -> Infrastructure:
    """Reads a Terraform plan.

    Args:
        text: What `terraform show -json` prints of a plan.
        account: The account that it is applied in.
        region: The Region that it is applied in.

    Raises:
        BadInputError: It is no such document.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadInputError(f"The file is no JSON ({error}): make it with terraform show -json PLAN.") from error
    if not isinstance(document, dict) or "resource_changes" not in document:
        raise BadInputError("The file is no Terraform plan in JSON: make it with terraform show -json PLAN.")
    plan = TerraformPlan(document, account, region, arn.partition_of(region))
    made = Infrastructure("the Terraform plan")
    taken = {**TAKEN, "aws_backup_selection": take_selection}
    for resource in plan.resources.values():
        take = taken.get(resource.type)
        if take:
            take(plan, resource, made)
    made.not_known += dict.fromkeys(plan.not_known)
    return made
