"""From what is known of a denied call to all that had to be allowed: the call itself, and what goes with its operation.

AWS names one denied action. An operation asks for more (`knowledge/needs/callers.yaml`): who is given the one action
alone is denied the next one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from bot import arn
from bot.diagnosis import context
from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.context import Context
from bot.diagnosis.facts.call_parameters import ANY
from bot.diagnosis.model import Grounds
from bot.diagnosis.required_call import ASSUME_ROLE, RequiredCall
from bot.iam import Effect, Policy, PrefixValue
from knowledge.callers import CallerNeed, CallerOperation
from knowledge.need import Basis

_KEY = "{key}"
_BACKUP = "backup:"
_KMS = "kms:"
_BY_BASIS: Final[Mapping[Basis, Grounds]] = {
    "documented": Grounds.DOCUMENTED,
    "managed-policy": Grounds.IMPLIED,
    "assumed": Grounds.ASSUMED,
}


def required_calls(facts: CallFacts) -> tuple[RequiredCall, ...]:
    """All that the caller had to be allowed, the call that the text names first.

    Args:
        facts: What is known of the call.
    """
    named = str(facts.reading.action or "").casefold()
    of_operation = tuple(_of_operation(facts, facts.operation)) if facts.operation else ()
    is_in_it = any(call.action.casefold() == named for call in of_operation)
    own = () if is_in_it or not named else (_named(facts),)
    return tuple(sorted((*own, *of_operation), key=lambda call: call.grounds is not Grounds.NAMED))


def _named(facts: CallFacts) -> RequiredCall:
    """The call that the text names, where it is none that its operation is known to ask for."""
    action, resource = str(facts.reading.action), facts.reading.resource or "*"
    key = facts.key if facts.key and facts.key.arn == resource else None
    call = _call(facts, action, resource)
    return replace(
        call,
        vault=facts.vault,
        key=key,
        policy=facts.trust if action == ASSUME_ROLE else None,
        context={**call.context, **facts.denied_keys},
        grounds=Grounds.NAMED,
    )


def _of_operation(facts: CallFacts, operation: CallerOperation) -> Iterator[RequiredCall]:
    """What an operation asks its caller for; of optional needs only what the text names."""
    named = str(facts.reading.action or "").casefold()
    point = arn.parse(facts.parameters.recovery_point)
    for need in operation.needs:
        if point and not need.is_about(point.service, point.resource):
            continue
        if facts.is_expiry and need.actions == (operation.action,):
            continue  # AWS Backup deletes in the service that holds the recovery point, not by its own API
        for action in need.actions:
            is_named = action.casefold() == named
            if is_named or need.optional is None:
                yield from _of_need(facts, operation, need, action, is_named=is_named)


def _of_need(
    facts: CallFacts, operation: CallerOperation, need: CallerNeed, action: str, *, is_named: bool
) -> Iterator[RequiredCall]:
    """An action of a row on each of its ARNs; one that the text names, on the resource that it names."""
    said = facts.reading.resource if is_named else None
    for pattern in [said] if said else need.arns:
        resource = pattern.format_map(facts.parameters.names) if pattern is not said else pattern
        if _is_anybodys(resource):
            if _is_allowed_somewhere(facts, action):
                continue
            resource = ANY
        is_governed = action.startswith(_BACKUP) and operation.uses_vault_policy
        call = _call(facts, action, resource)
        key = facts.key if _KEY in need.arns else None
        yield replace(
            call,
            resource=key.arn if key else resource,
            is_partial=call.is_partial and key is None,
            vault=facts.vault if is_governed else None,
            key=key,
            context={
                **call.context,
                **(_of_key(facts, action, need.via) if _KEY in need.arns else {}),
                **({} if facts.is_expiry else need.context),
                **(facts.denied_keys if is_named else {}),
            },
            grounds=Grounds.NAMED if is_named else _grounds(facts, need, action),
            source=need.source,
        )


def _is_anybodys(resource: str) -> bool:
    """Whether not even the account of what is called on is known."""
    named = arn.parse(resource)
    return named is not None and named.account == ANY


def _is_allowed_somewhere(facts: CallFacts, action: str) -> bool:
    """Whether a statement of the caller's own policies allows an action on anything.

    Of a call on what is not known at all, this decides: who is allowed it nowhere lacks it, whatever it is called on.
    """
    policies = (Policy.compile(each.name, each.document) for each in facts.role.identity)
    return any(
        statement.effect is Effect.ALLOW for policy in policies for statement in policy.candidates(action.lower())
    )


def _grounds(facts: CallFacts, need: CallerNeed, action: str) -> Grounds:
    """How it is known that the caller makes a call of a need.

    Whether a key's own policy lets the caller in is not known where the text does not say which key it is, so that a
    denial is at most likely.
    """
    is_of_unknown_key = _KEY in need.arns and facts.key is None and action.startswith(_KMS)
    return Grounds.IMPLIED if is_of_unknown_key and need.basis == "documented" else _BY_BASIS[need.basis]


def _call(facts: CallFacts, action: str, resource: str) -> RequiredCall:
    """An action of the caller on an ARN."""
    principal, parameters = facts.role, facts.parameters
    named = arn.parse(resource)
    owner = (named.account if named else "") or principal.account
    region = parameters.region if parameters.is_region_said else ""
    is_global = named is not None and not named.region
    return RequiredCall(
        principal=principal,
        entity=facts.entity,
        action=action,
        resource=resource,
        resource_account=owner,
        region=region,
        is_partial=ANY in resource.removeprefix(ANY),
        context=context.of_caller(
            facts.organizations, principal.account, owner, "" if is_global else region, facts.moment
        ),
    )


def _of_key(facts: CallFacts, action: str, via: str | None) -> Context:
    """What a call of AWS KMS carries; of the service it comes through the Region may not be known."""
    of_call = context.of_kms_call(facts.role, action, via, facts.parameters.region)
    if facts.parameters.is_region_said or via is None:
        return of_call
    return {**of_call, "kms:ViaService": PrefixValue(f"{via}.")}
