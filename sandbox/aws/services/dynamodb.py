"""Amazon DynamoDB: tables with their encryption, their backups' state and their tags."""

from sandbox.aws.model import Resource
from sandbox.aws.parts import BEGINNING
from sandbox.aws.service import Answer, AwsError, Parameters, Service, View
from sandbox.aws.services.shapes import tag_list


def describe_table(view: View, parameters: Parameters) -> Answer:
    """A table; one under a key of DynamoDB's own has no SSEDescription."""
    table = _table(view, parameters["TableName"])
    sse = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": table.KmsKeyArn}
    return {
        "Table": {
            "TableName": table.name,
            "TableArn": table.ResourceArn,
            "TableStatus": "ACTIVE",
            "CreationDateTime": BEGINNING,
            "ItemCount": 0,
            "TableSizeBytes": 0,
            **({"SSEDescription": sse} if table.KmsKeyArn else {}),
        }
        | table.said
    }


def describe_continuous_backups(view: View, parameters: Parameters) -> Answer:
    """Whether a table can be restored to a point in time: the estate says nothing of it."""
    _table(view, parameters["TableName"])
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
        }
    }


def list_tags_of_resource(view: View, parameters: Parameters) -> Answer:
    """A table's tags."""
    return {"Tags": tag_list(_table(view, parameters["ResourceArn"]).Tags)}


def _table(view: View, named: str) -> Resource:
    """The table of a name or an ARN."""
    arn = named if named.startswith("arn:") else view.arn("dynamodb", f"table/{named}")
    table = view.region.resource_by_arn.get(arn)
    if table is None:
        message = f"Requested resource not found: Table: {arn.rpartition('/')[2]} not found"
        raise AwsError("ResourceNotFoundException", message)
    return table


DYNAMODB = Service(
    name="dynamodb",
    operations={
        "DescribeTable": describe_table,
        "DescribeContinuousBackups": describe_continuous_backups,
        "ListTagsOfResource": list_tags_of_resource,
    },
)
