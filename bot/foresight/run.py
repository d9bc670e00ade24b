"""Runs checks of jobs to come."""

from datetime import UTC, datetime

from bot.aws.facts import AS_IT_IS, Overlay
from bot.diagnosis.events import Observer, ignore
from bot.diagnosis.run import Diagnostician
from bot.foresight.forecast import Forecast
from bot.foresight.planned import FindJobs, PlannedSubject


def check(
    diagnostician: Diagnostician,
    find: FindJobs,
    *,
    observe: Observer = ignore,
    fresh: bool = False,
    overlay: Overlay = AS_IT_IS,
) -> Forecast:
    """Examines jobs to come in every layer.

    Args:
        diagnostician: Reads AWS.
        find: Finds the jobs.
        observe: Gets every step, in the caller's thread.
        fresh: Read everything anew, whatever is cached.
        overlay: Changes that nobody has made yet, laid over what is read.

    Raises:
        BackupWhyError: There are no such jobs, or AWS can't be reached.
    """
    subject = PlannedSubject(find, diagnostician.settings, datetime.now(UTC))
    return diagnostician.run(subject, observe=observe, fresh=fresh, overlay=overlay)
