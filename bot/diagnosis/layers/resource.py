"""The fifth layer, where there is one: the policy of the bucket or file system itself."""

from bot.diagnosis.evaluated_job import EvaluatedJob
from bot.diagnosis.layers.checked import CheckedLayer, policy_check
from bot.diagnosis.model import LayerName
from bot.iam import PolicyLayer


def check_layer(job: EvaluatedJob) -> CheckedLayer | None:
    """What the resource's own policy says of the calls on it; None where no such policy was read."""
    facts, evaluated = job.facts, job.calls
    if facts.resource is None or facts.resource.policy is None:
        return None
    governed = [each for each in evaluated if each.call.policy]
    check, causes = policy_check(
        "resource-policy",
        governed,
        LayerName.RESOURCE,
        (PolicyLayer.RESOURCE,),
        f"The policy of {facts.resource.arn} itself denies nothing that the job does.",
        f"I couldn't read the policy of {facts.resource.arn}.",
    )
    return CheckedLayer(LayerName.RESOURCE, (check,), causes)
