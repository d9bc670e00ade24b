"""Keys that AWS manages: no policy of the customer's reaches them, and none of theirs is anybody's to fix."""

import json

from bot.diagnosis.model import Diagnosis
from tests.conftest import ServeEstate
from tests.diagnosis.generated.breaking_keys import use_default_vault_key
from tests.diagnosis.generated.starting import start
from tests.diagnosis.incidents import FILES, expectation, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician

PERIMETER = text_of(FILES[12])
"""A resource control policy denies a table's key to all but another organization."""


def diagnosed(manager: str, serve: ServeEstate, diagnostician: MakeDiagnostician) -> Diagnosis:
    """The incident with its table under a customer's key, or under one that AWS manages."""
    estate = json.loads(PERIMETER)
    for key in estate["accounts"]["444455556666"]["regions"]["us-east-1"]["keys"]:
        key["KeyManager"] = manager
    serve(json.dumps(estate))
    return diagnostician().diagnose(reference_to(expectation(PERIMETER)))


def test_a_resource_control_policy_binds_the_customers_keys_only(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    customers = diagnosed("CUSTOMER", served_estate, diagnostician)
    assert "rcp-denied" in {cause.code for cause in customers.causes}
    aws_managed = diagnosed("AWS", served_estate, diagnostician)
    assert "rcp-denied" not in {cause.code for cause in aws_managed.causes}


def test_a_fully_managed_copy_may_come_from_a_vault_under_an_aws_managed_key(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """As "Given key ID not accessible" (re:Post) has it: only a customer managed key must let the other account in."""
    scene = start("a default vault", "share", "efs")
    use_default_vault_key(scene, "vault")
    scene.fail("Access denied")
    served_estate(scene.text())
    diagnosis = diagnostician().diagnose(reference_to(scene.expectation))
    assert diagnosis.causes == ()
