"""Fixes of the policy of a bucket or file system, or of a role that a caller was to assume."""

from typing import Final

from bot.diagnosis.changes.change import PlannedChange
from bot.diagnosis.changes.resources import PutResourcePolicy
from bot.diagnosis.changes.roles import UpdateAssumeRolePolicy
from bot.diagnosis.facts.documents import TRUST
from bot.diagnosis.fixes import documents
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.keys import allow_in_key_policy
from bot.diagnosis.fixes.repair import MakeFix, PlannedFix, Repair, named
from bot.diagnosis.fixes.vaults import allow_copies
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import LayerName
from bot.diagnosis.subject_facts import SubjectFacts


def exempt_in_own_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """A denying statement of the resource's own policy that exempts the principal."""
    principal = str(repair.cause.principal)
    document = repair.with_statement(documents.exempting_principal(repair.statement, principal))
    change = _change(repair, document)
    summary = f"Exempt {principal} from statement {repair.cause.statement} of the resource policy."
    return PlannedFix(summary, (change,), "This deny protects the data. Ask its owner for an exception.")


def allow_in_own_policy(repair: Repair[SubjectFacts]) -> PlannedFix:
    """The resource's own policy with a statement that lets the principal in."""
    resources = documents.without_repeats(
        resource for action in repair.cause.actions for resource in repair.resources_of(action)
    )
    statement: Document = {
        "Sid": "AllowBackup",
        "Effect": "Allow",
        "Principal": {"AWS": str(repair.cause.principal)},
        "Action": list(repair.cause.actions),
        "Resource": resources,
    }
    if repair.cause.policy == TRUST:
        del statement["Resource"]  # a trust policy is that of one role alone
    change = _change(repair, documents.with_statements(repair.document, [statement]))
    return PlannedFix(
        f"Allow {repair.cause.principal} to call {named(repair.cause.actions)} in the resource policy.", (change,)
    )


def allow_recreated_principal(repair: Repair[SubjectFacts]) -> PlannedFix:
    """The policy that names the id of a deleted principal, with a statement that lets the one of today in."""
    allow = {LayerName.KMS: allow_in_key_policy, LayerName.VAULT: allow_copies}
    return allow.get(repair.cause.layer, allow_in_own_policy)(repair)


def open_cluster_to_access_entries(repair: Repair[JobFacts]) -> PlannedFix:
    """No policy repairs it: the cluster's authentication mode has to be another.

    Source: "Change authentication mode to use access entries" (Amazon EKS User Guide).
    """
    access = repair.facts.cluster_access
    cluster = f"the EKS cluster {access.name}" if access else "the EKS cluster"
    return PlannedFix(
        f"Set the authentication mode of {cluster} to API_AND_CONFIG_MAP.",
        (),
        "It is a setting of Amazon EKS, and there is no way back to CONFIG_MAP. The aws-auth ConfigMap stays in force.",
    )


def _change(repair: Repair[SubjectFacts], document: Document) -> PlannedChange:
    """The policy put, which is a role's trust policy where the role was to be assumed.

    A job works in its own Region, so that its bucket is there too; no page of AWS was found that says so.
    """
    if repair.cause.policy == TRUST:
        return UpdateAssumeRolePolicy(target=str(repair.cause.resource), document=document)
    region = repair.facts.job.region if isinstance(repair.facts, JobFacts) else None
    return PutResourcePolicy(str(repair.cause.policy), document, region=region)


FIXES: Final[tuple[MakeFix, ...]] = (
    open_cluster_to_access_entries,
    exempt_in_own_policy,
    allow_in_own_policy,
    allow_recreated_principal,
)
