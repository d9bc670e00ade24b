"""The tasks of the queue. Their arguments are plain strings: a payload is data that anybody may read."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from docket import Depends, Docket, ExponentialRetry

from bot.work.answering import Answers
from bot.work.picker import Picker
from bot.work.question import Place
from bot.work.texts import Texts

QUEUE = "backup-why-queue"


@dataclass(frozen=True, slots=True)
class Kit:
    """What a worker works with."""

    answers: Answers
    picker: Picker
    texts: Texts


kit_of_this_worker: ContextVar[Kit] = ContextVar("kit_of_this_worker")
"""Set by the worker before it runs; every task of it is started in that context."""


def _answers() -> Answers:
    return kit_of_this_worker.get().answers


def _picker() -> Picker:
    return kit_of_this_worker.get().picker


def _texts() -> Texts:
    return kit_of_this_worker.get().texts


_ANSWERS: Answers = Depends(_answers)
_PICKER: Picker = Depends(_picker)
_TEXTS: Texts = Depends(_texts)
_RETRY = ExponentialRetry(attempts=10, minimum_delay=timedelta(seconds=1), maximum_delay=timedelta(seconds=60))


async def answer_question(thread: str, answers: Answers = _ANSWERS, _retry: ExponentialRetry = _RETRY) -> None:
    """Answers the question of a thread; tried again while Slack or Redis do not answer."""
    await answers.answer(thread)


async def check_again(
    thread: str, press: str, by: str, answers: Answers = _ANSWERS, _retry: ExponentialRetry = _RETRY
) -> None:
    """Looks again at the job of a thread; tried again while Slack or Redis do not answer."""
    await answers.check_again(thread, press, by)


async def answer_text(
    thread: str, text: str, place: dict[str, str], texts: Texts = _TEXTS, _retry: ExponentialRetry = _RETRY
) -> None:
    """Answers an error text; tried again while Slack or Redis do not answer."""
    await texts.answer(thread, text, Place(**place))


async def list_failures(view: str, user: str, picker: Picker = _PICKER) -> None:
    """Fills an open modal with the failed jobs that a user may ask about; one that is too late is of no use."""
    await picker.fill(view, user)


def open_queue(url: str) -> Docket:
    """The queue at a Redis URL; use it as a context manager."""
    queue = Docket(name=QUEUE, url=url)
    for task in (answer_question, check_again, answer_text, list_failures):
        queue.register(task)
    return queue
