"""Error texts: every recorded failure is read as it says, and so are kin of them that were never recorded."""

import json
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.diagnosis.model import Entity, LayerName, Outcome
from bot.diagnosis.reading import Hypothesis, hypotheses, read, read_error

FAILURES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "failures.json").read_text(encoding="utf-8"))
TEXTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8"))
EXPECTED = [row for row in FAILURES if row["expect"]]
BACKGROUND = [row for row in FAILURES if not row["expect"]]

JOB = "arn:aws:sts::111122223333:assumed-role/nightly/AWSBackup-nightly"
SLR = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForBackup/AWSBackup-AWSServiceRoleForBackup"
ANA = "arn:aws:iam::111122223333:user/ana"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
VAULT = "arn:aws:backup:eu-west-1:444455556666:backup-vault:dr"
VOLUME = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a1b"


def denied(action: str, resource: str, reason: str, who: str = JOB) -> str:
    return f"User: {who} is not authorized to perform: {action} on resource: {resource} {reason}"


def fits(hypothesis: Hypothesis, expected: dict[str, str]) -> bool:
    said = {"layer": hypothesis.layer.value, "code": hypothesis.code, "entity": hypothesis.entity.value}
    return all(said[name] == value for name, value in expected.items() if name != "outcome")


@pytest.mark.parametrize("row", EXPECTED, ids=[row["id"] for row in EXPECTED])
def test_a_recorded_failure_is_read_as_it_says(row: dict[str, Any]) -> None:
    diagnosis = read_error(row["message"])

    assert diagnosis.outcome == row["expect"]["outcome"]
    if "layer" in row["expect"]:
        assert any(fits(hypothesis, row["expect"]) for hypothesis in diagnosis.hypotheses[:2])
    else:
        assert diagnosis.hypotheses == ()


@pytest.mark.parametrize("row", BACKGROUND, ids=[row["id"] for row in BACKGROUND])
def test_a_background_row_never_becomes_more_than_it_says(row: dict[str, Any]) -> None:
    diagnosis = read_error(row["message"])

    if diagnosis.reading.form is None or diagnosis.reading.vague:
        is_denied = diagnosis.reading.encoded or diagnosis.reading.authorization_id
        expected = Outcome.DENIED if is_denied else Outcome.UNDETERMINED
        assert diagnosis.outcome is expected
    if diagnosis.outcome is Outcome.NOT_PERMISSION:
        assert diagnosis.hypotheses == ()


POLICY_TYPES = {
    "identity": "an identity-based policy",
    "boundary": "a permissions boundary",
    "scp": "a service control policy",
    "rcp": "a resource control policy",
    "session": "a session policy",
    "endpoint": "a VPC endpoint policy",
    "resource": "a resource-based policy",
    "trust": "the role trust policy",
}
SHAPES = {
    "plain": "{}",
    "cli": "An error occurred (AccessDeniedException) when calling the StartBackupJob operation: {}",
    "policy named": "{}: arn:aws:iam::111122223333:policy/ops",
    "alert": "*AWS Backup* :x: prod\n&gt; Backup job failed: `{}`\n<https://example.com/a|Open>",
    "followed": "{}. Encoded authorization failure message: abcdefgh-IJKL_123",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize(("policy_type", "words"), POLICY_TYPES.items(), ids=POLICY_TYPES)
@pytest.mark.parametrize("action", ["ec2:CreateSnapshot", "redshift-serverless:CreateSnapshot"])
def test_iams_sentence_is_read_with_every_policy_type_in_every_shape(
    action: str, policy_type: str, words: str, explicit: bool, shape: str
) -> None:
    without_article = words.split(" ", 1)[1]
    implicit = f"because no {without_article} allows the {action} action"
    reading = read(shape.format(denied(action, VOLUME, f"with an explicit deny in {words}" if explicit else implicit)))

    assert (reading.action, reading.principal, reading.resource) == (action, JOB, VOLUME)
    assert (reading.policy_type, reading.explicit) == (policy_type, explicit)
    assert reading.permission
    assert not reading.vague


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
@pytest.mark.parametrize("quote", ["", '"', "“", "'"])
def test_partitions_and_quotes_make_no_difference(partition: str, quote: str) -> None:
    volume = VOLUME.replace("arn:aws:", f"arn:{partition}:")
    text = denied("ec2:CreateSnapshot", f"{quote}{volume}{quote}", "with an explicit deny in a service control policy")

    assert read(text).resource == volume


@pytest.mark.parametrize("row", [row for row in TEXTS if "first" in row], ids=itemgetter("text"))
def test_the_likeliest_cause_comes_first(row: dict[str, Any]) -> None:
    diagnosis = read_error(row["text"])
    found = [[hypothesis.code, hypothesis.entity.value] for hypothesis in diagnosis.hypotheses]

    assert diagnosis.outcome is Outcome.DENIED
    assert found[: len(row["first"])] == row["first"]


@pytest.mark.parametrize("how_many", ["No objects were restored", "One or more objects failed to be restored"])
def test_objects_that_a_restore_left_out_may_lack_a_permission(how_many: str) -> None:
    diagnosis = read_error(f"{how_many} from arn:aws:backup:eu-west-1:111122223333:recovery-point:1 to orders.")
    assert (diagnosis.outcome, diagnosis.hypotheses[0].code) == (Outcome.UNDETERMINED, "permission-missing")


def test_a_kms_action_tells_no_operation_of_aws_backup() -> None:
    text = "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: kms:CreateGrant on this resource"
    assert read_error(text).reading.operation is None


def test_a_request_for_vault_access_that_failed_may_lack_the_approval_session() -> None:
    diagnosis = read_error('{"eventName": "CreateRestoreAccessBackupVaultFailed"}')
    assert (diagnosis.outcome, diagnosis.reading.knowledge) == (Outcome.UNDETERMINED, "multi-party-approval")
    assert ["mpa:StartSession" in hypothesis.why for hypothesis in diagnosis.hypotheses] == [True]


@pytest.mark.parametrize("row", [row for row in TEXTS if "knowledge" in row], ids=itemgetter("text"))
def test_a_failure_of_another_kind_is_told_as_such_with_its_own_entry(row: dict[str, str]) -> None:
    diagnosis = read_error(row["text"])

    assert diagnosis.outcome is Outcome.NOT_PERMISSION
    assert diagnosis.hypotheses == ()
    assert (diagnosis.reading.permission, diagnosis.reading.knowledge) == (False, row["knowledge"])


@pytest.mark.parametrize(
    "text",
    [
        "Access denied",
        "AccessDeniedException: status code: 403",
        "Access Denied trying to call AWS Backup service",
        "Insufficient privileges to perform this action.",
        "You are not authorized to perform this operation.",
        "Client.UnauthorizedOperation",
    ],
)
def test_a_vague_text_is_never_an_answer_by_itself(text: str) -> None:
    diagnosis = read_error(text)

    assert diagnosis.outcome is Outcome.UNDETERMINED
    assert diagnosis.reading.vague
    assert diagnosis.hypotheses


@pytest.mark.parametrize(
    "text",
    [
        "Encoded authorization failure message: H8F0jDN9KPpyINgZ_awdx",
        "You are not authorized to perform this operation. Encoded authorization failure message: H8F…",
        "Backup job failed. The encoded authorization message is H8F0jDN9KPpyINgZ_awdx",
        "Access denied with authorization id: 0123456789abcdef",
        "Restore failed, see https://console.aws.amazon.com/iam/home#/authorization-details/0123456789abcdef",
    ],
)
def test_what_only_a_token_explains_was_denied_whether_or_not_it_can_be_decoded(text: str) -> None:
    diagnosis = read_error(text)

    assert (diagnosis.outcome, diagnosis.not_covered) == (Outcome.DENIED, ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Access denied", "The text does not say which action and who was denied, so that no policy was evaluated."),
        (
            "arn:aws:iam::111122223333:user/ana calls kms:Decrypt nightly",
            "The text does not say which action and who was denied, so that no policy was evaluated.",
        ),
        (
            "We had a bad night.",
            "The text does not say which action and who was denied, so that no policy was evaluated.",
        ),
    ],
)
def test_an_undetermined_text_says_what_was_not_looked_at(text: str, says: str) -> None:
    diagnosis = read_error(text)

    assert (diagnosis.outcome, diagnosis.not_covered) == (Outcome.UNDETERMINED, (says,))


@pytest.mark.parametrize(
    ("text", "knowledge"),
    [
        ("1 of 2 nested backup jobs failed.", "parent-and-child-jobs"),
        ("Windows VSS Backup Job Error encountered, trying for regular backup", "windows-vss"),
    ],
)
def test_a_text_that_gives_no_hint_rules_no_permission_out(text: str, knowledge: str) -> None:
    diagnosis = read_error(text)

    assert (diagnosis.outcome, diagnosis.hypotheses) == (Outcome.UNDETERMINED, ())
    assert (diagnosis.reading.permission, diagnosis.reading.knowledge) == (True, knowledge)


def test_an_error_of_a_call_is_the_callers() -> None:
    text = "An error occurred (AccessDeniedException) when calling the {} operation: {}"

    assert read(text.format("DescribeBackupVault", "Insufficient privileges")).entity is Entity.CALLER
    assert read(text.format("ListBackupJobs", "None")).entity is Entity.CALLER
    assert read("Insufficient privileges").entity is Entity.JOB_ROLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "hello",
        "The build failed on main",
        "We could not reach the database.",
        "arn:aws:kms:eu-west-1:111122223333:key/1",
        "is authorized to perform: ec2:CreateSnapshot",
        "User: someone",
        "{}",
        "[1, 2",
    ],
)
def test_a_text_of_no_known_form_is_read_as_null(text: str) -> None:
    diagnosis = read_error(text)

    assert diagnosis.outcome is Outcome.UNDETERMINED
    assert diagnosis.reading.form is None
    assert diagnosis.hypotheses == ()


def test_of_several_sentences_the_one_that_says_most_is_read() -> None:
    reason = "because no identity-based policy allows the iam:PassRole action"
    sentence = denied("iam:PassRole", "arn:aws:iam::111122223333:role/web", reason)
    vague = "You are not authorized to perform this operation. Please consult the permissions."
    reading = read(f"{vague} {sentence}. Encoded authorization failure message: abc_DEF-123456")

    assert (reading.form, reading.action) == ("iam-implicit-deny", "iam:PassRole")
    assert (reading.encoded, reading.encoded_message) == (True, "abc_DEF-123456")


def test_an_authorization_id_and_the_policy_are_found_in_the_newer_sentence() -> None:
    token, policy = "b5m5v5taprqh3yoluoo4dyw0w", "arn:aws:iam::111122223333:policy/Deny"
    sentence = denied("backup:CreateBackupVault", VAULT, f"with an explicit deny in an identity-based policy: {policy}")
    reading = read(
        f"{sentence}. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/"
        f"{token} for complete details, or call the GetRequestAuthorizationDetails API with the following "
        f"authorization id: {token}"
    )

    assert (reading.authorization_id, reading.policy_arn) == (token, policy)
    assert reading.resource == VAULT


def test_a_principal_that_is_not_written_out_is_judged_by_what_it_called() -> None:
    assert read("User: xxxx is not authorized to perform: backup:StartRestoreJob").entity is Entity.CALLER
    assert read("User: <role> is not authorized to perform: ec2:CreateSnapshot").entity is Entity.JOB_ROLE
    assert read("User: xxxx is not authorized to perform: backup:StartRestoreJob").principal is None


TRAIL = {
    "eventVersion": "1.09",
    "userIdentity": {"type": "AssumedRole", "arn": JOB, "invokedBy": "backup.amazonaws.com"},
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetBucketVersioning",
    "errorCode": "AccessDenied",
    "errorMessage": "Access Denied",
    "resources": [{"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::media"}],
}


@pytest.mark.parametrize(
    "pasted",
    [
        json.dumps(TRAIL, indent=2),
        f"saw this:\n```{json.dumps(TRAIL)}```\nany idea?",
        json.dumps({"Records": [TRAIL]}),
        json.dumps({"detail-type": "AWS API CallFacts via CloudTrail", "detail": TRAIL}),
        json.dumps({"Events": [{"CloudTrailEvent": json.dumps(TRAIL)}]}),
        json.dumps(TRAIL).replace('"', "&quot;"),
    ],
    ids=["alone", "in a code block", "a batch", "an EventBridge event", "as LookupEvents answers", "escaped"],
)
def test_a_cloudtrail_event_is_read_by_its_members_where_its_message_is_vague(pasted: str) -> None:
    reading = read(pasted)

    assert (reading.form, reading.action) == ("cloudtrail-event", "s3:GetBucketVersioning")
    assert (reading.principal, reading.resource) == (JOB, "arn:aws:s3:::media")
    assert read_error(pasted).outcome is Outcome.DENIED


def test_an_event_whose_message_says_more_is_read_by_its_message() -> None:
    message = denied("kms:Decrypt", KEY, "with an explicit deny in a resource control policy")
    reading = read(json.dumps(TRAIL | {"errorMessage": message}))

    assert (reading.form, reading.policy_type, reading.action) == ("iam-explicit-deny", "rcp", "kms:Decrypt")


def test_a_call_that_was_not_denied_is_not_read_as_denied() -> None:
    allowed = {name: value for name, value in TRAIL.items() if not name.startswith("error")}

    assert read(json.dumps(allowed)).form is None
    assert read(json.dumps(allowed | {"errorCode": "NoSuchBucket"})).form is None


def test_the_status_message_of_a_job_event_is_read() -> None:
    message = "Copy job failed. Both source and destination account must be a member of the same organization."
    detail = {"state": "FAILED", "statusMessage": f'"{message}"'}
    event = {"detail-type": "Copy Job State Change", "detail": detail}

    assert read(json.dumps(event)).form == "accounts-of-different-organizations"


def test_a_decoded_authorization_message_says_its_request() -> None:
    decoded = {
        "allowed": False,
        "explicitDeny": True,
        "context": {"principal": {"arn": JOB}, "action": "ec2:RunInstances", "resource": VOLUME},
    }
    diagnosis = read_error(json.dumps(decoded))

    assert (diagnosis.reading.action, diagnosis.reading.explicit) == ("ec2:RunInstances", True)
    assert diagnosis.hypotheses[0].code == "permission-denied"


def test_the_document_has_the_members_of_the_contract() -> None:
    document = json.loads(
        read_error(denied("kms:CreateGrant", KEY, "with an explicit deny in a resource-based policy")).to_json()
    )

    assert document["schema"] == 1
    assert document["outcome"] == "denied"
    assert {"form", "action", "principal", "resource", "policy_type", "explicit", "encoded", "authorization_id"} <= set(
        document["reading"]
    )
    assert set(document["hypotheses"][0]) == {"layer", "code", "entity", "why", "knowledge"}
    assert document["hypotheses"][0]["layer"] == LayerName.KMS


def test_a_reading_of_no_permission_failure_has_no_hypotheses() -> None:
    assert hypotheses(read("Backup job expired before completion.")) == []
