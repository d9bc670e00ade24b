"""Fixes of job roles' trust policies: letting AWS Backup in, and taking out an account id that was copied along.

A job's role is in the job's own account, so that AWS Backup assumes it for that account alone. A statement for AWS
Backup that names one other account lets nobody in, and comes from a policy that was copied: its account is replaced.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot import arn
from bot.aws.facts import is_account
from bot.diagnosis.changes.roles import UpdateAssumeRolePolicy
from bot.diagnosis.facts.documents import statements_of
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import EXEMPTING, Document
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.required_call import SERVICE

_OF_SERVICE: Final = ({"Service": SERVICE}, {"Service": [SERVICE]})
_NAMING_ACCOUNT: Final = frozenset({"aws:sourceaccount", "aws:sourcearn"})
"""The keys by which a trust policy names an account ("Cross-service confused deputy prevention")."""
_REQUIRING: Final = ("stringequals", "stringlike", "arnequals", "arnlike")


def allow_service(repair: Repair[JobFacts]) -> PlannedFix:
    """A trust policy that lets AWS Backup in for this account only: a statement for another one replaced, or a new one.

    Args:
        repair: The cause, with what is known of the job.
    """
    account = repair.facts.account
    document = documents.with_statements(repair.document, trust_of(account)["Statement"])
    added = PlannedFix(f"Let {SERVICE} assume the role, for jobs in this account.", (_put(repair, document),))
    allowing = (each for each in _named(repair.document) if each[1].get("Effect") == "Allow")
    replaced = (_replacing(repair, name, statement, _REQUIRING, added) for name, statement in allowing)
    return next(filter(None, replaced), added)


def exempt_account_in_trust(repair: Repair[JobFacts]) -> PlannedFix:
    """A denying statement of the trust policy that exempts the job's own account, instead of another one."""
    account, name = repair.facts.account, str(repair.cause.statement)
    document = repair.with_statement(documents.exempting_source_account(repair.statement, account))
    added = PlannedFix(
        f"Exempt AWS Backup's jobs of account {account} from statement {name}.",
        (_put(repair, document),),
        "Someone added this deny on purpose. Ask its author first.",
    )
    return _replacing(repair, name, repair.statement, EXEMPTING, added) or added


def trust_of(account: str) -> Document:
    """AWS Backup's trust, bound to an account ("Cross-service confused deputy prevention")."""
    return documents.new_document(
        [
            {
                "Sid": "BackupOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ]
    )


def _replacing(
    repair: Repair[JobFacts], name: str, statement: Document, operators: tuple[str, ...], otherwise: PlannedFix
) -> PlannedFix | None:
    """The statement with the job's account in the place of the one other that it is for; None where it is for none.

    Args:
        repair: The cause, with what is known of the job.
        name: The statement's name.
        statement: The statement, which is for AWS Backup alone or is left as it is.
        operators: The operators by which it is for an account.
        otherwise: What to do where that is not enough.
    """
    account, condition = repair.facts.account, _condition(statement)
    tests = [each for operator, each in condition.items() if documents.base_of(operator) in operators]
    others = {other for each in tests for key, value in each.items() if (other := _account_in(key, value))} - {account}
    if len(others) != 1 or statement.get("Principal") not in _OF_SERVICE:
        return None
    (other,) = others
    changed = {
        operator: {key: _with_account(key, value, account) if each in tests else value for key, value in each.items()}
        for operator, each in condition.items()
    }
    document = documents.with_changed_statement(repair.document, name, {**statement, "Condition": changed})
    return PlannedFix(
        f"In statement {name} of the trust policy, replace account {other} with {account}.",
        (_put(repair, document),),
        f"AWS Backup assumes a role only for jobs in the role's own account, so no job can come from account {other}.",
        otherwise=otherwise,
    )


def _put(repair: Repair[JobFacts], document: Document) -> UpdateAssumeRolePolicy:
    return UpdateAssumeRolePolicy(target=str(repair.cause.principal), document=document)


def _named(document: Any) -> Iterator[tuple[str, Document]]:
    """The statements, each with the name that the evaluator gives it."""
    for position, statement in enumerate(statements_of(document)):
        yield str(statement.get("Sid") or position), statement


def _condition(statement: Document) -> dict[str, Mapping[str, Any]]:
    """The condition of a statement, without what is malformed."""
    condition = statement.get("Condition")
    operators = condition.items() if isinstance(condition, Mapping) else ()
    return {operator: tests for operator, tests in operators if isinstance(tests, Mapping)}


def _account_in(key: str, value: Any) -> str | None:
    """The only account that a condition is for; None where it is for none or for several."""
    only = value[0] if isinstance(value, list) and len(value) == 1 else value
    if key.casefold() not in _NAMING_ACCOUNT or not isinstance(only, str):
        return None
    source = arn.parse(only)
    account = source.account if source else only
    return account if is_account(account) else None


def _with_account(key: str, value: Any, account: str) -> Any:
    """The value of a condition with an account in the place of the only one that it is for."""
    other = _account_in(key, value)
    if other is None:
        return value
    return value.replace(other, account) if isinstance(value, str) else [value[0].replace(other, account)]


FIXES: Final[tuple[MakeFix, ...]] = (
    allow_service,
    exempt_account_in_trust,
)
