"""What `backup-why check` is asked: which jobs to come, and against which AWS, as it is or as it will be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.diagnosis.events import Observer
from bot.diagnosis.run import Diagnostician
from bot.errors import BadInputError
from bot.foresight.cloudformation import of_cloudformation
from bot.foresight.forecast import Forecast
from bot.foresight.infrastructure import Infrastructure, RoleToBe
from bot.foresight.named import Named, jobs_of_resource, jobs_of_restore
from bot.foresight.overlay import ToBe
from bot.foresight.planned import FindJobs
from bot.foresight.plans import PlanName, jobs_of_plan, jobs_to_be, leaving_open
from bot.foresight.run import check
from bot.foresight.terraform import of_terraform


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command, as they were given."""

    plan: str | None = None
    selection: str | None = None
    role: str | None = None
    resource: str | None = None
    restore: str | None = None
    resource_type: str | None = None
    vault: str | None = None
    copy_to: str | None = None
    metadata: tuple[str, ...] = ()
    plan_json: Path | None = None
    template: Path | None = None
    parameters: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()
    policies: tuple[Path, ...] = ()
    scps: tuple[Path, ...] = ()
    without: frozenset[str] = field(default_factory=frozenset)
    account: str | None = None
    region: str | None = None

    def check(self, diagnostician: Diagnostician, observe: Observer) -> Forecast:
        """Runs the check.

        Args:
            diagnostician: Reads AWS.
            observe: Gets every step.

        Raises:
            BadInputError: The options contradict each other, or a file or an ARN can't be used.
            AwsUnreachableError: AWS can't be reached.
        """
        region = self.region or diagnostician.region
        account = self.account or diagnostician.own_account()
        from_file = self._from_file(account, region)
        find = self._jobs(account, region, from_file)
        will_be = self._changed(from_file or Infrastructure("the changes"))
        found = check(diagnostician, leaving_open(find, will_be.not_known), observe=observe, overlay=ToBe(will_be))
        for policy in sorted(self.without - will_be.found):
            raise BadInputError(
                f"--without: neither the role nor the organization has a policy {policy}. Give its ARN, id or name."
            )
        return found

    def _jobs(self, account: str, region: str, from_file: Infrastructure | None) -> FindJobs:
        """What finds the jobs to come."""
        if self.plan:
            names = ("role", "resource", "restore", "resource_type", "vault", "copy_to")
            self._refuse(names, "--plan, which says it itself")
            return partial(jobs_of_plan, plan=PlanName.of(self.plan, account, region, self.selection))
        if self.role:
            self._refuse(("selection",), "--role; it goes with --plan")
            named = Named(
                role=self.role,
                region=region,
                resource=self.resource,
                recovery_point=self.restore,
                resource_type=self.resource_type,
                vault=self.vault,
                copy_to=self.copy_to,
                metadata=dict(_pair("--metadata", each) for each in self.metadata),
            )
            return partial(jobs_of_restore if self.restore else jobs_of_resource, named=named)
        if from_file:
            return partial(jobs_to_be, will_be=from_file, account=account, region=region)
        raise BadInputError(
            "Say what to check: --plan PLAN, --role ARN with --resource ARN, --role ARN with --restore ARN, "
            "--plan-json FILE or --template FILE."
        )

    def _refuse(self, names: tuple[str, ...], beside: str) -> None:
        for name in names:
            if getattr(self, name) is not None:
                option = "type" if name == "resource_type" else name.replace("_", "-")
                raise BadInputError(f"--{option} can't be given beside {beside}.")

    def _from_file(self, account: str, region: str) -> Infrastructure | None:
        """What a Terraform plan or a template will make."""
        if self.plan_json and self.template:
            raise BadInputError("--template can't be given beside --plan-json: check one after the other.")
        if self.plan_json:
            return of_terraform(_text(self.plan_json, "--plan-json"), account, region)
        if self.template:
            parameters = dict(_pair("--parameter", each) for each in self.parameters)
            return of_cloudformation(_text(self.template, "--template"), account, region, parameters)
        return None

    def _changed(self, will_be: Infrastructure) -> Infrastructure:
        """The infrastructure to come with the changes that somebody thinks of."""
        for policy in self.attach:
            if not policy.startswith("arn:") or ":policy/" not in policy:
                raise BadInputError(
                    f"--attach: {policy} is no managed policy's ARN, such as arn:aws:iam::aws:policy/x."
                )
        attached = dict.fromkeys(self.attach, True)
        inline = {file.name: _document(file, "--with-policy") for file in self.policies}
        will_be.every_role = RoleToBe(arn="", attached=attached, inline={**inline}) if attached or inline else None
        for role in will_be.roles.values():
            role.attached |= attached
            role.inline |= inline
        will_be.control_policies_to_add |= {file.name: _document(file, "--with-scp") for file in self.scps}
        will_be.without = self.without
        return will_be


def _document(file: Path, option: str) -> Mapping[str, Any]:
    try:
        document = json.loads(_text(file, option))
    except ValueError as error:
        raise BadInputError(f"{option}: {file} is no JSON ({error}).") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise BadInputError(f"{option}: {file} is no policy document: it has no Statement.")
    return document


def _text(file: Path, option: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{option}: {file} can't be read ({error}).") from error


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadInputError(f"{option}: {text!r} is no NAME=VALUE, such as DBInstanceIdentifier=orders-2.")
    return name, value
