"""Changes of roles: making one, whom it trusts, which managed policies it has, and naming another one in a plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline, name_of
from bot.diagnosis.facts.documents import TRUST, NamedDocument
from bot.diagnosis.facts.principals import PrincipalFacts
from knowledge.managed import managed_policy

_SERVICE_LINKED_POLICY: Final = "aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"
_ROLE_LEFT_ALONE: Final = ("description", "max_session_duration", "permissions_boundary", "tags")


class CreateRole(PlannedChange):
    """A role with its trust policy."""

    KIND: ClassVar[str] = "create-role"

    def applied(self, facts: F) -> F | None:
        """With the role, without policies."""
        return with_role(facts, self.target, lambda _absent: _made(self.target, trust=self.document))

    def cli(self) -> str:
        """`aws iam create-role`."""
        path = self.target.partition(":role")[2].rpartition("/")[0] + "/"
        trust = inline(self.document)
        return command(
            "iam", "create-role", role_name=name_of(self.target), path=path, assume_role_policy_document=trust
        )

    def terraform(self) -> str:
        """An `aws_iam_role`."""
        return hcl.resource("aws_iam_role", hcl.last_part(self.target), _role(self))


@dataclass(frozen=True, slots=True)
class _AttachPolicy(PlannedChange):
    """A managed policy attached to a role or user; the document names it."""

    WHOSE: ClassVar[str]
    """role or user: as the API's parameters and Terraform's resource spell it."""

    content: Mapping[str, Any] | None = None
    """What the policy says, where the fix creates it; None for one of AWS's own."""
    to_new: bool = False
    """Whether the fix creates the role, too."""

    @property
    def _policy(self) -> str:
        return str(self.document["PolicyArn"])

    def applied(self, facts: F) -> F | None:
        """With the policy among those of the role or user."""
        policy = _managed(self._policy) if self.content is None else NamedDocument(self._policy, self.content)
        return with_role(facts, self.target, lambda role: with_identity_policy(role, policy))

    def cli(self) -> str:
        """`aws iam attach-…-policy`."""
        return command("iam", self.KIND, **{f"{self.WHOSE}_name": name_of(self.target), "policy_arn": self._policy})

    def terraform(self) -> str:
        """An `aws_iam_…_policy_attachment`, which waits for what the fix creates."""
        name, policy = hcl.last_part(self.target), hcl.last_part(self._policy)
        arguments = {
            self.WHOSE: hcl.reference(f"aws_iam_{self.WHOSE}", name, "name") if self.to_new else hcl.text(name),
            "policy_arn": hcl.text(self._policy)
            if self.content is None
            else hcl.reference("aws_iam_policy", policy, "arn"),
        }
        return hcl.resource(f"aws_iam_{self.WHOSE}_policy_attachment", f"{name}_{policy}", arguments)


class AttachRolePolicy(_AttachPolicy):
    """A managed policy attached to a role."""

    KIND: ClassVar[str] = "attach-role-policy"
    WHOSE: ClassVar[str] = "role"


class AttachUserPolicy(_AttachPolicy):
    """A managed policy attached to a user."""

    KIND: ClassVar[str] = "attach-user-policy"
    WHOSE: ClassVar[str] = "user"


class UpdateAssumeRolePolicy(PlannedChange):
    """A role's trust policy: the job role's, or that of a role that a caller was to assume."""

    KIND: ClassVar[str] = "update-assume-role-policy"

    def applied(self, facts: F) -> F | None:
        """With the trust policy put."""
        own = facts.resource
        if own and own.arn == self.target:
            return replace(facts, resource=replace(own, policy=NamedDocument(TRUST, self.document)))
        return with_role(facts, self.target, lambda role: replace(role, trust=self.document))

    def cli(self) -> str:
        """`aws iam update-assume-role-policy`."""
        options = {"role_name": name_of(self.target), "policy_document": inline(self.document)}
        return command("iam", "update-assume-role-policy", **options)

    def terraform(self) -> str:
        """An `aws_iam_role` that is imported."""
        name = hcl.last_part(self.target)
        return hcl.existing("aws_iam_role", name, name, _role(self), _ROLE_LEFT_ALONE)


class CreateServiceLinkedRole(PlannedChange):
    """AWS Backup's service-linked role in an account."""

    KIND: ClassVar[str] = "create-service-linked-role"

    def applied(self, facts: F) -> F | None:
        """With the role and its policy, where it is the one that the subject needs."""
        if facts.service_linked_role is None or facts.service_linked_role.arn != self.target:
            return facts
        partition = self.target.split(":")[1]
        policy = _managed(f"arn:{partition}:iam::aws:policy/{_SERVICE_LINKED_POLICY}")
        return replace(facts, service_linked_role=_made(self.target, identity=(policy,)))

    def cli(self) -> str:
        """`aws iam create-service-linked-role`."""
        return command("iam", "create-service-linked-role", aws_service_name="backup.amazonaws.com")

    def terraform(self) -> str:
        """An `aws_iam_service_linked_role`."""
        service = {"aws_service_name": hcl.text("backup.amazonaws.com")}
        return hcl.resource("aws_iam_service_linked_role", "backup", service)


@dataclass(frozen=True, slots=True)
class ChangePlan(PlannedChange):
    """Another role where the job is told its role: in the backup plan, or when it is started; the document names it."""

    KIND: ClassVar[str] = "change-plan"
    UNKNOWN: ClassVar[str] = "the policies of the role that is to be named were not read"

    where: str = "in the backup plan, or when starting the job"
    """Where the role is named."""
    in_plan: bool = False
    """Whether that is a backup plan's resource assignment."""

    def applied(self, facts: F) -> F | None:
        """With that role as the job's, where it has been read or is one that the fix makes."""
        roles = (facts.role, facts.default_role)
        known = next((role for role in roles if role and role.found_arn == self.target), None)
        return replace(facts, role=replace(known, arn=self.target, meant=None, exists=True)) if known else None

    def cli(self) -> str:
        """A comment: which call names the role depends on who starts the job.

        A resource assignment can be created and deleted, and not changed ("Actions", AWS Backup API Reference).
        """
        says = f"# Name {self.target} {self.where}"
        if self.in_plan:
            return f"{says}: make a new one (aws backup create-backup-selection), then delete the old one."
        return f"{says}, as --iam-role-arn."


def with_role(facts: F, arn: str, changed: Callable[[PrincipalFacts], PrincipalFacts]) -> F:
    """With the job role or the caller changed, or the default role that may take its place."""
    role, default = facts.role, facts.default_role
    return replace(
        facts,
        role=changed(role) if role.arn == arn else role,
        default_role=changed(default) if default and default.arn == arn else default,
    )


def with_identity_policy(role: PrincipalFacts, policy: NamedDocument) -> PrincipalFacts:
    """The role with a policy, in the place of the one of that name."""
    others = tuple(known for known in role.identity if known.name != policy.name)
    return replace(role, identity=(*others, policy))


def _made(arn: str, **facts: Any) -> PrincipalFacts:
    """A role that a change makes."""
    return PrincipalFacts(arn, exists=True, found_arn=arn, tags={}, identity_is_complete=True, **facts)


def _managed(policy_arn: str) -> NamedDocument:
    """One of AWS's own policies; of one that this project has no copy of nothing is said to be allowed."""
    policy = managed_policy(policy_arn)
    return NamedDocument(policy_arn, policy.document if policy else {})


def _role(change: PlannedChange) -> dict[str, str]:
    return {**hcl.name_and_path(change.target), "assume_role_policy": hcl.encoded(change.document)}
