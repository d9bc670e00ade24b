"""Takes what people write to the bot in words, and does what it asks for: diagnose a job, read a text, or answer."""

from bot.diagnosis.job_id import find_job_ids
from bot.diagnosis.model import Outcome
from bot.diagnosis.reading import read_error
from bot.replies.document import Bullets, Page, Paragraph, code, line
from bot.replies.reading import reading_page
from bot.replies.teaching import ask_page
from bot.work.desk import Desk
from bot.work.follow_up import follow_up
from bot.work.question import Place, Question

MOST_JOBS = 5


async def hear(text: str, place: Place, delivery: str, desk: Desk) -> Page | None:
    """Does what a text asks for.

    Args:
        text: What was written, without the mention of the bot.
        place: Where, and by whom; its thread is where the answer belongs.
        delivery: Slack's id of the request.
        desk: Takes what people ask.

    Returns:
        What to reply; None where the worker replies, or the request has been heard before.

    Raises:
        BackupWhyError: As the desk's `ask`.
    """
    jobs = find_job_ids(text)
    if len(jobs) == 1:
        told = await desk.ask(Question(jobs[0], place), delivery)
        return Page("pointer", told, (Paragraph(line(told)),)) if told else None
    read = read_error(text)
    if not jobs and read.reading.action and read.reading.principal:
        await desk.ask_of_text(text, place, delivery)
        return None
    if not await desk.first(delivery):
        return None
    if jobs:
        return _which([job.id for job in jobs])
    if not text.strip() or text.strip().lower() == "help":
        return ask_page()
    if read.hypotheses and read.outcome is not Outcome.NOT_PERMISSION and read.reading.form:
        return reading_page(read)
    return follow_up(text, await desk.diagnosis_at(place))


def _which(jobs: list[str]) -> Page:
    """Several jobs: one thread answers one."""
    says = f"That names {len(jobs)} jobs, and a thread answers one. Which one do you mean?"
    shown = tuple(line(code(job)) for job in jobs[:MOST_JOBS])
    more = (line(f"and {len(jobs) - MOST_JOBS} more"),) if len(jobs) > MOST_JOBS else ()
    return Page("which", says, (Paragraph(line(says)), Bullets((*shown, *more))))
