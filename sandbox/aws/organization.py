"""The organization of an estate: a tree of root, organizational units and accounts, with policies attached to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from sandbox.aws.parts import AccountId, Document, Frame


class OrganizationPolicy(Frame):
    """A service or resource control policy."""

    Id: str
    Name: str
    Type: Literal["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
    Content: Document
    Description: str = ""
    AwsManaged: bool = False


_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

BUILT_IN = (
    OrganizationPolicy(
        Id="p-FullAWSAccess",
        Name="FullAWSAccess",
        Type="SERVICE_CONTROL_POLICY",
        Content=_EVERYTHING,
        Description="Allows access to every operation",
        AwsManaged=True,
    ),
    OrganizationPolicy(
        Id="p-RCPFullAWSAccess",
        Name="RCPFullAWSAccess",
        Type="RESOURCE_CONTROL_POLICY",
        Content={
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        },
        Description="Allows access to every resource",
        AwsManaged=True,
    ),
)
"""The policies that AWS itself provides in every organization."""


class Node(Frame):
    """The root or an organizational unit."""

    Id: str
    Name: str = ""
    policies: tuple[str, ...] = ()
    accounts: dict[AccountId, tuple[str, ...]] = Field(default_factory=dict)
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Something that policies are attached to.

    Args:
        id: The id of the root, the OU or the account.
        kind: As the API names it: ROOT, ORGANIZATIONAL_UNIT or ACCOUNT.
        name: The name of a root or an OU, empty for an account.
        policies: Ids of the policies attached to it.
        ancestors: What it stands in, the root first.
        where: Its place in the estate file.
    """

    id: str
    kind: Literal["ROOT", "ORGANIZATIONAL_UNIT", "ACCOUNT"]
    name: str
    policies: tuple[str, ...]
    ancestors: tuple["Target", ...]
    where: str

    @property
    def parent(self) -> "Target | None":
        """What it stands in directly; the root stands in nothing."""
        return self.ancestors[-1] if self.ancestors else None


class Organization(Frame):
    """An organization."""

    Id: str
    MasterAccountId: AccountId
    policies: tuple[OrganizationPolicy, ...] = ()
    DelegatedAdministrators: tuple[AccountId, ...] = ()
    root: Node

    @cached_property
    def policy_by_id(self) -> dict[str, OrganizationPolicy]:
        """Every policy, the built-in ones too, by its id."""
        return {policy.Id: policy for policy in (*BUILT_IN, *self.policies)}

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The root, every OU and every account by its id, in the order of the tree."""
        return {target.id: target for target in self.walk()}

    def walk(self) -> Iterator[Target]:
        """The root, every OU and every account in the order of the tree, as often as the file names them."""
        yield from _walk(self.root, "ROOT", (), "organization.root")


def _walk(
    node: Node, kind: Literal["ROOT", "ORGANIZATIONAL_UNIT"], ancestors: tuple[Target, ...], where: str
) -> Iterator[Target]:
    here = Target(node.Id, kind, node.Name, node.policies, ancestors, where)
    yield here
    inside = (*ancestors, here)
    for account, policies in node.accounts.items():
        yield Target(account, "ACCOUNT", "", policies, inside, f"{where}.accounts.{account}")
    for position, child in enumerate(node.children):
        yield from _walk(child, "ORGANIZATIONAL_UNIT", inside, f"{where}.children[{position}]")
