"""The settings: what can't be used is refused at the start with a sentence that tells no secret."""

import os
from pathlib import Path

import boto3
import pytest
import yaml
from redis.connection import parse_url

from bot.errors import BadInputError
from bot.regions import is_region
from bot.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
PASSWORD = "a@b/c#d?e%41[f]:g h"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting but those of the test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "BACKUP_WHY_", "SLACK_", "REDIS_")) or name == "PORT":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """The settings that an environment means."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


WRONG = [
    ("BACKUP_WHY_ACCOUNTS", "222233334444,12", "'12' is not an account id, which has twelve digits."),
    ("BACKUP_WHY_MANAGEMENT_ACCOUNT", "o-abc", "'o-abc' is not an account id, which has twelve digits."),
    ("BACKUP_WHY_REGIONS", "eu-west-1,mars", "'mars' is not an AWS Region; the known ones are af-south-1, "),
    ("BACKUP_WHY_REGIONS", "eu-west1", "'eu-west1' is not an AWS Region; did you mean eu-west-1 or "),
    ("BACKUP_WHY_CACHE_SECONDS", "soon", "'soon' is not a whole number of 0 or more."),
    ("BACKUP_WHY_CACHE_SECONDS", "-1", "'-1' is not a whole number of 0 or more."),
    ("BACKUP_WHY_ROLE_NAME", "arn:aws:iam::222233334444:role/x", "is not the name of a role; write the name alone"),
    ("BACKUP_WHY_EXTERNAL_ID", "secret one", "AWS takes 2 to 1224 letters"),
    ("BACKUP_WHY_ALERT_BOTS", "B0ALERTS,alerts", "'alerts' is not the id of a bot (B…) or of an app (A…)."),
    ("BACKUP_WHY_ALERT_BOTS", "U0ANA", "'U0ANA' is not the id of a bot"),
    ("BACKUP_WHY_LANGUAGE_MODEL", "my model", "'my model' is not the id or ARN of a model or inference profile."),
    ("BACKUP_WHY_LANGUAGE_MODEL_REGION", "mars", "'mars' is not an AWS Region"),
    ("BACKUP_WHY_LANGUAGE_MODEL_USES", "choose,write", "'write' is neither choose nor rephrase."),
    ("BACKUP_WHY_LANGUAGE_MODEL_SECONDS", "31", "'31' is not a whole number from 1 to 30."),
    ("PORT", "http", "'http' is not a whole number from 1 to 65535."),
    ("PORT", "65536", "'65536' is not a whole number from 1 to 65535."),
    ("SLACK_BOT_TOKEN", "xoxp-secret", "it does not begin with xoxb-; take the bot token of your Slack app."),
    ("SLACK_APP_TOKEN", "xoxb-secret", "it does not begin with xapp-; take an app-level token of your Slack app."),
    ("SLACK_SIGNING_SECRET", "xapp-secret", 'it is a token; take the "Signing Secret"'),
    ("SLACK_API_URL", "slack.com/api", "'slack.com/api' is not a URL that begins with https:// or http://."),
    ("AWS_DEFAULT_REGION", "mars", "'mars' is not an AWS Region"),
    ("AWS_ENDPOINT_URL", "localhost:4566", "'localhost:4566' is not a URL"),
    ("REDIS_URL", "localhost:6379", "write redis://HOST:PORT/0, rediss://HOST:PORT/0 (with TLS) or unix:///PATH."),
    ("REDIS_URL", "redis://localhost:redis/0", "its port is not a number from 1 to 65535."),
    ("REDIS_URL", "redis://localhost/main", "what follows the port is not the number of a database, such as /0."),
    (
        "REDIS_URL",
        "redis://:secret/1@localhost:6379/0",
        "a password with one of the characters / ? # @ % [ ] has to be",
    ),
    ("REDIS_URL", "redis://:secret?1@localhost:6379/0", "percent-encoded in a URL (/ as %2F)"),
    ("REDIS_URL", "redis://:secret#1@localhost:6379/0", "or stands as it is in REDIS_PASSWORD."),
    ("REDIS_URL", "redis://:12/secret@localhost:6379/0", "it does not parse"),
    ("REDIS_URL", "redis://:secret[1@localhost:6379/0", "it does not parse"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_setting_that_can_not_be_used_is_a_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInputError) as refused:
        loaded(monkeypatch, **{name: value})
    said = refused.value.message
    assert said.startswith(f"The setting {name} can't be used: ")
    assert sentence in said
    assert "secret" not in said
    assert "Value error" not in said
    assert said.endswith(("?", "."))
    assert not said.endswith(("?.", ".."))


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInputError) as refused:
        loaded(monkeypatch, PORT="x", BACKUP_WHY_ACCOUNTS="12")
    assert refused.value.message.count("can't be used") == 2


def test_a_wrong_env_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"BACKUP_WHY_ROLE_NAME=\xff\n")
    with pytest.raises(BadInputError, match=r"The file \.env in the working directory can't be read: it is not UTF-8"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BACKUP_WHY_REGIONS", "eu-west-1, us-gov-east-1, eusc-de-east-1, eu-south-9"),
        ("BACKUP_WHY_ROLE_NAME", "ops/BackupWhy+ReadOnly"),
        ("BACKUP_WHY_EXTERNAL_ID", "a:b/c-1@d"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc"),
        ("SLACK_API_URL", "http://127.0.0.1:8080/api/"),
        ("REDIS_URL", "rediss://ana:a%2Fb@localhost:6380/1?ssl_cert_reqs=none"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("REDIS_URL", "redis://[::1]:6379/0"),
        ("BACKUP_WHY_CACHE_SECONDS", " 0 "),
    ],
)
def test_what_can_be_used_is(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(monkeypatch, **{name: value})


def test_every_region_that_botocore_knows_has_the_form_of_one() -> None:
    session = boto3.Session()
    known = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    ]
    assert len(known) > 30
    assert [region for region in known if not is_region(region)] == []


def test_the_sample_as_it_is_sets_no_token(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.sample").read_text(encoding="utf-8"), encoding="utf-8")
    settings = load_settings()
    assert settings.slack_bot_token is None
    assert settings.slack_app_token is None, "Socket Mode by an app token that nobody has filled in"
    assert settings.slack_signing_secret is None
    assert settings.redis_url is not None


@pytest.mark.parametrize("url", ["redis://redis:6379/0", "unix:///run/redis.sock", "rediss://ana@redis:6379/0"])
def test_a_password_reaches_redis_as_it_is_written(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, REDIS_URL=url, REDIS_PASSWORD=PASSWORD)
    assert settings.redis_url is not None
    read = dict(parse_url(settings.redis_url.get_secret_value()))  # type: ignore[no-untyped-call]  # redis-py's
    assert read["password"] == PASSWORD
    assert read.get("username") == ("ana" if "ana" in url else None)
    assert f"//{read.get('host', '')}" in url.replace("ana@", "")


def test_two_passwords_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    same = loaded(monkeypatch, REDIS_URL="redis://:a%2Fb@redis:6379/0", REDIS_PASSWORD="a/b")
    assert same.redis_url is not None
    with pytest.raises(BadInputError, match="it has a password that differs from REDIS_PASSWORD"):
        loaded(monkeypatch, REDIS_PASSWORD="another")


def test_every_setting_is_documented_and_the_compose_file_names_no_other() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = {str(field.alias) for field in Settings.model_fields.values()}
    assert [name for name in names if f"`{name}`" not in documented] == []
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert services["worker"]["environment"].keys() <= names
