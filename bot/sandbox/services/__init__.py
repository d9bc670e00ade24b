"""The services that the sandbox offers, one module a service; each operation is a small function of the estate."""

from collections.abc import Mapping
from functools import cache

from bot.sandbox.aws_models import service_names
from bot.sandbox.service import Service
from bot.sandbox.services.backup import BACKUP
from bot.sandbox.services.cloudtrail import CLOUDTRAIL
from bot.sandbox.services.dynamodb import DYNAMODB
from bot.sandbox.services.ec2 import EC2
from bot.sandbox.services.efs import EFS
from bot.sandbox.services.fsx import FSX
from bot.sandbox.services.iam import IAM
from bot.sandbox.services.kms import KMS
from bot.sandbox.services.organizations import ORGANIZATIONS
from bot.sandbox.services.rds import RDS
from bot.sandbox.services.redshift import REDSHIFT
from bot.sandbox.services.s3 import S3
from bot.sandbox.services.sts import STS
from bot.sandbox.services.toolbox import PATH, TOOLBOX

_OFFERED = (BACKUP, CLOUDTRAIL, DYNAMODB, EC2, EFS, FSX, IAM, KMS, ORGANIZATIONS, RDS, REDSHIFT, S3, STS)

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
