"""IAM Toolbox: what AWS itself noted of a denied request."""

from bot.aws.lookup import Lookup, Operation, lookup

GET_REQUEST_AUTHORIZATION_DETAILS = Operation(
    "iam-toolbox",
    "GetRequestAuthorizationDetails",
    absent=frozenset({"ResourceNotFoundException", "ValidationException"}),
    action="iam:GetRequestAuthorizationDetails",
    reads="the details of the denied request",
)


def authorization_details(account: str, region: str, authorization_id: str) -> Lookup:
    """Context, evaluations and matched policies of a denied request; the account must be the denied caller's."""
    return lookup(GET_REQUEST_AUTHORIZATION_DETAILS, account, region, authorizationId=authorization_id)
