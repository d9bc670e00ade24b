"""Roles and users: whether they exist, whom they trust, and all that their policies say."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import arn
from bot.aws import iam
from bot.aws.facts import Facts, is_account
from bot.aws.lookup import Answer
from bot.diagnosis.facts.documents import NamedDocument
from knowledge.managed import managed_policy

SERVICE_LINKED_ROLE_NAME: Final = "AWSServiceRoleForBackup"
DEFAULT_ROLE_NAME: Final = "AWSBackupDefaultServiceRole"
_DEFAULT_ROLE_POLICIES: Final = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
SERVICE_LINKED_ROLE_PATH: Final = "aws-service-role/backup.amazonaws.com"
_ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ROLE_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-~]+/)?" + _ROLE_NAME.pattern, re.ASCII)
"""What can be a role's ARN ("IAM identifiers", IAM User Guide; "CreateRole", IAM API Reference)."""
_NO_NAME: Final = "no-name"


@dataclass(frozen=True, slots=True)
class PrincipalFacts:
    """An identity and what is known of it."""

    arn: str
    """As the job names it."""
    meant: str | None = None
    """The ARN that a role of that name would have, where `arn` can be no role's: it is what policies are judged for."""
    session: str | None = None
    """The ARN of the role's session; that of AWS Backup's own where nothing is said."""
    exists: bool | None = None
    """None where it is not known."""
    found_arn: str | None = None
    """The ARN of the role of that name that IAM knows; its path may be another."""
    unique_id: str | None = None
    former_ids: frozenset[str] = frozenset()
    """Unique ids of deleted roles of its name that policies at hand still name, as CloudTrail tells."""
    tags: Mapping[str, str] | None = None
    trust: Any = None
    """The trust policy's document; None where it can't be read."""
    identity: tuple[NamedDocument, ...] = ()
    identity_is_complete: bool = False
    """Every identity policy could be read."""
    boundary_arn: str | None = None
    boundary: NamedDocument | None = None
    """None where there is no boundary, or `boundary_arn` could not be read."""

    @property
    def account(self) -> str:
        """The account that it is in."""
        parsed = arn.parse(self.meant or self.arn)
        return parsed.account if parsed else ""

    @property
    def name(self) -> str:
        """Its name without its path."""
        parsed = arn.parse(self.meant or self.arn)
        return parsed.name if parsed else self.arn

    @property
    def boundary_is_known(self) -> bool:
        """There is none, or it could be read."""
        return self.exists is True and (self.boundary_arn is None or self.boundary is not None)

    @property
    def is_user(self) -> bool:
        """It is a user, not a role."""
        return ":user/" in self.arn

    @property
    def is_service_linked_role(self) -> bool:
        """It is AWS Backup's service-linked role."""
        return f":role/{SERVICE_LINKED_ROLE_PATH}/" in self.arn


def service_linked_role_arn(account: str, partition: str) -> str:
    """The ARN that AWS Backup's service-linked role has, or would have, in an account."""
    return f"arn:{partition}:iam::{account}:role/{SERVICE_LINKED_ROLE_PATH}/{SERVICE_LINKED_ROLE_NAME}"


def default_role_arn(account: str, partition: str) -> str:
    """The ARN that AWS Backup's default service role has, or would have, in an account."""
    return f"arn:{partition}:iam::{account}:role/service-role/{DEFAULT_ROLE_NAME}"


def is_default_role(role_arn: str) -> bool:
    """Whether an ARN is that of AWS Backup's default service role."""
    return role_arn.endswith(f":role/service-role/{DEFAULT_ROLE_NAME}")


def default_role_policies(partition: str) -> tuple[str, ...]:
    """The ARNs of the two policies that the default service role has ("IAM service roles", AWS Backup)."""
    return tuple(f"arn:{partition}:iam::aws:policy/service-role/{name}" for name in _DEFAULT_ROLE_POLICIES)


def is_of_aws(policy: str) -> bool:
    """Whether a policy is AWS's own, which nobody else can change ("Managed policies and inline policies")."""
    return ":iam::aws:policy/" in policy


def is_role_arn(text: str) -> bool:
    """Whether a text can be the ARN of a role."""
    return _ROLE_ARN.fullmatch(text) is not None


def collect_job_role(facts: Facts, role_arn: str, account: str) -> PrincipalFacts:
    """Reads the role that a job of an account names.

    What can be no role's ARN is none that exists; the role that has the name at its end is read all the same, since
    it may be what was meant.
    """
    if is_role_arn(role_arn):
        return collect_role(facts, role_arn)
    name = role_arn.replace(":", "/").rpartition("/")[2]
    meant = f"arn:{arn.partition_of(facts.home)}:iam::{account}:role/{name}"
    if not _ROLE_NAME.fullmatch(name):
        return PrincipalFacts(role_arn, meant=meant.removesuffix(name) + _NO_NAME, exists=False)
    return replace(collect_role(facts, meant), arn=role_arn, meant=meant, exists=False)


def collect_role(facts: Facts, role_arn: str) -> PrincipalFacts:
    """Reads a role with its trust policy, its identity policies and its boundary.

    A name is unique in an account whatever the path ("IAM identifiers"), so the role of that name is read and its Arn
    compared.
    """
    role = PrincipalFacts(role_arn)
    account, name = role.account, role.name
    answer = facts.ask(iam.role(account, facts.home, name))
    attached = facts.ask(iam.attached_role_policies(account, facts.home, name))
    inline = facts.ask(iam.role_policy_names(account, facts.home, name))
    if answer.absent:
        return replace(role, exists=False)
    if not answer.known:
        return role
    inline_documents = _inline(inline, lambda policy: facts.ask(iam.role_policy(account, facts.home, name, policy)))
    return _described(facts, role, answer.value, [_attached(facts, account, attached), inline_documents])


def collect_caller(facts: Facts, caller_arn: str) -> PrincipalFacts | None:
    """Reads whoever made a call: a role's session or a user; None where the ARN is neither's.

    A session's ARN does not contain its role's path, so the role of that name is taken as it is found.
    """
    named = arn.parse(caller_arn)
    if named is None or not is_account(named.account):
        return None
    if named.resource.startswith("user/"):
        return collect_user(facts, caller_arn)
    kind, _, rest = named.resource.partition("/")
    if kind not in ("assumed-role", "role"):
        return None
    name = rest.split("/")[0] if kind == "assumed-role" else named.name
    role = collect_role(facts, f"arn:{named.partition}:iam::{named.account}:role/{name}")
    session = caller_arn if kind == "assumed-role" else None
    if role.found_arn is None:
        return replace(role, session=session)
    return replace(role, arn=role.found_arn, session=session, exists=True)


def collect_user(facts: Facts, user_arn: str) -> PrincipalFacts:
    """Reads a user with its own policies, those of its groups, and its boundary."""
    user = PrincipalFacts(user_arn)
    account, name = user.account, user.name
    answer = facts.ask(iam.user(account, facts.home, name))
    attached = facts.ask(iam.attached_user_policies(account, facts.home, name))
    inline = facts.ask(iam.user_policy_names(account, facts.home, name))
    groups = facts.ask(iam.groups_of_user(account, facts.home, name))
    if answer.absent:
        return replace(user, exists=False)
    if not answer.known:
        return user
    documents = [
        _attached(facts, account, attached),
        _inline(inline, lambda policy: facts.ask(iam.user_policy(account, facts.home, name, policy))),
        *(_of_group(facts, account, group) for group in groups.value or ()),
    ]
    if not groups.known:
        documents.append(None)
    return _described(facts, user, answer.value, documents)


_Documents = list[NamedDocument | None] | None
"""Policies of which some (None) or all (None instead of the list) could not be read."""


def _described(
    facts: Facts, principal: PrincipalFacts, found: Mapping[str, Any], documents: list[_Documents]
) -> PrincipalFacts:
    """Fills in what IAM says of a role or user."""
    boundary_arn = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    identity = [document for group in documents for document in group or ()]
    return replace(
        principal,
        exists=found["Arn"] == principal.arn,
        found_arn=found["Arn"],
        unique_id=found.get("RoleId") or found.get("UserId"),
        tags={tag["Key"]: tag.get("Value", "") for tag in found.get("Tags") or ()},
        trust=found.get("AssumeRolePolicyDocument"),
        identity=tuple(document for document in identity if document),
        identity_is_complete=None not in documents and None not in identity,
        boundary_arn=boundary_arn,
        boundary=_managed(facts, principal.account, boundary_arn) if boundary_arn else None,
    )


def _of_group(facts: Facts, account: str, group: Mapping[str, Any]) -> _Documents:
    name = group["GroupName"]
    attached = _attached(facts, account, facts.ask(iam.attached_group_policies(account, facts.home, name)))
    names = facts.ask(iam.group_policy_names(account, facts.home, name))
    inline = _inline(names, lambda policy: facts.ask(iam.group_policy(account, facts.home, name, policy)))
    if attached is None or inline is None:
        return None
    return [*attached, *(document and replace(document, group=group.get("Arn")) for document in inline)]


def _attached(facts: Facts, account: str, answer: Answer) -> _Documents:
    if not answer.known:
        return None
    return [_managed(facts, account, policy["PolicyArn"]) for policy in answer.value]


def _inline(names: Answer, ask: Callable[[str], Answer]) -> _Documents:
    if not names.known:
        return None
    documents = [(name, ask(name)) for name in names.value]
    return [NamedDocument(name, document.value) if document.known else None for name, document in documents]


def _managed(facts: Facts, account: str, policy_arn: str) -> NamedDocument | None:
    """Reads a managed policy's default version, and of one that can be changed which versions it has.

    The version that ships with this project of one of AWS's own policies is asked for along with the policy, so that
    one round trip is enough where it is still the default one.
    """
    copy = managed_policy(policy_arn)
    if copy:
        facts.ask(iam.policy_version(account, facts.home, policy_arn, copy.version))
    policy = facts.ask(iam.policy(account, facts.home, policy_arn))
    versions = _other_versions(facts, account, policy_arn)
    if not policy.known:
        return None
    version = facts.ask(iam.policy_version(account, facts.home, policy_arn, policy.value["DefaultVersionId"]))
    return NamedDocument(policy_arn, version.value["Document"], versions=versions) if version.known else None


def _other_versions(facts: Facts, account: str, policy_arn: str) -> tuple[str, ...] | None:
    """The versions of a policy of the account's own that are not the default one, in their order: v9 before v10."""
    answer = None if is_of_aws(policy_arn) else facts.ask(iam.policy_versions(account, facts.home, policy_arn))
    if answer is None or not answer.known:
        return None
    others = [version["VersionId"] for version in answer.value if not version["IsDefaultVersion"]]
    return tuple(sorted(others, key=lambda version: (len(version), version)))
