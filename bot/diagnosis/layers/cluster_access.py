"""A part of the first layer: whether the job role can be given access to the EKS cluster that it works in."""

from bot.diagnosis.causes import make_cause
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.layers.checked import Found
from bot.diagnosis.model import Check, Grounds, JobType, Verdict

_NAME = "eks-access-entries"


def check_cluster_access(facts: JobFacts) -> Found:
    """Whether the cluster takes access entries; nothing where the job needs none."""
    access = facts.cluster_access
    if access is None:
        return (), ()
    if access.is_closed:
        cause = make_cause(
            "eks-authentication-mode",
            principal=facts.role.arn,
            resource=access.arn,
            grounds=Grounds.DOCUMENTED if facts.job.type is JobType.BACKUP else Grounds.IMPLIED,
            says={"cluster": access.name},
        )
        return (Check(check=_NAME, verdict=Verdict.BLOCKED, says=cause.explanation),), (cause,)
    if access.mode is None:
        says = f"The authentication mode of the cluster {access.name} could not be read."
        return (Check(check=_NAME, verdict=Verdict.UNKNOWN, says=says),), ()
    says = f"The authentication mode of the cluster {access.name} is {access.mode}, which takes access entries."
    return (Check(check=_NAME, verdict=Verdict.CLEAR, says=says),), ()
