"""AWS STS: who we are, how we get into another account, and what an encoded message says."""

from bot.aws.lookup import OWN, Lookup, Operation, lookup

GET_CALLER_IDENTITY = Operation("sts", "GetCallerIdentity", shared=False, reads="whose credentials the bot has")
ASSUME_ROLE = Operation("sts", "AssumeRole", shared=False, reads="anything")
DECODE_AUTHORIZATION_MESSAGE = Operation(
    "sts",
    "DecodeAuthorizationMessage",
    "DecodedMessage",
    frozenset({"InvalidAuthorizationMessageException"}),
    reads="the encoded authorization message",
)


def caller_identity(region: str) -> Lookup:
    """Account and Arn of the credentials that this process was started with."""
    return lookup(GET_CALLER_IDENTITY, OWN, region)


def way_into(account: str, region: str) -> Lookup:
    """Whether the configured role of another account can be assumed; known once it has been."""
    return lookup(ASSUME_ROLE, OWN, region, Account=account)


def decoded_message(account: str, region: str, encoded: str) -> Lookup:
    """The JSON text behind an encoded authorization failure message; the account must be the denied caller's."""
    return lookup(DECODE_AUTHORIZATION_MESSAGE, account, region, EncodedMessage=encoded)
