"""Amazon EKS: clusters."""

from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import REST_JSON_SPELLING, Answer, AwsError, Parameters, Service, View


def describe_cluster(view: View, parameters: Parameters) -> Answer:
    """A cluster; one that takes access entries, if the estate does not say otherwise."""
    arn = view.arn("eks", f"cluster/{parameters['name']}")
    cluster = view.region.resource_by_arn.get(arn)
    if cluster is None:
        raise AwsError("ResourceNotFoundException", f"No cluster found for name: {parameters['name']}.", 404)
    described = {
        "name": cluster.name,
        "arn": arn,
        "createdAt": BEGINNING,
        "status": "ACTIVE",
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
        "tags": cluster.Tags,
    }
    return {"cluster": described | cluster.said}


EKS = Service(name="eks", spelling=REST_JSON_SPELLING, operations={"DescribeCluster": describe_cluster}, page_size=None)
