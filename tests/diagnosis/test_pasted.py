"""Pasted text made plain: chat markup, escapes and JSON."""

import pytest

from bot.diagnosis.pasted import LONGEST, find_arns, json_objects, plain, sentences


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("a\n  b\t c ", "a b c"),
        ("is &lt;not&gt; R&amp;D", "is <not> R&D"),
        (
            "role/aws-service-role/<http://backup.amazonaws.com|backup.amazonaws.com>/X",
            "role/aws-service-role/backup.amazonaws.com/X",
        ),
        ("<https://example.com/a>", "https://example.com/a"),
        ("<https://example.com/a|the job>", "the job https://example.com/a"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<@U12345> <!here> <#C1|ops> denied", "denied"),
        ("perform: <action> on <role>", "perform: <action> on <role>"),
        ("&gt; denied\n&gt; again", "denied again"),
        ("`ec2:CreateSnapshot`", "ec2:CreateSnapshot"),
        ("\u201ca\u201d and \u2018b\u2019", "\"a\" and 'b'"),
        ('said \\"arn:aws:s3:::b\\"\\nand more', 'said "arn:aws:s3:::b" and more'),
        ("Acc\u200bess\u202e den\u00adied", "Access denied"),
    ],
)
def test_markup_is_taken_off(pasted: str, expected: str) -> None:
    assert plain(pasted) == expected


def test_a_text_is_looked_at_to_a_limit() -> None:
    assert len(plain("x" * (LONGEST + 5_000))) == LONGEST


def test_arns_are_found_once_each_without_the_end_of_their_sentence() -> None:
    text = 'on "arn:aws:s3:::media", arn:aws-cn:ec2:cn-north-1:111122223333:volume/*. And (arn:aws:s3:::media).'

    assert find_arns(text) == ("arn:aws:s3:::media", "arn:aws-cn:ec2:cn-north-1:111122223333:volume/*")


def test_json_is_found_inside_prose_and_inside_itself() -> None:
    text = 'look: {"a": {"message": "one"}} and {"Message": "{\\"statusMessage\\": \\"two\\"}"} {broken'

    assert [sentences(event) for event in json_objects(text)] == [
        ["one"],
        ['{"statusMessage": "two"}'],
        ["two"],
    ]


@pytest.mark.parametrize("text", ["", "{", "{" * 50_000, '{"a":' * 20_000, "[]", "{]"])
def test_what_is_no_json_is_left_alone(text: str) -> None:
    assert list(json_objects(text)) == []
