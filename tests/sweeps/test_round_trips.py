"""How many AWS round trips a cold diagnosis of each incident takes, read off the sandbox's own call log."""

from collections import Counter
from pathlib import Path

import pytest

from tests.diagnosis.incidents import FILES, diagnosed_with_calls, expectation, text_of

pytestmark = pytest.mark.xdist_group("incidents")


def is_cross_account(text: str) -> bool:
    """Whether the incident's job copies into another account."""
    expected = expectation(text)
    return any(
        f'"DestinationBackupVaultArn": "arn:aws:backup:{region}:{account}' in text
        for region in ("us-east-1", "us-west-2", "eu-central-1")
        for account in ("777788889999", "123456789012")
        if account != expected["account"]
    )


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_a_cold_diagnosis_takes_few_round_trips_and_makes_no_call_twice(incident: Path) -> None:
    diagnosis, calls = diagnosed_with_calls(incident)
    made = Counter((call.service, call.operation, call.account, call.region, repr(call.parameters)) for call in calls)
    assert [call for call, times in made.items() if times > 1] == []
    assert diagnosis.cost.aws_calls == len(calls)
    children = len(diagnosis.job.children)
    assert diagnosis.cost.round_trips <= (8 if is_cross_account(text_of(incident)) else 6) + children
