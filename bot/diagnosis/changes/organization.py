"""Changes in the organization's management account."""

from dataclasses import replace
from typing import ClassVar

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline
from bot.diagnosis.changes.limits import Limit, size
from bot.diagnosis.changes.policies import POLICY_LEFT_ALONE
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.organization import Level


class UpdateOrganizationPolicy(PlannedChange):
    """A service or resource control policy."""

    KIND: ClassVar[str] = "update-organization-policy"

    def applied(self, facts: F) -> F | None:
        """With the policy changed wherever it is attached."""

        def of_policy(known: NamedDocument) -> NamedDocument:
            return replace(known, document=self.document) if known.name == self.target else known

        def changed(level: Level) -> Level:
            both = (level.scps, level.rcps)
            scps, rcps = (None if known is None else tuple(map(of_policy, known)) for known in both)
            return replace(level, scps=scps, rcps=rcps)

        organizations = {
            account: replace(place, levels=None if place.levels is None else tuple(map(changed, place.levels)))
            for account, place in facts.organizations.items()
        }
        return replace(facts, organizations=organizations)

    def cli(self) -> str:
        """`aws organizations update-policy`."""
        return command("organizations", "update-policy", policy_id=self.target, content=inline(self.document))

    def terraform(self) -> str:
        """An `aws_organizations_policy` that is imported."""
        statements = self.document["Statement"]
        is_rcp = any("Principal" in statement for statement in statements)  # an SCP's statement can have none
        arguments = {
            "name": hcl.text(str(self.name)),
            "type": hcl.text("RESOURCE_CONTROL_POLICY" if is_rcp else "SERVICE_CONTROL_POLICY"),
            "content": hcl.encoded(self.document),
        }
        return hcl.existing("aws_organizations_policy", self.target, self.target, arguments, POLICY_LEFT_ALONE)

    def limit(self) -> Limit:
        """Source: "Quotas for AWS Organizations" (AWS Organizations User Guide)."""
        return Limit(5_120, "characters", size, "The control policy")


class EnableCrossAccountBackup(PlannedChange):
    """The switch for copies across accounts."""

    KIND: ClassVar[str] = "enable-cross-account-backup"

    def applied(self, facts: F) -> F | None:
        """With the switch on."""
        return replace(facts, cross_account_backup=True)

    def cli(self) -> str:
        """`aws backup update-global-settings`."""
        return command("backup", "update-global-settings", global_settings="isCrossAccountBackupEnabled=true")

    def terraform(self) -> str:
        """An `aws_backup_global_settings`."""
        settings = {"global_settings": '{ "isCrossAccountBackupEnabled" = "true" }'}
        return hcl.resource("aws_backup_global_settings", "organization", settings)
