"""What could not be read, why, and what makes it readable: a permission where AWS denied the read, else an act."""

from collections.abc import Collection

from bot.aws.facts import Facts, is_account
from bot.aws.lookup import OWN, Answer, Lookup
from bot.aws.read_errors import Kind
from bot.aws.sts import ASSUME_ROLE
from bot.diagnosis.model import Unread


def unread(facts: Facts, role_name: str, accounts: Collection[str]) -> tuple[Unread, ...]:
    """Every read that failed and that nothing else made up for, those of one call, place and reason once.

    Args:
        facts: What was read.
        role_name: The role that is assumed in other accounts.
        accounts: Those that take part; a refusal in another one, where the job was looked for too, says nothing. What
            a malformed ARN names as its account is always one of them.
    """
    found = ((lookup.operation, _unread(facts, lookup, answer, role_name)) for lookup, answer in facts.refused())
    known = {
        (operation, each.account, each.region, each.why): each
        for operation, each in found
        if each.account in accounts or not is_account(each.account)
    }
    return tuple(known.values())


def _unread(facts: Facts, lookup: Lookup, answer: Answer, role_name: str) -> Unread:
    is_way = lookup.operation is ASSUME_ROLE
    account = lookup.parameters["Account"] if is_way else lookup.account
    own = facts.own_account or ""
    account = own if account == OWN else account
    region = "" if is_way else f" ({lookup.region})"
    place = f" in account {account}{region}" if is_account(account) else ""
    return Unread(
        what=lookup.what,
        account=account,
        why=answer.why,
        region=lookup.region,
        permission=_permission(lookup, account, own, role_name) if answer.kind is Kind.DENIED else None,
        says=f"I couldn't read {lookup.operation.reads}{place}: {answer.error.sentence(lookup.what)}",
    )


def _permission(lookup: Lookup, account: str, own: str, role_name: str) -> str:
    if lookup.operation is ASSUME_ROLE:
        return f"sts:AssumeRole on the role {role_name} of account {account}, in its trust policy and ours"
    reader = "the bot's own role" if account == own else f"the role {role_name}"
    return f"{lookup.operation.permission} for {reader} in account {account}"
