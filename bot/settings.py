"""Every setting, typed, read from the environment; each has a default that works offline.

The names are those of `docs/settings.md`. AWS's own settings (credentials, profile, endpoint) are not here: boto3
reads them as every AWS SDK does.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadInputError

Names = Annotated[tuple[str, ...], NoDecode]
"""A comma-separated list in the environment."""


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    role_name: str = Field("BackupWhyReadOnly", alias="BACKUP_WHY_ROLE_NAME")
    external_id: SecretStr | None = Field(None, alias="BACKUP_WHY_EXTERNAL_ID")
    accounts: Names = Field((), alias="BACKUP_WHY_ACCOUNTS")
    regions: Names = Field((), alias="BACKUP_WHY_REGIONS")
    management_account: str | None = Field(None, alias="BACKUP_WHY_MANAGEMENT_ACCOUNT")
    cache_seconds: int = Field(300, alias="BACKUP_WHY_CACHE_SECONDS", ge=0)

    redis_url: SecretStr | None = Field(None, alias="REDIS_URL")

    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, alias="SLACK_SIGNING_SECRET")
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL")
    access_file: Path | None = Field(None, alias="BACKUP_WHY_ACCESS_FILE")
    port: int = Field(3000, alias="PORT", ge=1, le=65535)

    @field_validator("accounts", "regions", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Reads `a, b` as ("a", "b")."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("accounts")
    @classmethod
    def _account_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """An account id is twelve digits."""
        wrong = [account for account in value if not (len(account) == 12 and account.isdigit())]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no account id: twelve digits")
        return value


def load_settings() -> Settings:
    """Reads the settings from the environment and from `.env` in the working directory.

    Returns:
        The settings.

    Raises:
        BadInputError: A setting has a value that can't be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInputError(f"The setting {first['loc'][0]} can't be used: {first['msg']}.") from error
