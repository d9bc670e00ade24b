"""Whose credentials sign a call: the bot's own, or those of a role that AssumeRole gave out.

A session token that the sandbox gives out says all that there is to know of the session, so nothing is kept here. It is
not signed: the sandbox guards nothing, and no signature of a request is checked either.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sandbox.aws.model import Estate
from sandbox.aws.service import Caller, Spelling

BOT_ROLE = "BackupWhyBot"
"""The role that the bot's own credentials are taken for, as a container's or an instance's would be."""

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_MARK = "sandbox."


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signer.

    Args:
        access_key: The access key id.
        region: The Region that the signature is for.
        service: The service that it is for, as it is named in signatures.
    """

    access_key: str
    region: str
    service: str

    @classmethod
    def of(cls, authorization: str) -> Self | None:
        """Reads an Authorization header; None where it holds no signature of AWS's version 4."""
        match = _CREDENTIAL.search(authorization)
        return cls(match["key"], match["region"], match["service"]) if match else None


@dataclass(frozen=True, slots=True)
class Session:
    """A session of an assumed role.

    Args:
        account: The role's account.
        role: The role's name.
        name: The session's name.
        expires: Seconds since 1970.
    """

    account: str
    role: str
    name: str
    expires: int

    @property
    def token(self) -> str:
        """The session token."""
        said = json.dumps([self.account, self.role, self.name, self.expires])
        return _MARK + base64.urlsafe_b64encode(said.encode()).decode()

    @property
    def access_key(self) -> str:
        """The access key id that goes with the token."""
        return "ASIA" + hashlib.sha256(self.token.encode()).hexdigest()[:16].upper()

    @classmethod
    def of(cls, token: str) -> Self | None:
        """Reads a session token; None where the sandbox didn't write it."""
        try:
            account, role, name, expires = json.loads(base64.urlsafe_b64decode(token.removeprefix(_MARK)))
        except ValueError:
            return None
        return cls(account, role, name, expires)


def unique_id(prefix: str, *parts: str) -> str:
    """An id as IAM makes them, always the same for the same thing: AROA and sixteen letters or digits."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return prefix + base64.b32encode(digest)[:16].decode()


def assumed_role(estate: Estate, account: str, role: str, session: str) -> Caller:
    """The caller that a session of a role is."""
    listed = estate.account(account).role_by_name.get(role)
    role_id = (listed and listed.RoleId) or unique_id("AROA", account, role)
    arn = f"arn:{estate.partition}:sts::{account}:assumed-role/{role}/{session}"
    return Caller(account=account, arn=arn, user_id=f"{role_id}:{session}")


def caller_of(estate: Estate, access_key: str, token: str | None, now: datetime, spelling: Spelling) -> Caller:
    """Who signed a request.

    Args:
        estate: The estate.
        access_key: The access key id that the request names.
        token: The session token that it carries.
        now: The moment of the request.
        spelling: How the service that is called refuses credentials.

    Returns:
        The session's role for credentials that the sandbox gave out, the bot itself for all others.

    Raises:
        AwsError: The token is of the sandbox but expired, not this key's, or of no account of this estate.
    """
    if not (token and token.startswith(_MARK)):
        return assumed_role(estate, estate.bot.account, BOT_ROLE, "backup-why")
    session = Session.of(token)
    if session is None or session.access_key != access_key or session.account not in estate.accounts:
        raise spelling.unknown_session.error("The security token included in the request is invalid")
    if now >= datetime.fromtimestamp(session.expires, UTC):
        raise spelling.expired_session.error("The security token included in the request is expired")
    return assumed_role(estate, session.account, session.role, session.name)
