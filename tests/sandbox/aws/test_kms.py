"""Keys, their policies, grants, aliases and tags, as KMS tells them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.conftest import REGION, STRANGER, WORKLOAD, Serve, in_region

KEY, BARE = "1111aaaa-22bb-33cc-44dd-5555eeee6666", "2222aaaa-22bb-33cc-44dd-5555eeee6666"
ARN = f"arn:aws:kms:{REGION}:{WORKLOAD}:key/{KEY}"
POLICY = {"Version": "2012-10-17", "Statement": []}
GRANTS = [
    {"GrantId": "a" * 64, "GranteePrincipal": f"arn:aws:iam::{WORKLOAD}:role/a", "Operations": ["Decrypt"]},
    {"GrantId": "b" * 64, "GranteePrincipal": f"arn:aws:iam::{WORKLOAD}:role/b", "Operations": ["CreateGrant"]},
]
KEYS = [
    {
        "KeyId": KEY,
        "KeyState": "PendingDeletion",
        "Aliases": ["alias/backup", "alias/old"],
        "Policy": POLICY,
        "Grants": GRANTS,
        "Tags": {"team": "storage"},
        "PendingDeletionWindowInDays": 7,
    },
    {"KeyId": BARE, "KeyManager": "AWS", "Aliases": ["alias/aws/ebs"]},
]


@pytest.fixture
def kms(serve: Serve) -> Any:
    return serve(in_region(keys=KEYS))("kms")


@pytest.mark.parametrize(
    "named",
    [KEY, ARN, "alias/backup", f"arn:aws:kms:{REGION}:{WORKLOAD}:alias/old"],
    ids=["id", "arn", "alias", "alias arn"],
)
def test_a_key_is_found_by_id_arn_and_alias(kms: Any, named: str) -> None:
    key = kms.describe_key(KeyId=named)["KeyMetadata"]
    assert (key["KeyId"], key["Arn"], key["AWSAccountId"]) == (KEY, ARN, WORKLOAD)


def test_a_key_tells_whether_it_can_be_used(kms: Any) -> None:
    key = kms.describe_key(KeyId=KEY)["KeyMetadata"]
    assert (key["Enabled"], key["KeyState"], key["PendingDeletionWindowInDays"]) == (False, "PendingDeletion", 7)
    own = kms.describe_key(KeyId=BARE)["KeyMetadata"]
    assert (own["Enabled"], own["KeyState"], own["KeyManager"]) == (True, "Enabled", "AWS")


def test_a_key_without_a_written_policy_has_the_default_one(kms: Any) -> None:
    assert json.loads(kms.get_key_policy(KeyId=KEY)["Policy"]) == POLICY
    (statement,) = json.loads(kms.get_key_policy(KeyId=BARE)["Policy"])["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{WORKLOAD}:root"}
    assert statement["Action"] == "kms:*"
    assert kms.list_key_policies(KeyId=KEY)["PolicyNames"] == ["default"]


def test_grants_are_listed_for_a_key_a_grantee_or_an_id(kms: Any) -> None:
    grants = kms.list_grants(KeyId=ARN)["Grants"]
    assert [grant["Operations"] for grant in grants] == [["Decrypt"], ["CreateGrant"]]
    assert grants[0]["KeyId"] == ARN
    for asked in ({"GrantId": "b" * 64}, {"GranteePrincipal": GRANTS[1]["GranteePrincipal"]}):
        assert [grant["GrantId"] for grant in kms.list_grants(KeyId=KEY, **asked)["Grants"]] == ["b" * 64]


def test_keys_aliases_and_tags_are_listed(kms: Any) -> None:
    assert [key["KeyId"] for key in kms.list_keys()["Keys"]] == [KEY, BARE]
    aliases = {alias["AliasName"]: alias["TargetKeyId"] for alias in kms.list_aliases()["Aliases"]}
    assert aliases == {"alias/backup": KEY, "alias/old": KEY, "alias/aws/ebs": BARE}
    assert [alias["AliasName"] for alias in kms.list_aliases(KeyId=BARE)["Aliases"]] == ["alias/aws/ebs"]
    assert kms.list_resource_tags(KeyId=KEY)["Tags"] == [{"TagKey": "team", "TagValue": "storage"}]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (KEY.replace("1", "9"), f"Key 'arn:aws:kms:{REGION}:{WORKLOAD}:key/{KEY.replace('1', '9')}' does not exist"),
        ("alias/gone", f"Alias arn:aws:kms:{REGION}:{WORKLOAD}:alias/gone is not found."),
        (ARN.replace(REGION, "us-west-2"), "Invalid arn us-west-2"),
    ],
)
def test_a_key_that_is_not_here_is_not_found(kms: Any, named: str, message: str) -> None:
    with pytest.raises(ClientError) as refused:
        kms.describe_key(KeyId=named)
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("NotFoundException", message)


@pytest.mark.parametrize("operation", ["describe_key", "get_key_policy", "list_grants"])
def test_another_accounts_key_is_refused(kms: Any, operation: str) -> None:
    with pytest.raises(ClientError, match="AccessDeniedException"):
        getattr(kms, operation)(KeyId=ARN.replace(WORKLOAD, STRANGER))
