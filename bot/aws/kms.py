"""AWS KMS: a key's state, policy, grants and aliases."""

from bot.aws.lookup import Lookup, Operation, lookup

_NO_SUCH = frozenset({"NotFoundException", "InvalidArnException", "InvalidKeyId"})

DESCRIBE_KEY = Operation("kms", "DescribeKey", "KeyMetadata", _NO_SUCH, reads="the KMS key")
GET_KEY_POLICY = Operation("kms", "GetKeyPolicy", "Policy", _NO_SUCH, reads="the key policy")
LIST_GRANTS = Operation("kms", "ListGrants", "Grants", _NO_SUCH, reads="the key's grants")
LIST_ALIASES = Operation("kms", "ListAliases", "Aliases", _NO_SUCH, reads="the key's aliases")


def key(account: str, region: str, key_id: str) -> Lookup:
    """A key's metadata, by its id, ARN or alias."""
    return lookup(DESCRIBE_KEY, account, region, KeyId=key_id)


def key_policy(account: str, region: str, key_id: str) -> Lookup:
    """A key's policy, a JSON text; `default` is the only name there is."""
    return lookup(GET_KEY_POLICY, account, region, KeyId=key_id, PolicyName="default")


def grants(account: str, region: str, key_id: str) -> Lookup:
    """A key's grants."""
    return lookup(LIST_GRANTS, account, region, KeyId=key_id)


def aliases(account: str, region: str, key_id: str) -> Lookup:
    """The aliases of a key."""
    return lookup(LIST_ALIASES, account, region, KeyId=key_id)
