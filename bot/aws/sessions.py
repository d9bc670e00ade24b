"""The way into AWS: one session a process, a role assumed in every other account, clients made once and kept.

Making clients is the cost of a short process, so each is made once, on one thread, before the calls go out.
"""

import threading
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError

from bot.aws.attempts import count_requests_of
from bot.aws.bodies import check_bodies_of
from bot.aws.declared import declared_session
from bot.aws.lookup import OWN
from bot.errors import AwsUnreachableError, BadInputError
from bot.settings import Settings

CONCURRENT_CALLS: Final = 40
"""Threads that call AWS at once: more than the widest round of a diagnosis, so that none waits for another."""

_GLOBAL_REGION: Final = "us-east-1"
_ATTEMPTS: Final = 6
"""How often a call is tried, unless AWS_MAX_ATTEMPTS or the profile says."""
_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=CONCURRENT_CALLS,
    user_agent_extra="backup-why",
    s3={"addressing_style": "path"},
)


class Sessions:
    """Clients for any service in any account and Region that can be got into.

    Args:
        settings: The role to assume in other accounts, and its external id.

    Raises:
        AwsUnreachableError: AWS's own settings can't be used: a profile is missing, or half of a key.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = declared_session()
        try:
            self.region: str = self._own.get_config_variable("region") or _GLOBAL_REGION
            """The session's Region, where none is said."""
            credentials = self._own.get_credentials()
        except BotoCoreError as error:
            why = str(error).rstrip(".")
            raise AwsUnreachableError(
                f"There are no usable AWS credentials ({why}): set AWS_PROFILE or AWS_ACCESS_KEY_ID, or log in again."
            ) from error
        self.access_key = str(credentials.access_key) if credentials else ""
        """Which credentials this process reads with; empty where there are none."""
        self.identity: dict[str, str] = {}
        """Account and Arn of the own credentials, once sts:GetCallerIdentity has answered."""
        self._sessions: dict[str, boto3.Session] = {OWN: boto3.Session(botocore_session=self._own)}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()
        self._config = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": _attempts(self._own)}))

    def identify(self, identity: dict[str, str]) -> None:
        """Tells whose the own credentials are, as sts:GetCallerIdentity answered."""
        self.identity = identity
        self._sessions[identity["Account"]] = self._sessions[OWN]

    def enter(self, account: str) -> None:
        """Assumes the configured role of another account; botocore renews the credentials when they expire.

        Args:
            account: The account's id; the own one is never assumed into.

        Raises:
            ClientError: STS refuses.
            BotoCoreError: STS can't be reached.
        """
        if not self.entered(account):
            credentials = self._assumed(account)
            credentials.get_frozen_credentials()
            session = declared_session()
            session._credentials = credentials  # botocore has no other way to give it ones that renew themselves
            with self._lock:
                self._sessions[account] = boto3.Session(botocore_session=session)

    def entered(self, account: str) -> bool:
        """Whether clients of that account can be made."""
        return account in self._sessions

    def client(self, service: str, account: str, region: str) -> Any:  # boto3 makes its classes at run time
        """The client of a service in an account and a Region; made once."""
        account = OWN if account == self.identity.get("Account") else account
        key = (service, account, region)
        with self._lock:
            if key not in self._clients:
                client = self._sessions[account].client(service, region_name=region, config=self._config)
                count_requests_of(client)
                check_bodies_of(client)
                self._clients[key] = client
            return self._clients[key]

    def _assumed(self, account: str) -> DeferredRefreshableCredentials:
        """Credentials of the configured role in another account, fetched when first asked for."""
        external_id = self._settings.external_id
        arguments: dict[str, Any] = {"RoleSessionName": "backup-why"}
        if external_id is not None:
            arguments["ExternalId"] = external_id.get_secret_value()

        def make_client(service: str, **_credentials: object) -> Any:
            return self.client(service, OWN, self.region)

        fetcher = AssumeRoleCredentialFetcher(
            client_creator=make_client,
            source_credentials=self._own.get_credentials(),
            role_arn=f"arn:{self.identity['Arn'].split(':')[1]}:iam::{account}:role/{self._settings.role_name}",
            extra_args=arguments,
            cache={},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")


def _attempts(session: botocore.session.Session) -> int:
    """How often a call is tried.

    Raises:
        BadInputError: AWS_MAX_ATTEMPTS or max_attempts in the profile is no number from 1.
    """
    try:
        said: int | None = session.get_config_variable("max_attempts")
    except ValueError:
        said = 0
    attempts = _ATTEMPTS if said is None else said
    if attempts < 1:
        raise BadInputError("AWS_MAX_ATTEMPTS is no number of attempts: give 1 or more, or leave it out.")
    return attempts
