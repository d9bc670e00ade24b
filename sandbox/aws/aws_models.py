"""botocore's models of AWS's services, read once: what a service is called, what it can be asked, how it pages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import create_loader

_LOADER = create_loader()
"""It remembers what it has read, and finding its files is half of the cost of reading them."""


@cache
def service_names() -> frozenset[str]:
    """Every service that botocore knows, by its own name."""
    return frozenset(_LOADER.list_available_services("service-2"))


def service_description(service: str) -> Mapping[str, Any]:
    """The whole model of a service.

    Args:
        service: The service as botocore names it.
    """
    description: Mapping[str, Any] = _LOADER.load_service_model(service, "service-2")
    return description


def paginator(service: str, operation: str) -> Mapping[str, Any] | None:
    """How an operation pages: what its token, its limit and its list are called; None where it has no pages.

    Args:
        service: The service as botocore names it.
        operation: The API's name of the operation.
    """
    paginators: Mapping[str, Any] = _LOADER.load_service_model(service, "paginators-1")["pagination"]
    return paginators.get(operation)
