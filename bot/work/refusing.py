"""Refuses what somebody may not ask; the refusal is in the audit trail before it is shown."""

from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import Authorizer, Rights
from bot.access.place import Place
from bot.errors import BackupWhyError

OUTSIDERS = "Only people in the organization that installed me can send messages through me."


class RefusedError(BackupWhyError):
    """Somebody may not ask this here; the sentence says why and whom to ask."""


async def refuse_unless_allowed(
    authorizer: Authorizer, audit: Audit, rights: Rights, place: Place, about: str, account: str = ""
) -> None:
    """Lets somebody ask about a subject, or refuses.

    Args:
        authorizer: Says why, and whom to ask for the right.
        audit: Gets a line of the refusal.
        rights: What they may ask.
        place: Where, and who.
        about: The subject, for the audit trail.
        account: The account that it is in; empty where that is not known yet.

    Raises:
        RefusedError: They may not.
    """
    if rights.nothing or (account and not rights.cover(account)):
        outcome = "another organization" if place.outsider else "no right"
        await audit.write(Entry(Act.REFUSAL, place.user, place.channel, about, account, outcome))
        raise RefusedError(authorizer.refusal("" if rights.nothing else account))
