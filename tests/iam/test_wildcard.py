"""Wildcards: `*` is any characters, `?` is one, and matching takes no longer than the text is long."""

import pytest

from bot.iam.patterns import CommonTexts, Pattern
from bot.iam.wildcard import Wild, compile_tokens, compile_wildcard, tokens_of

MATCHES = [
    ("a plain text matches itself", "vault", "vault", True),
    ("a plain text matches no longer one", "vault", "vaults", False),
    ("upper and lower case are different", "Vault", "vault", False),
    ("a star matches nothing", "vault*", "vault", True),
    ("a star matches anything", "va*lt", "va/any:thing/lt", True),
    ("a star in front matches any beginning", "*prod", "backup-prod", True),
    ("what follows the last star must be the end", "*prod", "production", False),
    ("stars alone match everything", "**", "", True),
    ("what stands between stars is found where it is", "a*b*c", "a1b2c", True),
    ("what stands between stars must be in its order", "a*b*c", "acb", False),
    ("pieces do not overlap", "ab*ba", "aba", False),
    ("the end is not taken for what stands between stars", "*a*a", "a", False),
    ("a question mark matches one character", "v?ult", "vault", True),
    ("a question mark does not match none", "vault?", "vault", False),
    ("a question mark does not match two", "v?lt", "vault", False),
    ("question marks stand between stars", "*v?u?t*", "the vault here", True),
    ("question marks before a star count the characters", "???*", "ab", False),
    ("a piece with question marks is found behind a false start", "*a?c*", "aacabc", True),
    ("a piece with question marks may be nowhere", "*a?c*", "acbca", False),
    ("a piece with question marks at the end", "*a?c", "xxabc", True),
    ("letters beyond ASCII are ordinary", "данные-?*", "данные-ü1", True),
    ("signs of regular expressions are ordinary", "a.b[c]+(d)|e$", "a.b[c]+(d)|e$", True),
    ("a dot is no wildcard", "a.b", "axb", False),
]


@pytest.mark.parametrize(("rule", "pattern", "text", "expected"), MATCHES, ids=[row[0] for row in MATCHES])
def test_a_pattern_matches_as_the_rule_says(rule: str, pattern: str, text: str, expected: bool) -> None:
    assert compile_wildcard(pattern)(text) is expected, rule


def test_a_pattern_is_cut_into_texts_and_wildcards() -> None:
    assert tokens_of("a*b?") == ("a", Wild.STAR, "b", Wild.ANY)


def test_a_literal_token_is_never_a_wildcard() -> None:
    matches = compile_tokens(["home/", "*", Wild.STAR])
    assert matches("home/*x")
    assert not matches("home/bob")


@pytest.mark.parametrize("pattern", ["*a" * 50_000, "*a?" * 20_000 + "*", "?" * 100_000 + "*", "*" * 100_000 + "b"])
def test_a_huge_pattern_is_matched_before_the_test_times_out(pattern: str) -> None:
    """Trying the ways to cut the text one after the other would never end."""
    assert not compile_wildcard(pattern)("a" * 2000)


def test_a_pattern_of_as_many_different_letters_as_there_are_takes_little_memory() -> None:
    """A number of as many bits as the pattern is long, kept for each letter, would take gigabytes."""
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 100_000)))
    assert compile_wildcard(f"{letters}?")(f"{letters}a")


COMMON = [
    ("a prefix and an end", ["a*", "*b"], "ab"),
    ("two places in one text", ["*x*", "*y*", "*z"], "xyz"),
    ("question marks are filled", ["a?c", "??c"], "axc"),
    ("a literal decides", ["vpce-1", "vpce-*"], "vpce-1"),
    ("what excludes itself has nothing in common", ["a*", "b*"], None),
    ("lengths exclude each other", ["??", "???"], None),
]


@pytest.mark.parametrize(("rule", "patterns", "expected"), COMMON, ids=[row[0] for row in COMMON])
def test_a_text_is_found_that_several_patterns_match(rule: str, patterns: list[str], expected: str | None) -> None:
    assert CommonTexts().find([Pattern.of(pattern) for pattern in patterns]) == expected, rule


def test_the_search_for_a_common_text_gives_up() -> None:
    search = CommonTexts()
    assert search.find([Pattern.of("*" + f"{letter}*" * 60) for letter in "abc"]) is None
    assert search.is_over
    easy = [Pattern.of("a*"), Pattern.of("*b")]
    assert search.find(easy) is None
    assert list(search.shared(easy)) == []


def test_patterns_that_begin_differently_have_nothing_in_common_and_take_no_search() -> None:
    search = CommonTexts()
    assert list(search.shared([Pattern.of(f"arn:aws:iam::{number:012}:role/*") for number in range(200)])) == []
    assert not search.is_over


def test_larger_groups_are_sought_among_patterns_that_share() -> None:
    found = CommonTexts().shared([Pattern.of(text) for text in ("a*", "*b", "*c*", "x*")])
    assert [(tuple(each.text for each in some), text) for some, text in found if len(some) > 2] == [
        (("a*", "*b", "*c*"), "acb"),
        (("*b", "*c*", "x*"), "xcb"),
    ]
