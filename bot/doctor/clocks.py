"""Holds this machine's clock against others': AWS and Slack refuse requests whose time is wrong.

Sources: "Signature Version 4 … Elements of an AWS API request signature" (the time stamp must be within five minutes of
AWS's), "Verifying requests from Slack" (a time stamp of more than five minutes ago may be a replay).
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bot.doctor.findings import SetupFinding, broken, ok, unknown, warning

REFUSED_SECONDS: Final = 300
NOTABLE_SECONDS: Final = 30
_DO: Final = "Set the clock of this machine by NTP."


def compare_clock(check: str, whose: str, there: datetime | str | None, here: datetime) -> SetupFinding:
    """Whether the clock here agrees with another.

    Args:
        check: The finding's name.
        whose: Whose the other is, such as "Slack".
        there: What it shows, as a time or as the `Date` header of HTTP; None where it is not known.
        here: What the clock here showed at the same moment.
    """
    moment = _moment(there)
    if moment is None:
        return unknown(check, f"{whose} doesn't say what time it is.")
    skew = round(abs((here - moment).total_seconds()))
    ahead = "ahead of" if here > moment else "behind"
    if skew >= REFUSED_SECONDS:
        return broken(check, f"This machine's clock is {skew} s {ahead} {whose}'s, which makes requests invalid.", _DO)
    if skew >= NOTABLE_SECONDS:
        return warning(check, f"This machine's clock is {skew} s {ahead} {whose}'s.", _DO)
    return ok(check, f"This machine's clock agrees with {whose}'s.")


def _moment(there: datetime | str | None) -> datetime | None:
    if not isinstance(there, str):
        return there
    try:
        return parsedate_to_datetime(there).astimezone(UTC)
    except ValueError:
        return None
