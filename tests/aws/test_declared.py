"""Sessions of botocore have what is declared, and what botocore itself calls to get credentials."""

import pytest

from bot.aws.declared import declared_session


def client(service: str) -> object:
    return declared_session().create_client(
        service, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )


@pytest.mark.parametrize(
    ("service", "method"),
    [
        ("sts", "assume_role"),
        ("sts", "assume_role_with_web_identity"),
        ("sso", "get_role_credentials"),
        ("sso-oidc", "create_token"),
        ("signin", "create_o_auth2_token"),
    ],
)
def test_credentials_of_every_kind_can_be_fetched(service: str, method: str) -> None:
    assert callable(getattr(client(service), method))


def test_a_client_has_no_call_that_is_not_declared() -> None:
    ec2 = client("ec2")
    assert hasattr(ec2, "describe_volumes")
    assert not hasattr(ec2, "run_instances")


def test_a_client_knows_the_errors_of_what_is_declared_and_no_others() -> None:
    kms = client("kms").exceptions  # type: ignore[attr-defined]  # botocore makes its clients at run time
    assert issubclass(kms.NotFoundException, kms.ClientError)
    assert not hasattr(kms, "CustomKeyStoreNotFoundException")


def test_in_events_a_declared_service_goes_by_its_other_name_too() -> None:
    events, heard = declared_session().get_component("event_emitter"), list[str]()
    events.register("told.elasticfilesystem", lambda event_name, **_: heard.append(event_name))
    events.emit("told.efs.DescribeFileSystems")
    assert heard == ["told.efs.DescribeFileSystems"]
