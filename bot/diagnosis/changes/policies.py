"""Changes of identity policies: inline ones of a role, user or group, and the next version of a managed one."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline, name_of, then
from bot.diagnosis.changes.limits import Limit, characters
from bot.diagnosis.changes.roles import with_identity_policy, with_role
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.subject_facts import SubjectFacts

POLICY_LEFT_ALONE: Final = ("description", "tags")
_OF_MANAGED: Final = Limit(6_144, "characters", characters, "The managed policy")


class _PutInlinePolicy(PlannedChange):
    """An inline policy."""

    WHOSE: ClassVar[str]
    """role, user or group: as the API's operation, its parameters and Terraform's resource spell it."""

    def cli(self) -> str:
        """`aws iam put-…-policy`."""
        names = {f"{self.WHOSE}_name": name_of(self.target), "policy_name": str(self.name)}
        return command("iam", self.KIND, **names, policy_document=inline(self.document))

    def terraform(self) -> str:
        """An `aws_iam_…_policy`."""
        whose, name = hcl.last_part(self.target), str(self.name)
        arguments = {"name": hcl.text(name), self.WHOSE: hcl.text(whose), "policy": hcl.encoded(self.document)}
        return hcl.resource(f"aws_iam_{self.WHOSE}_policy", f"{whose}_{name}", arguments)


class _PutOwnPolicy(_PutInlinePolicy):
    """An inline policy of the principal itself; all that it has count against one quota."""

    def applied(self, facts: F) -> F | None:
        """With the policy in the place of the one of its name."""
        policy = NamedDocument(str(self.name), self.document)
        return with_role(facts, self.target, lambda role: with_identity_policy(role, policy))

    def counted(self, facts: SubjectFacts) -> list[Any]:
        """All inline policies that the principal would have."""
        others = [policy.document for policy in inline_policies(facts.role) if policy.name != self.name]
        return [*others, self.document]


class PutRolePolicy(_PutOwnPolicy):
    """An inline policy of a role."""

    KIND: ClassVar[str] = "put-role-policy"
    WHOSE: ClassVar[str] = "role"

    def limit(self) -> Limit:
        """Source: "IAM and AWS STS quotas" (IAM User Guide)."""
        return Limit(10_240, "characters", characters, "The role's inline policies")


class PutUserPolicy(_PutOwnPolicy):
    """An inline policy of a user."""

    KIND: ClassVar[str] = "put-user-policy"
    WHOSE: ClassVar[str] = "user"

    def limit(self) -> Limit:
        """Source: "IAM and AWS STS quotas" (IAM User Guide)."""
        return Limit(2_048, "characters", characters, "The user's inline policies")


class PutGroupPolicy(_PutInlinePolicy):
    """An inline policy of a group that the user is in."""

    KIND: ClassVar[str] = "put-group-policy"
    WHOSE: ClassVar[str] = "group"

    def applied(self, facts: F) -> F | None:
        """With the group's policy changed among those of the user."""

        def changed(known: NamedDocument) -> NamedDocument:
            is_it = (known.group, known.name) == (self.target, self.name)
            return replace(known, document=self.document) if is_it else known

        return replace(facts, role=replace(facts.role, identity=tuple(map(changed, facts.role.identity))))

    def limit(self) -> Limit:
        """Source: "IAM and AWS STS quotas" (IAM User Guide)."""
        return Limit(5_120, "characters", characters, "The group's inline policies")


class CreatePolicy(PlannedChange):
    """A managed policy of the account's own, which is not attached yet."""

    KIND: ClassVar[str] = "create-policy"

    def applied(self, facts: F) -> F | None:
        """As it is: the policy does nothing until it is attached."""
        return facts

    def cli(self) -> str:
        """`aws iam create-policy`."""
        return command("iam", "create-policy", policy_name=name_of(self.target), policy_document=inline(self.document))

    def terraform(self) -> str:
        """An `aws_iam_policy`."""
        arguments = {**hcl.name_and_path(self.target), "policy": hcl.encoded(self.document)}
        return hcl.resource("aws_iam_policy", hcl.last_part(self.target), arguments)

    def limit(self) -> Limit:
        """Source: "IAM and AWS STS quotas" (IAM User Guide)."""
        return _OF_MANAGED


@dataclass(frozen=True, slots=True)
class PutPolicyVersion(PlannedChange):
    """The next default version of a managed policy, or of a permissions boundary."""

    KIND: ClassVar[str] = "put-policy-version"

    delete_first: str | None = None
    """The version to delete first, where the policy has as many as it may; the Terraform provider does so by itself."""

    def applied(self, facts: F) -> F | None:
        """With the version wherever the principal has the policy."""

        def changed(known: NamedDocument) -> NamedDocument:
            return replace(known, document=self.document) if known.name == self.target else known

        role = facts.role
        boundary = changed(role.boundary) if role.boundary else None
        return replace(facts, role=replace(role, identity=tuple(map(changed, role.identity)), boundary=boundary))

    def cli(self) -> str:
        """`aws iam create-policy-version`, after `delete-policy-version` where there is no room."""
        options = {"policy_arn": self.target, "policy_document": inline(self.document)}
        create = f"{command('iam', 'create-policy-version', **options)} --set-as-default"
        if self.delete_first is None:
            return create
        return then(
            command("iam", "delete-policy-version", policy_arn=self.target, version_id=self.delete_first), create
        )

    def terraform(self) -> str:
        """An `aws_iam_policy` that is imported."""
        arguments = {**hcl.name_and_path(self.target), "policy": hcl.encoded(self.document)}
        return hcl.existing("aws_iam_policy", hcl.last_part(self.target), self.target, arguments, POLICY_LEFT_ALONE)

    def limit(self) -> Limit:
        """Source: "IAM and AWS STS quotas" (IAM User Guide)."""
        return _OF_MANAGED


def inline_policies(role: PrincipalFacts) -> list[NamedDocument]:
    """The policies that are written into a role or user, those of a user's groups left out."""
    return [document for document in role.identity if not (document.name.startswith("arn:") or document.group)]
