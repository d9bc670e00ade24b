"""AWS KMS: keys of the caller's own account, their policies, grants, aliases and tags."""

import json
from dataclasses import replace
from typing import Any

from sandbox.aws.model import Key
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import JSON_SPELLING, Answer, AwsError, Parameters, Refusal, Service, View

_ARN_PARTS = 6


def describe_key(view: View, parameters: Parameters) -> Answer:
    """What a key is, and whether it can be used."""
    key = _find(view, parameters["KeyId"], "DescribeKey")
    return {
        "KeyMetadata": {
            "AWSAccountId": view.account_id,
            "KeyId": key.KeyId,
            "Arn": _key_arn(view, key),
            "CreationDate": BEGINNING,
            "Enabled": key.KeyState == "Enabled",
            "Description": "",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": key.KeyState,
            "KeyManager": key.KeyManager,
            "Origin": "AWS_KMS",
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": key.MultiRegion,
        }
        | key.said
    }


def get_key_policy(view: View, parameters: Parameters) -> Answer:
    """The key's policy; a key of which the estate says none has the default one, as KMS gives it to a new key."""
    key = _find(view, parameters["KeyId"], "GetKeyPolicy")
    policy = key.Policy if key.Policy is not None else _default_policy(view)
    return {"Policy": json.dumps(policy), "PolicyName": "default"}


def list_key_policies(view: View, parameters: Parameters) -> Answer:
    """A key has one policy, and this is its name."""
    _find(view, parameters["KeyId"], "ListKeyPolicies")
    return {"PolicyNames": ["default"]}


def list_grants(view: View, parameters: Parameters) -> Answer:
    """The key's grants, perhaps only one principal's or one grant."""
    key = _find(view, parameters["KeyId"], "ListGrants")
    asked = {name: parameters[name] for name in ("GrantId", "GranteePrincipal") if name in parameters}
    grants = [grant for grant in key.Grants if all(grant.get(name) == value for name, value in asked.items())]
    arn = _key_arn(view, key)
    return {"Grants": [{"KeyId": arn, "CreationDate": BEGINNING} | grant for grant in grants]}


def list_keys(view: View, _: Parameters) -> Answer:
    """The keys of the Region."""
    return {"Keys": [{"KeyId": key.KeyId, "KeyArn": _key_arn(view, key)} for key in view.region.keys]}


def list_aliases(view: View, parameters: Parameters) -> Answer:
    """The aliases of the Region, or of one key."""
    keys = [_find(view, parameters["KeyId"], "ListAliases")] if "KeyId" in parameters else view.region.keys
    return {
        "Aliases": [
            {
                "AliasName": alias,
                "AliasArn": view.arn("kms", alias),
                "TargetKeyId": key.KeyId,
                "CreationDate": BEGINNING,
                "LastUpdatedDate": BEGINNING,
            }
            for key in keys
            for alias in key.Aliases
        ]
    }


def list_resource_tags(view: View, parameters: Parameters) -> Answer:
    """The key's tags, in KMS's own spelling."""
    key = _find(view, parameters["KeyId"], "ListResourceTags")
    return {"Tags": [{"TagKey": name, "TagValue": value} for name, value in key.Tags.items()]}


def _find(view: View, named: str, operation: str) -> Key:
    """The key of an id, an ARN, an alias or an alias's ARN.

    Raises:
        AwsError: It is another account's, of another Region, or nowhere, or its ARN is malformed.
    """
    region, account, resource = view.region_name, view.account_id, named
    if named.startswith("arn:"):
        parts = named.split(":", 5)
        if len(parts) < _ARN_PARTS or parts[2] != "kms":
            raise AwsError("InvalidArnException", f"Invalid arn {named}")
        region, account, resource = parts[3:]
    if account != view.account_id:
        action = f"kms:{operation}"
        raise JSON_SPELLING.denied.error(
            f"User: {view.caller.arn} is not authorized to perform: {action} on resource: {named} because the resource "
            f"does not exist in this Region, no resource-based policies allow access, or a resource-based policy "
            f"explicitly denies access"
        )
    if region != view.region_name:
        raise _not_found(f"Invalid arn {region}")
    if resource.startswith("alias/"):
        key = view.region.key_by_alias.get(resource)
        what = f"Alias {view.arn('kms', resource)} is not found."
    else:
        key_id = resource.removeprefix("key/")
        key = view.region.key_by_id.get(key_id)
        what = f"Key '{view.arn('kms', f'key/{key_id}')}' does not exist"
    if key is None:
        raise _not_found(what)
    return key


def _not_found(message: str) -> AwsError:
    return AwsError("NotFoundException", message)


def _key_arn(view: View, key: Key) -> str:
    return view.arn("kms", f"key/{key.KeyId}")


def _default_policy(view: View) -> dict[str, Any]:
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": view.iam_arn("root")},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}


KMS = Service(
    name="kms",
    spelling=replace(JSON_SPELLING, bad_token=Refusal("InvalidMarkerException")),
    page_size=50,
    operations={
        "DescribeKey": describe_key,
        "GetKeyPolicy": get_key_policy,
        "ListKeyPolicies": list_key_policies,
        "ListGrants": list_grants,
        "ListKeys": list_keys,
        "ListAliases": list_aliases,
        "ListResourceTags": list_resource_tags,
    },
)
