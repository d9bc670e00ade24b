"""No read ends a diagnosis but that of the job: what else fails is unread, and makes nothing clear and nothing proven.

That every error of every operation is a fact or unread is tested on the reader (`tests/aws/test_read_errors.py`); the
sweep of the same name fails each operation in a diagnosis that needs it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot.aws.backup import DESCRIBE_JOB
from bot.aws.lookup import Operation
from bot.aws.organizations import LIST_ACCOUNTS, LIST_PARENTS
from bot.aws.sts import ASSUME_ROLE, GET_CALLER_IDENTITY
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Certainty, Diagnosis, LayerName, Outcome, Verdict
from bot.diagnosis.run import Diagnostician
from bot.errors import AwsUnreachableError, JobNotFoundError
from bot.settings import load_settings
from sandbox.aws.estate import parse_estate
from sandbox.aws.gateway import Fault
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox, environment
from sandbox.aws.service import AwsError
from sandbox.aws.wire import Reply
from tests.aws.failing import OPERATIONS
from tests.diagnosis.altering import ACCOUNT, Altered
from tests.diagnosis.incidents import differences, reference_to
from tests.diagnosis.refusing import refusing
from tests.diagnosis.test_caller import ANA, FULL_ACCESS, Staffed, allow, document

THROTTLED = AwsError("ThrottlingException", "Rate exceeded", 429)
EXPIRED = AwsError("ExpiredTokenException", "It is expired.", 403)
PAGE = Reply(404, b"<!DOCTYPE html><html><body><p>A proxy's page.</body></html>")


class Bench:
    """An incident that is served as the only AWS there is, and diagnosed with faults in it.

    Args:
        altered: The incident.
    """

    def __init__(self, altered: Altered) -> None:
        self.altered = altered
        self.faults: dict[tuple[str, str], Fault] = {}
        self.reference = reference_to(altered.expect)

    @contextmanager
    def served(self, *, without: frozenset[str] = frozenset()) -> Iterator["Bench"]:
        """Serves it while the context is open, without the members left out; no call is tried twice or kept."""
        with ExitStack() as stack:
            sandbox = stack.enter_context(Sandbox(parse_estate(self.altered.text), faults=self.faults))
            stack.enter_context(
                only({**environment(sandbox), "AWS_MAX_ATTEMPTS": "1", "BACKUP_WHY_CACHE_SECONDS": "0"})
            )
            if without:
                stack.enter_context(refusing(sandbox, untold=without))
            self.diagnostician = Diagnostician(load_settings())
            yield self

    def fails(self, operation: Operation, fault: Fault) -> None:
        """Has an operation fail from now on, and no other."""
        self.faults.clear()
        self.faults[operation.service, operation.name] = fault

    def diagnosed(self) -> Diagnosis:
        """Diagnoses it anew with the faults that there are."""
        return self.diagnostician.diagnose(self.reference)


def incident(number: int, **members: object) -> Altered:
    """A shipped incident with members of its job set."""
    altered = Altered(number)
    altered.job.update(members)
    return altered


OF_CALLERS = tuple(one for one in OPERATIONS if one.service == "iam" and ("User" in one.name or "Group" in one.name))
"""Operations that are called for error texts alone."""


def operations_named(*names: str) -> list[Operation]:
    return [one for one in OPERATIONS if {one.name, f"{one.service}:{one.name}"} & set(names)]


def assert_nothing_is_made_up(known: Diagnosis, found: Diagnosis) -> None:
    """What fails to be read proves nothing, calls nothing clear that was not, and rules nothing out."""
    proven = {cause.code for cause in known.causes if cause.certainty is Certainty.PROVEN}
    assert {cause.code for cause in found.causes if cause.certainty is Certainty.PROVEN} <= proven
    before = {layer.layer: layer.verdict for layer in known.layers}
    clear = {layer.layer for layer in found.layers if layer.verdict is Verdict.CLEAR}
    assert clear <= {layer for layer, verdict in before.items() if verdict is Verdict.CLEAR}
    if known.outcome is Outcome.DENIED:
        assert found.outcome in (Outcome.DENIED, Outcome.UNDETERMINED)


def test_a_path_that_can_not_be_walked_up_is_unread() -> None:
    with Bench(incident(12)).served(without=frozenset({"Paths"})) as bench:
        known = bench.diagnosed()
        bench.fails(LIST_PARENTS, PAGE)
        found = bench.diagnosed()
    assert_nothing_is_made_up(known, found)
    assert {(each.what, each.why) for each in found.unread} == {("organizations:ListParents", "404")}


KEY_POLICY_SAYS: tuple[tuple[Fault, str], ...] = (
    (
        AwsError("KMSInvalidStateException", "arn:aws:kms:::key/1 is pending import."),
        "AWS does not answer kms:GetKeyPolicy in the present state of the resource "
        "(KMSInvalidStateException: arn:aws:kms:::key/1 is pending import).",
    ),
    (
        THROTTLED,
        "AWS throttles kms:GetKeyPolicy (ThrottlingException), also after retries. Ask again in a minute.",
    ),
    (
        PAGE,
        "kms:GetKeyPolicy is not offered there (404): the server, the Region or the account does not have it.",
    ),
    (
        EXPIRED,
        "AWS does not accept the bot's credentials for kms:GetKeyPolicy (ExpiredTokenException). "
        "Get new ones and ask again.",
    ),
    (AwsError("AccessDeniedException", "No."), "AWS denies kms:GetKeyPolicy (AccessDeniedException)."),
)


def test_the_sentence_says_what_to_do() -> None:
    with Bench(incident(17)).served() as bench:
        place = f"I couldn't read the key policy in account {bench.reference.account} ({bench.reference.region}): "
        for fault, sentence in KEY_POLICY_SAYS:
            bench.fails(operations_named("GetKeyPolicy")[0], fault)
            said = {each.says for each in bench.diagnosed().unread if each.what == "kms:GetKeyPolicy"}
            assert said == {place + sentence}


JOB_SAYS: tuple[tuple[Fault, str], ...] = (
    (THROTTLED, r"I couldn't read the copy job in account .* throttles backup:DescribeCopyJob .*in a minute\.$"),
    (PAGE, r"backup:DescribeCopyJob is not offered there \(404\)"),
    (AwsError("ServiceUnavailableException", "Later.", 500), r"an internal error in backup:DescribeCopyJob"),
    (AwsError("UnrecognizedClientException", "Who?", 403), r"does not accept the bot's credentials .*Get new ones"),
    (AwsError("AccessDeniedException", "No.", 403), r"let the bot's role be assumed there and allow it backup:"),
    (Reply(200, b"{}"), r"backup:DescribeCopyJob got an answer that is not AWS's"),
)


def test_a_job_that_can_not_be_read_ends_it_with_the_reason() -> None:
    with Bench(incident(12)).served() as bench:
        place = f"The jobs of {bench.reference.account} {bench.reference.region} can't be read: "
        for fault, sentence in JOB_SAYS:
            bench.fails(DESCRIBE_JOB["copy"][0], fault)
            with pytest.raises(AwsUnreachableError, match=sentence) as error:
                bench.diagnosed()
            assert error.value.exit_code == 4
            assert str(error.value).startswith(place)


def test_a_job_of_another_type_is_found_although_one_type_can_not_be_read() -> None:
    with Bench(incident(12)).served() as bench:
        for operation in (DESCRIBE_JOB["backup"][0], DESCRIBE_JOB["restore"][0]):
            bench.fails(operation, THROTTLED)
            assert differences(bench.diagnosed(), bench.altered.expect) == []


def test_an_account_that_can_not_be_entered_for_now_is_no_missing_job(monkeypatch: pytest.MonkeyPatch) -> None:
    with Bench(incident(12)).served() as bench:
        monkeypatch.setenv("BACKUP_WHY_ACCOUNTS", f"{bench.altered.estate['bot']['account']},{ACCOUNT}")
        bench.diagnostician = Diagnostician(load_settings())
        bench.reference = JobReference(id=bench.reference.id)
        bench.fails(ASSUME_ROLE, THROTTLED)
        with pytest.raises(JobNotFoundError, match=rf"Could not search {ACCOUNT} .*throttles sts:AssumeRole") as error:
            bench.diagnosed()
    assert error.value.exit_code == 3


@pytest.mark.parametrize("fault", [EXPIRED, THROTTLED, PAGE], ids=["expired", "throttled", "page"])
def test_nothing_is_read_where_aws_does_not_say_who_asks(fault: Fault) -> None:
    with Bench(incident(12)).served() as bench:
        bench.fails(GET_CALLER_IDENTITY, fault)
        with pytest.raises(AwsUnreachableError) as error:
            bench.diagnosed()
    assert error.value.exit_code == 4


def test_accounts_that_can_not_be_listed_leave_the_own_one_to_search() -> None:
    with Bench(incident(12)).served() as bench:
        bench.reference = JobReference(id=bench.reference.id, region=bench.reference.region)
        assert bench.diagnosed().outcome is Outcome.DENIED
        bench.fails(LIST_ACCOUNTS, THROTTLED)
        with pytest.raises(JobNotFoundError):
            bench.diagnosed()


def test_a_vault_that_can_not_be_described_is_known_by_the_list_of_vaults() -> None:
    with Bench(incident(30)).served() as bench:
        known = bench.diagnosed()
        bench.fails(operations_named("DescribeBackupVault")[0], THROTTLED)
        found = bench.diagnosed()
    assert [cause.code for cause in found.causes] == [cause.code for cause in known.causes] == ["vault-default-key"]
    assert found.unread == ()


def test_children_that_can_not_be_listed_leave_every_layer_unknown() -> None:
    with Bench(incident(36)).served() as bench:
        bench.fails(operations_named("ListBackupJobs")[0], THROTTLED)
        found = bench.diagnosed()
    assert found.outcome is Outcome.UNDETERMINED
    assert {layer.verdict for layer in found.layers} == {Verdict.UNKNOWN}


def test_a_read_of_a_caller_that_fails_is_unread() -> None:
    staffed = Staffed()
    freeze = staffed.own_policy(f"arn:aws:iam::{ACCOUNT}:policy/any", allow("backup:ListBackupPlans", Resource="*"))
    staffed.user |= {"AttachedPolicies": [freeze], "InlinePolicies": {"own": document(allow("s3:*", Resource="*"))}}
    staffed.group |= {"AttachedPolicies": [FULL_ACCESS], "InlinePolicies": {"more": document()}}
    said = f"User: {ANA} is not authorized to perform: backup:StartBackupJob on resource: {staffed.vault_arn}"
    with Bench(staffed).served() as bench:
        for operation in OF_CALLERS:
            bench.fails(operation, THROTTLED)
            found = bench.diagnostician.diagnose_text(said)
            assert {(each.what, each.why) for each in found.unread} == {(f"iam:{operation.name}", THROTTLED.code)}
            verdict = next(layer.verdict for layer in found.layers if layer.layer is LayerName.JOB_ROLE)
            assert verdict is Verdict.UNKNOWN, operation


def test_jobs_that_can_not_be_listed_are_not_told_as_none() -> None:
    with Bench(incident(12)).served() as bench:
        bench.faults.update({("backup", f"List{kind}Jobs"): THROTTLED for kind in ("Backup", "Copy", "Restore")})
        with pytest.raises(AwsUnreachableError, match="No failed jobs can be listed: AWS throttles backup:List"):
            bench.diagnostician.failures()
        bench.fails(operations_named("ListBackupJobs")[0], THROTTLED)
        bench.diagnostician.failures()


def test_whether_a_role_exists_that_can_not_be_read_is_unknown() -> None:
    with Bench(incident(12)).served() as bench:
        bench.fails(operations_named("GetRole")[0], THROTTLED)
        checks = [check for layer in bench.diagnosed().layers for check in layer.checks if check.check == "role-exists"]
        assert [check.verdict for check in checks] == [Verdict.UNKNOWN]
        assert checks[0].says == f"I couldn't read the role {bench.altered.job['IamRoleArn']}."


def test_a_role_that_can_not_be_read_is_told_with_the_reason() -> None:
    with Bench(incident(12)).served() as bench:
        bench.fails(operations_named("GetRole")[0], THROTTLED)
        with pytest.raises(AwsUnreachableError, match=r"can't be read: AWS throttles iam:GetRole .*Ask again"):
            bench.diagnostician.compare_role(str(bench.altered.job["IamRoleArn"]), "copy", "Aurora")
