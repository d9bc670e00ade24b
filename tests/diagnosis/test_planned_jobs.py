"""A job that nobody has started yet is examined like a failed one, without a message, a trail or an id."""

from bot.diagnosis.model import Outcome
from bot.diagnosis.reading import read_error
from bot.foresight.planned import Planned
from bot.foresight.run import check
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered
from tests.diagnosis.incidents import FILES, diagnosis_of
from tests.diagnosis.test_incidents import MakeDiagnostician
from tests.foresight.test_incidents import planned


def test_what_a_restore_will_ask_for_is_taken_from_the_asker_and_no_trail_is_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    """Incident 8 is a restore whose job role may not pass the role of the instance that it asks for."""
    estate = Altered(8)
    sandbox = served_estate(estate.text)
    diagnostic = diagnostician()

    found = check(diagnostic, lambda _: Planned("the restore", (planned(estate.estate),)))

    assert [cause.code for cause in found.causes] == [cause["code"] for cause in estate.expect["causes"]]
    calls = {f"{call.service}:{call.operation}" for call in sandbox.calls}
    assert not calls & {"cloudtrail:LookupEvents", "backup:GetRestoreJobMetadata"}


def test_the_own_account_is_that_of_the_credentials(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    estate = Altered(8)
    served_estate(estate.text)

    assert diagnostician().own_account() == estate.estate["bot"]["account"]


def test_an_answer_is_about_its_jobs_account_or_about_none() -> None:
    job = diagnosis_of(FILES[0])
    assert (job.home, job.outcome) == (ACCOUNT, Outcome.DENIED)
    assert read_error("Access Denied").home == ""
