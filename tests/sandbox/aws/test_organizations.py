"""The organization: its tree, its policies, and who may look at them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import BOT, MANAGEMENT, STRANGER, WORKLOAD, Reader, Serve

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
ORGANIZATION: dict[str, Any] = {
    "Id": "o-a1b2c3d4e5",
    "MasterAccountId": MANAGEMENT,
    "policies": [
        {"Id": "p-deny0001", "Name": "DenyAll", "Type": "SERVICE_CONTROL_POLICY", "Content": DENY},
        {"Id": "p-rcp00001", "Name": "OnlyOurs", "Type": "RESOURCE_CONTROL_POLICY", "Content": DENY},
    ],
    "root": {
        "Id": "r-a1b2",
        "Name": "Root",
        "policies": ["p-FullAWSAccess", "p-RCPFullAWSAccess"],
        "accounts": {MANAGEMENT: ["p-FullAWSAccess"], BOT: ["p-FullAWSAccess"]},
        "children": [
            {
                "Id": "ou-a1b2-11111111",
                "Name": "Workloads",
                "policies": ["p-FullAWSAccess", "p-deny0001", "p-rcp00001"],
                "children": [{"Id": "ou-a1b2-22222222", "Name": "Prod", "accounts": {WORKLOAD: ["p-FullAWSAccess"]}}],
            }
        ],
    },
}
OU, PROD = "ou-a1b2-11111111", "ou-a1b2-22222222"


@pytest.fixture
def reader(serve: Serve) -> Reader:
    return serve({MANAGEMENT: {}, STRANGER: {}, WORKLOAD: {"Name": "shop"}}, ORGANIZATION)


@pytest.fixture
def organizations(reader: Reader) -> Any:
    return reader.client("organizations", account=MANAGEMENT)


def test_every_member_may_ask_which_organization_it_is_in(reader: Reader) -> None:
    organization = reader("organizations").describe_organization()["Organization"]
    assert (organization["Id"], organization["MasterAccountId"]) == ("o-a1b2c3d4e5", MANAGEMENT)
    assert organization["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:organization/o-a1b2c3d4e5"


def test_an_account_outside_is_in_no_organization(reader: Reader, serve: Serve) -> None:
    for client in (reader.client("organizations", account=STRANGER), serve().client("organizations")):
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            client.describe_organization()


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("list_roots", {}),
        ("list_accounts", {}),
        ("list_parents", {"ChildId": WORKLOAD}),
        ("list_children", {"ParentId": "r-a1b2", "ChildType": "ACCOUNT"}),
        ("list_accounts_for_parent", {"ParentId": "r-a1b2"}),
        ("list_organizational_units_for_parent", {"ParentId": "r-a1b2"}),
        ("describe_organizational_unit", {"OrganizationalUnitId": OU}),
        ("describe_account", {"AccountId": WORKLOAD}),
        ("list_delegated_administrators", {}),
        ("list_policies", {"Filter": "SERVICE_CONTROL_POLICY"}),
        ("list_policies_for_target", {"TargetId": OU, "Filter": "SERVICE_CONTROL_POLICY"}),
        ("list_targets_for_policy", {"PolicyId": "p-deny0001"}),
        ("describe_policy", {"PolicyId": "p-deny0001"}),
    ],
)
def test_only_the_management_account_and_delegated_administrators_may_look_further(
    serve: Serve, reader: Reader, operation: str, asked: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(reader.client("organizations"), operation)(**asked)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    delegated = serve({MANAGEMENT: {}}, {**ORGANIZATION, "DelegatedAdministrators": [BOT]})
    for client in (reader.client("organizations", account=MANAGEMENT), delegated.client("organizations")):
        getattr(client, operation)(**asked)


def test_the_tree_can_be_walked_up_and_down(organizations: Any) -> None:
    (root,) = organizations.list_roots()["Roots"]
    assert (root["Id"], root["Name"]) == ("r-a1b2", "Root")
    assert organizations.list_parents(ChildId=WORKLOAD)["Parents"] == [{"Id": PROD, "Type": "ORGANIZATIONAL_UNIT"}]
    assert organizations.list_parents(ChildId=OU)["Parents"] == [{"Id": "r-a1b2", "Type": "ROOT"}]
    children = organizations.list_children(ParentId="r-a1b2", ChildType="ACCOUNT")["Children"]
    assert [child["Id"] for child in children] == [MANAGEMENT, BOT]
    units = organizations.list_organizational_units_for_parent(ParentId=OU)["OrganizationalUnits"]
    assert [(unit["Id"], unit["Name"]) for unit in units] == [(PROD, "Prod")]
    accounts = organizations.list_accounts_for_parent(ParentId=PROD)["Accounts"]
    assert [account["Id"] for account in accounts] == [WORKLOAD]


def test_the_root_tells_which_types_of_policies_are_in_use(organizations: Any) -> None:
    (root,) = organizations.list_roots()["Roots"]
    assert {kind["Type"]: kind["Status"] for kind in root["PolicyTypes"]} == {
        "SERVICE_CONTROL_POLICY": "ENABLED",
        "RESOURCE_CONTROL_POLICY": "ENABLED",
    }


def test_an_account_is_told_with_its_name_and_its_path(organizations: Any) -> None:
    account = organizations.describe_account(AccountId=WORKLOAD)["Account"]
    assert (account["Name"], account["State"]) == ("shop", "ACTIVE")
    assert account["Paths"] == [f"o-a1b2c3d4e5/r-a1b2/{OU}/{PROD}/{WORKLOAD}/"]
    assert account["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/o-a1b2c3d4e5/{WORKLOAD}"
    assert [account["Id"] for account in organizations.list_accounts()["Accounts"]] == [MANAGEMENT, BOT, WORKLOAD]


def test_a_unit_is_told_with_its_path(organizations: Any) -> None:
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=PROD)["OrganizationalUnit"]
    assert unit["Path"] == f"o-a1b2c3d4e5/r-a1b2/{OU}/{PROD}/"


def test_delegated_administrators_are_listed(serve: Serve) -> None:
    reader = serve({MANAGEMENT: {}}, {**ORGANIZATION, "DelegatedAdministrators": [BOT]})
    listed = reader.client("organizations").list_delegated_administrators()["DelegatedAdministrators"]
    assert [account["Id"] for account in listed] == [BOT]


@pytest.mark.parametrize(
    ("target", "kind", "policies"),
    [
        (OU, "SERVICE_CONTROL_POLICY", ["p-FullAWSAccess", "p-deny0001"]),
        (OU, "RESOURCE_CONTROL_POLICY", ["p-rcp00001"]),
        (PROD, "SERVICE_CONTROL_POLICY", []),
        ("r-a1b2", "RESOURCE_CONTROL_POLICY", ["p-RCPFullAWSAccess"]),
        (WORKLOAD, "SERVICE_CONTROL_POLICY", ["p-FullAWSAccess"]),
        (WORKLOAD, "TAG_POLICY", []),
    ],
)
def test_policies_are_listed_for_each_target_and_type(
    organizations: Any, target: str, kind: str, policies: list[str]
) -> None:
    listed = organizations.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]
    assert [policy["Id"] for policy in listed] == policies


def test_a_policy_is_told_with_its_document_and_its_targets(organizations: Any) -> None:
    policy = organizations.describe_policy(PolicyId="p-deny0001")["Policy"]
    assert json.loads(policy["Content"]) == DENY
    assert policy["PolicySummary"]["Name"] == "DenyAll"
    assert policy["PolicySummary"]["Arn"].endswith(":policy/o-a1b2c3d4e5/service_control_policy/p-deny0001")
    targets = organizations.list_targets_for_policy(PolicyId="p-FullAWSAccess")["Targets"]
    assert [(target["TargetId"], target["Type"]) for target in targets] == [
        ("r-a1b2", "ROOT"),
        (MANAGEMENT, "ACCOUNT"),
        (BOT, "ACCOUNT"),
        (OU, "ORGANIZATIONAL_UNIT"),
        (WORKLOAD, "ACCOUNT"),
    ]


@pytest.mark.parametrize("policy_id", ["p-FullAWSAccess", "p-RCPFullAWSAccess"])
def test_awss_own_policies_allow_everything(organizations: Any, policy_id: str) -> None:
    policy = organizations.describe_policy(PolicyId=policy_id)["Policy"]
    assert policy["PolicySummary"]["AwsManaged"] is True
    assert ":aws:policy/" in policy["PolicySummary"]["Arn"]
    assert json.loads(policy["Content"])["Statement"][0]["Effect"] == "Allow"
    kind = policy["PolicySummary"]["Type"]
    assert policy_id in [listed["Id"] for listed in organizations.list_policies(Filter=kind)["Policies"]]


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("list_parents", {"ChildId": STRANGER}, "ChildNotFoundException"),
        ("list_parents", {"ChildId": "r-a1b2"}, "InvalidInputException"),
        ("list_children", {"ParentId": "ou-a1b2-99999999", "ChildType": "ACCOUNT"}, "ParentNotFoundException"),
        ("describe_account", {"AccountId": STRANGER}, "AccountNotFoundException"),
        (
            "describe_organizational_unit",
            {"OrganizationalUnitId": "ou-a1b2-99999999"},
            "OrganizationalUnitNotFoundException",
        ),
        ("list_policies_for_target", {"TargetId": STRANGER, "Filter": "TAG_POLICY"}, "TargetNotFoundException"),
        ("describe_policy", {"PolicyId": "p-gone0001"}, "PolicyNotFoundException"),
    ],
)
def test_what_is_not_there_has_a_code_of_its_own(
    organizations: Any, operation: str, asked: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(organizations, operation)(**asked)
    assert refused.value.response["Error"]["Code"] == code
