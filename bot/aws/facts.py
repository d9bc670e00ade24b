"""What has been read so far, and the rounds in which the rest is read.

A collector is a plain function of `Facts`: it asks for what it needs and goes as far as the answers that are there
allow. `collect` calls it again and again; between two calls everything that it asked for and did not get is read at
once. So a collector reads like straight code, whatever nothing unread blocks is asked for together, and the number
of rounds is the number of AWS round trips.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol, TypeVar

from bot.aws import sts
from bot.aws.lookup import KNOWN, OWN, PENDING, Answer, Lookup, refused
from bot.aws.read_errors import malformed

T = TypeVar("T")

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,8}(-[a-z]{2,16})+-[0-9]{1,2}")


class Reads(Protocol):
    """Whoever reads many lookups at once."""

    def read_all(self, lookups: list[Lookup]) -> dict[Lookup, Answer]:
        """Reads them all, together."""
        ...


class Overlay(Protocol):
    """What will be, laid over what is read: a change that nobody has made yet."""

    def instead(self, lookup: Lookup) -> Answer | None:
        """What will be the answer, whatever is so now; None where that has to be read."""

    def over(self, lookup: Lookup, answer: Answer) -> Answer:
        """What will be the answer where this one was read."""


class _Nothing:
    """Nothing changes."""

    def instead(self, _lookup: Lookup) -> Answer | None:
        return None

    def over(self, _lookup: Lookup, answer: Answer) -> Answer:
        return answer


AS_IT_IS: Final[Overlay] = _Nothing()


class Facts:
    """The answers of one diagnosis.

    Args:
        home: The Region in which global services are read.
        overlay: What is laid over what is read.
    """

    def __init__(self, home: str, overlay: Overlay = AS_IT_IS) -> None:
        self.home = home
        self._overlay = overlay
        self._answers: dict[Lookup, Answer] = {}
        self._wanted: dict[Lookup, None] = {}
        self._excused: set[Lookup] = set()

    @property
    def own_account(self) -> str | None:
        """The account of the credentials that this process was started with, once it is known."""
        identity = self._answer(sts.caller_identity(self.home))
        return identity.value["Account"] if identity.known else None

    def ask(self, lookup: Lookup) -> Answer:
        """What is known of a lookup; it is read before the collector is called again if nothing is.

        A lookup in another account waits until that account has been entered, and is refused where it can't be. One
        in what is no account or no Region, as a malformed ARN names it, is refused without asking AWS.
        """
        fault = _fault(lookup)
        if fault:
            return self._answers.setdefault(lookup, refused(malformed(fault)))
        way = KNOWN if lookup.account == OWN else self.way_into(lookup.account)
        return self._answer(lookup) if way.known else way

    def ask_either(self, first: Lookup, second: Lookup | None) -> Answer:
        """What is known by the first route, or by the second where the first is refused.

        A refusal of the first route is no gap in what is known if the second route answers.
        """
        answer = self.ask(first)
        if not answer.refused or second is None:
            return answer
        other = self.ask(second)
        if other.known or other.absent:
            self._excused.add(first)
        return other

    def ask_for_comfort(self, lookup: Lookup) -> Answer:
        """What is known of a lookup on which no verdict depends: a refusal of it is no gap in what is known."""
        self._excused.add(lookup)
        return self.ask(lookup)

    def way_into(self, account: str) -> Answer:
        """Whether an account can be read: the own one always, another once its role has been assumed."""
        if not is_account(account):
            return refused(malformed(_no_account(account)))
        own = self.own_account
        if own is None:
            return PENDING
        return KNOWN if account == own else self._answer(sts.way_into(account, self.home))

    def excuse(self, lookup: Lookup) -> None:
        """A refusal of this lookup is no gap in what is known: another one told the same."""
        self._excused.add(lookup)

    def take_wanted(self) -> list[Lookup]:
        """What was asked for and is not known; asks for it no more."""
        wanted = list(self._wanted)
        self._wanted.clear()
        return wanted

    def add(self, answers: dict[Lookup, Answer]) -> None:
        """Adds what was read."""
        self._answers.update(answers)

    def refused(self) -> Iterator[tuple[Lookup, Answer]]:
        """The lookups that could not be made and that nothing else made up for."""
        return ((key, answer) for key, answer in self._answers.items() if answer.refused and key not in self._excused)

    def _answer(self, lookup: Lookup) -> Answer:
        planned = self._overlay.instead(lookup)
        if planned is not None:
            return planned
        answer = self._answers.get(lookup)
        if answer is None:
            self._wanted[lookup] = None
            return PENDING
        return self._overlay.over(lookup, answer)


def collect(
    collector: Callable[[Facts], T], facts: Facts, reader: Reads, enough: Callable[[T], bool] | None = None
) -> T:
    """Calls a collector until nothing that it asks for is unread.

    Args:
        collector: A function without side effects.
        facts: What is known already; grows.
        reader: Reads what is asked for.
        enough: Whether a result will do although more was asked for; the rest is left to whoever asks next.

    Returns:
        What the collector returned at last.
    """
    while True:
        result = collector(facts)
        wanted = facts.take_wanted()
        if not wanted or (enough and enough(result)):
            return result
        facts.add(reader.read_all(wanted))


def is_account(text: str) -> bool:
    """Whether a text is an account id: twelve digits."""
    return _ACCOUNT.fullmatch(text) is not None


def _fault(lookup: Lookup) -> str:
    """Why a lookup can't be made anywhere; empty where it can."""
    if lookup.account != OWN and not is_account(lookup.account):
        return _no_account(lookup.account)
    return "" if _REGION.fullmatch(lookup.region) else f"what names it has {lookup.region!r} for a Region"


def _no_account(text: str) -> str:
    return f"what names it has {text!r} for an account id"
