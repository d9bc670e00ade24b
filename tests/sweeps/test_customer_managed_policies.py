"""Roles built statement by statement after AWS's own page are never proven to lack anything.

Source: "Managed policies for AWS Backup", Customer managed policies (AWS Backup Developer Guide). What the page lists
is in tests/knowledge/customer_managed_policies.yaml.
"""

import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from bot.diagnosis.model import Certainty, Diagnosis
from bot.diagnosis.run import Diagnostician
from tests.conftest import ServeEstate
from tests.diagnosis.generated import messages
from tests.diagnosis.generated.starting import start
from tests.diagnosis.incidents import reference_to
from tests.knowledge.test_basis import CUSTOMER_MANAGED, after_the_page, documents_of
from tests.sweeps.sampling import sample

KINDS = {
    "Aurora": ("aurora", "neptune"),
    "Aurora DSQL": ("efs",),
    "DynamoDB": ("dynamodb", "dynamodb-advanced"),
    "EBS": ("ebs",),
    "EC2": ("ec2",),
    "EFS": ("efs",),
    "FSx": ("fsx",),
    "Neptune": ("neptune",),
    "RDS": ("rds",),
    "S3": ("s3",),
    "Storage Gateway": ("storage-gateway",),
    "VirtualMachine": ("vmware",),
}
"""The resource types of the page, as the generated jobs call them; a cluster of DSQL takes a file system's place."""
CLUSTER = "arn:aws:dsql:{region}:{account}:cluster/abcdefghijklmnopqrstuvwxyz"
TEXTS = (messages.VAGUE[0], "Backup job expired before completion.", None)


def jobs() -> Iterator[tuple[str, str, str]]:
    for resource_type, sections in CUSTOMER_MANAGED.items():
        for kind in KINDS.get(resource_type, ()):
            yield from ((resource_type, job, kind) for job in sections)


JOBS = list(jobs())


@pytest.mark.parametrize(("resource_type", "job", "kind"), JOBS)
def test_a_role_built_after_awss_page_is_not_proven_to_lack_anything(
    resource_type: str, job: str, kind: str, served_estate: ServeEstate, diagnostician: Callable[[], Diagnostician]
) -> None:
    for text in sample(TEXTS, one_in=len(TEXTS), turn=JOBS.index((resource_type, job, kind))):
        diagnosis = diagnosed(resource_type, job, kind, text, served_estate, diagnostician)
        assert [cause for cause in diagnosis.causes if cause.certainty is Certainty.PROVEN] == [], text


def test_the_page_is_looked_at_as_a_whole() -> None:
    assert set(CUSTOMER_MANAGED) - {"encrypted restore"} == set(KINDS)


def test_a_role_that_lacks_a_statement_of_the_page_is_proven_to(
    served_estate: ServeEstate, diagnostician: Callable[[], Diagnostician]
) -> None:
    policies = [
        {"Version": "2012-10-17", "Statement": [each for each in policy["Statement"] if each["Sid"] != missing]}
        for missing in ["EBSTagAndDeletePermissions"]
        for policy in json.loads(json.dumps(after_the_page("EBS", "backup")))
    ]
    diagnosis = _diagnosed("EBS", "backup", "ebs", policies, messages.VAGUE[0], served_estate, diagnostician)
    assert diagnosis.causes[0].certainty is Certainty.PROVEN
    assert "ec2:CreateTags" in diagnosis.causes[0].actions


def diagnosed(
    resource_type: str,
    job: str,
    kind: str,
    text: str | None,
    serve: ServeEstate,
    diagnostician: Callable[[], Diagnostician],
) -> Diagnosis:
    if job == "copy":
        policies = list(documents_of(CUSTOMER_MANAGED[resource_type]["copy"]))
    else:
        policies = after_the_page(resource_type, job)
    return _diagnosed(resource_type, job, kind, policies, text, serve, diagnostician)


def _diagnosed(
    resource_type: str,
    job: str,
    kind: str,
    policies: Sequence[object],
    text: str | None,
    serve: ServeEstate,
    diagnostician: Callable[[], Diagnostician],
) -> Diagnosis:
    """The diagnosis of a job whose role has these inline policies and no others."""
    scene = start(f"after the page {job} {kind}", job, kind)
    scene.role["AttachedPolicies"] = []
    profile = f'"{scene.things["profile"]}"'
    filled = json.dumps(policies).replace('"arn:aws:iam::111122223333:role/web"', profile)
    scene.role["InlinePolicies"] = {f"page-{number}": policy for number, policy in enumerate(json.loads(filled))}
    if resource_type == "Aurora DSQL":
        arn = CLUSTER.format(region=scene.world.region, account=scene.home)
        scene.record |= {"ResourceType": resource_type, "ResourceArn": arn, "SourceResourceArn": arn}
    scene.fail(text, "AccessDenied" if text == messages.VAGUE[0] else None)
    serve(scene.text())
    return diagnostician().diagnose(reference_to(scene.expectation))
