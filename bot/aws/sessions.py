"""The way into AWS: one session a process, a role assumed in every other account, clients made once and kept.

Clients and the sessions of other accounts are kept up to a limit; what was used longest ago goes first, and is made
anew when it is needed. Credentials are small and stay.

Making clients is the cost of a short process, so each is made once, on one thread, before the calls go out.
"""

import threading
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError
from cachetools import LRUCache

from bot.aws.attempts import count_requests_of
from bot.aws.bodies import check_bodies_of
from bot.aws.cache import LookupCache
from bot.aws.declared import declared_session
from bot.aws.lookup import OWN
from bot.errors import AwsUnreachableError, BadInputError
from bot.settings import Settings

CONCURRENT_CALLS: Final = 40
"""Threads that call AWS at once: more than the widest round of a diagnosis, so that none waits for another."""

MOST_CLIENTS: Final = 400
"""Some 100 KB each: a diagnosis takes about twenty, of three accounts and two Regions."""
MOST_SESSIONS: Final = 60

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
        self.kept = LookupCache(None, settings.cache_seconds, "")
        """What was answered to lookups that are of this process alone."""
        self._own_session = boto3.Session(botocore_session=self._own)
        self._credentials: dict[str, DeferredRefreshableCredentials] = {}
        self._sessions: LRUCache[str, boto3.Session] = LRUCache(MOST_SESSIONS)
        self._clients: LRUCache[tuple[str, str, str], Any] = LRUCache(MOST_CLIENTS)
        self._lock = threading.Lock()
        self._config = _CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": _attempts(self._own)}))

    def identify(self, identity: dict[str, str]) -> None:
        """Tells whose the own credentials are, as sts:GetCallerIdentity answered."""
        self.identity = identity

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
            self._credentials[account] = credentials

    def entered(self, account: str) -> bool:
        """Whether clients of that account can be made."""
        return self._is_own(account) or account in self._credentials

    def client(self, service: str, account: str, region: str) -> Any:  # boto3 makes its classes at run time
        """The client of a service in an account and a Region that was entered; made once."""
        account = OWN if self._is_own(account) else account
        key = (service, account, region)
        with self._lock:
            if (client := self._clients.get(key)) is None:
                client = self._session(account).client(service, region_name=region, config=self._config)
                count_requests_of(client)
                check_bodies_of(client)
                self._clients[key] = client
            return client

    def _is_own(self, account: str) -> bool:
        return account in (OWN, self.identity.get("Account"))

    def _session(self, account: str) -> boto3.Session:
        """The session of an account that was entered."""
        if account == OWN:
            return self._own_session
        if (session := self._sessions.get(account)) is None:
            made = declared_session()
            made._credentials = self._credentials[account]  # botocore has no other way to give it renewing ones
            session = self._sessions[account] = boto3.Session(botocore_session=made)
        return session

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
