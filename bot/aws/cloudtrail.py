"""AWS CloudTrail: the management events of the last 90 days."""

from datetime import datetime

from bot.aws.lookup import Lookup, Operation, lookup

_TOO_OLD = frozenset({"InvalidTimeRangeException"})
"""CloudTrail keeps events for 90 days, and says this of a window before them."""

LOOKUP_EVENTS = Operation("cloudtrail", "LookupEvents", "Events", _TOO_OLD, pages=4, reads="CloudTrail's events")


def events(
    account: str, region: str, start: datetime, end: datetime, attribute: str | None = None, value: str | None = None
) -> Lookup:
    """The newest events of a time window, of all or of those with one attribute.

    Args:
        account: Whose events.
        region: Where they were recorded; IAM's are in us-east-1.
        start: The first moment.
        end: The last moment.
        attribute: Username (the session's name for a role), ResourceName, EventName, …
        value: The attribute's value.

    Returns:
        The lookup; its answer is a list of events, each with `CloudTrailEvent`, a JSON text.
    """
    attributes = [{"AttributeKey": attribute, "AttributeValue": value}] if attribute else None
    return lookup(LOOKUP_EVENTS, account, region, StartTime=start, EndTime=end, LookupAttributes=attributes)
