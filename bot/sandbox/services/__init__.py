"""The services that the sandbox offers, one module a service; each operation is a small function of the estate."""

from collections.abc import Mapping
from functools import cache

from botocore.loaders import Loader

from bot.sandbox.service import Service
from bot.sandbox.services.backup import BACKUP
from bot.sandbox.services.iam import IAM
from bot.sandbox.services.kms import KMS
from bot.sandbox.services.organizations import ORGANIZATIONS
from bot.sandbox.services.sts import STS

_OFFERED = (BACKUP, IAM, KMS, ORGANIZATIONS, STS)

BY_SIGNING_NAME: Mapping[str, Service] = {service.prefix or service.name: service for service in _OFFERED}
"""The services by the name that signatures carry, which is that of IAM actions too."""


@cache
def signed_for(name: str) -> Service | None:
    """The service that a signature is for.

    Args:
        name: The service's name in the signature.

    Returns:
        A service of the sandbox, one without operations where only botocore knows it, None where nobody does.
    """
    if service := BY_SIGNING_NAME.get(name):
        return service
    return Service(name, {}) if name in Loader().list_available_services("service-2") else None
