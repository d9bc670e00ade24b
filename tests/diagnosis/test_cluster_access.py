"""EKS clusters whose authentication mode keeps AWS Backup from making the job role's access entry."""

import pytest

from bot.diagnosis.facts.clusters import ClusterAccess
from bot.diagnosis.model import Certainty, Diagnosis, LayerName, Outcome, Verdict
from bot.diagnosis.reading import read_error
from sandbox.aws.server import Sandbox
from tests.conftest import ServeEstate
from tests.diagnosis.altering import only
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.starting import start
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

REFUSED = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
CLOSED = "CONFIG_MAP"


def cluster_job(mode: str | None, message: str = "Access denied", *, job: str = "backup", **metadata: str) -> Scene:
    """A job of a cluster with an authentication mode, that its role's policies allow."""
    scene = start("a cluster", job, "eks")
    place = scene.world.in_region(scene.home, scene.world.region)
    cluster = next(each for each in place["resources"] if each["ResourceType"] == "EKS")
    cluster["accessConfig"] = {"authenticationMode": mode} if mode else {}
    scene.fail(message)
    if metadata:
        scene.record["Metadata"] = {"clusterName": cluster["ResourceArn"].rpartition("/")[2], **metadata}
    return scene


def checked(diagnosis: Diagnosis) -> Verdict | None:
    """The verdict of the check, where it was made."""
    checks = (check for layer in diagnosis.layers if layer.layer is LayerName.JOB_ROLE for check in layer.checks)
    return next((check.verdict for check in checks if check.check == "eks-access-entries"), None)


def asked(sandbox: Sandbox) -> bool:
    """Whether the cluster was read."""
    return any(call.operation == "DescribeCluster" for call in sandbox.calls)


@pytest.mark.parametrize("message", ["Access denied", REFUSED])
def test_a_cluster_without_access_entries_is_the_cause(
    message: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    scene = cluster_job(CLOSED, message)
    served_estate(scene.text())
    diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    cause = only(diagnosis, "eks-authentication-mode")
    assert (cause.certainty, cause.principal) == (Certainty.PROVEN, scene.role_arn)
    assert (diagnosis.outcome, checked(diagnosis)) == (Outcome.DENIED, Verdict.BLOCKED)
    assert cause.fix
    assert "API_AND_CONFIG_MAP" in cause.fix.summary


def test_a_restore_into_such_a_cluster_is_likely_denied(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    scene = cluster_job(CLOSED, job="restore", newCluster="false")
    served_estate(scene.text())
    diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert only(diagnosis, "eks-authentication-mode").certainty is Certainty.LIKELY


@pytest.mark.parametrize("mode", ["API", "API_AND_CONFIG_MAP"])
def test_a_cluster_that_takes_access_entries_is_clear(
    mode: str, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    scene = cluster_job(mode)
    served_estate(scene.text())
    diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert (diagnosis.causes, checked(diagnosis)) == ((), Verdict.CLEAR)


def test_a_cluster_that_can_not_be_read_leaves_it_open(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    scene = cluster_job(CLOSED)
    with refusing(served_estate(scene.text()), "/clusters/"):
        diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert ([each.what for each in diagnosis.unread], checked(diagnosis)) == (["eks:DescribeCluster"], Verdict.UNKNOWN)


def test_the_message_alone_makes_it_likely(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    scene = cluster_job(CLOSED, REFUSED)
    with refusing(served_estate(scene.text()), unknown=frozenset({"/clusters/"})):
        diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    cause = only(diagnosis, "eks-authentication-mode")
    assert (cause.certainty, checked(diagnosis)) == (Certainty.LIKELY, Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("message", "job", "metadata"),
    [
        ("Backup job failed because of an internal error.", "backup", {}),
        ("not authorized to perform: kms:Decrypt on resource", "backup", {}),
        ("Access denied", "restore", {"newCluster": "true"}),
        ("Access denied", "copy", {}),
    ],
    ids=["no permission failure", "another action", "a new cluster", "a copy"],
)
def test_the_mode_is_read_only_where_it_decides(
    message: str,
    job: str,
    metadata: dict[str, str],
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    scene = cluster_job(CLOSED, message, job=job, **metadata)
    sandbox = served_estate(scene.text())
    diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert (asked(sandbox), checked(diagnosis)) == (False, None)


def test_a_server_without_clusters_leaves_the_layer_as_it_is(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    scene = cluster_job(CLOSED)
    with refusing(served_estate(scene.text()), unknown=frozenset({"/clusters/"})):
        diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert (diagnosis.causes, checked(diagnosis)) == ((), None)


def test_a_mode_that_is_not_told_is_not_taken_for_one() -> None:
    assert not ClusterAccess("arn:aws:eks:eu-west-1:111122223333:cluster/orders").is_closed


def test_the_refusal_is_read_from_a_text() -> None:
    diagnosis = read_error(f"An error occurred (InvalidRequestException): {REFUSED}")
    assert (diagnosis.outcome, [guess.code for guess in diagnosis.hypotheses]) == (
        Outcome.DENIED,
        ["eks-authentication-mode"],
    )
