"""Names before ARNs: what a person calls a role, a vault, an OU or an account, in a sentence.

An account is its id with its name in quotation marks behind it; `bot.access.masking` hides both together.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Final

from bot import arn
from bot.arn import Arn
from bot.replies.document import Line, Piece, Span, code, line

_NOUNS: Final[Mapping[tuple[str, str], str]] = {
    ("backup", "backup-vault"): "vault",
    ("backup", "recovery-point"): "recovery point",
    ("cloudformation", "stack"): "stack",
    ("dynamodb", "table"): "table",
    ("ec2", "image"): "image",
    ("ec2", "instance"): "instance",
    ("ec2", "snapshot"): "snapshot",
    ("ec2", "subnet"): "subnet",
    ("ec2", "volume"): "volume",
    ("elasticfilesystem", "file-system"): "file system",
    ("fsx", "backup"): "backup",
    ("fsx", "file-system"): "file system",
    ("fsx", "volume"): "volume",
    ("iam", "group"): "group",
    ("iam", "policy"): "policy",
    ("iam", "role"): "role",
    ("iam", "user"): "user",
    ("kms", "key"): "key",
    ("rds", "cluster"): "cluster",
    ("rds", "cluster-snapshot"): "cluster snapshot",
    ("rds", "db"): "database",
    ("rds", "snapshot"): "snapshot",
    ("s3", ""): "bucket",
    ("sts", "assumed-role"): "role",
}
"""What a resource is called, by service and type, as its ARN has them."""

_QUOTES: Final = str.maketrans("“”", "''")
"""What ends the name of an account stands nowhere in it, so that it is hidden whole."""
_SHORT_KEY: Final = 8
"""Characters of a key's id that are enough to know it by."""

_NAMED: Final = re.compile(
    r"(?P<noun>\b(?:boundary|role|user|group|policy|vault|key|bucket|table|cluster|database|volume|instance|snapshot"
    r"|file system|recovery point|image)\s+)?(?P<arn>arn:aws[\w-]*:[\w-]+:[\w-]*:[\w-]*:[^\s,;()'\"]*[^\s,;()'\".:])"
    r"|(?P<id>\b(?:p-[0-9a-z]{8,}|ou-[0-9a-z]{4,}-[0-9a-z]{8,}|r-[0-9a-z]{4,})\b)"
    r"|(?P<account>(?<![\w:-])\d{12}(?![\w-]))"
)
"""What a sentence names: an ARN with the noun before it, an id in the organization, an account."""

_ACCOUNTS: Final = re.compile(r"(?:\d{12}|aws)?")
"""What an ARN has as its account; one with anything else in its place is a pattern, and is shown as it is."""


@dataclass(frozen=True, slots=True)
class Names:
    """Gives things the names that people know them by.

    Args:
        known: Names of accounts, OUs and control policies, by id.
        home: The account that the answer is about: what is in it is named without its account.
        told: ARNs that were named with their account already: they are named without it from here on.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    home: str = ""
    told: frozenset[str] = frozenset()

    def after(self, *told: str | None) -> "Names":
        """The same names, once some things were named with their accounts."""
        return replace(self, told=self.told | set(filter(None, told)))

    def sentence(self, text: str) -> Line:
        """A sentence with a name in place of each ARN, and beside each id of an account, an OU or a policy."""
        return tuple(self._pieces(text))

    def account(self, account: str) -> str:
        """`222233334444 “prod”`; the id alone where the name is not known."""
        name = self.known.get(account, "").translate(_QUOTES)
        return f"{account} “{name}”" if name else account

    def _pieces(self, text: str) -> Iterator[Piece]:
        end, alike = 0, _alike(text)
        for match in _NAMED.finditer(text):
            yield from line(text[end : match.start()]) if match.start() > end else ()
            yield from self._named(match, alike)
            end = match.end()
        yield from line(text[end:]) if end < len(text) else ()

    def _named(self, match: re.Match[str], alike: Set[str]) -> Iterator[Span]:
        if match["account"]:
            yield Span(self.account(match["account"]))
        elif match["id"]:
            name = self.known.get(match["id"])
            yield from (Span(f"{name} ("), code(match["id"]), Span(")")) if name else (code(match["id"]),)
        else:
            parsed = arn.parse(match["arn"])
            noun = match["noun"] or ""
            known = parsed is not None and _ACCOUNTS.fullmatch(parsed.account)
            yield from self._resource(parsed, noun, alike) if parsed and known else (Span(noun), code(match["arn"]))

    def _resource(self, named: Arn, before: str, alike: Set[str]) -> Iterator[Span]:
        kind, name = _kind(named), _name(named)
        noun = _NOUNS.get((named.service, "" if named.service == "s3" else kind), before.strip())
        noun = before.strip() if before.strip() == "boundary" else noun
        yield Span(f"{noun} " if noun else "")
        yield code(named.resource.removeprefix(f"{kind}/") if name in alike else name)
        if named.account not in ("", "aws", self.home) and str(named) not in self.told:
            yield Span(f" in account {self.account(named.account)}")


def _alike(text: str) -> Set[str]:
    """The names that several things in one text have, which only their paths tell apart."""
    parsed = (arn.parse(match["arn"]) for match in _NAMED.finditer(text) if match["arn"])
    named = Counter(_name(each) for each in {each for each in parsed if each})
    return {name for name, count in named.items() if count > 1}


def _kind(named: Arn) -> str:
    """The type of a resource, as its ARN has it; empty where it has none."""
    return re.split("[:/]", named.resource, maxsplit=1)[0] if re.search("[:/]", named.resource) else ""


def _name(named: Arn) -> str:
    """The name that a resource has within its account and Region."""
    kind = _kind(named)
    if named.service == "sts" and kind == "assumed-role":
        return named.resource.split("/")[1]
    if named.service == "s3":
        return named.resource
    if named.service == "kms" and kind == "key" and len(named.name) > _SHORT_KEY:
        return f"{named.name[:_SHORT_KEY]}…"
    if named.service == "cloudformation" and kind == "stack":
        return named.resource.split("/")[1]  # behind it is an id of the stack's own
    if named.service in {"rds", "backup"}:
        return named.resource.split(":", 1)[-1]
    return named.name
