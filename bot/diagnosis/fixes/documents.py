"""Small changes of policy documents; each returns a new document and leaves the rest of it as it was."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from bot.diagnosis.facts.documents import statements_of

Document = dict[str, Any]

_VERSION: Final = "2012-10-17"
_PRINCIPAL_ARN: Final = "aws:principalarn"
_SOURCE_ACCOUNT: Final = "aws:sourceaccount"
EXEMPTING: Final = ("arnnotlike", "arnnotequals", "stringnotlike", "stringnotequals")
"""Operators under which one more value is one more exception."""


def with_statements(document: Any, added: Sequence[Document]) -> Document:
    """A document with statements added to it; an empty one becomes a new document.

    A Sid is given once in a document ("IAM JSON policy elements: Sid"): one that is taken gets a number.
    """
    kept = dict(document) if isinstance(document, Mapping) else {"Version": _VERSION}
    statements = statements_of(document)
    for statement in added:
        statements.append(_with_free_sid(statement, {known.get("Sid") for known in statements}))
    return {**kept, "Statement": statements}


def new_document(statements: Sequence[Document]) -> Document:
    """A document of these statements."""
    return {"Version": _VERSION, "Statement": list(statements)}


def statement_of(document: Any, name: str | None) -> Document:
    """A statement by the name that the evaluator gives it: its Sid, or its position where it has none."""
    statements = statements_of(document)
    return statements[_place(statements, name)]


def with_changed_statement(document: Any, name: str | None, changed: Document) -> Document:
    """The document with one statement replaced, which is named as in `statement_of`."""
    statements = statements_of(document)
    statements[_place(statements, name)] = changed
    return {**document, "Statement": statements}


def exempting_principal(statement: Document, arn: str) -> Document:
    """A deny that exempts one principal more: added to the exceptions it has by ARN, or as its first one.

    Conditions are ANDed ("Conditions with multiple context keys or values", IAM User Guide), so that another
    condition can only narrow a deny.
    """
    return exempting_value(statement, _PRINCIPAL_ARN, arn) or _with_condition(
        statement, "ArnNotLike", "aws:PrincipalArn", arn
    )


def exempting_source_account(statement: Document, account: str) -> Document:
    """A deny that exempts calls of AWS services for one account more."""
    return exempting_value(statement, _SOURCE_ACCOUNT, account) or _with_condition(
        statement, "StringNotEquals", "aws:SourceAccount", account
    )


def exempting_value(statement: Document, key: str, value: str) -> Document | None:
    """A deny that exempts one more value of a key of which it exempts some; None where it exempts none.

    Args:
        statement: The deny.
        key: The condition key, in lower case.
        value: The value to exempt.
    """
    condition = statement.get("Condition") or {}
    for operator, wanted in condition.items():
        if base_of(operator) not in EXEMPTING or not isinstance(wanted, Mapping):
            continue
        for name, values in wanted.items():
            if name.casefold() == key:
                exempted = {**wanted, name: [*_listed(values), value]}
                return {**statement, "Condition": {**condition, operator: exempted}}
    return None


def exempted_keys(statement: Document) -> list[str]:
    """The condition keys, in lower case, of which a deny exempts values."""
    condition = statement.get("Condition") or {}
    return [
        name.casefold()
        for operator, wanted in condition.items()
        if base_of(operator) in EXEMPTING and isinstance(wanted, Mapping)
        for name in wanted
    ]


def exempting_resources(statement: Document, arns: Sequence[str]) -> Document | None:
    """A deny of all resources but some that exempts more of them; None where it names what it denies."""
    exempted = statement.get("NotResource")
    return {**statement, "NotResource": [*_listed(exempted), *arns]} if exempted else None


def without_repeats(values: Iterable[str]) -> list[str]:
    """The values, each once, in their order."""
    return list(dict.fromkeys(values))


def _place(statements: Sequence[Document], name: str | None) -> int:
    sids = [statement.get("Sid") for statement in statements]
    return sids.index(name) if name in sids else int(str(name))


def _with_free_sid(statement: Document, taken: Collection[Any]) -> Document:
    sid = statement.get("Sid")
    if sid is None:
        return statement
    numbered = (f"{sid}{number}" for number in itertools.count(2))
    return {**statement, "Sid": next(free for free in itertools.chain([sid], numbered) if free not in taken)}


def _with_condition(statement: Document, operator: str, key: str, value: str) -> Document:
    condition = dict(statement.get("Condition") or {})
    condition[operator] = {**condition.get(operator, {}), key: [value]}
    return {**statement, "Condition": condition}


def base_of(operator: str) -> str:
    """An operator without its set prefix and its IfExists, in lower case."""
    return operator.casefold().rpartition(":")[2].removesuffix("ifexists")


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list) else [values]
