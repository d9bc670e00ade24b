"""Policy variables: what they stand for, and where they stand for nothing."""

import pytest

from bot.iam.variables import Context, parse_template

CONTEXT: Context = {
    "aws:username": "ana",
    "aws:principaltag/team": "blue",
    "aws:principaltag/star": "*",
    "aws:principaltag/empty": "",
    "aws:tagkeys": ("a", "b"),
}

TEXTS = [
    ("a variable stands for its key's value", "home/${aws:username}/", "home/ana/"),
    ("keys are found without regard to case", "${AWS:UserName}", "ana"),
    ("two variables in one text", "${aws:username}-${aws:PrincipalTag/team}", "ana-blue"),
    ("space around the key is left out", "${ aws:username }", "ana"),
    ("a default stands where the key is absent", "${aws:PrincipalTag/site, 'none'}", "none"),
    ("a default does not stand where the key is there", "${aws:username, 'none'}", "ana"),
    ("an empty default is an empty text", "x${aws:PrincipalTag/site, ''}", "x"),
    ("a default without quotes is none", "${aws:PrincipalTag/site, none}", None),
    ("an absent key gives nothing", "home/${aws:PrincipalTag/site}", None),
    ("an empty value gives nothing", "${aws:PrincipalTag/empty}", None),
    ("an empty value gives the default", "${aws:PrincipalTag/empty, 'none'}", "none"),
    ("several values give nothing", "${aws:TagKeys}", None),
    ("a variable without a key gives nothing", "${}", None),
    ("a star can be written", "${*}", "*"),
    ("a question mark can be written", "${?}", "?"),
    ("a dollar can be written", "${$}{x}", "${x}"),
    ("a brace that is never closed is an ordinary text", "${aws:username}${aws", "ana${aws"),
]


@pytest.mark.parametrize(("rule", "text", "expected"), TEXTS, ids=[row[0] for row in TEXTS])
def test_a_variable_is_put_in_as_the_rule_says(rule: str, text: str, expected: str | None) -> None:
    template = parse_template(text)
    assert template is not None
    assert template.text(CONTEXT) == expected, rule


@pytest.mark.parametrize("text", ["plain", "$", "{x}", "${never closed", "a$b*"])
def test_a_text_without_variables_is_no_template(text: str) -> None:
    assert parse_template(text) is None


def test_a_text_knows_the_keys_it_depends_on() -> None:
    template = parse_template("${aws:username}/${aws:PrincipalTag/team, 'x'}/${*}")
    assert template is not None
    assert template.keys == {"aws:username", "aws:principaltag/team"}


def test_a_pattern_without_a_value_is_no_pattern() -> None:
    template = parse_template("home/${aws:PrincipalTag/site}/*")
    assert template is not None
    assert template.tokens(CONTEXT) is None


GUESSES = [
    ("between two texts", "home/${aws:username}/*", "home/bob/x", ["bob"]),
    ("up to the end", "home/${aws:username}", "home/bob", ["bob"]),
    ("from the beginning", "${aws:username}/x", "bob/x", ["bob"]),
    ("behind a wildcard", "*${aws:username}", "anything", ["anything"]),
    ("behind a written star", "${*}${aws:username}/", "*bob/", ["bob"]),
    ("between variables", "${aws:userid}${aws:username}", "ab", ["ab"]),
    ("twice", "${aws:username}-${aws:username}", "a-a", ["a", "a"]),
    ("not where the text before is absent", "home/${aws:username}", "away/bob", []),
    ("the rest where the text behind is absent", "home/${aws:username}/x", "home/bob", ["bob"]),
]


@pytest.mark.parametrize(("rule", "text", "target", "expected"), GUESSES, ids=[row[0] for row in GUESSES])
def test_a_value_is_guessed_that_gives_a_text(rule: str, text: str, target: str, expected: list[str]) -> None:
    template = parse_template(text)
    assert template is not None
    assert list(template.guesses("aws:username", target)) == expected, rule
