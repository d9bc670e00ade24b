"""Vaults' tags, which are read where a policy asks for them: the first SCP of AWS's own page on copies does."""

import pytest

from bot.diagnosis.model import Certainty, Diagnosis
from tests.conftest import ServeEstate
from tests.diagnosis.altering import Altered, diagnosed
from tests.diagnosis.incidents import reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_incidents import MakeDiagnostician

UNTAGGED = "aws:ResourceTag/DestinationBackupVault"
"""The key of "Creating backup copies across AWS accounts", Configuring your environment."""


def copying(tags: dict[str, str]) -> Altered:
    """A copy into a vault with tags, in an organization that lets copies go into tagged vaults alone."""
    altered = Altered(11)
    vault = altered.vault(altered.job["DestinationBackupVaultArn"])
    del vault["AccessPolicy"]
    vault["Tags"] = tags
    altered.job["StatusMessage"] = "Access Denied trying to call AWS Backup service"
    statement = {
        "Sid": "OnlyTagged",
        "Effect": "Deny",
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
        "Condition": {"Null": {UNTAGGED: "true"}},
    }
    organization = altered.estate["organization"]
    content = {"Version": "2012-10-17", "Statement": [statement]}
    organization["policies"].append(
        {"Id": "p-tagged", "Name": "Tagged", "Type": "SERVICE_CONTROL_POLICY", "Content": content}
    )
    organization["root"]["policies"].append("p-tagged")
    return altered


def denials(diagnosis: Diagnosis) -> list[tuple[str | None, Certainty]]:
    """The statements that deny, each with its certainty."""
    return [(cause.statement, cause.certainty) for cause in diagnosis.causes if cause.code == "scp-denied"]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({}, [("OnlyTagged", Certainty.PROVEN)]),
        ({"owner": "storage"}, [("OnlyTagged", Certainty.PROVEN)]),
        ({"DestinationBackupVault": "yes"}, []),
    ],
)
def test_a_policy_that_asks_for_a_vaults_tag_is_evaluated_with_it(
    tags: dict[str, str],
    found: list[tuple[str, Certainty]],
    served_estate: ServeEstate,
    diagnostician: MakeDiagnostician,
) -> None:
    diagnosis = diagnosed(copying(tags), served_estate, diagnostician)
    assert denials(diagnosis) == found
    assert diagnosis.unread == ()


def test_tags_that_can_not_be_read_leave_it_possible(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying({})
    with refusing(served_estate(altered.text), "/tags/"):
        diagnosis = diagnostician().diagnose(reference_to(altered.expect))
    assert denials(diagnosis) == [("OnlyTagged", Certainty.POSSIBLE)]
    assert [each.what for each in diagnosis.unread] == ["backup:ListTags"]


def test_nobody_asks_for_tags_that_no_policy_asks_for(
    served_estate: ServeEstate, diagnostician: MakeDiagnostician
) -> None:
    altered = copying({})
    altered.estate["organization"]["root"]["policies"].remove("p-tagged")
    sandbox = served_estate(altered.text)
    diagnostician().diagnose(reference_to(altered.expect))
    assert "ListTags" not in {call.operation for call in sandbox.calls}
