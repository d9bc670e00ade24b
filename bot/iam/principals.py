"""Who makes a request: the kinds of AWS principals, read from their ARN or service name.

Source: AWS IAM User Guide, "AWS JSON policy elements: Principal".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache

from bot.errors import BadInputError
from bot.iam.arn import split_arn

_ACCOUNT = re.compile(r"[0-9]{12}")
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)")
_UNIQUE_ID = re.compile(r"A(ROA|IDA)[A-Z0-9]{8,}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s*?]*)?", re.IGNORECASE)


class PrincipalKind(Enum):
    """The kinds of principals."""

    ROOT = "root user"
    USER = "user"
    ROLE = "role"
    """A role named by its own ARN stands for any one of its sessions."""

    SESSION = "role session"
    FEDERATED_USER = "federated user session"
    SERVICE = "service"
    FEDERATED = "identity provider"
    """A user of an identity provider who asks to assume a role."""

    ANONYMOUS = "anonymous"


_TYPES: Mapping[PrincipalKind, str] = {
    PrincipalKind.ROOT: "Account",
    PrincipalKind.USER: "User",
    PrincipalKind.ROLE: "AssumedRole",
    PrincipalKind.SESSION: "AssumedRole",
    PrincipalKind.FEDERATED_USER: "FederatedUser",
    PrincipalKind.ANONYMOUS: "Anonymous",
}
"""What `aws:PrincipalType` says of a kind; AWS documents none for the others."""

PRINCIPAL_ARN = "aws:principalarn"
_USER_NAME = "aws:username"
_SERVICE_NAMES = frozenset(["aws:principalservicename", "aws:principalservicenameslist"])
_OF_ACCOUNTS = frozenset(
    [
        PRINCIPAL_ARN,
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principaltag/*",
        "aws:principaltype",
        "aws:userid",
        _USER_NAME,
    ]
)
"""The keys that a service's own requests lack: a service principal belongs to no account and no organization."""

_IAM_KINDS = {"user": PrincipalKind.USER, "role": PrincipalKind.ROLE}
_PROVIDERS = ("oidc-provider", "saml-provider")


@dataclass(frozen=True, slots=True)
class Principal:
    """The principal of a request.

    Args:
        kind: What it is.
        arn: Its ARN as given, or the name of a service or an identity provider; `*` for an anonymous request.
        account: Its account's id, None for a service, a provider and an anonymous request.
        root_arn: The ARN that stands for its account in policies.
        entity_arn: The ARN of the role or user behind a session; without its path where only the session's ARN is
            known, which does not tell it. None for what is no session.
        unique_id: The unique id of the role or user (AROA…, AIDA…), where it is known.
        is_path_known: Whether `entity_arn` is the whole ARN; a session's own ARN does not tell its role's path.

    Attributes:
        is_service_linked_role: Whether it is a service-linked role: by the role's path, or by the name where only a
            session is known. Source: AWS IAM User Guide, "Create a service-linked role" (path `/aws-service-role/`,
            names `AWSServiceRoleFor…`).
        context: The condition keys, in lower case, that AWS fills in from the principal: `aws:PrincipalArn` (a
            session's is its role's), `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username` of a user,
            `aws:PrincipalServiceName` of a service, and `aws:PrincipalIsAWSService`, which every request with
            credentials has. Source: AWS IAM User Guide, "AWS global condition context keys".
        absent: The keys, in lower case, that such a principal's requests never have (the same page, Availability); a
            star at the end of one stands for whatever may follow.
        shapes: Of keys of which only a part is known, in lower case, the patterns one of which the value matches.
    """

    kind: PrincipalKind
    arn: str
    account: str | None = None
    root_arn: str | None = None
    entity_arn: str | None = None
    unique_id: str | None = None
    is_path_known: bool = True
    is_service_linked_role: bool = field(init=False, repr=False, compare=False)
    context: Mapping[str, str] = field(init=False, repr=False, compare=False)
    absent: frozenset[str] = field(init=False, repr=False, compare=False)
    shapes: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Works out what requests ask for again and again."""
        object.__setattr__(self, "is_service_linked_role", self._is_service_linked_role())
        object.__setattr__(self, "context", self._context())
        object.__setattr__(self, "absent", _absent(self.kind))
        object.__setattr__(self, "shapes", {} if self.is_path_known else {PRINCIPAL_ARN: self._arns_of_any_path()})

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> "Principal":
        """Reads a principal.

        Args:
            text: The ARN of a role, a user, an assumed-role session, a federated user session, an account's root or an
                identity provider; an account id (its root user); a service such as "backup.amazonaws.com"; or "*" for
                a request without credentials.

        Raises:
            BadInputError: It is none of these.
        """
        if text == "*":
            return cls(PrincipalKind.ANONYMOUS, text)
        if _ACCOUNT.fullmatch(text):
            return cls.parse(f"arn:aws:iam::{text}:root")
        if _SERVICE.fullmatch(text):
            return cls(PrincipalKind.SERVICE, text)
        return cls._of_arn(text) or cls._of_host(text)

    @classmethod
    def _of_arn(cls, text: str) -> "Principal | None":
        arn = split_arn(text)
        if arn is None or arn[2] not in ("iam", "sts") or not _ACCOUNT.fullmatch(arn[4]):
            return None
        partition, service, account, resource = arn[1], arn[2], arn[4], arn[5]
        root_arn = f"arn:{partition}:iam::{account}:root"
        if service == "iam" and resource == "root":
            return cls(PrincipalKind.ROOT, text, account, root_arn)
        first, _, rest = resource.partition("/")
        if service == "iam" and first in _IAM_KINDS and rest and not rest.endswith("/"):
            return cls(_IAM_KINDS[first], text, account, root_arn)
        if service == "iam" and first in _PROVIDERS and rest:
            return cls(PrincipalKind.FEDERATED, text)
        name, _, session = rest.partition("/")
        if service == "sts" and first == "assumed-role" and name and session:
            entity = f"arn:{partition}:iam::{account}:role/{name}"
            return cls(PrincipalKind.SESSION, text, account, root_arn, entity, is_path_known=False)
        if service == "sts" and first == "federated-user" and name:
            entity = f"arn:{partition}:iam::{account}:user/{name}"
            return cls(PrincipalKind.FEDERATED_USER, text, account, root_arn, entity)
        return None

    @classmethod
    def _of_host(cls, text: str) -> "Principal":
        if not _HOST.fullmatch(text):
            raise BadInputError(
                f"{text!r} is no principal: give the ARN of a role, user or session, or a service such as "
                "backup.amazonaws.com."
            )
        return cls(PrincipalKind.FEDERATED, text)

    @property
    def role_arn(self) -> str | None:
        """The ARN of the role that a role or its session acts as; a session's ARN does not tell the role's path."""
        if self.kind is PrincipalKind.ROLE:
            return self.arn
        return self.entity_arn if self.kind is PrincipalKind.SESSION else None

    @property
    def is_iam(self) -> bool:
        """Whether it belongs to an account, so that identity policies and an account's guard rails bind it."""
        return self.account is not None

    def _is_service_linked_role(self) -> bool:
        if ":role/aws-service-role/" in (self.role_arn or ""):
            return True
        return self.kind is PrincipalKind.SESSION and ":assumed-role/AWSServiceRoleFor" in self.arn

    def _context(self) -> Mapping[str, str]:
        context: dict[str, str] = {}
        if self.account is not None:
            context["aws:principalaccount"] = self.account
            if self.is_path_known:
                context[PRINCIPAL_ARN] = self.role_arn or self.arn
        if self.kind in _TYPES:
            context["aws:principaltype"] = _TYPES[self.kind]
        if self.kind is PrincipalKind.USER:
            context[_USER_NAME] = self.arn.rpartition("/")[2]
        if self.kind is PrincipalKind.SERVICE:
            context |= dict.fromkeys(_SERVICE_NAMES, self.arn)
        if self.kind is not PrincipalKind.ANONYMOUS:
            context["aws:principalisawsservice"] = "true" if self.kind is PrincipalKind.SERVICE else "false"
        return context

    def _arns_of_any_path(self) -> tuple[str, ...]:
        """The ARNs that the role behind a session can have: without a path, or with any."""
        front, _, name = (self.entity_arn or "").rpartition("/")
        return f"{front}/{name}", f"{front}/*/{name}"


@cache
def _absent(kind: PrincipalKind) -> frozenset[str]:
    """The keys that requests of a kind of principal never have."""
    if kind is PrincipalKind.SERVICE:
        return _OF_ACCOUNTS
    if kind in (PrincipalKind.ROOT, PrincipalKind.ROLE, PrincipalKind.SESSION, PrincipalKind.ANONYMOUS):
        return _SERVICE_NAMES | {_USER_NAME}
    return _SERVICE_NAMES


def is_unique_id(text: str) -> bool:
    """Whether a text is the unique id of a role (AROA…) or of a user (AIDA…).

    A policy that is read shows one only where the role or user was deleted: AWS keeps the id of a principal and shows
    its ARN as long as it can be mapped to one. Sources: AWS IAM User Guide, "IAM identifiers" and "AWS JSON policy
    elements: Principal".
    """
    return _UNIQUE_ID.fullmatch(text) is not None
