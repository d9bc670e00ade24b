"""What a job's message or CloudTrail names beside what such a job is known to need."""

import pytest

from bot.diagnosis.model import Certainty, LayerName, Outcome, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, diagnosed, only
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

TOPIC_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0a1b2c3d-4e5f-4061-8728-394a5b6c7d8e"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ebs-backup/AWSBackup-ebs-backup"


@pytest.mark.parametrize("resource_type", ["EBS", "Redshift", "something new"])
def test_a_key_that_only_the_message_names_is_judged_like_any_other(
    resource_type: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    others = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Admin"}, "Action": "kms:*"}
    policy = {"Version": "2012-10-17", "Statement": [{**others, "Resource": "*"}]}
    altered.region["keys"].append({"KeyId": TOPIC_KEY.rpartition("/")[2], "Policy": policy})
    altered.job.update(
        ResourceType=resource_type,
        State="FAILED",
        MessageCategory="AccessDenied",
        StatusMessage=f"User: {SESSION} is not authorized to perform: kms:GenerateDataKey on resource: {TOPIC_KEY} "
        "because no resource-based policy allows the kms:GenerateDataKey action",
    )
    altered.role["InlinePolicies"] = {
        "kms": {"Statement": [{"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": TOPIC_KEY}]}
    }
    cause = only(diagnosed(altered, served_estate, diagnostician), "key-policy-missing")
    assert (cause.layer, cause.policy, cause.actions) == (LayerName.KMS, TOPIC_KEY, ("kms:GenerateDataKey",))
    assert cause.certainty is Certainty.PROVEN


def test_a_job_of_a_type_that_nobody_has_written_down_is_not_said_to_be_allowed(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.job.update(ResourceType="something new", State="FAILED", StatusMessage="Access denied")
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    verdicts = {layer.layer: layer.verdict for layer in diagnosis.layers}
    assert (verdicts[LayerName.JOB_ROLE], verdicts[LayerName.ORGANIZATION]) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert (diagnosis.causes, diagnosis.outcome) == ((), Outcome.UNDETERMINED)
    says = "I don't know what a backup of something new needs."
    assert says in {check.says for layer in diagnosis.layers for check in layer.checks}


def test_what_a_grant_may_allow_that_was_not_read_is_not_called_missing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)  # the key's policy allows nobody, and a grant lets the role use the key
    altered.job.update(State="FAILED", StatusMessage="Access denied")
    with refusing(served_estate(altered.text), "TrentService.ListGrants"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    verdicts = {layer.layer: layer.verdict for layer in diagnosis.layers}
    assert (verdicts[LayerName.KMS], diagnosis.causes) == (Verdict.UNKNOWN, ())


def test_what_is_allowed_only_under_a_key_that_nothing_tells_is_possibly_missing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(38)
    altered.job.update(State="FAILED", StatusMessage="Access denied")
    office = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": office}]}
    boundary = {"Arn": f"arn:aws:iam::{ACCOUNT}:policy/office", "Document": document}
    altered.account.setdefault("policies", []).append(boundary)
    altered.role["PermissionsBoundary"] = boundary["Arn"]
    cause = only(diagnosed(altered, served_estate, diagnostician), "boundary-missing")
    assert (cause.certainty, cause.depends_on) == (Certainty.POSSIBLE, ("aws:SourceIp",))
