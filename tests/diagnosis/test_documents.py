"""Policy documents as AWS hands them out: text, or parsed already."""

from typing import Any

import pytest

from bot.diagnosis.facts.documents import parsed, statements_of

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('{"Statement": []}', {"Statement": []}),
        ("{broken", "{broken"),
        ("", ""),
        (None, None),
        ({"Statement": []}, {"Statement": []}),
    ],
)
def test_a_document_that_is_no_json_is_kept_as_it_came(text: Any, document: Any) -> None:
    assert parsed(text) == document


@pytest.mark.parametrize(
    ("document", "statements"),
    [
        ({"Statement": [ALLOW]}, [ALLOW]),
        ({"Statement": ALLOW}, [ALLOW]),
        ({"Statement": [ALLOW, "broken", None]}, [ALLOW]),
        ({}, []),
        ("{broken", []),
        (None, []),
    ],
)
def test_a_single_statement_counts_as_a_list_of_one(document: Any, statements: list[Any]) -> None:
    assert statements_of(document) == statements
