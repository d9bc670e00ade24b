"""The services that the sandbox offers, one module a service; each operation is a small function of the estate."""

from collections.abc import Mapping
from functools import cache

from sandbox.aws.aws_models import service_names
from sandbox.aws.service import Service
from sandbox.aws.services.backup import BACKUP
from sandbox.aws.services.backup_search import BACKUP_SEARCH
from sandbox.aws.services.cloudtrail import CLOUDTRAIL
from sandbox.aws.services.dynamodb import DYNAMODB
from sandbox.aws.services.ec2 import EC2
from sandbox.aws.services.efs import EFS
from sandbox.aws.services.eks import EKS
from sandbox.aws.services.fsx import FSX
from sandbox.aws.services.iam import IAM
from sandbox.aws.services.kms import KMS
from sandbox.aws.services.organizations import ORGANIZATIONS
from sandbox.aws.services.rds import RDS
from sandbox.aws.services.redshift import REDSHIFT
from sandbox.aws.services.s3 import S3
from sandbox.aws.services.sts import STS
from sandbox.aws.services.toolbox import PATH, TOOLBOX

_OFFERED = (
    BACKUP,
    BACKUP_SEARCH,
    CLOUDTRAIL,
    DYNAMODB,
    EC2,
    EFS,
    EKS,
    FSX,
    IAM,
    KMS,
    ORGANIZATIONS,
    RDS,
    REDSHIFT,
    S3,
    STS,
)

BY_SIGNING_NAME: Mapping[str, Service] = {service.prefix or service.name: service for service in _OFFERED}
"""The services by the name that signatures carry, which is that of IAM actions too."""


@cache
def signed_for(name: str, path: str) -> Service | None:
    """The service that a request is for.

    Args:
        name: The service's name in the signature.
        path: The path of the request, which tells apart two services that are signed for alike.

    Returns:
        A service of the sandbox, one without operations where only botocore knows it, None where nobody does.
    """
    if name == TOOLBOX.prefix and path.startswith(PATH):
        return TOOLBOX
    if service := BY_SIGNING_NAME.get(name):
        return service
    return Service(name, {}) if name in service_names() else None
