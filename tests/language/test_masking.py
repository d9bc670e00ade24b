"""What of a question is sent to a language model, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.masking import LONGEST, masked

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("question", "sent"),
    [
        ("why can nobody assume my role?", "why can nobody assume my role?"),
        ("is 222233334444 allowed?", "is <account> allowed?"),
        ("is 2222-3333-4444 allowed?", "is <account> allowed?"),
        ("what does arn:aws:iam::222233334444:role/acme lack?", "what does <arn> lack?"),
        ("why did 6f0c2d1e-3b4a-4c5d-8e9f-0a1b2c3d4e5f fail", "why did <id> fail"),
        ("who owns ou-k3v9-pr0duct1 and vol-0a1b2c3d?", "who owns <id> and <id>?"),
        (f"what does {POLICY} do", "what does <document>"),
        ("what is ```aws kms put-key-policy --key-id x``` for", "what is <document> for"),
        ("ask <@U012ANA> in <#C012|ops>", "ask <mention> in <mention>"),
        ("mail ana@example.com from 10.0.0.7", "mail <address> from <address>"),
        ("see https://console.aws.amazon.com/backup?x=1", "see <link>"),
        ("key AKIAIOSFODNN7EXAMPLE and xoxb-1-secret", "key <secret> and <secret>"),
        ("token wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYabcdef", "token <text>"),
    ],
)
def test_what_is_nobody_elses_business_is_taken_out(question: str, sent: str) -> None:
    assert masked(question) == sent


def test_a_long_question_is_cut() -> None:
    assert len(masked("word " * 200)) == LONGEST


@given(st.text(max_size=400), st.integers(10**11, 10**12 - 1))
def test_no_account_id_is_sent_wherever_it_stands(around: str, account: int) -> None:
    assert str(account) not in masked(f"{around} {account} {around}")
