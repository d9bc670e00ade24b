"""The request that was denied, as AWS describes it where an error text has a token for it.

A token is an encoded authorization message ("DecodeAuthorizationMessage", AWS STS API Reference) or an authorization id
("GetRequestAuthorizationDetails", IAM Toolbox API Reference). AWS shows either to the account of the denied caller
only, and keeps an id's details for about a day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.aws import sts, toolbox
from bot.aws.facts import Facts
from bot.aws.read_errors import Kind
from bot.diagnosis.facts.documents import parsed
from bot.diagnosis.reading import Reading, read
from knowledge.messages import PolicyType

_POLICY_TYPES: Final[Mapping[str, PolicyType]] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
    "VPC_ENDPOINT": "endpoint",
    "RESOURCE": "resource",
    "PRINCIPAL": "identity",
    "PERMISSIONS_BOUNDARY": "boundary",
    "SESSION": "session",
}
"""The checks of an evaluation, as IAM's sentences call their policies."""

Keys = Mapping[str, str | list[str] | None]


@dataclass(frozen=True, slots=True)
class DeniedRequest:
    """A denied request."""

    reading: Reading
    """What the text says of it, with what AWS adds."""
    keys: Keys = field(default_factory=dict)
    """Condition keys that it is known to have carried."""


def collect_denied_request(facts: Facts, account: str, region: str, reading: Reading) -> DeniedRequest:
    """Asks AWS for the request behind an error text, where the text has a token.

    Args:
        facts: What is known so far.
        account: The account of the denied caller.
        region: Where the request was denied.
        reading: What the error text says.
    """
    if reading.encoded_message:
        return _decoded(facts, account, region, reading)
    if reading.authorization_id:
        return _detailed(facts, account, region, reading)
    return DeniedRequest(reading)


def _decoded(facts: Facts, account: str, region: str, reading: Reading) -> DeniedRequest:
    answer = facts.ask(sts.decoded_message(account, region, str(reading.encoded_message)))
    message = parsed(answer.value) if answer.known else None
    if not isinstance(message, Mapping):
        return DeniedRequest(reading)
    items = ((message.get("context") or {}).get("conditions") or {}).get("items") or ()
    keys = {item["key"]: [value["value"] for value in item["values"]["items"]] or None for item in items}
    return DeniedRequest(read(answer.value), keys)


def _detailed(facts: Facts, account: str, region: str, reading: Reading) -> DeniedRequest:
    lookup = toolbox.authorization_details(account, region, str(reading.authorization_id))
    answer = facts.ask(lookup)
    if answer.kind in (Kind.NOT_OFFERED, Kind.UNREACHED):
        facts.excuse(lookup)  # a preview that is not offered everywhere: no permission would make it readable
    details = answer.value if answer.known else {}
    denied = (each for each in details.get("evaluations") or () if each.get("evaluatedEffect") != "ALLOW")
    evaluation = next(denied, None)
    if evaluation is None:
        return DeniedRequest(reading)
    known = {**(details.get("requestContext") or {}), **(evaluation.get("context") or {})}
    keys = {key: list(map(str, value)) if isinstance(value, list) else str(value) for key, value in known.items()}
    added = {name: value for name, value in _added(evaluation) if value is not None}
    return DeniedRequest(reading.model_copy(update=added), keys)


def _added(evaluation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an evaluation adds to a reading: the call, and the check that decided."""
    effect = evaluation["evaluatedEffect"]
    yield "form", "authorization-details"
    yield "knowledge", "authorization-id"
    yield "permission", True
    yield "vague", False
    yield "action", evaluation["action"]
    yield "resource", evaluation.get("resource") or None
    yield "explicit", effect == "EXPLICIT_DENY"
    decisive = (check for check in evaluation.get("checks") or () if check["evaluatedEffect"] == effect)
    check: Mapping[str, Any] = next(decisive, {})
    yield "policy_type", _POLICY_TYPES.get(check.get("checkType", ""))
    policies = (policy.get("uri") or "" for policy in check.get("matchedPolicies") or ())
    yield "policy_arn", next((uri for uri in policies if uri.startswith("arn:")), None)
