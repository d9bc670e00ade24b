"""Reads lookups from AWS: together, read-only, retried, each failure told apart from each absence.

This is the one seam to AWS: nothing else in the project calls it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from bot.aws.attempts import take_count
from bot.aws.cache import LookupCache
from bot.aws.lookup import KNOWN, Answer, Lookup, State, refused
from bot.aws.read_errors import BOTO_ERRORS, Kind, ReadError, of_exception, of_response
from bot.aws.sessions import CONCURRENT_CALLS, Sessions
from bot.aws.sts import ASSUME_ROLE, GET_CALLER_IDENTITY
from bot.errors import AwsUnreachableError


@dataclass(slots=True)
class ReadCost:
    """What has been spent on AWS."""

    aws_calls: int = 0
    cache_hits: int = 0
    round_trips: int = 0
    """Rounds, each as long as its longest chain of pages and retries."""


class Reader:
    """Reads for one diagnosis.

    Args:
        sessions: The way into AWS; shared by the diagnoses of a process.
        cache: Where answers are kept.
        fresh: Take nothing that is kept.
    """

    def __init__(self, sessions: Sessions, cache: LookupCache, *, fresh: bool = False) -> None:
        self._sessions = sessions
        self._cache = cache
        self._fresh = fresh
        self.progress: Callable[[int, int], None] = lambda _done, _total: None
        """Called after each lookup of a round with how many are done and how many there are."""
        self.cost = ReadCost()

    def read_all(self, lookups: list[Lookup]) -> dict[Lookup, Answer]:
        """Reads a round of lookups together.

        Args:
            lookups: What to read; those of another account after its `sts.way_into` has been read.

        Returns:
            An answer for each: known, absent or refused. Whatever error outlasts the retries is a refusal.

        Raises:
            AwsUnreachableError: sts:GetCallerIdentity failed, without which nothing can be read.
        """
        for lookup in lookups:
            with suppress(*BOTO_ERRORS):  # a client that can't be made is told of where it is used
                if self._sessions.entered(lookup.account):
                    self._sessions.client(lookup.operation.service, lookup.account, lookup.region)
        answers: dict[Lookup, Answer] = {}
        for done, answer in enumerate(_threads().map(self._read_through, lookups), start=1):
            answers[lookups[done - 1]] = answer
            self.progress(done, len(lookups))
        self._spend(answers)
        return answers

    def _read_through(self, lookup: Lookup) -> Answer:
        cache = self._cache if lookup.operation.shared else self._sessions.kept
        answer = cache.read_through(lookup, lambda: self._read(lookup), fresh=self._fresh)
        if lookup.operation is GET_CALLER_IDENTITY and answer.refused:
            raise _unreachable(answer.error)
        return answer

    def _read(self, lookup: Lookup) -> Answer:
        take_count()
        answer = self._ask(lookup)
        return replace(answer, calls=take_count())

    def _ask(self, lookup: Lookup) -> Answer:
        try:
            if lookup.operation is ASSUME_ROLE:
                self._sessions.enter(lookup.parameters["Account"])
                return KNOWN
            if lookup.operation is GET_CALLER_IDENTITY and self._sessions.identity:
                return Answer(State.KNOWN, self._sessions.identity)
            return self._call(lookup)
        except ClientError as error:
            why = of_response(error.response)
            if why.code in lookup.operation.absent:
                return Answer(State.ABSENT)
        except BOTO_ERRORS as error:
            why = of_exception(error)
        return refused(why)

    def _call(self, lookup: Lookup) -> Answer:
        operation = lookup.operation
        client = self._sessions.client(operation.service, lookup.account, lookup.region)
        method = xform_name(operation.name)
        if operation.member and client.can_paginate(method):
            return Answer(State.KNOWN, _all_pages(client.get_paginator(method), lookup))
        response = getattr(client, method)(**lookup.parameters)
        del response["ResponseMetadata"]
        if operation is GET_CALLER_IDENTITY:
            self._sessions.identify(response)
        value = response if operation.member is None else response.get(operation.member)
        return refused(_EMPTY) if value is None or response == {} else Answer(State.KNOWN, value)

    def _spend(self, answers: dict[Lookup, Answer]) -> None:
        calls = [answer.calls for answer in answers.values()]
        self.cost.aws_calls += sum(calls)
        self.cost.round_trips += max(calls)
        self.cost.cache_hits += calls.count(0)


_EMPTY = ReadError("EmptyAnswer", Kind.GARBLED, "the answer lacks what the operation returns")


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads that call AWS, shared by a process; idle ones cost nothing."""
    return ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="aws")


def _all_pages(paginator: Any, lookup: Lookup) -> list[Any]:
    """Reads a list page by page, up to the operation's limit."""
    pages = islice(paginator.paginate(**lookup.parameters), lookup.operation.pages)
    return [item for page in pages for item in page.get(lookup.operation.member) or ()]


_BY_KIND = {
    Kind.CREDENTIALS: "There are no usable AWS credentials ({why}): set AWS_PROFILE or AWS_ACCESS_KEY_ID, or get new "
    "ones, and try again.",
    Kind.CLOCK: "AWS finds the time of the request wrong ({why}): set the clock of this machine and try again.",
    Kind.DENIED: "AWS does not accept the credentials ({why}): allow sts:GetCallerIdentity and try again.",
    Kind.THROTTLED: "AWS throttles the bot ({why}): try again in a minute.",
    Kind.TROUBLE: "AWS STS does not answer now ({why}): try again in a minute.",
}
_BY_DEFAULT = "AWS can't be reached ({why}): check the network, proxies and AWS_ENDPOINT_URL."


def _unreachable(error: ReadError) -> AwsUnreachableError:
    """Turns an error of the very first call into a sentence that says what to do."""
    return AwsUnreachableError(_BY_KIND.get(error.kind, _BY_DEFAULT).format(why=error.why))
