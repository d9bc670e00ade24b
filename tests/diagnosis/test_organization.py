"""The organization read by other ways than the first: parent after parent, in part, or not at all."""

import pytest

from bot.diagnosis.model import Certainty, Diagnosis, Verdict
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT, Altered, Json
from tests.diagnosis.incidents import differences, reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

ORGANIZATIONS = "AWSOrganizationsV20161128."


def diagnosed(
    altered: Altered,
    serve: ServeEstate,
    diagnostician: MakeDiagnostician,
    *refused: str,
    untold: frozenset[str] = frozenset(),
) -> Diagnosis:
    """The diagnosis of an incident where AWS refuses some calls, or leaves something out of its answers."""
    with refusing(serve(altered.text), *refused, untold=untold):
        return diagnostician().diagnose(reference_to(altered.expect))


def says(diagnosis: Diagnosis, check: str) -> tuple[Verdict, str]:
    """The verdict of a check of the organization, and its words."""
    layer = next(layer for layer in diagnosis.layers if layer.layer.value == "organization")
    return next((known.verdict, known.says) for known in layer.checks if known.check == check)


@pytest.mark.parametrize("number", [12, 13, 14, 15, 24, 28])
def test_a_server_that_tells_no_paths_is_asked_for_parent_after_parent(
    number: int, served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(number)
    diagnosis = diagnosed(altered, served_estate, diagnostician, untold=frozenset({"Paths"}))
    assert differences(diagnosis, altered.expect) == []
    assert diagnosis.unread == ()


def test_without_paths_and_parents_nothing_is_said_of_any_level(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(12)
    no_paths = frozenset({"Paths"})
    diagnosis = diagnosed(altered, served_estate, diagnostician, f"{ORGANIZATIONS}ListParents", untold=no_paths)
    assert says(diagnosis, "service-control-policies")[0] is Verdict.UNKNOWN
    assert "organizations:ListParents" in {unread.what for unread in diagnosis.unread}


def test_a_level_with_a_policy_that_was_not_read_is_not_said_to_allow_nothing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(13)
    lists = [policy["Id"] for policy in altered.estate["organization"]["policies"] if "Allow" in str(policy["Content"])]
    unread = [f'"PolicyId": "{policy}"' for policy in lists]
    diagnosis = diagnosed(altered, served_estate, diagnostician, *unread)
    assert {cause.code for cause in diagnosis.causes} == {"rcp-denied"}
    assert says(diagnosis, "service-control-policies")[0] is Verdict.UNKNOWN


def test_an_organization_that_can_not_be_read_at_all_is_neither_one_nor_two(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(15)
    altered.job["StatusMessage"] = "Access Denied trying to call AWS Backup service"
    diagnosis = diagnosed(altered, served_estate, diagnostician, ORGANIZATIONS)
    same = says(diagnosis, "same-organization")
    assert same == (Verdict.UNKNOWN, "I couldn't read whether both accounts are in one organization.")
    assert diagnosis.causes == ()


def test_whether_copies_across_accounts_are_on_is_unknown_where_the_setting_can_not_be_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(14)
    diagnosis = diagnosed(altered, served_estate, diagnostician, "/global-settings")
    switch = says(diagnosis, "cross-account-backup")
    assert switch == (Verdict.UNKNOWN, "I couldn't read whether cross-account backup is switched on.")
    assert diagnosis.causes == ()
    assert "backup:DescribeGlobalSettings" in {unread.what for unread in diagnosis.unread}


def test_an_account_of_no_organization_shares_with_nobody(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(14)
    del altered.estate["organization"]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [cause.code for cause in diagnosis.causes] == ["different-organization"]
    layer = next(layer for layer in diagnosis.layers if layer.layer.value == "organization")
    assert "cross-account-backup" not in {check.check for check in layer.checks}


def test_an_account_that_the_organization_does_not_know_is_outside_of_it_though_it_can_not_be_read(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(15)
    altered.job["StatusMessage"] = "Access Denied trying to call AWS Backup service"
    del altered.estate["accounts"]["123456789012"]
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert [(cause.code, cause.certainty) for cause in diagnosis.causes] == [
        ("different-organization", Certainty.PROVEN)
    ]
    assert says(diagnosis, "same-organization")[0] is Verdict.BLOCKED


def test_an_organization_that_does_not_tell_of_itself_is_known_by_its_accounts_paths(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(14)
    altered.estate["organization"]["DelegatedAdministrators"] = [altered.estate["bot"]["account"]]
    organization = altered.estate["organization"]["Id"]
    diagnosis = diagnosed(altered, served_estate, diagnostician, f"{ORGANIZATIONS}DescribeOrganization ")
    same = says(diagnosis, "same-organization")
    assert same == (Verdict.CLEAR, f"Both accounts are in the organization {organization}.")


def _detach_all(node: Json) -> None:
    """Attaches no policy to a node and to what is below it."""
    node["policies"] = []
    node["accounts"] = {account: [] for account in node["accounts"]}
    for child in node["children"]:
        _detach_all(child)


def test_a_policy_type_that_is_not_enabled_denies_nothing(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(13)
    _detach_all(altered.estate["organization"]["root"])
    altered.job["StatusMessage"] = "Access denied"
    diagnosis = diagnosed(altered, served_estate, diagnostician)
    assert diagnosis.causes == ()
    assert says(diagnosis, "service-control-policies")[0] is Verdict.CLEAR


def test_accounts_units_and_policies_are_known_by_name(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = Altered(12)
    altered.account["Name"] = "data-prod"
    names = diagnosed(altered, served_estate, diagnostician).names
    assert names[ACCOUNT] == "data-prod"
    assert names["ou-k3v9-pr0duct1"] == "Prod"
    assert names["p-0copyguard"] == "CopiesOnlyToVaultAccount"
    assert "777788889999" not in names, "an account that is called by its id has no name"


def test_a_name_that_can_not_be_read_is_no_gap(served_estate: ServeEstate, diagnostician: MakeDiagnostician) -> None:
    altered = Altered(12)
    diagnosis = diagnosed(altered, served_estate, diagnostician, f"{ORGANIZATIONS}DescribeOrganizationalUnit")
    assert not [known for known in diagnosis.names if known.startswith("ou-")]
    assert diagnosis.unread == ()
    assert differences(diagnosis, altered.expect) == []
