"""Who asks: how a principal is read, and what a request's context gets from it."""

from typing import Any

import pytest

from bot.errors import BadInputError
from bot.iam import Decision, PolicyLayer, PolicySet, Principal, PrincipalKind, Request, evaluate, near_misses
from tests.iam.asking import (
    BACKUP,
    FEDERATED_USER,
    HERE,
    ROLE,
    ROOT,
    SERVICE_LINKED,
    SESSION,
    TARGET,
    USER,
    VAULT,
    allow,
    ask,
    deny,
    policy,
    to,
)

PATH_USER = f"arn:aws:iam::{HERE}:user/ops/ana"
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/token.actions.githubusercontent.com"


def only_role(operator: str, named: str | list[str]) -> dict[str, Any]:
    """An Allow to the roles of an account, or to users, by the last segment of their ARN."""
    names = [named] if isinstance(named, str) else named
    prefix = "ARN:AWS:IAM" if operator.endswith("IgnoreCase") else "arn:aws:iam"
    return allow(Condition={operator: {"aws:PrincipalArn": [f"{prefix}::{HERE}:{name}" for name in names]}})


READ: list[tuple[str, PrincipalKind, str | None, str | None, str | None, str | None]] = [
    (ROLE, PrincipalKind.ROLE, HERE, ROLE, ROLE, "AssumedRole"),
    (SERVICE_LINKED, PrincipalKind.ROLE, HERE, SERVICE_LINKED, SERVICE_LINKED, "AssumedRole"),
    (SESSION, PrincipalKind.SESSION, HERE, ROLE, None, "AssumedRole"),
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
     "arn:aws-us-gov:iam::111122223333:role/job", None, "AssumedRole"),
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


def test_the_name_of_a_user_and_of_a_service_is_filled_in() -> None:
    assert Request(PATH_USER, "s3:GetObject", "*").context["aws:username"] == "ana"
    context = Request(BACKUP, "s3:GetObject", "*").context
    assert (context["aws:principalservicename"], context["aws:principalservicenameslist"]) == (BACKUP, BACKUP)


ABSENT = [
    ("a service belongs to no organization", BACKUP, "aws:PrincipalOrgID", True),
    ("a service belongs to no account", BACKUP, "aws:PrincipalAccount", True),
    ("a service has no tags", BACKUP, "aws:PrincipalTag/team", True),
    ("a service has no id", BACKUP, "aws:userid", True),
    ("a role has no user name", ROLE, "aws:username", True),
    ("a session has no user name", SESSION, "aws:username", True),
    ("a root user has no user name", ROOT, "aws:username", True),
    ("a role is no service", ROLE, "aws:PrincipalServiceName", True),
    ("a user is no service", USER, "aws:PrincipalServiceName", True),
    ("a role may be in an organization", ROLE, "aws:PrincipalOrgID", False),
]


@pytest.mark.parametrize(("rule", "principal", "key", "absent"), ABSENT, ids=[row[0] for row in ABSENT])
def test_a_principal_tells_which_keys_its_requests_lack(rule: str, principal: str, key: str, absent: bool) -> None:
    policies = [allow(Principal="*", Condition={"Null": {key: "true"}})]
    expected = Decision.ALLOWED if absent else Decision.DEPENDS
    assert ask(principal, unknown=["*"], resource=policies).decision is expected, rule


def test_a_key_that_is_given_or_said_to_be_unknown_is_not_absent() -> None:
    policies = [allow(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})]
    assert ask(BACKUP, context={"aws:PrincipalOrgID": "o-1"}, resource=policies).decision is Decision.ALLOWED
    assert ask(BACKUP, unknown=["aws:PrincipalOrgID"], resource=policies).decision is Decision.DEPENDS


def test_an_rcp_that_allows_one_organization_denies_a_service() -> None:
    outside = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    denying = {**deny(Condition=outside), "Principal": "*"}
    trust = [allow(Principal={"Service": BACKUP})]
    for layers in ({"resource": [*trust, denying]}, {"resource": trust, "rcps": [[denying]]}):
        answer = ask(BACKUP, "sts:AssumeRole", TARGET, unknown=["*"], **layers)
        assert answer.decision is Decision.EXPLICIT_DENY


PATHS: list[tuple[str, list[Any], Decision]] = [
    ("a role without a path", [only_role("ArnEquals", "role/job")], Decision.DEPENDS),
    ("a role with a path", [only_role("ArnLike", "role/ops/*")], Decision.DEPENDS),
    ("the path and the name", [only_role("StringLike", "role/ops/*/job")], Decision.DEPENDS),
    ("any path", [only_role("ArnLike", "role/*")], Decision.ALLOWED),
    ("any path and the name", [only_role("ArnLike", "role/*job")], Decision.ALLOWED),
    ("the name, with a path or without", [only_role("ArnLike", ["role/job", "role/*/job"])], Decision.ALLOWED),
    ("another name", [only_role("ArnLike", ["role/jobs", "role/ops/jobs"])], Decision.IMPLICIT_DENY),
    ("another name's end", [only_role("ArnLike", "role/x*job")], Decision.DEPENDS),
    ("no role", [only_role("ArnLike", "user/*")], Decision.IMPLICIT_DENY),
    ("other letters", [only_role("StringEqualsIgnoreCase", "ROLE/JOB")], Decision.DEPENDS),
    ("never absent", [allow(Condition={"Null": {"aws:PrincipalArn": "true"}})], Decision.IMPLICIT_DENY),
]


@pytest.mark.parametrize(("rule", "identity", "decision"), PATHS, ids=[row[0] for row in PATHS])
def test_a_sessions_arn_does_not_tell_its_roles_path(rule: str, identity: list[Any], decision: Decision) -> None:
    answer = ask(SESSION, identity=identity)
    assert answer.decision is decision, rule
    assert answer.depends_on == (("aws:PrincipalArn",) if decision is Decision.DEPENDS else ())


def test_a_sessions_role_whose_arn_is_given_is_known() -> None:
    for context in ({"aws:PrincipalArn": ROLE}, {"AWS:PrincipalARN": [ROLE]}):
        answer = ask(SESSION, context=context, identity=[only_role("ArnEquals", "role/job")])
        assert answer.decision is Decision.ALLOWED


def test_what_a_sessions_role_can_be_is_told() -> None:
    answer = ask(SESSION, identity=[only_role("ArnEquals", "role/job")])
    assert answer.sentence == f"denied unless aws:PrincipalArn is {ROLE}"
    (miss,) = near_misses(answer.request, answer.policies, PolicyLayer.IDENTITY)
    shapes = f"{ROLE} or arn:aws:iam::{HERE}:role/*/job"
    assert miss.sentence.endswith(
        f"only if aws:PrincipalArn is like {ROLE}; it is like {shapes}, and more is not known"
    )


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
