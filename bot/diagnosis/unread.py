"""What could not be read, and which permission would make it readable."""

from collections.abc import Collection

from bot.aws.facts import Facts
from bot.aws.lookup import OWN, Answer, Lookup
from bot.aws.sts import ASSUME_ROLE
from bot.diagnosis.model import Unread


def unread(facts: Facts, role_name: str, accounts: Collection[str]) -> tuple[Unread, ...]:
    """Every read that was refused and that nothing else made up for, each once.

    Args:
        facts: What was read.
        role_name: The role that is assumed in other accounts.
        accounts: Those that take part; a refusal in another one, where the job was looked for too, says nothing.
    """
    found = (_unread(facts, lookup, answer, role_name) for lookup, answer in facts.refused())
    known = {(each.what, each.account): each for each in found if each.account in accounts}
    return tuple(known.values())


def _unread(facts: Facts, lookup: Lookup, answer: Answer, role_name: str) -> Unread:
    is_way = lookup.operation is ASSUME_ROLE
    account = lookup.parameters["Account"] if is_way else lookup.account
    own = facts.own_account or ""
    account = own if account == OWN else account
    if is_way:
        permission = f"sts:AssumeRole on the role {role_name} of account {account}, in its trust policy and ours"
    else:
        reader = "the bot's own role" if account == own else f"the role {role_name}"
        permission = f"{lookup.operation.permission} for {reader} in account {account}"
    return Unread(what=lookup.what, account=account, why=answer.why, region=lookup.region, permission=permission)
