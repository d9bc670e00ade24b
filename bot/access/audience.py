"""Who reads at a place and what they may see: the one way by which a page becomes a message, a view or a sentence.

Decisions, each held by `tests/access` and `tests/scenarios/test_rights.py` (see docs/decisions/rights.md):

- Where people of other organizations read along, account ids are masked and documents are hidden.
- Where Slack does not say who reads, the place counts as such until it does.
- Somebody who may ask about some accounts sees a diagnosis that also concerns others with those masked, and without
  its documents: a copy has two accounts, and a right to one of them is not a right to the other's policies.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.access.authorizer import Authorizer, Rights
from bot.access.masking import Mask
from bot.access.place import Place
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Diagnosis
from bot.replies import slack, views
from bot.replies.document import Note, Page, Part, line
from bot.replies.fields import Field
from bot.replies.message import Message, View

SHARED = "hidden in a channel that other organizations can read"
UNSURE = "hidden, because Slack doesn't say who can read this channel"
OTHER_ACCOUNTS = "hidden, because it is about an account that you may not ask about"

UNSURE_NOTE = (
    "Account ids and documents are hidden: I can't see whether other organizations read this channel. "
    "Invite me to it, then press Check again."
)

_ACCOUNT_ID = re.compile(r"(?<![0-9a-f-])\d{12}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads at a place.

    Args:
        rights: What the person who asked may ask about.
        shared: Whether other organizations read along; None where Slack does not say.
        concerned: The accounts that what is shown concerns.
    """

    rights: Rights
    shared: bool | None
    concerned: frozenset[str] = frozenset()

    def about(self, answer: AnyDiagnosis) -> "Audience":
        """The same audience for an answer, which concerns some accounts."""
        return replace(self, concerned=concerned_accounts(answer))

    @property
    def mask(self) -> Mask:
        """What is hidden here."""
        if self.shared is not False:
            return Mask(SHARED if self.shared else UNSURE, frozenset(), documents=False)
        if self.rights.accounts is None:
            return Mask("", None, documents=True)
        return Mask(OTHER_ACCOUNTS, self.rights.accounts, documents=self.concerned <= self.rights.accounts)

    def page(self, page: Page) -> Page:
        """A page as it may be seen here."""
        return self.mask.page(page)

    def messages(self, page: Page) -> tuple[Message, ...]:
        """A page as as many messages as it needs."""
        return slack.draw(self.page(page))

    def message(self, page: Page) -> Message:
        """A page as one message that can be edited in place."""
        return slack.draw_single(self.page(page))

    def head(self, page: Page) -> Message:
        """The head of a thread as one message; where Slack does not say who reads, it says so."""
        noted = replace(page, parts=(*page.parts, Note(line(UNSURE_NOTE)))) if self.shared is None else page
        return self.message(noted)

    def modal(self, title: str, parts: Iterable[Part]) -> View:
        """A modal to read."""
        return views.modal(title, map(self.mask.part, parts))

    def form(
        self, title: str, submit: str, name: str, about: str, parts: Sequence[Part], fields: Sequence[Field]
    ) -> View:
        """A modal to fill in."""
        return views.form(title, submit, name, about, [self.mask.part(part) for part in parts], fields)

    def home(self, parts: Iterable[Part]) -> View:
        """A Home tab."""
        return views.home(map(self.mask.part, parts))

    def text(self, text: str) -> str:
        """Bare text, such as what a form begins with."""
        return self.mask.text(text)


ANYBODY = Audience(Rights(frozenset()), shared=True)
"""For what teaches and is about nobody's accounts, such as how to ask."""


def concerned_accounts(answer: AnyDiagnosis) -> frozenset[str]:
    """The accounts that an answer is about: its job's or call's, and those of what denies and of what is to change."""
    if isinstance(answer, Diagnosis):
        job = answer.job
        named = [job.account, job.role, job.resource, job.source_vault, job.destination_vault]
    else:
        named = [answer.reading.principal, answer.reading.resource, answer.reading.policy_arn]
    for cause in answer.causes:
        named += [cause.principal, cause.resource, cause.policy, cause.target]
        ways = filter(None, (cause.fix, cause.fix.alternative if cause.fix else None))
        named += [change.target for way in ways for change in way.changes]
    return frozenset(account for name in named if name for account in _ACCOUNT_ID.findall(name))


def main_account(answer: AnyDiagnosis) -> str:
    """The account that somebody must have a right to, to see anything of an answer; empty where none is known.

    It is the job's, or that of the denied principal, or else of the resource.
    """
    if isinstance(answer, Diagnosis):
        return answer.job.account
    named = (answer.reading.principal, answer.reading.resource)
    return next((account for name in named if name for account in _ACCOUNT_ID.findall(name)), "")


async def audience_at(authorizer: Authorizer, place: Place) -> Audience:
    """The audience of a place.

    Args:
        authorizer: Knows rights and channels.
        place: The place.

    Raises:
        RightsUnknownError: Slack does not say now what the person may ask.
        SlackApiError, aiohttp.ClientError, TimeoutError: Slack does not say now who reads there.
    """
    return Audience(await authorizer.rights(place), await authorizer.is_shared(place.channel))
