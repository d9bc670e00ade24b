"""KMS grants: operations on one key, allowed to one principal, with or without constraints.

Sources: AWS KMS Developer Guide, "Grants in AWS KMS" and "Creating grants" (Using grant constraints). A grant allows
and never denies. Its grantee needs no IAM policy, neither in the key's account nor in another ("Allowing users in
other accounts to use a KMS key": attach IAM policies "or use grants"), except where the grantee is a whole account;
denies, SCPs and endpoint policies bind it as ever. AWS says nothing of permissions boundaries and session policies: a
grant is weighed as a key policy's statement for the same principal would be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.iam.grantees import Grantee, Grantees
from bot.iam.statement import Effect, View

ENCRYPTION_CONTEXT = "kms:encryptioncontext:"
_UNCONSTRAINED = frozenset(["kms:creategrant", "kms:describekey", "kms:retiregrant"])
"""Actions that no encryption context comes with. (For CreateGrant the constraint binds the grant that is made.)"""

Pairs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grant:
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
    """

    id: str
    name: str
    key: str
    actions: frozenset[str]
    grantees: Grantees
    retirers: Grantees
    equal: Pairs | None
    subset: Pairs | None

    @classmethod
    def parse(cls, grant: Mapping[str, object]) -> "Grant":
        """Reads a grant as `kms:ListGrants` answers it. One that can't be read allows nothing."""
        operations = grant.get("Operations")
        names = operations if isinstance(operations, Sequence) and not isinstance(operations, str) else ()
        constraints = grant.get("Constraints") or {}
        known = constraints if isinstance(constraints, Mapping) else {"": None}
        readable = all(_is_pairs(pairs) for pairs in known.values())
        identifier = _text(grant.get("GrantId"))
        return cls(
            id=identifier,
            name=_text(grant.get("Name")) or identifier,
            key=_text(grant.get("KeyId")).rpartition("/")[2],
            actions=frozenset(f"kms:{name}".lower() for name in names) if readable else frozenset(),
            grantees=_grantees(grant.get("GranteePrincipal")),
            retirers=_grantees(grant.get("RetiringPrincipal")),
            equal=known.get("EncryptionContextEquals"),
            subset=known.get("EncryptionContextSubset"),
        )

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys, in lower case, that the grant hangs on."""
        return frozenset(ENCRYPTION_CONTEXT + name.lower() for name in (*(self.equal or ()), *(self.subset or ())))

    def grantee(self, view: View) -> Grantee:
        """As whom the grant allows a request to its principal."""
        request = view.request
        if self.key and request.resource.rpartition("/")[2] != self.key:
            return Grantee.NOBODY
        if request.action == "kms:retiregrant" and self.retirers.grantee(request.principal):
            return self.retirers.grantee(request.principal)
        if request.action not in self.actions or not self._is_met(view):
            return Grantee.NOBODY
        return self.grantees.grantee(request.principal)

    def _is_met(self, view: View) -> bool:
        """Whether the constraints hold: the pairs are compared with upper and lower case being different."""
        if view.request.action in _UNCONSTRAINED:
            return True
        if self.keys & view.unknown:
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


def _grantees(value: object) -> Grantees:
    """The element that means the principal of a grant; nobody for what is no text."""
    text = _text(value)
    kind = "AWS" if text.startswith("arn:") or ".amazonaws." not in text else "Service"
    return Grantees([(kind, text)] if text and text != "*" else [], excepting=False)
