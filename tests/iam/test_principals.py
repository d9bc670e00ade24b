"""Who asks: how a principal is read, and what a request's context gets from it."""

from typing import Any

import pytest

from bot.errors import BadInputError
from bot.iam import Decision, PolicySet, Principal, PrincipalKind, Request, evaluate
from tests.iam.asking import (
    BACKUP,
    FEDERATED_USER,
    HERE,
    ROLE,
    ROOT,
    SERVICE_LINKED,
    SESSION,
    USER,
    VAULT,
    allow,
    ask,
    policy,
    to,
)

PATH_USER = f"arn:aws:iam::{HERE}:user/ops/ana"
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/token.actions.githubusercontent.com"

READ: list[tuple[str, PrincipalKind, str | None, str | None, str | None, str | None]] = [
    (ROLE, PrincipalKind.ROLE, HERE, ROLE, ROLE, "AssumedRole"),
    (SERVICE_LINKED, PrincipalKind.ROLE, HERE, SERVICE_LINKED, SERVICE_LINKED, "AssumedRole"),
    (SESSION, PrincipalKind.SESSION, HERE, ROLE, ROLE, "AssumedRole"),
    (USER, PrincipalKind.USER, HERE, None, USER, "User"),
    (PATH_USER, PrincipalKind.USER, HERE, None, PATH_USER, "User"),
    (FEDERATED_USER, PrincipalKind.FEDERATED_USER, HERE, None, FEDERATED_USER, "FederatedUser"),
    (ROOT, PrincipalKind.ROOT, HERE, None, ROOT, "Account"),
    (HERE, PrincipalKind.ROOT, HERE, None, ROOT, "Account"),
    (BACKUP, PrincipalKind.SERVICE, None, None, None, None),
    ("ec2.amazonaws.com.cn", PrincipalKind.SERVICE, None, None, None, None),
    ("accounts.google.com", PrincipalKind.FEDERATED, None, None, None, None),
    (PROVIDER, PrincipalKind.FEDERATED, None, None, None, None),
    ("*", PrincipalKind.ANONYMOUS, None, None, None, "Anonymous"),
    ("arn:aws-cn:iam::111122223333:role/job", PrincipalKind.ROLE, HERE, "arn:aws-cn:iam::111122223333:role/job",
     "arn:aws-cn:iam::111122223333:role/job", "AssumedRole"),
    ("arn:aws-us-gov:sts::111122223333:assumed-role/job/s", PrincipalKind.SESSION, HERE,
     "arn:aws-us-gov:iam::111122223333:role/job", "arn:aws-us-gov:iam::111122223333:role/job", "AssumedRole"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "account", "role", "arn", "type_"), READ, ids=[row[0] for row in READ])
def test_a_principal_is_read(
    text: str, kind: PrincipalKind, account: str | None, role: str | None, arn: str | None, type_: str | None
) -> None:
    principal = Principal.parse(text)
    assert (principal.kind, principal.account, principal.role_arn) == (kind, account, role)
    context = Request(principal, "s3:GetObject", "*").context
    assert context.get("aws:principalarn") == arn
    assert context.get("aws:principalaccount") == account
    assert context.get("aws:principaltype") == type_
    is_service = {PrincipalKind.SERVICE: "true", PrincipalKind.ANONYMOUS: None}.get(kind, "false")
    assert context.get("aws:principalisawsservice") == is_service


@pytest.mark.parametrize(
    "text",
    [
        "",
        "job",
        "arn:aws:iam::111122223333",
        "arn:aws:iam::111122223333:group/ops",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::1234:role/job",
        "arn:aws:s3:::bucket",
        "arn:aws:sts::111122223333:assumed-role/job",
        "arn:aws:sts::111122223333:federated-user/",
        "arn:aws:iam::111122223333:saml-provider/",
        "two words",
    ],
)
def test_what_is_no_principal_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInputError, match="is no principal: give the ARN of a role, user or session, or a service"):
        Principal.parse(text)


def test_an_action_without_a_service_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadInputError, match="'Decrypt' is no action: give a service, a colon and a name"):
        Request(ROLE, "Decrypt", "*")


def test_what_the_context_gives_is_not_filled_in() -> None:
    given = {"aws:PrincipalArn": SERVICE_LINKED, "AWS:PRINCIPALTYPE": "User", "aws:PrincipalIsAWSService": "true"}
    context = Request(SESSION, "s3:GetObject", "*", context=given).context
    assert context["aws:principalarn"] == SERVICE_LINKED
    assert (context["aws:principaltype"], context["aws:principalisawsservice"]) == ("User", "true")


LINKED = [
    (SERVICE_LINKED, True),
    (f"arn:aws:sts::{HERE}:assumed-role/AWSServiceRoleForBackup/x", True),
    (f"arn:aws:iam::{HERE}:role/AWSServiceRoleForBackup", False),
    (f"arn:aws:iam::{HERE}:user/aws-service-role/x", False),
    (SESSION, False),
    (BACKUP, False),
]


@pytest.mark.parametrize(("text", "linked"), LINKED)
def test_a_service_linked_role_is_known_by_its_path_or_its_sessions_name(text: str, linked: bool) -> None:
    assert Principal.parse(text).is_service_linked_role is linked


NAMED: list[tuple[str, str, str, Decision]] = [
    ("the role's whole ARN is known and named", "role/service-role/job", "role/service-role/job", Decision.ALLOWED),
    ("the role's whole ARN is known, and another path is named", "role/service-role/job", "role/job",
     Decision.IMPLICIT_DENY),
    ("the role's path is not known", "role/job", "role/service-role/job", Decision.ALLOWED),
    ("names are compared without regard to case", "role/job", "role/JOB", Decision.ALLOWED),
    ("another role is named", "role/job", "role/jobs", Decision.IMPLICIT_DENY),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "behind", "named", "decision"), NAMED, ids=[row[0] for row in NAMED])
def test_a_sessions_role_is_named(rule: str, behind: str, named: str, decision: Decision) -> None:
    prefix = f"arn:aws:iam::{HERE}:"
    session = Principal(PrincipalKind.SESSION, SESSION, HERE, ROOT, prefix + behind)
    policies = PolicySet(resource=policy(to(prefix + named)))
    assert evaluate(Request(session, "backup:StartCopyJob", VAULT), policies).decision is decision, rule


def test_a_session_whose_roles_path_is_known_is_service_linked_by_it() -> None:
    session = Principal(PrincipalKind.SESSION, SESSION, HERE, ROOT, SERVICE_LINKED)
    assert session.is_service_linked_role


CANONICAL = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}


@pytest.mark.parametrize("named", [CANONICAL, {"Federated": PROVIDER}, {"Service": BACKUP}])
def test_other_kinds_of_principals_mean_no_role(named: dict[str, Any]) -> None:
    assert ask(ROLE, resource=[allow(Principal=named)]).decision is Decision.IMPLICIT_DENY
