"""A shipped incident that is altered in one respect before it is diagnosed."""

import json
from collections.abc import Mapping
from typing import Any

from bot.aws.cache import LookupCache
from bot.aws.facts import Facts, collect
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis.collecting import collect_job_facts
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.locate import search
from bot.diagnosis.model import Cause, Diagnosis, Fix
from bot.diagnosis.reading import TextDiagnosis
from bot.settings import Settings, load_settings
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, reference_to, text_of
from tests.diagnosis.test_incidents import MakeDiagnostician

Json = dict[str, Any]

ACCOUNT = "444455556666"
"""The account of most incidents' jobs."""
BACKUP_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"


class Altered:
    """A shipped incident, its parts at hand to be altered.

    Args:
        number: Which one.
    """

    def __init__(self, number: int) -> None:
        self.estate: Json = json.loads(text_of(next(file for file in FILES if file.name.startswith(f"{number:02d}-"))))
        self.expect: Mapping[str, Any] = self.estate["expect"]
        self.account: Json = self.estate["accounts"][self.expect["account"]]
        self.region: Json = self.account["regions"][self.expect["region"]]

    @property
    def text(self) -> str:
        """The estate file as it is now."""
        return json.dumps(self.estate)

    @property
    def job(self) -> Json:
        """The job that is asked about."""
        jobs = (*self.region["backup_jobs"], *self.region["copy_jobs"], *self.region["restore_jobs"])
        return next(job for job in jobs if self.expect["job"] in job.values())

    @property
    def role(self) -> Json:
        """The job's role."""
        return next(role for role in self.account["roles"] if self.job["IamRoleArn"].endswith(f"/{role['RoleName']}"))

    def key(self, arn: str) -> Json:
        """A key of any account."""
        keys = (key for region in self._regions() for key in region["keys"])
        return next(key for key in keys if arn.endswith(f"/{key['KeyId']}"))

    def vault(self, arn: str) -> Json:
        """A vault of any account."""
        vaults = (vault for region in self._regions() for vault in region["vaults"])
        return next(vault for vault in vaults if arn.endswith(f":{vault['BackupVaultName']}"))

    def policy(self, arn: str) -> Json:
        """A customer managed policy of the job's account."""
        policies: list[Json] = self.account["policies"]
        return next(policy for policy in policies if policy["Arn"] == arn)

    def organization_policy(self, policy_id: str) -> Json:
        """A service or resource control policy."""
        policies: list[Json] = self.estate["organization"]["policies"]
        return next(policy for policy in policies if policy["Id"] == policy_id)

    def resource(self) -> Json:
        """The resource that the job protects or restores."""
        arn = self.job.get("ResourceArn") or self.job["SourceResourceArn"]
        resources: list[Json] = self.region["resources"]
        return next(resource for resource in resources if resource["ResourceArn"] == arn)

    def _regions(self) -> list[Json]:
        accounts = self.estate["accounts"].values()
        return [region for account in accounts for region in account.get("regions", {}).values()]


def diagnosed(altered: Altered, serve: ServeEstate, diagnostician: MakeDiagnostician) -> Diagnosis:
    """The diagnosis of an altered incident, from scratch."""
    serve(altered.text)
    return diagnostician().diagnose(reference_to(altered.expect))


def collected(text: str, serve: ServeEstate) -> JobFacts:
    """What is known of an incident's job, read through the sandbox."""
    serve(text)
    settings = load_settings()
    reader = Reader(Sessions(settings), LookupCache(None, 300, "tests"))
    return collected_by(reader, reference_to(json.loads(text)["expect"]), settings)


def collected_by(reader: Reader, reference: JobReference, settings: Settings) -> JobFacts:
    """What a reader gets to know of a job."""
    region = reference.region or ""
    facts = Facts(region)
    found = collect(lambda known: search(known, reference, settings, region), facts, reader)
    assert found.job is not None
    job = found.job
    return collect(lambda known: collect_job_facts(known, job, settings), facts, reader)


def only(diagnosis: Diagnosis | TextDiagnosis, code: str) -> Cause:
    """The one cause of a code."""
    (cause,) = (cause for cause in diagnosis.causes if cause.code == code)
    return cause


def fix_of(diagnosis: Diagnosis | TextDiagnosis, code: str) -> Fix:
    """The fix of the one cause of a code."""
    fix = only(diagnosis, code).fix
    assert fix is not None
    return fix


def padding(characters: int, **members: Any) -> Json:
    """A statement that says nothing of backups and makes a document longer by about so many characters."""
    arns = [f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue-{number:05d}" for number in range(characters // 50)]
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arns, **members}
