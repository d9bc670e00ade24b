"""The trust policy of a role whose other policies are fine."""

from bot.diagnosis.model import LayerName, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered
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
    assert (check.verdict, check.says) == (Verdict.UNKNOWN, "The trust policy could not be read.")
    assert "proven" not in {cause.certainty for cause in diagnosis.causes}
