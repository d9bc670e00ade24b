"""A Terraform plan that would break a backup is caught before it is applied, and one that would not is clear."""

import json
from collections.abc import Callable
from functools import partial

import pytest

from bot.diagnosis.model import Outcome
from bot.diagnosis.run import Diagnostician
from bot.errors import BadInputError
from bot.foresight.forecast import Forecast
from bot.foresight.overlay import ToBe
from bot.foresight.plans import PlanName, jobs_of_plan, jobs_to_be, leaving_open
from bot.foresight.run import check
from bot.foresight.terraform import of_terraform
from bot.settings import load_settings
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, BACKUP_POLICY, Altered
from tests.foresight.plans import WithPlan
from tests.foresight.terraform_plan import REGION, TRUST, VOLUME, TerraformFile, backup_of_a_volume, policy, refers

ROLE = f"arn:aws:iam::{ACCOUNT}:role/nightly-backup"
VAULT = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:nightly"
Alter = Callable[[TerraformFile], None]


KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/38ed5f71-7385-42ad-82cf-e40528dafc23"
"""The key of the volume."""


def base() -> str:
    """An account with a volume whose key lets the account's IAM policies decide."""
    estate = Altered(38)
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    estate.key(KEY)["Policy"] = {"Version": "2012-10-17", "Statement": [root]}
    return estate.text


def foreseen(plan: TerraformFile) -> Forecast:
    will_be = of_terraform(plan.text, ACCOUNT, REGION)
    find = partial(jobs_to_be, will_be=will_be, account=ACCOUNT, region=REGION)
    return check(Diagnostician(load_settings()), leaving_open(find, will_be.not_known), overlay=ToBe(will_be))


def test_a_plan_that_brings_all_that_the_backup_needs_is_clear(served_estate: ServeEstate) -> None:
    served_estate(base())

    found = foreseen(backup_of_a_volume())

    assert (found.outcome, found.causes, found.not_checked) == (Outcome.NOT_FAILED, (), ())
    assert found.summary == "Every layer allows what plan nightly needs."
    (job,) = found.jobs
    assert (job.job.role, job.job.resource, job.job.destination_vault, job.rule) == (ROLE, VOLUME, VAULT, "at-five")


def without_attachment(plan: TerraformFile) -> None:
    del plan.changes["aws_iam_role_policy_attachment.backup"]


def another_service(plan: TerraformFile) -> None:
    trust = json.dumps(TRUST).replace("backup.amazonaws.com", "ec2.amazonaws.com")
    plan.changes["aws_iam_role.backup"]["change"]["after"]["assume_role_policy"] = trust


def without_vault(plan: TerraformFile) -> None:
    del plan.changes["aws_backup_vault.nightly"]


def boundary(plan: TerraformFile) -> None:
    plan.add(
        "aws_iam_policy.boundary",
        {"name": "edge", "path": "/", "policy": policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})},
        unknown={"arn": True},
    )
    plan.changes["aws_iam_role.backup"]["change"]["after_unknown"]["permissions_boundary"] = True
    plan.written["aws_iam_role.backup"]["expressions"]["permissions_boundary"] = refers("aws_iam_policy.boundary.arn")


def inline_deny(plan: TerraformFile) -> None:
    deny = policy({"Sid": "No", "Effect": "Deny", "Action": "ec2:CreateSnapshot", "Resource": "*"})
    plan.add(
        "aws_iam_role_policy.no",
        {"name": "no-snapshots", "policy": deny},
        unknown={"role": True},
        written={"role": refers("aws_iam_role.backup.id")},
    )


def key_of_others(plan: TerraformFile) -> None:
    """A policy of the volume's key that lets nobody but an administrator use it."""
    others = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Admin"},
        "Action": "kms:*",
        "Resource": "*",
    }
    plan.add("aws_kms_key_policy.volume", {"key_id": KEY, "policy": policy(others)})


@pytest.mark.parametrize(
    ("alter", "code"),
    [
        (without_attachment, "permission-missing"),
        (another_service, "trust-missing"),
        (without_vault, "vault-missing"),
        (boundary, "boundary-missing"),
        (inline_deny, "permission-denied"),
        (key_of_others, "key-policy-missing"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_plan_that_breaks_the_backup_is_caught(alter: Alter, code: str, served_estate: ServeEstate) -> None:
    served_estate(base())
    plan = backup_of_a_volume()
    alter(plan)

    found = foreseen(plan)

    assert found.outcome is Outcome.DENIED
    assert {cause.code for cause in found.causes} == {code}
    assert found.causes[0].fix is not None


def test_a_plan_that_takes_a_policy_from_a_role_breaks_the_plan_that_uses_it(served_estate: ServeEstate) -> None:
    estate = WithPlan(38, Resources=[VOLUME])
    served_estate(estate.text)
    role = estate.role
    attached = role["AttachedPolicies"][0]
    plan = TerraformFile()
    plan.add(
        "aws_iam_role_policy_attachment.old",
        None,
        before={"role": role["RoleName"], "policy_arn": attached},
    )
    will_be = of_terraform(plan.text, ACCOUNT, REGION)
    find = partial(jobs_of_plan, plan=PlanName("daily", ACCOUNT, REGION))

    assert check(Diagnostician(load_settings()), find).outcome is Outcome.NOT_FAILED
    found = check(Diagnostician(load_settings()), find, overlay=ToBe(will_be))

    assert found.outcome is Outcome.DENIED
    assert {cause.code for cause in found.causes} == {"permission-missing"}


def test_what_is_known_only_after_it_is_applied_is_said(served_estate: ServeEstate) -> None:
    served_estate(base())
    plan = backup_of_a_volume()
    plan.add(
        "aws_backup_vault_policy.nightly",
        {"backup_vault_name": "nightly"},
        unknown={"policy": True},
        written={"backup_vault_name": refers("aws_backup_vault.nightly.name")},
    )

    found = foreseen(plan)

    assert found.outcome is Outcome.UNDETERMINED
    assert found.not_checked == ("The policy of aws_backup_vault_policy.nightly is known only after it is applied.",)


@pytest.mark.parametrize(
    "address", ["aws_iam_role.backup", "aws_iam_role_policy.all", "aws_iam_role_policy_attachment.backup"]
)
def test_what_a_policy_to_come_decides_is_unknown_and_never_missing(address: str, served_estate: ServeEstate) -> None:
    """The trust policy, the only permissions, or which policy is attached are known only after apply."""
    served_estate(base())
    plan = backup_of_a_volume()
    if address == "aws_iam_role_policy.all":
        without_attachment(plan)
        plan.add(address, {"name": "all"}, written={"role": refers("aws_iam_role.backup.id")})
    argument = {"aws_iam_role.backup": "assume_role_policy", "aws_iam_role_policy.all": "policy"}.get(
        address, "policy_arn"
    )
    change = plan.changes[address]["change"]
    change["after"].pop(argument, None)
    change["after_unknown"][argument] = True
    plan.written[address]["expressions"].pop(argument, None)

    found = foreseen(plan)

    assert (found.outcome, found.causes) == (Outcome.UNDETERMINED, ())
    assert len(found.not_checked) == 1


def test_a_resource_that_is_yet_to_be_made_is_checked_by_its_type(served_estate: ServeEstate) -> None:
    served_estate(base())
    plan = backup_of_a_volume()
    plan.add("aws_dynamodb_table.orders", {"name": "orders"}, unknown={"arn": True})
    plan.add("aws_ebs_volume.data", {"size": 8}, unknown={"arn": True, "id": True})
    selection = plan.changes["aws_backup_selection.volumes"]["change"]
    selection["after"]["resources"] = [None, None]
    selection["after_unknown"]["resources"] = [True, True]
    plan.written["aws_backup_selection.volumes"]["expressions"]["resources"] = refers(
        "aws_dynamodb_table.orders.arn", "aws_ebs_volume.data.arn"
    )

    found = foreseen(plan)

    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
    assert [(job.job.resource_type, job.job.resource) for job in found.jobs] == [("DynamoDB", table), ("EBS", None)]


def test_a_plan_of_modules_is_read_module_by_module(served_estate: ServeEstate) -> None:
    served_estate(base())
    plan = backup_of_a_volume()
    document = json.loads(plan.text)
    for change in document["resource_changes"]:
        change["address"] = f"module.backups.{change['address']}"
    module = document["configuration"]["root_module"]
    document["configuration"]["root_module"] = {"module_calls": {"backups": {"module": module}}}
    will_be = of_terraform(json.dumps(document), ACCOUNT, REGION)
    find = partial(jobs_to_be, will_be=will_be, account=ACCOUNT, region=REGION)

    found = check(Diagnostician(load_settings()), find, overlay=ToBe(will_be))

    assert (found.outcome, [job.job.role for job in found.jobs]) == (Outcome.NOT_FAILED, [ROLE])


def test_a_plan_without_a_backup_plan_says_what_to_add(served_estate: ServeEstate) -> None:
    served_estate(base())
    plan = TerraformFile()
    plan.add("aws_iam_policy.any", {"name": "any", "policy": policy()})

    with pytest.raises(
        BadInputError, match=r"the Terraform plan could be checked\. It has no backup plan: say which jobs"
    ):
        foreseen(plan)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"planned_values": {}}'])
def test_what_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(BadInputError, match="terraform show -json PLAN"):
        of_terraform(text, ACCOUNT, REGION)


def test_the_policy_of_aws_is_attached_once() -> None:
    assert of_terraform(backup_of_a_volume().text, ACCOUNT, REGION).role(ROLE).attached == {BACKUP_POLICY: True}
