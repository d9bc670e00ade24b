"""Replies to what people write in words: several jobs, an error text that names no call, or a question.

A question in a thread without an answer may point to the thread's first message, such as an alert: what that one names
is then asked.
"""

import asyncio
from dataclasses import dataclass, replace

from redis.asyncio import Redis
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import Audience, audience_at, main_account
from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import Authorizer
from bot.access.place import Place
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.model import Outcome
from bot.replies.document import Bullets, Note, Page, Paragraph, code, line
from bot.replies.reading import reading_page
from bot.replies.spoken import about_page, checked_page, failed_jobs_page
from bot.replies.teaching import sentence_page
from bot.replies.trouble import trouble_page
from bot.work.answers import Answers
from bot.work.assistance import Assistance
from bot.work.diagnosing import FindEffects
from bot.work.follow_up import CHECK_AGAIN, FAILED_JOBS, Wanted, follow_up, points_above
from bot.work.notices import sentence_at
from bot.work.observing import WORDS, note_outcome
from bot.work.picker import ListFailedJobs
from bot.work.question import AskedJob, Question, Subject
from bot.work.refusing import refuse_unless_allowed
from bot.work.responding import Responder
from bot.work.tasks import AnswerQuestion, CheckAgain, Converse
from bot.work.thread_poster import ThreadPoster
from bot.work.thread_root import UnreadRootError, read_root
from bot.work.thread_store import ThreadStore
from bot.work.understanding import Written, subject_of, understand
from bot.work.what_if import change_in, what_if_page

MOST_JOBS = 5
SLOT = "reply"
NOBODY = "a question"
"""Who is named for an examination that was asked for in words."""


class Conversation:
    """Replies in words.

    Args:
        redis: A client that decodes its responses.
        client: The Web API.
        authorizer: Who may ask what.
        effects: What a change would do, which blocks.
        answers: What examines a subject again.
        failures: Lists the jobs that failed lately, which blocks.
        assistance: What a language model may add; None where there is none.
        installation: The installation that it is for; empty where the app has one bot token.
    """

    def __init__(
        self,
        redis: Redis,
        client: AsyncWebClient,
        authorizer: Authorizer,
        effects: FindEffects,
        answers: Answers,
        failures: ListFailedJobs,
        assistance: Assistance | None = None,
        installation: str = "",
    ) -> None:
        self._redis = redis
        self._client = client
        self._responder = Responder(client)
        self._effects = effects
        self._answers = answers
        self._failures = failures
        self._assistance = assistance
        self._threads = ThreadStore(redis, installation)
        self._audit = Audit(redis)
        self._authorizer = authorizer

    async def carry_out(self, task: Converse) -> None:
        """Replies in the thread of what was written; run again, it edits its reply.

        Raises:
            Exception: Whatever happens on the way; `bot.work.faults.passes` says what is worth trying again.
        """
        if await self._threads.question(task.thread):
            await self._answers.carry_out(AnswerQuestion(thread=task.thread))
            return
        written = await understand(task.text)
        audience = await audience_at(self._authorizer, task.place)
        above = await self._above(task, written)
        if isinstance(above, Written) and (subject := subject_of(above)):
            await self._ask(task, subject)
            return
        known = await self._known_at(task.place, audience) or await self._latest_of(task.place, audience)
        page = await self._reply(task, written, known, audience)
        if above is not None:
            page = _with_above(page, above)
        shown = audience.about(known.diagnosis) if known else audience
        await self._post(task, shown, page)
        await self._audit.write(_entry(task, page.slot))
        note_outcome(task.thread, WORDS, "replied")

    async def _above(self, task: Converse, written: Written) -> "Written | UnreadRootError | None":
        """The first message of the thread, where what was written points to it; else None."""
        place = task.place
        if place.opens or not place.thread or written.jobs or written.is_error or not points_above(task.text):
            return None
        if await self._threads.at(place.channel, place.thread):
            return None  # there is an answer, which this person may not see
        try:
            return await read_root(self._client, place)
        except UnreadRootError as error:
            return error

    async def _ask(self, task: Converse, subject: Subject) -> None:
        """Answers what the first message of the thread names, for who asked below it and by their rights."""
        place, account = task.place, subject.account
        rights = await self._authorizer.rights(place)
        await refuse_unless_allowed(self._authorizer, self._audit, rights, place, subject.about, account)
        question = Question(subject=subject, place=place, rights=rights.key)
        async with self._redis.pipeline(transaction=True) as pipe:
            self._audit.add(pipe, Entry(Act.QUESTION, place.user, place.channel, subject.about, account))
            self._threads.open(pipe, question, task.thread)
            await pipe.execute()
        await self._answers.carry_out(AnswerQuestion(thread=task.thread))

    async def _reply(self, task: Converse, written: Written, known: "_Known | None", audience: Audience) -> Page:
        """What to reply: what an action of the bot comes to, or words."""
        about = known.diagnosis if known else None
        if known and not written.jobs and (change := change_in(written.text, known.diagnosis)):
            return what_if_page(change, await asyncio.to_thread(self._effects, known.subject, change))
        wanted = _wanted(written, about, is_near=known is not None and known.is_near)
        if self._assistance:
            wanted = await self._assistance.improve(written.text, wanted, about)
        if wanted.intent == FAILED_JOBS:
            return await self._failed_jobs(audience)
        if known is None:
            return wanted.page
        if wanted.intent == CHECK_AGAIN:
            return await self._check_again(task, known)
        return about_page(wanted.page, known.name) if known.is_near and wanted.is_about_answer else wanted.page

    async def _failed_jobs(self, audience: Audience) -> Page:
        """The jobs that failed lately, of the accounts that who asks may ask about."""
        jobs = await asyncio.to_thread(self._failures)
        return failed_jobs_page([job for job in jobs if audience.rights.cover(job.job.account or "")])

    async def _check_again(self, task: Converse, known: "_Known") -> Page:
        """Examines the subject again, edits the thread's head, and says what has changed."""
        again = CheckAgain(thread=known.thread, press=task.thread, by=NOBODY, place=task.place)
        await self._answers.carry_out(again)
        look = await self._threads.look(known.thread)
        answer = await self._threads.answer(known.thread) or known.diagnosis
        return checked_page(look.note, answer)

    async def give_up(self, task: Converse, error: Exception) -> None:
        """Says in the thread why there is no reply, where Slack lets it; else who wrote is told alone.

        Raises:
            Exception: As `carry_out`.
        """
        if await self._threads.question(task.thread):
            await self._answers.give_up(AnswerQuestion(thread=task.thread), error)
            return
        sentence = sentence_at(error, task.place)
        if isinstance(error, SlackApiError):
            await self._responder.respond(task.place, sentence)
        else:
            audience = await audience_at(self._authorizer, task.place)
            await self._post(task, audience, trouble_page("what you wrote", sentence))
        await self._audit.write(_entry(task, type(error).__name__))
        note_outcome(task.thread, WORDS, type(error).__name__)

    async def _post(self, task: Converse, audience: Audience, page: Page) -> None:
        poster = ThreadPoster(self._client, self._threads, task.thread, task.place)
        for number, message in enumerate(audience.messages(page)):
            await poster.put(message.at(SLOT if number == 0 else f"{SLOT}:{number + 1}"))

    async def _known_at(self, place: Place, audience: Audience) -> "_Known | None":
        """What a thread is about, if the person who asks there may see it."""
        return await self._known(await self._threads.at(place.channel, place.thread), audience)

    async def _latest_of(self, place: Place, audience: Audience) -> "_Known | None":
        """What the latest answer of who asks is about, in a direct message: what is typed there refers to it."""
        if not place.channel.startswith("D"):
            return None
        latest = await self._threads.latest(place.user)
        known = await self._known(latest[0] if latest else None, audience)
        return known and replace(known, is_near=True)

    async def _known(self, thread: str | None, audience: Audience) -> "_Known | None":
        answer = None if thread is None else await self._threads.answer(thread)
        question = None if thread is None else await self._threads.question(thread)
        if thread is None or answer is None or question is None:
            return None
        account = main_account(answer)
        if account and not audience.rights.cover(account):
            return None
        subject = question.subject
        about = subject.job if isinstance(subject, AskedJob) else subject.text
        return _Known(thread, answer, about, subject.name)


@dataclass(frozen=True, slots=True)
class _Known:
    """A thread's answer and what it is about; near is one that was not asked for here."""

    thread: str
    diagnosis: AnyDiagnosis
    subject: JobReference | str
    name: str
    is_near: bool = False


def _wanted(written: Written, about: AnyDiagnosis | None, *, is_near: bool) -> Wanted:
    """What is wanted by what was written, in a thread that is about a diagnosis, or not."""
    if written.jobs:
        return Wanted("", _which([job.id for job in written.jobs]))
    read = written.reading
    if read.hypotheses and read.outcome is not Outcome.NOT_PERMISSION and written.is_error:
        return Wanted("", reading_page(read))
    return follow_up(written.text, about, is_near=is_near)


def _with_above(page: Page, above: Written | UnreadRootError) -> Page:
    """What is replied to a question that points to a message above which can't be asked about."""
    if isinstance(above, UnreadRootError):
        return sentence_page(above.message)
    if above.jobs:
        return _which([job.id for job in above.jobs])
    if above.is_error:
        return reading_page(above.reading)
    return replace(page, parts=(*page.parts, Note(line("I find no AWS Backup job in the message above."))))


def _which(jobs: list[str]) -> Page:
    """Several jobs: one thread answers one."""
    says = f"That names {len(jobs)} jobs, and I answer one in a thread. Which one do you mean?"
    shown = tuple(line(code(job)) for job in jobs[:MOST_JOBS])
    more = (line(f"and {len(jobs) - MOST_JOBS} more"),) if len(jobs) > MOST_JOBS else ()
    return Page("which", says, (Paragraph(line(says)), Bullets((*shown, *more))))


def _entry(task: Converse, outcome: str) -> Entry:
    return Entry(Act.ANSWER, task.place.user, task.place.channel, "a question in words", "", outcome)
