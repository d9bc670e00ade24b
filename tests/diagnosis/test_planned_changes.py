"""A planned change is applied to what it is of, and to nothing else."""

from datetime import UTC, datetime

import pytest

from bot.diagnosis.call_facts import CallFacts
from bot.diagnosis.changes.resources import PutResourcePolicy
from bot.diagnosis.facts.call_parameters import parameters_of
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.principals import PrincipalFacts
from bot.diagnosis.facts.resources import ResourceFacts
from bot.diagnosis.reading import Reading

BUCKET, OTHER = "arn:aws:s3:::mine", "arn:aws:s3:::other"
POLICY = {"Version": "2012-10-17", "Statement": []}


def facts(resource: ResourceFacts | None) -> CallFacts:
    return CallFacts(
        role=PrincipalFacts("arn:aws:iam::222233334444:role/backup-job"),
        organizations={},
        resource=resource,
        reading=Reading(),
        parameters=parameters_of("", Reading(), "222233334444", "eu-west-1"),
        denied_keys={},
        moment=datetime(2026, 11, 29, tzinfo=UTC),
    )


def test_the_policy_of_the_resource_at_hand_is_put() -> None:
    changed = PutResourcePolicy(BUCKET, POLICY).applied(facts(ResourceFacts(BUCKET, "S3")))
    assert changed is not None
    assert changed.resource == ResourceFacts(BUCKET, "S3", policy=NamedDocument(BUCKET, POLICY))


@pytest.mark.parametrize("resource", [None, ResourceFacts(OTHER, "S3")], ids=["no resource", "another one"])
def test_the_policy_of_another_resource_changes_nothing_of_it(resource: ResourceFacts | None) -> None:
    known = facts(resource)
    assert PutResourcePolicy(BUCKET, POLICY).applied(known) == known
