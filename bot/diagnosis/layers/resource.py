"""The fifth layer, where there is one: the policy of the bucket or file system itself."""

from collections.abc import Sequence

from bot.diagnosis.case import Case
from bot.diagnosis.judgement import Judgement
from bot.diagnosis.layers.findings import Findings, policy_check
from bot.diagnosis.model import LayerName
from bot.iam import PolicyLayer


def walk(case: Case, judgements: Sequence[Judgement]) -> Findings | None:
    """What the resource's own policy says of the calls on it; None where no such policy was read."""
    if case.resource is None or case.resource.policy is None:
        return None
    governed = [judged for judged in judgements if judged.requirement.policy]
    check, causes = policy_check(
        "resource-policy",
        governed,
        LayerName.RESOURCE,
        (PolicyLayer.RESOURCE,),
        f"The policy of {case.resource.arn} itself denies nothing that the job does.",
        f"The policy of {case.resource.arn} could not be read.",
    )
    return Findings(LayerName.RESOURCE, (check,), causes)
