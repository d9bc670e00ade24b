"""Every error of every operation that is called: a fact where its code says so, else unread with its own sentence."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from bot.aws import backup, iam, kms, storage, sts
from bot.aws.cache import LookupCache
from bot.aws.lookup import OWN, Answer, Lookup, Operation, State, lookup
from bot.aws.read_errors import Kind, of_exception, of_response
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.errors import AwsUnreachableError, BadInputError
from bot.settings import load_settings
from sandbox.aws.estate import parse_estate
from sandbox.aws.gateway import Fault
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox, environment
from sandbox.aws.service import AwsError
from sandbox.aws.wire import Reply
from tests.aws.conftest import BOT, ESTATE, REGION, WORKLOAD
from tests.aws.failing import GENERIC, OPERATIONS, call_of, modelled, name_of, protocol_of

Faults = dict[tuple[str, str], Fault]
IDENTITY = (sts.GET_CALLER_IDENTITY, sts.ASSUME_ROLE)
PAGE = b"<!DOCTYPE html><html><body><h1>Not here</h1><p>A proxy's page.</body></html>"


@pytest.fixture(scope="module")
def faults() -> Iterator[Faults]:
    """What the sandbox answers instead; it is the only AWS while the module's tests run, and is asked once a call."""
    answers: Faults = {}
    with (
        Sandbox(parse_estate(json.dumps(ESTATE)), faults=answers) as sandbox,
        only({**environment(sandbox), "AWS_MAX_ATTEMPTS": "1"}),
    ):
        yield answers


@pytest.fixture(scope="module")
def reader(faults: Faults) -> Reader:
    """One reader for all: making clients is what costs."""
    assert not faults
    made = Reader(Sessions(load_settings()), LookupCache(None, 0, "tests"), fresh=True)
    made.read_all([sts.caller_identity(REGION)])
    return made


def answer_of(reader: Reader, faults: Faults, asked: Lookup, fault: Fault) -> Answer:
    """What a lookup comes to while its operation is answered with a fault."""
    place = (asked.operation.service, asked.operation.name)
    faults[place] = fault
    try:
        return reader.read_all([asked])[asked]
    finally:
        del faults[place]


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each not in IDENTITY], ids=name_of)
def test_every_error_of_an_operation_is_a_fact_or_unread(operation: Operation, reader: Reader, faults: Faults) -> None:
    asked = call_of(operation, REGION)
    for error in (*modelled(operation), *GENERIC):
        answer = answer_of(reader, faults, asked, error)
        if error.code in operation.absent:
            assert answer == Answer(State.ABSENT), error.code
        else:
            assert (answer.state, answer.why) == (State.REFUSED, error.code)
            sentence = answer.error.sentence(asked.what)
            assert asked.what in sentence
            assert error.code in sentence


@pytest.mark.parametrize("error", [*modelled(sts.ASSUME_ROLE), *GENERIC], ids=lambda error: error.code)
def test_every_error_of_the_way_into_an_account_makes_it_unread(
    error: AwsError, reader: Reader, faults: Faults
) -> None:
    answer = answer_of(reader, faults, sts.way_into(WORKLOAD, REGION), error)
    assert (answer.state, answer.why) == (State.REFUSED, error.code)


def test_no_modelled_error_is_unforeseen_but_those_that_say_nothing_more() -> None:
    """CloudTrail says that "the requested operation is not permitted", EKS that "a client action" is to blame."""
    unforeseen = {
        error.code
        for operation in OPERATIONS
        for error in modelled(operation)
        if error.code not in operation.absent and kind_of(error) is Kind.UNFORESEEN
    }
    assert unforeseen == {"ClientException", "OperationNotPermittedException"}


def kind_of(error: AwsError) -> Kind:
    """What an error's code means."""
    return of_response({"Error": {"Code": error.code}, "ResponseMetadata": {"HTTPStatusCode": error.status}}).kind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDenied", 403, Kind.DENIED),
        ("ExpiredToken", 400, Kind.CREDENTIALS),
        ("RequestExpired", 400, Kind.CLOCK),
        ("UnsupportedAPIEndpointException", 400, Kind.NOT_OFFERED),
        ("TooManyRequestsException", 400, Kind.THROTTLED),
        ("RequestLimitExceeded", 503, Kind.THROTTLED),
        ("KMSInternalException", 500, Kind.TROUBLE),
        ("DependencyFailureException", 500, Kind.TROUBLE),
        ("KMSInvalidStateException", 400, Kind.STATE),
        ("TargetNotFoundException", 400, Kind.MISSING),
        ("ValidationError", 400, Kind.INVALID),
        ("Odd", 400, Kind.UNFORESEEN),
        ("Odd", 403, Kind.DENIED),
        ("Odd", 404, Kind.NOT_OFFERED),
        ("Odd", 429, Kind.THROTTLED),
        ("Odd", 501, Kind.NOT_OFFERED),
        ("Odd", 502, Kind.TROUBLE),
    ],
)
def test_what_a_code_means_and_what_a_status_means_where_the_code_is_not_known(
    code: str, status: int, kind: Kind
) -> None:
    assert kind_of(AwsError(code, "", status)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.ReadTimeoutError(endpoint_url="https://kms"), Kind.UNREACHED),
        (exceptions.ConnectTimeoutError(endpoint_url="https://kms"), Kind.UNREACHED),
        (exceptions.ProxyConnectionError(proxy_url="http://proxy"), Kind.UNREACHED),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), Kind.UNREACHED),
        (exceptions.InvalidRegionError(region_name="us east"), Kind.UNREACHED),
        (exceptions.CredentialRetrievalError(provider="sso", error_msg="log in"), Kind.CREDENTIALS),
        (exceptions.UnauthorizedSSOTokenError(), Kind.CREDENTIALS),
        (exceptions.UnknownServiceError(service_name="dsql", known_service_names="none"), Kind.NOT_OFFERED),
        (exceptions.PaginationError(message="the same token twice"), Kind.UNFORESEEN),
        (ResponseParserError("no XML"), Kind.GARBLED),
        (ValueError("Invalid timestamp"), Kind.GARBLED),
        (RuntimeError("the refreshed credentials are still expired"), Kind.CREDENTIALS),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_botocore_raises_by_itself_has_a_kind(error: Exception, kind: Kind) -> None:
    found = of_exception(error)
    assert (found.kind, found.code) == (kind, type(error).__name__)


READS = (
    pytest.param(backup.vault(OWN, REGION, "vault-1"), id="rest-json"),
    pytest.param(kms.key_policy(OWN, REGION, "a-key"), id="json"),
    pytest.param(iam.role(OWN, REGION, "backup-job"), id="query"),
    pytest.param(storage.volumes(OWN, REGION, ["vol-1"]), id="ec2"),
    pytest.param(storage.bucket_tags(OWN, REGION, "bucket"), id="rest-xml"),
    pytest.param(backup.vaults(OWN, REGION), id="rest-json pages"),
    pytest.param(iam.attached_role_policies(OWN, REGION, "backup-job"), id="query pages"),
)


@pytest.mark.parametrize("asked", READS)
@pytest.mark.parametrize(
    ("reply", "code", "kind"),
    [
        pytest.param(Reply(404, PAGE), "404", Kind.NOT_OFFERED, id="a 404 page"),
        pytest.param(Reply(403, PAGE), "403", Kind.GARBLED, id="a 403 page"),
        pytest.param(Reply(200, PAGE), "200", Kind.GARBLED, id="a page that says it is fine"),
        pytest.param(Reply(200, b"<html><body/></html>"), "200", Kind.GARBLED, id="a page that is XML"),
        pytest.param(Reply(502, PAGE), "502", Kind.TROUBLE, id="a 5xx page"),
        pytest.param(Reply(503, b""), "503", Kind.TROUBLE, id="a 5xx without a body"),
    ],
)
def test_a_body_that_is_not_awss_is_unread(
    asked: Lookup, reply: Reply, code: str, kind: Kind, reader: Reader, faults: Faults
) -> None:
    answer = answer_of(reader, faults, asked, reply)
    found = (answer.state, answer.why, answer.kind)
    if asked.operation.service == "s3" and reply.status == 200:  # what is no XML of S3 botocore tells as a 500
        assert found in ((State.REFUSED, code, kind), (State.REFUSED, "500", Kind.TROUBLE))
    else:
        assert found == (State.REFUSED, code, kind)


@pytest.mark.parametrize("asked", READS)
def test_half_an_answer_is_unread(asked: Lookup, reader: Reader, faults: Faults) -> None:
    halves = {"query": b"<GetRoleResponse><GetRoleResult>", "ec2": b"<DescribeVolumesResponse><volumeSet>"}
    protocol = protocol_of(asked.operation)
    body = halves.get(protocol, b"<Tagging><TagSet><Tag>" if protocol == "rest-xml" else b'{"BackupVaultList": [')
    assert answer_of(reader, faults, asked, Reply(200, body)).kind in (Kind.GARBLED, Kind.TROUBLE)


def test_an_answer_without_what_the_operation_returns_is_unread(reader: Reader, faults: Faults) -> None:
    for asked in (kms.key_policy(OWN, REGION, "a-key"), backup.vault(OWN, REGION, "vault-1")):
        answer = answer_of(reader, faults, asked, Reply(200, b"{}"))
        assert (answer.state, answer.why, answer.kind) == (State.REFUSED, "EmptyAnswer", Kind.GARBLED)


@contextmanager
def closing(sent: bytes) -> Iterator[str]:
    """A server that takes a request, sends something and closes the connection."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            self.request.sendall(sent)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("scheme", "sent"),
    [
        pytest.param("http", b"", id="a connection that is closed"),
        pytest.param("http", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", id="a body that ends early"),
        pytest.param("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", id="an endpoint without TLS"),
    ],
)
@pytest.mark.usefixtures("faults")
def test_one_endpoint_that_breaks_off_is_unread_and_ends_nothing_else(
    scheme: str, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sent) as host:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"{scheme}://{host}")
        reader = Reader(Sessions(load_settings()), LookupCache(None, 0, "tests"))
        reader.read_all([sts.caller_identity(REGION)])
        key = kms.key(OWN, REGION, "a-key")
        alone = reader.read_all([key])
        both = reader.read_all([key, backup.vaults(OWN, REGION)])
    assert alone[key].kind in (Kind.UNREACHED, Kind.GARBLED)
    assert [answer.state for answer in both.values()] == [State.REFUSED, State.KNOWN]


def test_a_request_that_botocore_does_not_send_is_unread(reader: Reader) -> None:
    asked = iam.role(OWN, REGION, "")
    answer = reader.read_all([asked])[asked]
    assert (answer.why, answer.kind) == ("ParamValidationError", Kind.INVALID)
    assert "RoleName" in answer.error.sentence(asked.what)


def test_a_client_that_can_not_be_made_is_unread(reader: Reader) -> None:
    lookups = [kms.key(BOT, "no region!", "k"), lookup(Operation("no-such-service", "Get"), BOT, REGION)]
    answers = reader.read_all(lookups)
    assert [answers[each].kind for each in lookups] == [Kind.UNREACHED, Kind.NOT_OFFERED]


def test_a_throttled_read_adds_no_calls_to_those_that_are_too_many_and_check_again_reads_past_it(
    faults: Faults,
) -> None:
    sessions, cache = Sessions(load_settings()), LookupCache(None, 300, "tests")
    reader = Reader(sessions, cache)
    reader.read_all([sts.caller_identity(REGION)])
    asked = backup.vaults(BOT, REGION)
    throttled = answer_of(reader, faults, asked, AwsError("ThrottlingException", "Rate exceeded", 429))
    kept = reader.read_all([asked])[asked]
    assert (throttled.calls, kept.calls) == (1, 0)
    assert kept.error == throttled.error
    assert Reader(sessions, cache, fresh=True).read_all([asked])[asked].known


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (AwsError("ExpiredToken", "It is expired.", 403), r"no usable AWS credentials \(ExpiredToken: It is expired\)"),
        (AwsError("UnrecognizedClientException", "Who?", 403), r"no usable AWS credentials .*get new ones"),
        (AwsError("InvalidClientTokenId", "Bad.", 403), r"no usable AWS credentials .*AWS_PROFILE"),
        (AwsError("RequestExpired", "Late."), r"set the clock of this machine"),
        (AwsError("AccessDenied", "No.", 403), r"allow sts:GetCallerIdentity"),
        (AwsError("Throttling", "Rate exceeded"), r"throttles the bot \(Throttling: Rate exceeded\): try again"),
        (AwsError("ServiceUnavailable", "Later.", 503), r"AWS STS does not answer now"),
        (Reply(404, PAGE), r"AWS can't be reached \(404: .*\): check the network, proxies and AWS_ENDPOINT_URL"),
    ],
    ids=lambda value: getattr(value, "code", None) or getattr(value, "status", ""),
)
def test_nothing_can_be_read_before_aws_says_who_asks(fault: Fault, sentence: str, faults: Faults) -> None:
    reader = Reader(Sessions(load_settings()), LookupCache(None, 0, "tests"))
    with pytest.raises(AwsUnreachableError, match=sentence) as error:
        answer_of(reader, faults, sts.caller_identity(REGION), fault)
    assert error.value.exit_code == 4


@pytest.mark.parametrize("attempts", ["none", "0"])
@pytest.mark.usefixtures("faults")
def test_a_number_of_attempts_that_is_none_is_told(attempts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", attempts)
    with pytest.raises(BadInputError, match="AWS_MAX_ATTEMPTS is no number of attempts"):
        Sessions(load_settings())
