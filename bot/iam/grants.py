"""KMS grants: operations on one key, allowed to one principal, with or without constraints.

Sources: AWS KMS Developer Guide, "Grants in AWS KMS" and "Creating grants" (Using grant constraints), and API
Reference, "GrantConstraints". A grant allows and never denies. Its grantee needs no IAM policy, neither in the key's
account nor in another ("Allowing users in other accounts to use a KMS key": attach IAM policies "or use grants"),
except where the grantee is a whole account; denies, SCPs and endpoint policies bind it as ever. AWS says nothing of
permissions boundaries and session policies: a grant is evaluated as a key policy's statement for the same principal
would be.

The names and values of an encryption context are compared with upper and lower case being different, as the guide has
it; the API Reference says that the names have no case.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.iam.grantees import Grantee, Grantees
from bot.iam.principals import PrincipalKind
from bot.iam.statement import Effect, RequestView

ENCRYPTION_CONTEXT = "kms:encryptioncontext:"
_SOURCE_ARN = "aws:sourcearn"
_RETIRE = "kms:retiregrant"
_WITHOUT_ENCRYPTION_CONTEXT = frozenset(["kms:describekey", _RETIRE])
"""Actions that no encryption context comes with. (With CreateGrant comes the one that the new grant is bound to.)"""

Pairs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KmsGrant:
    """A grant of a key.

    Args:
        id: The grant's id.
        name: Its name, or its id where it has none.
        key: The id of its key; empty where it is not said.
        actions: The actions it allows, in lower case.
        grantees: Whom it allows them.
        retirers: Who may retire it besides.
        equal: The encryption context that the request must have, and no more; None for any.
        subset: The encryption context that the request must have, among others; None for any.
        source_arn: The resource that a service must make the request for; None for any.
    """

    id: str
    name: str
    key: str
    actions: frozenset[str]
    grantees: Grantees
    retirers: Grantees
    equal: Pairs | None
    subset: Pairs | None
    source_arn: str | None

    @classmethod
    def parse(cls, grant: Mapping[str, object]) -> "KmsGrant":
        """Reads a grant as `kms:ListGrants` answers it. One that can't be read allows nothing."""
        operations = grant.get("Operations")
        names = operations if isinstance(operations, Sequence) and not isinstance(operations, str) else ()
        constraints = grant.get("Constraints") or {}
        given = constraints if isinstance(constraints, Mapping) else {"": None}
        readable = all(_CONSTRAINTS.get(name, _is_none)(value) for name, value in given.items())
        known = given if readable else {}
        identifier = _text(grant.get("GrantId"))
        return cls(
            id=identifier,
            name=_text(grant.get("Name")) or identifier,
            key=_text(grant.get("KeyId")).rpartition("/")[2],
            actions=frozenset(f"kms:{name}".lower() for name in names) if readable else frozenset(),
            grantees=_grantees(grant, "GranteePrincipal", "GranteeServicePrincipal"),
            retirers=_grantees(grant, "RetiringPrincipal", "RetiringServicePrincipal"),
            equal=known.get("EncryptionContextEquals"),
            subset=known.get("EncryptionContextSubset"),
            source_arn=known.get("SourceArn"),
        )

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that the grant depends on; a star at the end stands for any rest."""
        named = frozenset(key for key, _ in self.wanted())
        return named if self.equal is None else named | {f"{ENCRYPTION_CONTEXT}*"}

    def asks_for(self, key: str) -> bool:
        """Whether the grant depends on a condition key, given in lower case."""
        return key in self.keys or (self.equal is not None and key.startswith(ENCRYPTION_CONTEXT))

    def wanted(self) -> Iterator[tuple[str, str]]:
        """The condition keys, in lower case, that the grant names, with the values it asks for."""
        for pairs in (self.equal, self.subset):
            for name, value in (pairs or {}).items():
                yield ENCRYPTION_CONTEXT + name.lower(), value
        if self.source_arn is not None:
            yield _SOURCE_ARN, self.source_arn

    def grantee(self, view: RequestView) -> Grantee:
        """As whom the grant allows a request to its principal."""
        request = view.request
        if self.key and request.resource.rpartition("/")[2] != self.key:
            return Grantee.NOBODY
        retirer = self.retirers.grantee(request.principal) if request.action == _RETIRE else Grantee.NOBODY
        if request.action in self.actions and self._has_source(view) and self._has_encryption_context(view):
            return max(retirer, self.grantees.grantee(request.principal))
        return retirer

    def _has_source(self, view: RequestView) -> bool:
        """Whether a service makes the request for the resource it must; of others nothing is asked."""
        request = view.request
        if self.source_arn is None or request.action == _RETIRE or request.principal.kind is not PrincipalKind.SERVICE:
            return True
        if _SOURCE_ARN in view.unknown:
            return view.favoured is Effect.ALLOW
        return view.context.get(_SOURCE_ARN) == self.source_arn

    def _has_encryption_context(self, view: RequestView) -> bool:
        """Whether the encryption context is the one that the grant asks for."""
        if view.request.action in _WITHOUT_ENCRYPTION_CONTEXT:
            return True
        if any(key.startswith(ENCRYPTION_CONTEXT) and self.asks_for(key) for key in view.unknown):
            return view.favoured is Effect.ALLOW
        names = view.request.names
        given = {
            names.get(key, key)[len(ENCRYPTION_CONTEXT) :]: value
            for key, value in view.context.items()
            if key.startswith(ENCRYPTION_CONTEXT)
        }
        return (self.equal is None or given == self.equal) and (
            self.subset is None or given.items() >= self.subset.items()
        )


def _is_pairs(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_none(_value: object) -> bool:
    return False


_CONSTRAINTS: Mapping[str, Callable[[object], bool]] = {
    "EncryptionContextEquals": _is_pairs,
    "EncryptionContextSubset": _is_pairs,
    "SourceArn": _is_text,
}
"""The constraints that are known, with what is of their form. A grant with another one can't be read."""


def _grantees(grant: Mapping[str, object], *members: str) -> Grantees:
    """The element that means the principal which one of the members names; nobody for what is no text."""
    texts = [text for member in members if (text := _text(grant.get(member))) and text != "*"]
    return Grantees([("Service" if _is_service(text) else "AWS", text) for text in texts], excepting=False)


def _is_service(text: str) -> bool:
    return not text.startswith("arn:") and ".amazonaws." in text
