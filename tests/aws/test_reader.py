"""Reading AWS over HTTP: what is known, absent, refused or told as trouble."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from bot.aws import backup, iam, kms, sts
from bot.aws.lookup import Operation, State, lookup
from bot.errors import AwsUnreachableError
from sandbox.aws.here import only
from sandbox.aws.server import Sandbox
from tests.aws.conftest import BOT, ESTATE, REGION, STRANGER, WORKLOAD, MakeReader, ask
from tests.conftest import ServeEstate


def test_a_list_is_read_to_its_last_page_and_each_page_counts(sandbox: Sandbox, make_reader: MakeReader) -> None:
    reader = make_reader()
    [vaults] = ask(reader, backup.vaults(BOT, REGION))
    assert [vault["BackupVaultName"] for vault in vaults.value] == [f"vault-{number}" for number in range(7)]
    assert (vaults.calls, reader.cost.aws_calls, reader.cost.round_trips) == (3, 4, 4)
    assert len(sandbox.calls) == 4


def test_another_account_is_entered_before_it_is_read(sandbox: Sandbox, make_reader: MakeReader) -> None:
    [role] = ask(make_reader(), iam.role(WORKLOAD, REGION, "backup-job"))
    assert role.value["Arn"] == f"arn:aws:iam::{WORKLOAD}:role/backup-job"
    assert [call.operation for call in sandbox.calls] == ["GetCallerIdentity", "AssumeRole", "GetRole"]


def test_the_own_account_is_never_assumed_into(sandbox: Sandbox, make_reader: MakeReader) -> None:
    ask(make_reader(), backup.vault(BOT, REGION, "vault-1"))
    assert "AssumeRole" not in [call.operation for call in sandbox.calls]


@pytest.mark.usefixtures("sandbox")
def test_what_aws_says_does_not_exist_is_absent(make_reader: MakeReader) -> None:
    [role, policy] = ask(
        make_reader(), iam.role(WORKLOAD, REGION, "nobody"), backup.vault_policy(WORKLOAD, REGION, "vault-1")
    )
    assert (role.state, policy.state) == (State.ABSENT, State.ABSENT)


@pytest.mark.usefixtures("sandbox")
def test_a_refused_read_is_told_with_its_code_and_ends_nothing(make_reader: MakeReader) -> None:
    [key, vault] = ask(
        make_reader(),
        kms.key(WORKLOAD, REGION, "1111aaaa-22bb-33cc-44dd-5555eeee6666"),
        backup.vaults(WORKLOAD, REGION),
    )
    assert (key.state, key.why) == (State.REFUSED, "AccessDeniedException")
    assert vault.known


def test_an_account_that_can_not_be_entered_refuses_all_that_is_in_it(
    sandbox: Sandbox, make_reader: MakeReader
) -> None:
    [role, vaults] = ask(make_reader(), iam.role(STRANGER, REGION, "any"), backup.vaults(STRANGER, REGION))
    assert (role.state, role.why, vaults.state) == (State.REFUSED, "AccessDenied", State.REFUSED)
    assert [call.operation for call in sandbox.calls] == ["GetCallerIdentity", "AssumeRole"]


@pytest.mark.usefixtures("sandbox")
def test_an_operation_that_the_server_does_not_offer_is_refused(make_reader: MakeReader) -> None:
    [bucket] = ask(make_reader(), lookup(Operation("s3", "HeadBucket"), BOT, REGION, Bucket="any"))
    assert bucket.refused


def test_throttled_calls_are_tried_again_and_each_try_counts(
    served_estate: ServeEstate, make_reader: MakeReader
) -> None:
    sandbox = served_estate(json.dumps(ESTATE), throttle=0.5)
    names = [f"vault-{number}" for number in range(7)]
    reader = make_reader()
    answers = ask(reader, *(backup.vault(BOT, REGION, name) for name in names))
    assert all(answer.known for answer in answers)
    assert reader.cost.aws_calls == len(sandbox.calls) > len(names) + 1


def test_a_round_is_read_at_once(served_estate: ServeEstate, make_reader: MakeReader) -> None:
    sandbox = served_estate(json.dumps(ESTATE), latency_ms=100)
    ask(make_reader(), *(backup.vault(BOT, REGION, f"vault-{number}") for number in range(7)))
    described = [call for call in sandbox.calls if call.operation == "DescribeBackupVault"]
    assert max(call.started for call in described) < min(call.ended for call in described)


@contextmanager
def answering(status: int, body: bytes, *, identity: bool = True) -> Iterator[None]:
    """A server that answers everything with one error, sts:GetCallerIdentity too unless that has an answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_identity = identity and b"GetCallerIdentity" in sent
            self.send_response(200 if is_identity else status)
            self.end_headers()
            self.wfile.write(IDENTITY if is_identity else body)

        do_GET = do_POST  # noqa: N815 — the name that http.server looks for

        def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 — its signature
            """Keeps the test's output clean."""

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with only({"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}):
            yield
        server.shutdown()


IDENTITY = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::999988887777:user/bot</Arn><UserId>AIDA</UserId><Account>999988887777</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


def test_no_credentials_is_one_clear_sentence(make_reader: MakeReader) -> None:
    with (
        only({"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}),
        pytest.raises(AwsUnreachableError, match=r"no usable AWS credentials .* AWS_PROFILE"),
    ):
        ask(make_reader(), sts.caller_identity(REGION))


def test_bad_credentials_is_one_clear_sentence(make_reader: MakeReader) -> None:
    body = b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>bad</Message></Error></ErrorResponse>"

    with (
        answering(403, body, identity=False),
        pytest.raises(AwsUnreachableError, match=r"InvalidClientTokenId.*get new ones"),
    ):
        ask(make_reader(), kms.key(BOT, REGION, "k"))


@pytest.mark.usefixtures("sandbox")
def test_nothing_answering_is_told_as_unreachable(make_reader: MakeReader) -> None:
    with (
        only({"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}),
        pytest.raises(AwsUnreachableError, match=r"AWS can't be reached .* AWS_ENDPOINT_URL"),
    ):
        ask(make_reader(), sts.caller_identity(REGION))
