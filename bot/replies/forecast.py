"""A check of jobs to come as pages: what would be denied and who must change what, then each job."""

from typing import Final

from bot.diagnosis.model import Outcome, Verdict
from bot.foresight.forecast import Forecast, ForecastJob
from bot.replies.causes import names_of, what_it_was
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, Part, Span, line, listing, words_of
from bot.replies.naming import Names
from bot.replies.thread import thread_pages
from bot.replies.titles import job_title
from bot.replies.verdict import PARENT, cause_paragraphs, layers_parts
from bot.replies.words import MARKS, counted

JOBS: Final = "jobs"
"""The slot of the reply that lists the jobs."""
SHOWN: Final = 20
"""So many jobs are listed; all of them are in the JSON."""

_WORDS: Final = {
    Outcome.DENIED: "Would be denied",
    Outcome.UNDETERMINED: "Not sure",
    Outcome.NOT_FAILED: "Nothing denies it",
}
_VERDICTS: Final = {
    Outcome.DENIED: Verdict.BLOCKED,
    Outcome.UNDETERMINED: Verdict.UNKNOWN,
    Outcome.NOT_FAILED: Verdict.CLEAR,
}


def forecast_pages(forecast: Forecast, explain: str = "/backup-explain") -> tuple[Page, ...]:
    """The head and the replies.

    Args:
        forecast: The forecast.
        explain: The command that shows an entry of the knowledge base, where this is read.
    """
    return (forecast_head(forecast), *thread_pages(forecast, explain), *_jobs_page(forecast))


def forecast_head(forecast: Forecast) -> Page:
    """The head: what was checked and what came of it, what denies, and who must change what."""
    names = names_of(forecast)
    parts: list[Part] = [Heading(f"{_WORDS[forecast.outcome]}: {_subject(forecast, names)}")]
    parts += cause_paragraphs(forecast) or [Paragraph(names.sentence(forecast.summary))]
    parts += [*layers_parts(forecast), Note(_footer(forecast, names))]
    return Page(PARENT, f"{_WORDS[forecast.outcome]}: {words_of(names.sentence(forecast.summary))}", tuple(parts))


def _subject(forecast: Forecast, names: Names) -> str:
    """A single job by what it does; several by what starts them, and how many of them are denied."""
    if len(forecast.jobs) == 1:
        return job_title(forecast.jobs[0].job, names)
    denied = sum(job.outcome is Outcome.DENIED for job in forecast.jobs)
    of = f"{denied} of {counted(len(forecast.jobs), 'job')}" if denied else counted(len(forecast.jobs), "job")
    return f"{words_of(names.sentence(forecast.about))}, {of}"


def _footer(forecast: Forecast, names: Names) -> Line:
    first, cost = forecast.jobs[0].job, forecast.cost
    asked = f"{counted(cost.aws_calls, 'AWS call')}, {cost.ms / 1000:.1f} s"
    return line(f"Account {names.account(first.account)} · {first.region} · not started yet · {asked}")


def _jobs_page(forecast: Forecast) -> tuple[Page, ...]:
    """Each job with what it is denied by, and what was left out; nothing for a single job that is all there is."""
    names, parts = names_of(forecast), list[Part]()
    if len(forecast.jobs) > 1:
        parts.append(Bullets(tuple(_job(forecast, job, names) for job in _worst_first(forecast.jobs)[:SHOWN])))
        if len(forecast.jobs) > SHOWN:
            parts.append(Paragraph(line(f"{len(forecast.jobs) - SHOWN} more: backup-why check --json lists them all.")))
    if forecast.not_checked:
        parts.append(Paragraph(line("Not checked:")))
        parts.append(Bullets(tuple(names.sentence(sentence) for sentence in forecast.not_checked)))
    heading = "The jobs" if len(forecast.jobs) > 1 else "What I left out"
    return (Page(JOBS, f"{heading}: {len(forecast.jobs)}.", (Heading(heading), *parts)),) if parts else ()


def _worst_first(jobs: tuple[ForecastJob, ...]) -> list[ForecastJob]:
    order = list(_WORDS)
    return sorted(jobs, key=lambda job: order.index(job.outcome))


def _job(forecast: Forecast, job: ForecastJob, names: Names) -> Line:
    rule = f" (rule {job.rule})" if job.rule else ""
    told = [Span(what_it_was(forecast.causes[position], names)) for position in job.causes]
    why = (*line(": "), *listing(told)) if told else ()
    return (*line(MARKS[_VERDICTS[job.outcome]], f" {job_title(job.job, names)}{rule}"), *why)
