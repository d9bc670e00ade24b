"""A text in other words is taken only where it has the same facts, no others, and turns none of them."""

import pytest

from bot.language.rephrasing import keeps_to, rephrase_request, rephrased
from sandbox.bedrock import text_answer, tool_answer
from tests.language.test_choosing import text_sent

ORIGINAL = """A lock keeps recovery points from being deleted. In compliance mode nobody can remove it, AWS included.

## How to recognise it

`aws backup describe-backup-vault` shows `MinRetentionDays`. CreateBackupVault needs 2 keys and
backup:CreateBackupVault. Do not look for arn:aws:kms:*:*:key/*.
"""
PLAIN = """Nobody can take a lock off in compliance mode, AWS included; recovery points can't be deleted.

## How to recognise it

Look at `MinRetentionDays` in `aws backup describe-backup-vault`. To call CreateBackupVault, 2 keys and
backup:CreateBackupVault are needed. You need arn:aws:kms:*:*:key/*.
"""


def test_a_text_with_the_same_facts_is_taken() -> None:
    assert keeps_to(PLAIN, ORIGINAL)
    assert rephrased(tool_answer("rephrase", {"text": PLAIN}).body, ORIGINAL) == PLAIN.strip()


@pytest.mark.parametrize(
    ("was", "became"),
    [
        pytest.param("2 keys", "3 keys", id="another number"),
        pytest.param("2 keys", "keys", id="a number left out"),
        pytest.param("`MinRetentionDays`", "`MaxRetentionDays`", id="another code"),
        pytest.param("backup:CreateBackupVault", "backup:DeleteBackupVault", id="another action"),
        pytest.param("arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*", id="another ARN"),
        pytest.param("needed.", "needed, and iam:PassRole.", id="an action more"),
        pytest.param("needed.", "needed (KMS).", id="a name more"),
        pytest.param("can't be deleted", "can be deleted", id="a negation left out"),
        pytest.param("Nobody can", "Everybody can", id="a word that decides left out"),
        pytest.param("needed.", "never needed.", id="a word that decides more"),
        pytest.param("needed.", "needed, see https://example.com.", id="a link"),
        pytest.param("needed.", "needed, ask <@U012>.", id="a mention"),
        pytest.param("needed.", "needed, see [this](there).", id="markup"),
        pytest.param("needed.", "needed\x1b[2J.", id="a control character"),
        pytest.param("needed.", "needed. " + "So it is. " * 20, id="much longer"),
        pytest.param("## How to recognise it", "## How to fix it", id="another heading"),
    ],
)
def test_a_text_that_says_something_else_is_dropped(was: str, became: str) -> None:
    assert was in PLAIN
    assert not keeps_to(PLAIN.replace(was, became), ORIGINAL)


def test_what_is_no_text_is_dropped() -> None:
    for answer in tool_answer("rephrase", {"text": 7}), tool_answer("rephrase", {}), text_answer(PLAIN):
        assert rephrased(answer.body, ORIGINAL) is None
    assert not keeps_to(" \n", ORIGINAL)


def test_an_entry_is_all_that_is_sent_to_be_rephrased() -> None:
    assert text_sent(rephrase_request(ORIGINAL)) == ORIGINAL
