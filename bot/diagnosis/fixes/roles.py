"""Fixes of job roles: making one or naming another, their trust policies, and the service-linked role."""

from bot.diagnosis.case import Case
from bot.diagnosis.configuration import Configuration
from bot.diagnosis.facts.principals import default_role_arn
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.proposal import Problem, Proposal, listed
from bot.diagnosis.model import Change
from bot.diagnosis.requirement import SERVICE


def create_role(problem: Problem[Case]) -> Proposal:
    """The role that the job names, with the trust that AWS Backup needs and AWS's own policies for this job.

    Where another path has a role of that name, none can be made beside it ("IAM identifiers"): that one is to be named.
    What is no ARN of a role can't be made: a role is to be named by its ARN.
    """
    role = problem.case.role
    if role.found_arn:
        return use_found_role(problem)
    if role.meant:
        default = default_role_arn(role.account, problem.case.partition)
        says = f"Name a role by its ARN, such as {default}, in the backup plan or when starting the job."
        return Proposal(says, (_naming(default),))
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


def create_service_linked_role(problem: Problem[Configuration]) -> Proposal:
    """AWS Backup's service-linked role in the account that lacks it."""
    arn = str(problem.cause.principal)
    change = Change(kind="create-service-linked-role", target=arn)
    return Proposal(f"Create the service-linked role of AWS Backup in account {arn.split(':')[4]}.", (change,))


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
