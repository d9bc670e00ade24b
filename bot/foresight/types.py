"""Of which type a resource is, as AWS Backup spells it, from its ARN and where that leaves it open from its engine."""

import fnmatch
from types import MappingProxyType
from typing import Final

from bot import arn
from bot.aws import storage
from bot.aws.facts import Facts
from knowledge.need import resource_types

_ENGINES: Final = MappingProxyType({"docdb": "DocumentDB", "neptune": "Neptune", "aurora": "Aurora"})
"""The types of RDS clusters by how their engine's name begins; every other engine is that of a Multi-AZ DB cluster.

Source: "DescribeDBClusters" (Amazon RDS API Reference), which answers for all of them.
"""


def type_of(facts: Facts, account: str, resource: str) -> str | None:
    """The type of a resource; a collector of `bot.aws.facts`.

    Args:
        facts: What is known so far.
        account: The account that reads it.
        resource: Its ARN.

    Returns:
        The type; None where no known type has such ARNs, or a cluster's engine can't be read.
    """
    named = arn.parse(resource)
    if named is None:
        return None
    if named.service == "rds" and named.resource.startswith("cluster:"):
        return _cluster(facts, named.account or account, named)
    place = {"partition": named.partition, "region": named.region, "account": named.account}
    for known in resource_types():
        if any(fnmatch.fnmatchcase(resource, pattern.format_map(place)) for pattern in known.resources):
            return known.type
    return None


def _cluster(facts: Facts, account: str, cluster: arn.Arn) -> str | None:
    answer = facts.ask(storage.db_clusters(account, cluster.region, cluster.name))
    if not answer.known or not answer.value:
        return None
    engine = str(answer.value[0].get("Engine") or "")
    return next((kind for begins, kind in _ENGINES.items() if engine.startswith(begins)), "RDS")
