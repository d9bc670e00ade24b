"""Fixes in IAM: roles, their trust policies, identity policies and boundaries."""

from collections.abc import Iterator
from typing import Final

from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.principals import DEFAULT_ROLE_NAME, PrincipalFacts
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.needs import SERVICE
from knowledge.need import documented_policies

ADDED_POLICY: Final = "backup-why-allows"
"""The name of the inline policy that a missing permission is added with."""

_INLINE_LIMIT: Final = 10_240
_MANAGED_LIMIT: Final = 6_144
"""Characters of all inline policies of a role, and of one managed policy ("IAM and AWS STS quotas")."""

_SCOPING_KEYS: Final = ("iam:passedtoservice", "kms:viaservice")
"""Keys by whose value AWS recommends to bind a permission, in lower case."""
_SPELLED: Final = {"iam:passedtoservice": "iam:PassedToService", "kms:viaservice": "kms:ViaService"}


def create_role(problem: Problem) -> Proposal:
    """The role that the job names, with the trust that AWS Backup needs and AWS's own policies for this job.

    Where another path has a role of that name, none can be made beside it ("IAM identifiers"): that one is to be named.
    """
    if problem.case.role.found_arn:
        return use_found_role(problem)
    job, arn = problem.case.job, str(problem.cause.principal)
    policies = documented_policies(job.type.value, problem.case.resource_type, problem.case.partition)
    changes = [Change(kind="create-role", target=arn, document=_trust(problem))]
    changes += [Change(kind="attach-role-policy", target=arn, document={"PolicyArn": policy}) for policy in policies]
    names = listed([policy.rpartition("/")[2] for policy in policies])
    return Proposal(f"Create the role {arn} with {names}, or name another role in the plan.", tuple(changes))


def use_found_role(problem: Problem) -> Proposal:
    """The role of that name that the account has, named by its own path."""
    found = str(problem.case.role.found_arn)
    change = Change(kind="change-plan", target=found, document={"IamRoleArn": found})
    return Proposal(f"Name the role {found} in the backup plan or when starting the job.", (change,))


def use_job_role(problem: Problem) -> Proposal:
    """A role that is a job role, instead of the service-linked one."""
    known = problem.case.default_role
    default = known.arn if known else DEFAULT_ROLE_NAME
    change = Change(kind="change-plan", target=default, document={"IamRoleArn": default})
    return Proposal(
        f"Run the job with a job role, such as {default}.",
        (change,),
        "The service-linked role is AWS Backup's own: nothing can be added to it.",
    )


def admit_service(problem: Problem) -> Proposal:
    """A trust policy with a statement that lets AWS Backup in, for this account only."""
    document = documents.with_statements(problem.document, _trust(problem)["Statement"])
    change = Change(kind="update-assume-role-policy", target=str(problem.cause.principal), document=document)
    return Proposal(f"Let {SERVICE} assume the role, for jobs of this account.", (change,))


def spare_account_in_trust(problem: Problem) -> Proposal | None:
    """A denying statement of the trust policy that spares the job's own account."""
    statement = documents.find_statement(problem.document, problem.cause.statement)
    if statement is None:
        return None
    account = problem.case.job.account
    changed = documents.excepting_source_account(statement, account)
    document = documents.with_changed_statement(problem.document, problem.cause.statement, changed)
    change = Change(kind="update-assume-role-policy", target=str(problem.cause.principal), document=document)
    return Proposal(
        f"Spare AWS Backup's jobs of account {account} in statement {problem.cause.statement}.",
        (change,),
        "Somebody meant this deny: ask its author before changing it.",
    )


def allow(problem: Problem) -> Proposal | None:
    """An inline policy that allows exactly what is missing, on what it is missing on."""
    role = problem.principal
    if role is None or role.is_service_linked_role or ":role/" not in role.arn:
        return None
    document = documents.new_document(list(_allowing(problem)))
    actions = listed(list(problem.cause.actions))
    if _inline_size(role) + documents.size_of(document) > _INLINE_LIMIT:
        return Proposal(f"Allow {actions} in a managed policy of the role: its inline policies are full.")
    name = _free_name(role)
    change = Change(kind="put-role-policy", target=role.arn, name=name, document=document)
    return Proposal(f"Allow the role {actions}.", (change,), _managed_alternative(problem))


def spare_in_identity_policy(problem: Problem) -> Proposal | None:
    """A denying statement of an identity policy, narrowed by what it spares already or for this role."""
    statement = documents.find_statement(problem.document, problem.cause.statement)
    if statement is None or problem.principal is None:
        return None
    spared = next(
        (
            (key, value)
            for key in documents.spared_keys(statement)
            if not key.startswith("aws:principal") and (value := problem.value_of(key))
        ),
        None,
    )
    changed = documents.admitting(statement, *spared) if spared else None
    changed = changed or documents.excepting_principal(statement, problem.principal.arn)
    what = f"the value {spared[1]} of {spared[0]}" if spared else f"the role {problem.principal.arn}"
    document = documents.with_changed_statement(problem.document, problem.cause.statement, changed)
    return Proposal(
        f"Spare {what} in statement {problem.cause.statement} of {problem.cause.policy}.",
        (_identity_change(problem, document),),
        "This deny is a guard rail: ask its author for the exception.",
    )


def allow_in_boundary(problem: Problem) -> Proposal | None:
    """A permissions boundary that allows what is missing too."""
    if problem.document is None or _is_aws_policy(problem.cause.policy):
        return None
    document = documents.with_statements(problem.document, list(_allowing(problem)))
    return _boundary_proposal(problem, document, f"Allow {listed(list(problem.cause.actions))} in the boundary.")


def spare_in_boundary(problem: Problem) -> Proposal | None:
    """A denying statement of a permissions boundary that spares this role."""
    statement = documents.find_statement(problem.document, problem.cause.statement)
    if statement is None or problem.principal is None or _is_aws_policy(problem.cause.policy):
        return None
    changed = documents.excepting_principal(statement, problem.principal.arn)
    document = documents.with_changed_statement(problem.document, problem.cause.statement, changed)
    return _boundary_proposal(problem, document, f"Spare the role in statement {problem.cause.statement}.")


def create_service_linked_role(problem: Problem) -> Proposal:
    """AWS Backup's service-linked role in the account that lacks it."""
    arn = str(problem.cause.principal)
    change = Change(kind="create-service-linked-role", target=arn)
    return Proposal(f"Create the service-linked role of AWS Backup in account {arn.split(':')[4]}.", (change,))


def _boundary_proposal(problem: Problem, document: Document, summary: str) -> Proposal:
    change = Change(kind="put-policy-version", target=str(problem.cause.policy), document=document)
    caution = "A boundary is a guard rail, and it may be that of other roles too: ask its owner."
    if documents.size_of(document) > _MANAGED_LIMIT:
        return Proposal(summary, (), f"The policy would be larger than {_MANAGED_LIMIT} characters. {caution}")
    return Proposal(summary, (change,), caution)


def _trust(problem: Problem) -> Document:
    """AWS Backup's trust, bound to the account ("Cross-service confused deputy prevention")."""
    return documents.new_document(
        [
            {
                "Sid": "BackupOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": problem.case.job.account}},
            }
        ]
    )


def _allowing(problem: Problem) -> Iterator[Document]:
    """A statement for each set of resources and conditions, with all actions that share it."""
    groups: dict[tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]], list[str]] = {}
    for action in problem.cause.actions:
        scope = (tuple(problem.resources_of(action)), tuple(_scope(problem, action)))
        groups.setdefault(scope, []).append(action)
    for (resources, conditions), actions in groups.items():
        statement: Document = {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
        if conditions:
            statement["Condition"] = {}
            for operator, key, value in conditions:
                statement["Condition"].setdefault(operator, {})[key] = value
        yield statement


def _scope(problem: Problem, action: str) -> Iterator[tuple[str, str, str]]:
    """The conditions that AWS recommends for an action: which service it is for, and that a grant is a service's."""
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"
        return
    for key in _SCOPING_KEYS:
        value = problem.value_of(key, action)
        if value and key.partition(":")[0] == action.partition(":")[0]:
            yield "StringEquals", _SPELLED[key], value


def _identity_change(problem: Problem, document: Document) -> Change:
    policy, role = str(problem.cause.policy), str(problem.cause.principal)
    if policy.startswith("arn:"):
        return Change(kind="put-policy-version", target=policy, document=document)
    return Change(kind="put-role-policy", target=role, name=policy, document=document)


def _inline(role: PrincipalFacts) -> list[NamedDocument]:
    return [document for document in role.identity if not document.name.startswith("arn:")]


def _inline_size(role: PrincipalFacts) -> int:
    return sum(documents.size_of(document.document) for document in _inline(role))


def _free_name(role: PrincipalFacts) -> str:
    taken = {document.name for document in _inline(role)}
    names = (f"{ADDED_POLICY}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 100))))
    return next(name for name in names if name not in taken)


def _managed_alternative(problem: Problem) -> str | None:
    case = problem.case
    policies = documented_policies(case.job.type.value, case.resource_type, case.partition)
    attached = {document.name for document in case.role.identity}
    missing = [policy.rpartition("/")[2] for policy in policies if policy not in attached]
    if problem.principal is not case.role or not missing:
        return None
    return f"AWS's own {listed(missing)} for such jobs would also do, and stays current by itself."


def _is_aws_policy(policy: str | None) -> bool:
    return ":iam::aws:policy/" in str(policy)
