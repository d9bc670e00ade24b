"""Every setting, typed and checked, read from the environment; each has a default that works offline.

The text under a setting is what docs/settings.md says of it (`make docs`): what it means, and after `Unset:` what holds
without it where that is more than a default. AWS's own settings (credentials, profile, endpoint) are not here: boto3
reads them as every AWS SDK does. Two of them are checked, since what boto3 makes of a wrong one is no sentence.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadInputError
from bot.redis_url import checked_redis_url
from bot.regions import is_region, not_a_region

_BOT_TOKENS: Final = ("xoxb-", "xoxe.xoxb-")
"""How bot tokens begin, those that rotate too. Source: "Tokens" and "Using token rotation" in Slack's documentation."""
_APP_TOKENS: Final = ("xapp-",)
_ROLE_NAME: Final = re.compile(r"([\x21-\x7e]+/)?[\w+=,.@-]{1,64}", re.ASCII)
"""A role's name, after its path if it has one. Source: "Role" in the IAM API Reference."""
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
"""Source: "AssumeRole" in the AWS STS API Reference."""


_BOT_ID: Final = re.compile(r"[AB][A-Z0-9]{2,}", re.ASCII)
"""As `bot_id` and `app_id` of a message are. Source: "message event" in Slack's documentation."""


_WORKSPACE_ID: Final = re.compile(r"[TE][A-Z0-9]{2,}", re.ASCII)
"""As `team.id` and `enterprise.id` are. Source: "oauth.v2.access" in Slack's documentation."""


_FERNET_KEY: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=", re.ASCII)
"""Source: "Fernet (symmetric encryption)" in the documentation of `cryptography`."""


_MODEL_ID: Final = re.compile(r"[\w.:/-]{1,2048}", re.ASCII)
"""Source: "Converse" (Amazon Bedrock API Reference)."""
_MODEL_USES: Final = ("choose", "rephrase")


def _whole_number(low: int, high: int | None = None) -> BeforeValidator:
    """Reads a whole number within limits."""
    limits = f"from {low} to {high}" if high is not None else f"of {low} or more"

    def read(value: object) -> int:
        text = str(value).strip()
        number = int(text) if text.isascii() and text.isdigit() else None
        if number is None or number < low or (high is not None and number > high):
            raise ValueError(f"{text!r} is not a whole number {limits}")
        return number

    return BeforeValidator(read)


Names = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list in the environment."""
Secrets = Annotated[tuple[SecretStr, ...], NoDecode]
"""The same of what nobody is to read."""
Seconds = Annotated[int, _whole_number(0)]
Patience = Annotated[int, _whole_number(1, 30)]
Port = Annotated[int, _whole_number(1, 65535)]


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    role_name: str = Field("BackupWhyReadOnly", alias="BACKUP_WHY_ROLE_NAME")
    """The role that is assumed in every account but the own one: its name, not its ARN, after its path if it has
    one."""
    external_id: SecretStr | None = Field(None, alias="BACKUP_WHY_EXTERNAL_ID")
    """The external id with which that role is assumed, as AWS STS takes it."""
    accounts: Names = Field((), alias="BACKUP_WHY_ACCOUNTS")
    """Accounts in scope, comma separated. Unset: the own account, and all of the organization where it may be
    listed."""
    regions: Names = Field((), alias="BACKUP_WHY_REGIONS")
    """Regions in scope, comma separated. Unset: the session's Region."""
    management_account: str | None = Field(None, alias="BACKUP_WHY_MANAGEMENT_ACCOUNT")
    """The organization's management account. Unset: as organizations:DescribeOrganization says."""
    cache_seconds: Seconds = Field(300, alias="BACKUP_WHY_CACHE_SECONDS")
    """How long a lookup is taken for current at most (docs/decisions/lookup-cache.md); 0 reads everything anew."""

    redis_password: SecretStr | None = Field(None, alias="REDIS_PASSWORD")
    """The password for Redis, as it is. In the URL itself a password with one of `/ ? # @ % [ ]` has to be
    percent-encoded (`/` as `%2F`, `@` as `%40`). Where both have one, they have to agree."""
    redis_url: SecretStr | None = Field(None, alias="REDIS_URL")
    """The cache; for `serve` and `work` also the queue, the threads and the audit trail: `redis://HOST:PORT/0`,
    `rediss://…` with TLS, or `unix:///PATH`. Unset: none; the command line's lookups live as long as the
    process."""
    # Its value has the password of `redis_password` in it, if that is set.

    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    """The app's bot token, `xoxb-…`. Unset: none; `serve` and `work` need it, or OAuth."""
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    """What requests to `/slack/events` are signed with. Unset: none; `serve` then needs an app token."""
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    """An app token, `xapp-…`: Socket Mode, no public address needed. Unset: none; Slack's requests come over HTTP."""
    slack_client_id: str | None = Field(None, alias="SLACK_CLIENT_ID")
    """The app's client id, for installing it by OAuth in several workspaces (docs/how-to/many-workspaces.md) in the
    place of a bot token. Unset: none; there is one workspace."""
    slack_client_secret: SecretStr | None = Field(None, alias="SLACK_CLIENT_SECRET")
    """The app's client secret. Unset: none; needed with the client id."""
    installation_keys: Secrets = Field((), alias="BACKUP_WHY_INSTALLATION_KEYS")
    """What bot tokens are encrypted with in Redis: Fernet keys, comma separated. The first one encrypts, each of them
    decrypts. Unset: none; needed with the client id."""
    workspaces: Names = Field((), alias="BACKUP_WHY_WORKSPACES")
    """The workspaces (`T…`) and organizations (`E…`) that may install the app by OAuth, comma separated. Unset: all;
    an access file is needed then."""
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL")
    """The base of the Web API, for stand-ins."""
    access_file: Path | None = Field(None, alias="BACKUP_WHY_ACCESS_FILE")
    """A file that says who may ask about which accounts (docs/operations.md). Unset: none; everybody may ask about
    everything in scope."""
    alert_bots: Names = Field((), alias="BACKUP_WHY_ALERT_BOTS")
    """Other bots that may ask by themselves, such as a source of alerts: ids of bots (`B…`) or apps (`A…`), comma
    separated (docs/operations.md). Unset: none; only people are answered."""
    language_model: str | None = Field(None, alias="BACKUP_WHY_LANGUAGE_MODEL")
    """The id or ARN of a model or inference profile in Amazon Bedrock (docs/language-model.md). Unset: none; no
    language model takes part."""
    language_model_region: str | None = Field(None, alias="BACKUP_WHY_LANGUAGE_MODEL_REGION")
    """The Region in which it is called. Unset: the session's Region."""
    language_model_uses: Names = Field(("choose",), alias="BACKUP_WHY_LANGUAGE_MODEL_USES")
    """What it may do, comma separated: `choose` among answers, `rephrase` general explanations. Unset: `choose`."""
    language_model_seconds: Patience = Field(5, alias="BACKUP_WHY_LANGUAGE_MODEL_SECONDS")
    """How long it may take for an answer; then all goes on without it."""
    language_model_calls: Seconds = Field(60, alias="BACKUP_WHY_LANGUAGE_MODEL_CALLS")
    """How many calls all workers together may make in an hour."""
    port: Port = Field(3000, alias="PORT")
    """Where `serve` listens; with `docker compose` the port on the host."""

    @field_validator("role_name")
    @classmethod
    def _name_of_a_role(cls, value: str) -> str:
        if value.startswith("arn:") or not _ROLE_NAME.fullmatch(value):
            raise ValueError(f"{value!r} is not the name of a role; write the name alone, not the ARN")
        return value

    @field_validator("external_id")
    @classmethod
    def _form_of_an_external_id(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _EXTERNAL_ID.fullmatch(value.get_secret_value()):
            raise ValueError("AWS takes 2 to 1224 letters, digits and characters of + = , . @ : / - _")
        return value

    @field_validator(
        "accounts", "regions", "alert_bots", "language_model_uses", "installation_keys", "workspaces", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        """Reads `a, b` as ("a", "b")."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("accounts")
    @classmethod
    def _account_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(account_id, value))

    @field_validator("alert_bots")
    @classmethod
    def _bot_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for wrong in (each for each in value if not _BOT_ID.fullmatch(each)):
            raise ValueError(f"{wrong!r} is not the id of a bot (B…) or of an app (A…)")
        return value

    @field_validator("workspaces")
    @classmethod
    def _workspace_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for wrong in (each for each in value if not _WORKSPACE_ID.fullmatch(each)):
            raise ValueError(f"{wrong!r} is not the id of a workspace (T…) or of an organization (E…)")
        return value

    @field_validator("installation_keys")
    @classmethod
    def _fernet_keys(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(_FERNET_KEY.fullmatch(key.get_secret_value()) for key in value):
            raise ValueError("a key is 32 bytes in URL-safe Base64, 44 characters, as Fernet.generate_key() makes it")
        return value

    @field_validator("language_model")
    @classmethod
    def _model_id(cls, value: str | None) -> str | None:
        if value is not None and not _MODEL_ID.fullmatch(value):
            raise ValueError(f"{value!r} is not the id or ARN of a model or inference profile")
        return value

    @field_validator("language_model_region")
    @classmethod
    def _model_region(cls, value: str | None) -> str | None:
        return value if value is None else region_name(value)

    @field_validator("language_model_uses")
    @classmethod
    def _model_uses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for wrong in (each for each in value if each not in _MODEL_USES):
            raise ValueError(f"{wrong!r} is neither choose nor rephrase")
        return value

    @field_validator("management_account")
    @classmethod
    def _management_account_id(cls, value: str | None) -> str | None:
        return value if value is None else account_id(value)

    @field_validator("regions")
    @classmethod
    def _region_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(region_name, value))

    @field_validator("redis_url")
    @classmethod
    def _complete_redis_url(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        password: SecretStr | None = info.data.get("redis_password")
        if value is None:
            return None
        return SecretStr(checked_redis_url(value.get_secret_value(), password.get_secret_value() if password else None))

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _token(value, _BOT_TOKENS, "the bot token of your Slack app")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _token(value, _APP_TOKENS, "an app-level token of your Slack app")

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, value: SecretStr | None) -> SecretStr | None:
        secret = value.get_secret_value().strip() if value else ""
        if secret.startswith((*_BOT_TOKENS, *_APP_TOKENS)):
            raise ValueError('it is a token; take the "Signing Secret" of your Slack app\'s "Basic Information"')
        return SecretStr(secret) if secret else None

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        return http_url(value)


def given(value: SecretStr | str | None) -> str:
    """The value of a setting; empty where it is not set, or set to nothing as a compose file may do."""
    return (value.get_secret_value() if isinstance(value, SecretStr) else value or "").strip()


def load_settings() -> Settings:
    """Reads the settings from the environment and from `.env` in the working directory.

    Returns:
        The settings.

    Raises:
        BadInputError: Settings have values that can't be used; each has a sentence.
    """
    settings, wrong = read_settings()
    if wrong:
        raise BadInputError(" ".join(wrong.values()))
    return settings


def read_settings() -> tuple[Settings, dict[str, str]]:
    """Reads the settings as far as they can be used.

    Returns:
        The settings, with the defaults of those that can't be used; and for each of these a sentence, by its variable.

    Raises:
        BadInputError: The file `.env` can't be read.
    """
    try:
        settings, wrong = Settings(), {}
    except ValidationError as error:
        reasons = {str(each["loc"][0]): each.get("ctx", {}).get("error", each["msg"]) for each in error.errors()}
        wrong = {name: _unusable(name, reason) for name, reason in reasons.items()}
        defaults = {str(field.alias): field.default for field in Settings.model_fields.values()}
        settings = Settings(**{name: defaults[name] for name in wrong})
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInputError(f"The file .env in the working directory can't be read: {reason}.") from error
    for name, check in (("AWS_DEFAULT_REGION", region_name), ("AWS_ENDPOINT_URL", http_url)):
        try:
            if os.environ.get(name):
                check(os.environ[name])
        except ValueError as error:
            wrong[name] = _unusable(name, error)
    return settings, wrong


def account_id(text: str) -> str:
    """Reads an account id.

    Raises:
        ValueError: It is none.
    """
    if not (len(text) == 12 and text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not an account id, which has twelve digits")
    return text


def region_name(text: str) -> str:
    """Reads the name of a Region.

    Raises:
        ValueError: It is none.
    """
    if not is_region(text):
        raise ValueError(not_a_region(text))
    return text


def http_url(text: str) -> str:
    """Reads the URL of an API.

    Raises:
        ValueError: It is no URL of HTTP.
    """
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{text!r} is not a URL that begins with https:// or http://")
    return text


def _token(value: SecretStr | None, beginnings: tuple[str, ...], what: str) -> SecretStr | None:
    """A token of Slack's; a beginning alone, as `.env.sample` has it, is none."""
    token = value.get_secret_value().strip() if value else ""
    if not token or token in beginnings:
        return None
    if not token.startswith(beginnings):
        raise ValueError(f"it does not begin with {beginnings[0]}; take {what}")
    return SecretStr(token)


def _unusable(name: str, reason: Any) -> str:  # a ValueError, or what pydantic says
    text = str(reason)
    return f"The setting {name} can't be used: {text}{'' if text.endswith('?') else '.'}"
