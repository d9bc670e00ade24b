"""Every incident that ships with the sandbox is foreseen from its plan, role and resource alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from bot.diagnosis.model import JobType, Outcome
from bot.diagnosis.run import Diagnostician
from bot.foresight.planned import Planned, PlannedJob
from bot.foresight.run import check
from bot.settings import load_settings
from sandbox.aws.here import served
from tests.diagnosis.incidents import FILES, cause_differences, text_of

ONLY_AFTERWARDS: Final = {
    "33": "the policy can't be read, and only the message names it",
    "36": "the jobs of the stack's resources are not there yet",
    "40": "the need is optional, and only CloudTrail says that the job made the call",
    "45": "it depends on tags of the request that nothing tells before it is made",
}
"""Incidents whose cause nobody can know before the job has failed, and why."""


def planned(estate: Mapping[str, Any]) -> PlannedJob:
    """The job of an incident as a plan or a caller would have named it: without an id, a state and a message."""
    expect = estate["expect"]
    region = estate["accounts"][expect["account"]]["regions"][expect["region"]]
    kind, job = next(
        (kind, job)
        for kind in (JobType.BACKUP, JobType.COPY, JobType.RESTORE)
        for job in region.get(f"{kind.value}_jobs", ())
        if expect["job"] in job.values()
    )
    return PlannedJob(
        type=kind,
        account=expect["account"],
        region=expect["region"],
        role=job["IamRoleArn"],
        resource=job.get("ResourceArn") or job.get("SourceResourceArn"),
        resource_type=job["ResourceType"],
        vault=job.get("SourceBackupVaultArn") or job.get("BackupVaultArn"),
        copy_to=job.get("DestinationBackupVaultArn"),
        recovery_point=None if kind is JobType.BACKUP else job.get("SourceRecoveryPointArn") or job["RecoveryPointArn"],
        metadata=tuple(job.get("Metadata", {}).items()),
    )


@pytest.mark.parametrize("incident", FILES, ids=lambda file: file.stem)
def test_an_incident_is_foreseen(incident: Path) -> None:
    estate = json.loads(text_of(incident))
    expected = [] if incident.name[:2] in ONLY_AFTERWARDS else estate["expect"]["causes"]
    with served(incident):
        found = check(Diagnostician(load_settings()), lambda _: Planned("the job", (planned(estate),)))

    assert list(cause_differences(found, expected)) == []
    assert (found.outcome is Outcome.DENIED) == bool(expected)
    assert [found.causes[position] for position in found.jobs[0].causes] == list(found.causes)


@pytest.mark.parametrize("number", ["22", "33", "34", "36", "45"])
def test_what_can_not_be_known_before_is_not_called_clear(number: str) -> None:
    incident = next(file for file in FILES if file.name.startswith(number))
    estate = json.loads(text_of(incident))
    with served(incident):
        found = check(Diagnostician(load_settings()), lambda _: Planned("the job", (planned(estate),)))

    assert found.outcome is Outcome.UNDETERMINED
    assert found.summary.startswith("Nothing that I could read denies the job.")
