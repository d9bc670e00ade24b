"""Replies to what people write in words: several jobs, an error text that names no call, or a question."""

import asyncio
from dataclasses import dataclass

from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience, audience_at, main_account
from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import Authorizer
from bot.access.place import Place
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Outcome
from bot.replies.document import Bullets, Page, Paragraph, code, line
from bot.replies.reading import reading_page
from bot.replies.teaching import ask_page
from bot.replies.trouble import trouble_page
from bot.work.diagnosing import FindEffects
from bot.work.follow_up import follow_up
from bot.work.notices import sentence_for
from bot.work.question import AskedJob
from bot.work.tasks import Converse
from bot.work.thread_poster import ThreadPoster
from bot.work.thread_store import ThreadStore
from bot.work.understanding import Written, understand
from bot.work.what_if import change_in, what_if_page

MOST_JOBS = 5
SLOT = "reply"


class Conversation:
    """Replies in words.

    Args:
        redis: A client that decodes its responses.
        client: The Web API.
        authorizer: Who may ask what.
        effects: What a change would do, which blocks.
    """

    def __init__(self, redis: Redis, client: AsyncWebClient, authorizer: Authorizer, effects: FindEffects) -> None:
        self._client = client
        self._effects = effects
        self._threads = ThreadStore(redis)
        self._audit = Audit(redis)
        self._authorizer = authorizer

    async def carry_out(self, task: Converse) -> None:
        """Replies in the thread of what was written; run again, it edits its reply.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        written = await understand(task.text)
        audience = await audience_at(self._authorizer, task.place)
        known = await self._known_at(task.place, audience)
        about = known.diagnosis if known else None
        change = change_in(written.text, about) if about is not None else None
        if known and change:
            page = what_if_page(change, await asyncio.to_thread(self._effects, known.subject, change))
        else:
            page = _reply(written, about)
        shown = audience.about(about) if about is not None else audience
        await self._post(task, shown, page)
        await self._audit.write(_entry(task, page.slot))

    async def give_up(self, task: Converse, error: Exception) -> None:
        """Says in the thread why there is no reply; raises as `carry_out`."""
        audience = await audience_at(self._authorizer, task.place)
        await self._post(task, audience, trouble_page("what you wrote", sentence_for(error)))
        await self._audit.write(_entry(task, type(error).__name__))

    async def _post(self, task: Converse, audience: Audience, page: Page) -> None:
        poster = ThreadPoster(self._client, self._threads, task.thread, task.place)
        for number, message in enumerate(audience.messages(page)):
            await poster.put(message.at(SLOT if number == 0 else f"{SLOT}:{number + 1}"))

    async def _known_at(self, place: Place, audience: Audience) -> "_Known | None":
        """What a thread is about, if the person who asks there may see it."""
        thread = await self._threads.at(place.channel, place.thread)
        answer = None if thread is None else await self._threads.answer(thread)
        question = None if thread is None else await self._threads.question(thread)
        if answer is None or question is None:
            return None
        account = main_account(answer)
        if account and not audience.rights.cover(account):
            return None
        subject = question.subject
        return _Known(answer, subject.job if isinstance(subject, AskedJob) else subject.text)


@dataclass(frozen=True, slots=True)
class _Known:
    """A thread's answer and what it is about."""

    diagnosis: AnyDiagnosis
    subject: JobReference | str


def _reply(written: Written, about: AnyDiagnosis | None) -> Page:
    """What to reply to what was written, in a thread that is about a diagnosis, or not."""
    if written.jobs:
        return _which([job.id for job in written.jobs])
    words = written.text.strip()
    if words.lower() in ("", "help"):
        return ask_page()
    read = written.reading
    if read.hypotheses and read.outcome is not Outcome.NOT_PERMISSION and written.is_error:
        return reading_page(read)
    return follow_up(written.text, about)


def _which(jobs: list[str]) -> Page:
    """Several jobs: one thread answers one."""
    says = f"That names {len(jobs)} jobs, and I answer one in a thread. Which one do you mean?"
    shown = tuple(line(code(job)) for job in jobs[:MOST_JOBS])
    more = (line(f"and {len(jobs) - MOST_JOBS} more"),) if len(jobs) > MOST_JOBS else ()
    return Page("which", says, (Paragraph(line(says)), Bullets((*shown, *more))))


def _entry(task: Converse, outcome: str) -> Entry:
    return Entry(Act.ANSWER, task.place.user, task.place.channel, "a question in words", "", outcome)
