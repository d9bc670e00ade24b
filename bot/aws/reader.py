"""Reads lookups from AWS: together, read-only, retried, each refusal told apart from each absence.

This is the one seam to AWS: nothing else in the project calls it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from bot.aws.cache import LookupCache
from bot.aws.lookup import Answer, Lookup, State
from bot.aws.refusals import CREDENTIALS, is_refusal
from bot.aws.sessions import CONCURRENT_CALLS, Sessions, unreachable
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
            An answer for each: known, absent or refused.

        Raises:
            AwsUnreachableError: The credentials are no good, nothing of the round could be reached, or AWS answered
                with an error that is neither an absence nor a refusal and that outlasted the retries.
        """
        unkept = [lookup for lookup in lookups if not lookup.operation.kept]
        answers: dict[Lookup, Answer] = {}

        def read(missing: list[Lookup]) -> dict[Lookup, Answer]:
            answers.update(self._read_now([*unkept, *missing]))
            return answers

        kept = [lookup for lookup in lookups if lookup.operation.kept]
        if kept:
            answers |= self._cache.read_through(kept, read, fresh=self._fresh)
        if unkept and unkept[0] not in answers:
            answers |= self._read_now(unkept)
        self._spend(answers)
        return answers

    def _read_now(self, lookups: list[Lookup]) -> dict[Lookup, Answer]:
        """Calls AWS for all of them at once, after the clients have been made."""
        for lookup in lookups:
            if lookup.operation is not ASSUME_ROLE and self._sessions.entered(lookup.account):
                self._sessions.client(lookup.operation.service, lookup.account, lookup.region)
        answers: dict[Lookup, Answer] = {}
        for done, answer in enumerate(_threads().map(self._read, lookups), start=1):
            answers[lookups[done - 1]] = answer
            self.progress(done, len(lookups))
        unreached = [answer for answer in answers.values() if answer.why == _UNREACHED]
        if len(unreached) == len(answers):
            raise AwsUnreachableError(
                f"AWS can't be reached ({lookups[0].what} in {lookups[0].region} did not answer): "
                "check the network and AWS_ENDPOINT_URL."
            )
        return answers

    def _read(self, lookup: Lookup) -> Answer:
        try:
            if lookup.operation is ASSUME_ROLE:
                return self._enter(lookup.parameters["Account"])
            if lookup.operation is GET_CALLER_IDENTITY and self._sessions.identity:
                return Answer(State.KNOWN, self._sessions.identity, calls=0)
            return self._call(lookup)
        except ClientError as error:
            return _understand(lookup, error)
        except (BotoConnectionError, HTTPClientError) as error:
            if lookup.operation is GET_CALLER_IDENTITY:
                raise unreachable(error) from error
            return Answer(State.REFUSED, why=_UNREACHED)
        except BotoCoreError as error:
            raise unreachable(error) from error

    def _enter(self, account: str) -> Answer:
        if self._sessions.entered(account):
            return Answer(State.KNOWN, True, calls=0)
        self._sessions.enter(account)
        return Answer(State.KNOWN, True)

    def _call(self, lookup: Lookup) -> Answer:
        operation = lookup.operation
        client = self._sessions.client(operation.service, lookup.account, lookup.region)
        method = xform_name(operation.name)
        if client.can_paginate(method):
            return _all_pages(client.get_paginator(method), lookup)
        response = getattr(client, method)(**lookup.parameters)
        calls = 1 + response.pop("ResponseMetadata").get("RetryAttempts", 0)
        if operation is GET_CALLER_IDENTITY:
            self._sessions.identify(response)
        return Answer(
            State.KNOWN, response if operation.member is None else response.get(operation.member), calls=calls
        )

    def _spend(self, answers: dict[Lookup, Answer]) -> None:
        calls = [answer.calls for answer in answers.values()]
        self.cost.aws_calls += sum(calls)
        self.cost.round_trips += max(calls)
        self.cost.cache_hits += calls.count(0)


_UNREACHED = "Unreachable"


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads that call AWS, shared by a process; idle ones cost nothing."""
    return ThreadPoolExecutor(CONCURRENT_CALLS, thread_name_prefix="aws")


def _all_pages(paginator: Any, lookup: Lookup) -> Answer:
    """Reads a list page by page, up to the operation's limit."""
    operation = lookup.operation
    items: list[Any] = []
    calls = 0
    for number, page in enumerate(paginator.paginate(**lookup.parameters), start=1):
        calls += 1 + page["ResponseMetadata"].get("RetryAttempts", 0)
        items += page.get(operation.member) or []
        if number == operation.pages:
            break
    return Answer(State.KNOWN, items, calls=calls)


def _understand(lookup: Lookup, error: ClientError) -> Answer:
    """Tells an absence from a refusal, and both from trouble."""
    response = error.response
    code = response.get("Error", {}).get("Code", "")
    calls = 1 + response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    if lookup.operation is GET_CALLER_IDENTITY:
        raise unreachable(error) from error
    if code in lookup.operation.absent:
        return Answer(State.ABSENT, calls=calls)
    if is_refusal(response) or code in CREDENTIALS:
        return Answer(State.REFUSED, why=code, calls=calls)
    raise AwsUnreachableError(
        f"AWS answered {lookup.what} in {lookup.account} {lookup.region} with {code or 'an error'}: "
        f"{response.get('Error', {}).get('Message', '').strip() or 'no message'}. Try again in a minute."
    ) from error
