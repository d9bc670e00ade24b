"""Which job a text names: ids, ARNs, console URLs, events and answers of AWS."""

import json
from urllib.parse import urlencode

import pytest

from bot.diagnosis.job_id import JobReference, find_job_ids, parse_job_id
from bot.diagnosis.model import JobType
from bot.diagnosis.pasted import LONGEST
from bot.errors import BadInputError

ID = "6f0c2d1e-5b7a-4c3d-9e8f-0a1b2c3d4e5f"
OTHER = "0175de71-5784-589f-d8ac-541accb4cac8"
ACCOUNT = "111122223333"
CONSOLE = f"https://eu-west-1.console.aws.amazon.com/backup/home?region=eu-west-1#/jobs/backup/details/{ID}"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"  {ID}\n",
        f"`{ID}`",
        f"why did {ID} fail?",
        f"BackupJob ID : {ID}.",
        f"job={ID}&x=1",
        f"(Service: AWSBackup; Request ID: {OTHER}; Proxy: null) for {ID}",
        f"arn:aws:backup:eu-west-1:{ACCOUNT}:recovery-point:{OTHER} of job {ID}",
        f"key/{OTHER} was denied to {ID}",
        f"https://x.app.opsgenie.com/alert/show/{OTHER}/details: backup job {ID} failed",
        f"<https://dashboard.example.com/jobs/{ID}|the job>",
        f'{{"requestID":"{OTHER}"}} {ID}',
    ],
)
def test_an_id_is_found_in_prose_and_told_from_other_ids(text: str) -> None:
    assert parse_job_id(text) == JobReference(id=ID)


def test_an_id_stays_as_it_was_written() -> None:
    assert parse_job_id(ID.upper()).id == ID.upper()


@pytest.mark.parametrize(
    ("text", "account", "job_type"),
    [
        (CONSOLE, None, JobType.BACKUP),
        (f"<{CONSOLE}|console>", None, JobType.BACKUP),
        (CONSOLE.replace("#/jobs/backup", "#jobs/copy"), None, JobType.COPY),
        (CONSOLE.replace("https://", f"https://{ACCOUNT}-a1b2c3d4."), ACCOUNT, JobType.BACKUP),
        (CONSOLE.replace("https://eu-west-1.", "https://"), None, JobType.BACKUP),
        (f"arn:aws:backup:eu-west-1:{ACCOUNT}:restore-job:{ID}", ACCOUNT, JobType.RESTORE),
    ],
)
def test_a_url_and_an_arn_tell_region_and_type_too(text: str, account: str | None, job_type: JobType) -> None:
    assert parse_job_id(text) == JobReference(id=ID, account=account, region="eu-west-1", type=job_type)


def portal(account: str = ACCOUNT, destination: str = CONSOLE) -> str:
    query = urlencode({"account_id": account, "role_name": "Admin", "destination": destination})
    return f"https://d-1234567890.awsapps.com/start/#/console?{query}"


@pytest.mark.parametrize("form", ["{}", "<{}>", "<{}|the job>", "see {} please"])
@pytest.mark.parametrize("account", [ACCOUNT, "none", ""])
def test_a_link_of_the_access_portal_tells_account_region_and_type(form: str, account: str) -> None:
    expected = ACCOUNT if account == ACCOUNT else None
    assert parse_job_id(form.format(portal(account).replace("&", "&amp;"))) == JobReference(
        id=ID, account=expected, region="eu-west-1", type=JobType.BACKUP
    )


def test_a_link_of_the_access_portal_to_elsewhere_names_no_job() -> None:
    assert find_job_ids(portal(destination="https://console.aws.amazon.com/s3")) == ()
    assert find_job_ids("https://d-1234567890.awsapps.com/start/#/console?account_id=1") == ()


@pytest.mark.parametrize("cut", [0, 30])
def test_the_id_of_an_event_without_a_job_is_not_taken_for_one(cut: int) -> None:
    event = {"version": "0", "id": ID, "detail-type": "Backup Vault State Change", "detail": {"state": "CREATED"}}
    text = json.dumps(event)
    assert find_job_ids(text[: len(text) - cut]) == ()
    assert [found.id for found in find_job_ids(f"{text} job {OTHER}")] == [OTHER]


def test_a_secret_is_not_repeated() -> None:
    with pytest.raises(BadInputError) as refused:
        parse_job_id("xoxb-1234567890-abcdefghij")
    assert refused.value.message.startswith("'[secret removed]' isn't a job ID")


@pytest.mark.parametrize(
    ("host", "region"),
    [("console.amazonaws.cn", "cn-north-1"), ("console.amazonaws-us-gov.com", "us-gov-west-1")],
)
def test_consoles_of_other_partitions_are_known(host: str, region: str) -> None:
    url = f"https://{host}/backup/home?region={region}#/jobs/restore/details/{ID}"

    assert parse_job_id(url) == JobReference(id=ID, region=region, type=JobType.RESTORE)


@pytest.mark.parametrize("member", ["backupJobId", "copyJobId", "restoreJobId"])
def test_an_event_tells_all_of_its_job(member: str) -> None:
    event = {
        "id": OTHER,
        "detail-type": "Job State Change",
        "source": "aws.backup",
        "account": ACCOUNT,
        "region": "eu-west-1",
        "detail": {member: ID.upper(), "state": "FAILED"},
    }
    expected = JobReference(
        id=ID.upper(), account=ACCOUNT, region="eu-west-1", type=JobType(member.removesuffix("JobId"))
    )

    assert parse_job_id(json.dumps(event)) == expected
    assert parse_job_id(f"alarm:\n```{json.dumps(event, indent=2)}```") == expected
    assert parse_job_id(json.dumps({"Type": "Notification", "Message": json.dumps(event)})) == expected


def test_an_answer_of_the_cli_tells_the_region_by_its_vault() -> None:
    answer = {"BackupJobId": ID, "BackupVaultArn": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:prod"}

    assert parse_job_id(json.dumps(answer)) == JobReference(
        id=ID, account=ACCOUNT, region="eu-west-1", type=JobType.BACKUP
    )


def test_an_account_that_is_none_is_left_out() -> None:
    event = {"account": "1112233445566", "region": "us-west-2", "detail": {"copyJobId": ID}}

    assert parse_job_id(json.dumps(event)).account is None


def test_a_text_that_names_no_job_is_answered_with_what_to_give() -> None:
    for text in ("", "hello", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{ID}", f"Request ID: {ID}", ID[:-1]):
        with pytest.raises(BadInputError, match=r"isn't a job ID. Give one such as"):
            parse_job_id(text)


def test_a_text_that_names_several_jobs_asks_for_one() -> None:
    with pytest.raises(BadInputError, match=f"names 2 jobs .{ID}, {OTHER}.: give one"):
        parse_job_id(f"{ID} and {OTHER} and {ID.upper()}")


def test_every_job_of_a_text_is_found_in_order() -> None:
    assert [reference.id for reference in find_job_ids(f"{OTHER}, {ID}, {OTHER}")] == [OTHER, ID]


def test_what_says_most_of_a_job_wins() -> None:
    assert find_job_ids(f"job {ID} see {CONSOLE}") == (JobReference(id=ID, region="eu-west-1", type=JobType.BACKUP),)


@pytest.mark.parametrize(
    ("seed", "found"),
    [
        (f"{ID} ", [ID]),
        (ID, []),
        ("arn:", []),
        ("https://eu-west-", []),
        ("key/", []),
        ("a:", []),
        ('{"BackupJobId":"', []),
    ],
)
def test_a_text_made_to_hurt_is_searched_to_its_end(seed: str, found: list[str]) -> None:
    assert [reference.id for reference in find_job_ids(seed * (LONGEST // len(seed)))] == found


def test_the_arn_of_a_job_without_a_job_role_is_named_for_what_it_is() -> None:
    arn = "arn:aws:backup:eu-west-1:222233334444:report-job:6f0c2d1e-5b7a-4c3d-9e8f-0a1b2c3d4e5f"
    with pytest.raises(BadInputError, match=f"{arn} names a report job, which has no job role"):
        parse_job_id(f"What of {arn}?")
