"""Who lets AWS Backup assume the job role, where the role's other policies are fine: its trust, the organization."""

import pytest

from bot.diagnosis.model import LayerName, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, diagnosed
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician


def test_a_trust_policy_that_a_server_does_not_tell_is_unknown_and_not_missing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(4)
    with refusing(served_estate(altered.text), untold=frozenset({"AssumeRolePolicyDocument"})):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    (layer,) = (layer for layer in diagnosis.layers if layer.layer is LayerName.JOB_ROLE)
    (check,) = (check for check in layer.checks if check.check == "trust-policy")
    assert (check.verdict, check.says) == (Verdict.UNKNOWN, "I couldn't read the trust policy.")
    assert "proven" not in {cause.certainty for cause in diagnosis.causes}


@pytest.mark.parametrize(("exempt", "codes"), [("own", []), ("o-another0000", ["rcp-denied"])])
def test_the_organization_may_bar_services_that_come_from_outside_of_it(
    exempt: str, codes: list[str], served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(26)
    organization = altered.estate["organization"]
    guard = {
        "Sid": "ServicesOfOurOwn",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["sts:*", "s3:*", "kms:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:SourceOrgID": organization["Id"] if exempt == "own" else exempt},
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    }
    organization["policies"].append(
        {
            "Id": "p-deputies1",
            "Name": "Deputies",
            "Type": "RESOURCE_CONTROL_POLICY",
            "Content": {"Version": "2012-10-17", "Statement": [guard]},
        }
    )
    organization["root"]["policies"].append("p-deputies1")
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [(cause.code, cause.policy) for cause in diagnosis.causes] == [(code, "p-deputies1") for code in codes]
    assert [cause.actions for cause in diagnosis.causes] == [("sts:AssumeRole",) for _ in codes]
