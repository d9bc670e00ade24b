"""Fixes in IAM: roles, their trust policies, identity policies and boundaries."""

import itertools
from collections.abc import Iterator
from typing import Final

from bot.diagnosis.case import Case
from bot.diagnosis.configuration import Configuration
from bot.diagnosis.facts.principals import PrincipalFacts, default_role_arn
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, inline_policies, listed
from bot.diagnosis.model import Change, Entity
from bot.diagnosis.requirement import SERVICE

ADDED_POLICY: Final = "backup-why-allows"
"""The name of the inline policy that a missing permission is added with."""

_PERMISSION_SETS: Final = ":role/aws-reserved/sso.amazonaws.com/"
_SCOPING_KEYS: Final = ("iam:passedtoservice", "kms:viaservice")
"""Keys by whose value AWS recommends to bind a permission, in lower case."""
_SPELLED: Final = {"iam:passedtoservice": "iam:PassedToService", "kms:viaservice": "kms:ViaService"}


def create_role(problem: Problem[Case]) -> Proposal:
    """The role that the job names, with the trust that AWS Backup needs and AWS's own policies for this job.

    Where another path has a role of that name, none can be made beside it ("IAM identifiers"): that one is to be named.
    """
    if problem.case.role.found_arn:
        return use_found_role(problem)
    arn = str(problem.cause.principal)
    names = listed([policy.rpartition("/")[2] for policy in problem.case.documented_policies])
    return Proposal(f"Create the role {arn} with {names}, or name another role in the plan.", _creating(problem, arn))


def use_found_role(problem: Problem[Case]) -> Proposal:
    """The role of that name that the account has, named by its own path."""
    found = str(problem.case.role.found_arn)
    return Proposal(f"Name the role {found} in the backup plan or when starting the job.", (_naming(found),))


def use_job_role(problem: Problem[Case]) -> Proposal:
    """A role that is a job role, instead of the service-linked one; the default one is made where there is none."""
    case, known = problem.case, problem.case.default_role
    default = (known.found_arn if known else None) or default_role_arn(case.account, case.partition)
    is_absent = known is not None and known.exists is False and known.found_arn is None
    told = ", which the account does not have yet" if is_absent else ""
    return Proposal(
        f"Run the job with a job role, such as {default}{told}.",
        (*(_creating(problem, default) if is_absent else ()), _naming(default)),
        "The service-linked role is AWS Backup's own: nothing can be added to it.",
    )


def admit_service(problem: Problem[Case]) -> Proposal:
    """A trust policy with a statement that lets AWS Backup in, for this account only."""
    document = documents.with_statements(problem.document, _trust(problem)["Statement"])
    change = Change(kind="update-assume-role-policy", target=str(problem.cause.principal), document=document)
    return Proposal(f"Let {SERVICE} assume the role, for jobs of this account.", (change,))


def spare_account_in_trust(problem: Problem[Case]) -> Proposal:
    """A denying statement of the trust policy that spares the job's own account."""
    account = problem.case.account
    document = problem.with_statement(documents.excepting_source_account(problem.statement, account))
    change = Change(kind="update-assume-role-policy", target=str(problem.cause.principal), document=document)
    return Proposal(
        f"Spare AWS Backup's jobs of account {account} in statement {problem.cause.statement}.",
        (change,),
        "Somebody meant this deny: ask its author before changing it.",
    )


def allow(problem: Problem[Configuration]) -> Proposal:
    """An inline policy that allows exactly what is missing, on what it is missing on."""
    role = problem.case.role
    if problem.cause.entity is Entity.SERVICE_LINKED_ROLE:
        return Proposal(
            f"Ask AWS Support: the policy of {problem.cause.principal} is AWS's own, and only AWS changes it."
        )
    actions = listed(list(problem.cause.actions))
    if _PERMISSION_SETS in role.arn:
        return _change_permission_set(problem, f"allow {actions}")
    document = documents.new_document(list(_allowing(problem)))
    change = _inline_change(role, _free_name(role), document)
    return Proposal(f"Allow {problem.who} {actions}.", (change,), _managed_alternative(problem))


def spare_in_identity_policy(problem: Problem[Configuration]) -> Proposal:
    """A denying statement of an identity policy, narrowed by what it spares already or for this role."""
    if _is_aws_policy(problem.cause.policy):
        return _detach(problem)
    if _PERMISSION_SETS in str(problem.cause.principal):
        return _change_permission_set(problem, f"deny {listed(list(problem.cause.actions))} no more")
    statement, role = problem.statement, str(problem.cause.principal)
    spared = next(
        (
            (key, value)
            for key in documents.spared_keys(statement)
            if not key.startswith("aws:principal") and (value := problem.value_of(key))
        ),
        None,
    )
    changed = documents.admitting(statement, *spared) if spared else None
    changed = changed or documents.excepting_principal(statement, role)
    what = f"the value {spared[1]} of {spared[0]}" if spared else f"{problem.who} {role}"
    return Proposal(
        f"Spare {what} in statement {problem.cause.statement} of {problem.cause.policy}.",
        (_identity_change(problem, problem.with_statement(changed)),),
        "This deny is a guard rail: ask its author for the exception.",
    )


def allow_in_boundary(problem: Problem[Configuration]) -> Proposal:
    """A permissions boundary that allows what is missing too."""
    actions = listed(list(problem.cause.actions))
    if _is_aws_policy(problem.cause.policy):
        return _other_boundary(problem, f"a policy of the account's own that allows {actions} too")
    document = documents.with_statements(problem.document, list(_allowing(problem)))
    return _boundary_proposal(problem, document, f"Allow {actions} in the boundary.")


def spare_in_boundary(problem: Problem[Configuration]) -> Proposal:
    """A denying statement of a permissions boundary that spares this role."""
    if _is_aws_policy(problem.cause.policy):
        return _other_boundary(
            problem, f"a policy of the account's own without its statement {problem.cause.statement}"
        )
    document = problem.with_statement(documents.excepting_principal(problem.statement, str(problem.cause.principal)))
    return _boundary_proposal(problem, document, f"Spare {problem.who} in statement {problem.cause.statement}.")


def create_service_linked_role(problem: Problem[Configuration]) -> Proposal:
    """AWS Backup's service-linked role in the account that lacks it."""
    arn = str(problem.cause.principal)
    change = Change(kind="create-service-linked-role", target=arn)
    return Proposal(f"Create the service-linked role of AWS Backup in account {arn.split(':')[4]}.", (change,))


def _boundary_proposal(problem: Problem[Configuration], document: Document, summary: str) -> Proposal:
    change = Change(kind="put-policy-version", target=str(problem.cause.policy), document=document)
    return Proposal(
        summary, (change,), "A boundary is a guard rail, and it may be that of other roles too: ask its owner."
    )


def _other_boundary(problem: Problem[Configuration], which: str) -> Proposal:
    """AWS's own policies can't be changed ("Managed policies and inline policies"): another has to take its place."""
    put = f"iam:Put{'User' if problem.case.role.is_user else 'Role'}PermissionsBoundary"
    return Proposal(
        f"Give {problem.who} another permissions boundary: {which}.",
        (),
        f"{problem.cause.policy} is AWS's own policy and can't be changed. Whoever may call "
        f"{put} on {problem.who} can replace it by a copy made in the account.",
    )


def _detach(problem: Problem[Configuration]) -> Proposal:
    """What denies is AWS's own policy, which can't be changed."""
    actions = listed(list(problem.cause.actions))
    return Proposal(
        f"Detach {problem.cause.policy} from the role, or run the job with a role that is not denied {actions}.",
        (),
        "It is AWS's own policy and can't be changed. Somebody attached it to keep this role from doing harm: ask why.",
    )


def _change_permission_set(problem: Problem[Configuration], verb: str) -> Proposal:
    """The permission set of a role that IAM Identity Center made, which IAM lets nobody else change."""
    name = problem.case.role.name.removeprefix("AWSReservedSSO_").rpartition("_")[0]
    return Proposal(
        f"Let the permission set {name} {verb}, and provision it to account {problem.case.account} again.",
        (),
        "IAM Identity Center made this role from the permission set and undoes or refuses changes of the role itself.",
    )


def _creating(problem: Problem[Configuration], arn: str) -> tuple[Change, ...]:
    """A job role with AWS's own policies for this job."""
    attached = (
        Change(kind="attach-role-policy", target=arn, document={"PolicyArn": policy})
        for policy in problem.case.documented_policies
    )
    return (Change(kind="create-role", target=arn, document=_trust(problem)), *attached)


def _naming(arn: str) -> Change:
    return Change(kind="change-plan", target=arn, document={"IamRoleArn": arn})


def _trust(problem: Problem[Configuration]) -> Document:
    """AWS Backup's trust, bound to the account ("Cross-service confused deputy prevention")."""
    return documents.new_document(
        [
            {
                "Sid": "BackupOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": SERVICE},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": problem.case.account}},
            }
        ]
    )


def _allowing(problem: Problem[Configuration]) -> Iterator[Document]:
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


def _scope(problem: Problem[Configuration], action: str) -> Iterator[tuple[str, str, str]]:
    """The conditions that AWS recommends for an action: which service it is for, and that a grant is a service's."""
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"
        return
    for key in _SCOPING_KEYS:
        value = problem.value_of(key, action)
        if value and key.partition(":")[0] == action.partition(":")[0]:
            yield "StringEquals", _SPELLED[key], value


def _identity_change(problem: Problem[Configuration], document: Document) -> Change:
    policy, role = str(problem.cause.policy), problem.case.role
    if policy.startswith("arn:"):
        return Change(kind="put-policy-version", target=policy, document=document)
    group = next(known.group for known in role.identity if known.name == policy)
    if group:
        return Change(kind="put-group-policy", target=group, name=policy, document=document)
    return _inline_change(role, policy, document)


def _inline_change(role: PrincipalFacts, name: str, document: Document) -> Change:
    kind = "put-user-policy" if role.is_user else "put-role-policy"
    return Change(kind=kind, target=role.arn, name=name, document=document)


def _free_name(role: PrincipalFacts) -> str:
    taken = {document.name for document in inline_policies(role)}
    numbered = (f"{ADDED_POLICY}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([ADDED_POLICY], numbered) if name not in taken)


def _managed_alternative(problem: Problem[Configuration]) -> str | None:
    attached = {document.name for document in problem.case.role.identity}
    missing = [policy.rpartition("/")[2] for policy in problem.case.documented_policies if policy not in attached]
    if not missing:
        return None
    return f"AWS's own {listed(missing)} for such jobs would also do, and stays current by itself."


def _is_aws_policy(policy: str | None) -> bool:
    return ":iam::aws:policy/" in str(policy)
