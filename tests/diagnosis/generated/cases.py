"""The incidents: every cause with every job and resource type that it can meet, and the ones that are put together."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from tests.diagnosis.generated import breaking_keys, breaking_organization, innocent
from tests.diagnosis.generated.cases_guards import guards
from tests.diagnosis.generated.cases_healthy import handwritten, healthy, tempting
from tests.diagnosis.generated.cases_jobs import jobs_of_all_sorts
from tests.diagnosis.generated.cases_together import together
from tests.diagnosis.generated.cases_told import told_otherwise
from tests.diagnosis.generated.cases_unknowable import unknowable
from tests.diagnosis.generated.cases_unknown import unknown
from tests.diagnosis.generated.kinds import KIND
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.starting import start
from tests.diagnosis.generated.steps import BREAKERS, Case

_NOT_THE_ROLE = ("role-missing", "default-role-lookalike", "slr-as-job-role")
"""Causes with which another role, or none, acts: the policies that exempt the job role would not exempt that one."""

_MAIN_KINDS = (
    "ebs",
    "ec2",
    "rds",
    "aurora",
    "documentdb",
    "neptune",
    "dynamodb",
    "dynamodb-advanced",
    "efs",
    "fsx",
    "s3",
    "redshift",
    "timestream",
    "cloudformation",
)
JOBS = {
    "backup": (*_MAIN_KINDS, "redshift-serverless", "storage-gateway", "sap-hana", "eks", "vmware"),
    "restore": _MAIN_KINDS,
    "copy": tuple(kind for kind in _MAIN_KINDS if kind not in ("dynamodb", "redshift")),
    "share": tuple(kind for kind in _MAIN_KINDS if kind not in ("dynamodb", "redshift")),
}
"""The resource types of each job; tables without the advanced features and clusters of Redshift are not copied."""


def can_occur(code: str, job: str, kind: str) -> bool:
    """Whether a cause can meet a job of a resource type."""
    scene = start("probe", job, kind)
    if code in ("vault-policy-missing", "cross-account-disabled", "different-organization"):
        return job == "share"
    if code in ("vault-missing", "vault-policy-denied"):
        return job != "restore"
    if code == "pass-role-missing":
        return (job, kind) == ("restore", "ec2")
    if code == "rcp-denied":
        return breaking_organization.can_be_bound_by_rcp(scene)
    if code in ("key-policy-missing", "key-policy-denied"):
        return bool(breaking_keys.calls_of_keys(scene))
    if code == "key-unusable":
        return bool(breaking_keys.keys_that_matter(scene))
    if code in ("aws-managed-key", "slr-missing"):
        return job == "share" and bool(KIND[kind].via) and not KIND[kind].fully_managed
    if code == "vault-default-key":
        return job == "share" or (job == "copy" and not KIND[kind].fully_managed)
    if code == "resource-policy-denied":
        return job == "backup" and kind in ("s3", "efs")
    return True


def product() -> Iterator[tuple[str, dict[str, Case]]]:
    """Every cause with every job and resource type: for each cause and job that can meet, the job and its types."""
    turn = 0
    for code in BREAKERS:
        for job, kinds in JOBS.items():
            met = [kind for kind in kinds if can_occur(code, job, kind)]
            if met:
                yield (
                    job,
                    {
                        kind: Case(f"{code}-{job}-{kind}", _broken(code, job, kind, turn + step))
                        for step, kind in enumerate(met, start=1)
                    },
                )
            turn += len(met)


def _broken(code: str, job: str, kind: str, turn: int) -> Callable[[], Scene]:
    def build() -> Scene:
        bot_in = ("security", "management", "home")[turn % 3]
        scene = start(f"{code} {job} {kind}", job, kind, bot_in=bot_in, default_role=turn % 5 == 0)
        if code not in _NOT_THE_ROLE:
            innocent.tempt(scene, turn)
        BREAKERS[code](scene, turn)
        return scene

    return build


def unharmed() -> Iterator[Case]:
    """Every job and resource type without a cause: among policies that look guilty, and with a hand-written role."""
    yield from tempting(JOBS)
    yield from handwritten(JOBS)


def put_together() -> Iterator[Case]:
    """Those that are made one by one."""
    yield from together()
    yield from guards()
    yield from healthy()
    yield from unknown()
    yield from unknowable()
    yield from told_otherwise()
    yield from jobs_of_all_sorts()


def every_case() -> Iterator[Case]:
    """All of them."""
    yield from chain.from_iterable(cases.values() for _, cases in product())
    yield from unharmed()
    yield from put_together()


def some_cases() -> Iterator[Case]:
    """Each cause with each job for one resource type, each type with each job, and some of the others."""
    met: Counter[tuple[str, str]] = Counter()
    for job, cases in product():
        kind = min(cases, key=lambda kind: met[job, kind])
        met[job, kind] += 1
        yield cases[kind]
    for job, cases in product():
        for kind in cases:
            if not met[job, kind]:
                met[job, kind] += 1
                yield cases[kind]
    yield from list(unharmed())[::16]
    yield from list(put_together())[::12]
