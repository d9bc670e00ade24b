"""IP address operators, over addresses and CIDR ranges of versions 4 and 6.

Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators", IP address condition operators. An
address without a prefix stands for itself alone. The two versions never match each other.
"""

import ipaddress
from collections.abc import Iterator, Sequence

from bot.iam.conditions.operator import CandidateValue, Matches, Operator, PolicyValue
from bot.iam.patterns import Pattern

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _within(values: Sequence[PolicyValue]) -> Matches:
    networks = tuple(network for value in values if (network := _network(value.text)) is not None)

    def matches(value: str, _context: object) -> bool:
        address = _address(value)
        return address is not None and any(address in network for network in networks)

    return matches


def _accepts(text: str) -> bool:
    return _network(text) is not None


def _candidates(value: Pattern) -> Iterator[CandidateValue]:
    """The ends of a range and their neighbours tell every arrangement of ranges apart."""
    network = _network(value.text)
    if network is None:
        return
    inside = f"is in {value.text}" if network.num_addresses > 1 else f"is {value.text}"
    first, last = network.network_address, network.broadcast_address
    yield CandidateValue(str(first), inside)
    yield CandidateValue(str(last), inside)
    if int(first) > 0:
        yield CandidateValue(str(first - 1), "is another address", usual=True)
    if int(last) < 2**first.max_prefixlen - 1:
        yield CandidateValue(str(last + 1), "is another address", usual=True)
    yield CandidateValue("::" if network.version == 4 else "0.0.0.0", "is another address", usual=True)  # noqa: S104  an address to compare


OPERATORS = (
    Operator("IpAddress", _within, _candidates, _accepts, "is in"),
    Operator("NotIpAddress", _within, _candidates, _accepts, "is in", negated=True),
)
