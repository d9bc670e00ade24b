"""AWS STS: who the caller is, roles of other accounts, encoded authorization messages."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.aws.parts import Record
from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Caller, Parameters, Service, View
from sandbox.aws.sessions import Session, assumed_role

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role(?P<path>/(?:.+/)?)(?P<name>[^/]+)")


def get_caller_identity(view: View, _: Parameters) -> Answer:
    """The caller's account, ARN and id: no permission is needed."""
    return {"Account": view.account_id, "Arn": view.caller.arn, "UserId": view.caller.user_id}


def assume_role(view: View, parameters: Parameters) -> Answer:
    """Credentials of a role, where its account is listed, has it and trusts the caller.

    The role that the bot assumes everywhere is there in every listed account, written down or not.
    """
    role_arn, session_name = parameters["RoleArn"], parameters["RoleSessionName"]
    match = _ROLE_ARN.fullmatch(role_arn)
    if match is None:
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    if not _may_assume(view, match, parameters.get("ExternalId")):
        sentence = f"User: {view.caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise QUERY_SPELLING.denied.error(sentence)
    lasts = parameters.get("DurationSeconds", 3600)
    session = Session(match["account"], match["name"], session_name, int(view.now.timestamp()) + lasts)
    assumed = assumed_role(view.estate, session.account, session.role, session.name)
    return {
        "Credentials": {
            "AccessKeyId": session.access_key,
            "SecretAccessKey": "sandbox",
            "SessionToken": session.token,
            "Expiration": session.expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": assumed.user_id, "Arn": assumed.arn},
    }


def decode_authorization_message(view: View, parameters: Parameters) -> Answer:
    """What the estate says that an encoded message of the caller's account holds."""
    decoded = view.account.decoded_messages.get(parameters["EncodedMessage"])
    if decoded is None:
        raise AwsError("InvalidAuthorizationMessageException", "Message is not valid")
    return {"DecodedMessage": json.dumps(decoded, separators=(",", ":"))}


def _may_assume(view: View, role_arn: re.Match[str], external_id: str | None) -> bool:
    account = view.estate.accounts.get(role_arn["account"])
    if account is None:
        return False
    role = account.role_by_name.get(role_arn["name"])
    if role is None:
        return role_arn["name"] == view.estate.bot.role_name
    statements = _listed(role.AssumeRolePolicyDocument.get("Statement", ()))
    trusted = not statements or any(_trusts(statement, view.caller, external_id) for statement in statements)
    return role.Path == role_arn["path"] and trusted


def _trusts(statement: Record, caller: Caller, external_id: str | None) -> bool:
    """Whether a trust policy's statement lets the caller in, as far as principal and external id decide."""
    principal = statement.get("Principal")
    named = ["*"] if principal == "*" else _listed(principal.get("AWS", ())) if isinstance(principal, dict) else []
    names_caller = any(name in {"*", caller.account} or f":{caller.account}:" in name for name in named)
    wanted = list(_external_ids(statement))
    return statement["Effect"] == "Allow" and names_caller and (not wanted or external_id in wanted)


def _external_ids(statement: Record) -> Iterator[str]:
    for asked in statement.get("Condition", {}).values():
        for key, values in asked.items():
            if key.lower() == "sts:externalid":
                yield from _listed(values)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


STS = Service(
    name="sts",
    spelling=QUERY_SPELLING,
    operations={
        "GetCallerIdentity": get_caller_identity,
        "AssumeRole": assume_role,
        "DecodeAuthorizationMessage": decode_authorization_message,
    },
)
