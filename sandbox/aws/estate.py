"""Reading an estate file: what can't be served as it is written is told in one sentence that names the place."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from bot.errors import BadInputError
from sandbox.aws.aws_models import service_names
from sandbox.aws.model import Account, Estate, Identity
from sandbox.aws.organization import Organization

INCIDENTS = Path(__file__).parents[1] / "incidents"
"""The estates that come with the sandbox: each has one failed or healthy job and says what its diagnosis must be."""

_IAM_NAMES = {"elasticfilesystem"}
"""Services whose IAM prefix is not the name that AWS's SDKs give them."""


def load_estate(path: Path | str) -> Estate:
    """Reads an estate file.

    Args:
        path: A JSON file in the format of docs/estate-file.md.

    Returns:
        The estate, checked: whatever it names inside itself is there.

    Raises:
        BadInputError: The file can't be read, is not JSON, or a place in it can't be served as it is.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInputError(f"The estate file {path} can't be read: {reason}.") from error
    return parse_estate(text, name=str(path))


def parse_estate(text: str, *, name: str = "<estate>") -> Estate:
    """Reads the text of an estate file.

    Args:
        text: JSON.
        name: What to call the file in an error.

    Returns:
        The estate, checked.

    Raises:
        BadInputError: As `load_estate`.
    """
    try:
        written = json.loads(text)
    except json.JSONDecodeError as error:
        wrong = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise BadInputError(f"The estate file {name} is not JSON ({wrong}); correct it there.") from error
    except RecursionError as error:
        raise BadInputError(f"The estate file {name} is nested too deeply; no estate needs that.") from error
    try:
        estate = Estate.model_validate(written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _unusable(name, _place(first["loc"]), _words(first["msg"])) from error
    for place, wrong in _contradictions(estate):
        raise _unusable(name, place, wrong)
    return estate


def _unusable(name: str, place: str, wrong: str) -> BadInputError:
    return BadInputError(f"The estate file {name} can't be used: {wrong} (at {place}); correct it there.")


def _place(location: tuple[int | str, ...]) -> str:
    """A place such as accounts.222233334444.regions.eu-west-1.keys[0].KeyId."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]")
    return steps.removeprefix(".") or "the top"


def _words(message: str) -> str:
    """A sentence of our own checks as it is, one of pydantic's in the words of JSON and without a capital."""
    own = message.removeprefix("Value error, ")
    if own != message:
        return own
    message = message.partition(" or instance of")[0].replace("Field required", "a required member is missing")
    message = message.replace("dictionary", "JSON object").replace("tuple", "array")
    return message[:1].lower() + message[1:]


def _contradictions(estate: Estate) -> Iterator[tuple[str, str]]:
    """Each place that names what is not there or names a thing twice, with what is wrong."""
    if estate.organization:
        yield from _organization_contradictions(estate.organization)
    for account_id, account in estate.accounts.items():
        place = f"accounts.{account_id}"
        for service in sorted(account.unreadable):
            if service not in service_names() | _IAM_NAMES:
                yield f"{place}.unreadable", f"AWS has no service {service!r}"
        yield from _iam_contradictions(place, account)


def _organization_contradictions(organization: Organization) -> Iterator[tuple[str, str]]:
    targets = list(organization.walk())
    for twice in _repeated(target.id for target in targets):
        yield "organization.root", f"{twice} stands in the tree twice"
    for twice in _repeated(policy.Id for policy in organization.policies):
        yield "organization.policies", f"the id {twice} is used twice"
    for target in targets:
        for policy in target.policies:
            if policy not in organization.policy_by_id:
                yield target.where, f"the policy {policy} is attached here but organization.policies lacks it"
    members = {target.id for target in targets if target.kind == "ACCOUNT"}
    for member, accounts in (
        ("MasterAccountId", (organization.MasterAccountId,)),
        ("DelegatedAdministrators", organization.DelegatedAdministrators),
    ):
        for account in accounts:
            if account not in members:
                yield f"organization.{member}", f"the account {account} stands nowhere in organization.root"


def _iam_contradictions(place: str, account: Account) -> Iterator[tuple[str, str]]:
    named: tuple[tuple[str, str, Iterable[Identity]], ...] = (
        ("roles", "RoleName", account.roles),
        ("users", "UserName", account.users),
        ("groups", "GroupName", account.groups),
    )
    for kind, member, identities in named:
        for twice in _repeated(getattr(identity, member) for identity in identities):
            yield f"{place}.{kind}", f"the name {twice} is used twice"
        for position, identity in enumerate(identities):
            boundary = getattr(identity, "PermissionsBoundary", None)
            for arn in (*identity.AttachedPolicies, *([boundary] if boundary else ())):
                if ":iam::aws:policy/" not in arn and arn not in account.policy_by_arn:
                    yield f"{place}.{kind}[{position}]", f"the policy {arn} is used here but {place}.policies lacks it"
    for position, user in enumerate(account.users):
        for group in user.Groups:
            if group not in account.group_by_name:
                yield f"{place}.users[{position}].Groups", f"{place}.groups has no {group!r}"


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
