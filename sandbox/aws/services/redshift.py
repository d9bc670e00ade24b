"""Amazon Redshift: clusters."""

from dataclasses import replace

from sandbox.aws.service import QUERY_SPELLING, Answer, AwsError, Parameters, Refusal, Service, View
from sandbox.aws.services.shapes import tag_list


def describe_clusters(view: View, parameters: Parameters) -> Answer:
    """All clusters, or the one that was named."""
    clusters = [
        {
            "ClusterIdentifier": resource.name,
            "ClusterStatus": "available",
            "Encrypted": resource.KmsKeyArn is not None,
            "KmsKeyId": resource.KmsKeyArn,
            "Tags": tag_list(resource.Tags),
        }
        | resource.said
        for resource in view.region.resources
        if resource.ResourceType == "Redshift"
    ]
    named = parameters.get("ClusterIdentifier")
    chosen = [cluster for cluster in clusters if named in {None, cluster["ClusterIdentifier"]}]
    if named and not chosen:
        raise AwsError("ClusterNotFound", f"Cluster {named} not found.", 404)
    return {"Clusters": chosen}


REDSHIFT = Service(
    name="redshift",
    spelling=replace(QUERY_SPELLING, bad_token=Refusal("InvalidParameterValue")),
    page_limit=100,
    operations={"DescribeClusters": describe_clusters},
)
