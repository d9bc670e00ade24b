"""What the data once said against AWS's pages: each correction is held here."""

import pytest

from bot.diagnosis.reading import read_error
from knowledge.library import get
from knowledge.need import JobKind, Need, needs, of_type


def rows(kind: JobKind, resource_type: str, *actions: str) -> list[Need]:
    """The rows of a type that name all of these actions."""
    return [need for need in needs(kind, resource_type) if set(actions) <= set(need.actions)]


def test_the_key_of_an_air_gapped_vault_is_shared_with_the_role_that_copies() -> None:
    for key, when in (("recovery-point", "from-air-gapped-vault"), ("destination-vault", "into-air-gapped-vault")):
        found = [need for need in needs("copy", "EBS") if need.key == key and need.when == {when}]
        assert {need.by for need in found} == {"job-role"}
        assert {need.via for need in found} == {"backup"}
        assert {need.basis for need in found} == {"documented"}
        identity = [need.actions for need in found if need.judge is None]
        assert identity == [("kms:DescribeKey", "kms:CreateGrant")], "on both keys the role itself needs these two"
        policy_only = {action for need in found if need.judge is not None for action in need.actions}
        assert {
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
        } <= policy_only


def test_out_of_an_air_gapped_vault_the_destinations_service_linked_role_needs_the_key_too() -> None:
    found = [need for need in needs("copy", "S3") if need.when == {"from-air-gapped-vault", "into-backup-vault"}]
    assert [(need.by, need.key) for need in found] == [("destination-service-linked-role", "recovery-point")]


def test_a_restore_from_a_vault_that_another_account_shares_needs_the_vaults_key() -> None:
    shared = {"from-air-gapped-vault", "vault-of-another-account"}
    found = [need for need in needs("restore", "EBS") if need.when == shared]
    assert [(need.by, need.key, need.judge) for need in found] == [("job-role", "recovery-point", frozenset({"kms"}))]


@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt"])
def test_the_vaults_key_policy_needs_what_aws_calls_the_minimum(action: str) -> None:
    found = [need for need in rows("backup", "EFS", action) if need.key == "vault"]
    assert [(need.judge, need.basis) for need in found] == [(frozenset({"kms"}), "documented")]


def test_a_deny_on_the_vaults_key_is_found_in_a_restore() -> None:
    found = [need for need in rows("restore", "EFS", "kms:Decrypt") if need.when == {"fully-managed"}]
    assert [(need.judge, need.optional) for need in found] == [(frozenset({"kms"}), None)]


def test_no_page_says_that_the_job_role_starts_backup_jobs() -> None:
    assert {need.basis for need in rows("backup", "EBS", "backup:StartBackupJob")} == {"assumed"}
    assert {need.basis for need in rows("restore", "EBS", "backup:StartRestoreJob")} == {"assumed"}


@pytest.mark.parametrize(
    ("resource_type", "name", "pattern"),
    [
        ("RDS", "snapshot", "arn:{partition}:rds:{region}:{account}:snapshot:awsbackup:job-{job_id}"),
        ("Aurora", "snapshot", "arn:{partition}:rds:{region}:{account}:cluster-snapshot:awsbackup:job-{job_id}"),
        (
            "Redshift",
            "snapshot",
            "arn:{partition}:redshift:{region}:{account}:snapshot:{resource_name}/awsbackup:job-{job_id}",
        ),
        (
            "EKS",
            "access_entry",
            "arn:{partition}:eks:{region}:{account}:access-entry/{resource_name}/role/{account}/{role_name}/{unknown}",
        ),
    ],
)
def test_an_arn_is_filled_in_as_far_as_the_job_tells_it(resource_type: str, name: str, pattern: str) -> None:
    found = of_type(resource_type)
    assert found
    assert found.names[name] == pattern


def test_the_volume_that_fsx_describes_is_the_one_that_is_backed_up() -> None:
    assert [need.arns for need in rows("backup", "FSx", "fsx:DescribeVolumes")] == [("{resource}",)]


def test_volumes_of_storage_gateway_are_listed_without_a_gateway() -> None:
    (listing,) = rows("restore", "Storage Gateway", "storagegateway:ListVolumes")
    assert listing.arns == ("arn:{partition}:storagegateway:{region}:{account}:*",)


@pytest.mark.parametrize("resource_type", ["EBS", "EC2"])
def test_tags_are_described_to_be_copied_and_not_for_a_console(resource_type: str) -> None:
    (describing,) = rows("backup", resource_type, "ec2:DescribeTags")
    assert describing.basis == "documented"
    assert "Copy tags permissions" in describing.source
    assert "copied" in str(describing.optional)


@pytest.mark.parametrize(
    "resource_type", ["EBS", "EC2", "RDS", "Aurora", "FSx", "Storage Gateway", "DynamoDB", "Redshift"]
)
def test_a_type_that_is_not_fully_managed_tells_the_arns_of_its_recovery_points(resource_type: str) -> None:
    found = of_type(resource_type)
    assert found
    assert found.recovery_point
    assert ":backup:" not in found.recovery_point


ENTRIES = [
    ("fully-managed-resource-types", "copies of unencrypted Aurora, DocumentDB and Neptune clusters stay unencrypted"),
    ("fully-managed-resource-types", "In a logically air-gapped vault every recovery point has an ARN of AWS Backup"),
    ("fully-managed-resource-types", "Aurora DSQL and Amazon EKS are missing in AWS's table of encryption"),
    ("tags-not-copied", "there would be more than 50 tags"),
    ("tags-not-copied", "the job role may not read the source's tags or set the new ones"),
    ("opt-in-settings", "An on-demand backup of it is refused with an error"),
    ("opt-in-settings", "Aurora, Neptune and DocumentDB always require it"),
    ("allowed-amis", "add `aws-backup-vault`"),
    ("allowed-amis", "restores of EC2 instances from such a vault"),
    ("kms-grant-is-for-aws-resource", "`kms:ListGrants` and `kms:RevokeGrant` carry the key too"),
    ("aws-managed-key", "there the source key is the vault's, and AWS says that it may be an AWS managed key"),
    ("vault-policy-denied", "a possible cause, not a proven one"),
    ("vault-policy-denied", "it can be replaced"),
    ("efs-automatic-backups", "The policy can be replaced"),
    ("certainty", "*Documented*: an AWS page states that this principal makes this call"),
]
GONE = [
    ("fully-managed-resource-types", "in every case"),
    ("tags-not-copied", "AWS had an internal failure or the recovery point was not ready."),
    ("opt-in-settings", "is not stopped by it"),
    ("opt-in-settings", "No job is created, and nothing fails"),
    ("kms-grant-is-for-aws-resource", "a statement on another action with it never holds"),
    ("vault-policy-denied", "cannot be changed"),
]


@pytest.mark.parametrize(("slug", "words"), ENTRIES)
def test_an_entry_says_what_aws_says(slug: str, words: str) -> None:
    assert words in get(slug).text


@pytest.mark.parametrize(("slug", "words"), GONE)
def test_an_entry_no_longer_says_what_aws_contradicts(slug: str, words: str) -> None:
    assert words not in get(slug).text


def test_the_refusal_of_the_image_behind_an_air_gapped_copy_has_its_entry() -> None:
    diagnosis = read_error("Copy job failed: You do not have permission to access the storage of this ami.")
    assert (diagnosis.outcome, diagnosis.reading.knowledge) == ("undetermined", "snapshot-sharing")
    assert diagnosis.hypotheses
