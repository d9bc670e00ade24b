"""What a language model may add to a reply: which of the listed answers is meant, and an entry in other words."""

from dataclasses import replace
from typing import Final

from bot.diagnosis.either import AnyDiagnosis
from bot.language.choosing import Candidate
from bot.language.model import LanguageModel
from bot.replies.document import Note, Page, Prose, code, line
from bot.replies.follow_ups import FOLLOW_UPS
from bot.replies.questions import AnswerKind, entry_answer
from bot.replies.surface import SLACK
from bot.replies.teaching import sentence_page
from bot.work.follow_up import Wanted
from knowledge import library, search

MOST: Final = 8
"""Entries that are listed."""
_ENTRY: Final = "entry:"
_ABOUT_YOU: Final = (
    "I'm backup-why, a program. I read policies and evaluate them as AWS does. A language model may choose which of my "
    "answers you mean, and say a general explanation in other words; it writes no verdict, policy or fix."
)
CHOSEN: Final = "A language model chose this answer for your question; what it says is mine."


class Assistance:
    """Improves replies.

    Args:
        model: The language model.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    async def improve(self, text: str, wanted: Wanted, diagnosis: AnyDiagnosis | None) -> Wanted:
        """A reply with what the model adds; the same reply where it adds nothing.

        Args:
            text: What was asked.
            wanted: What it comes to without the model.
            diagnosis: The diagnosis at hand; nothing of it is sent.

        Raises:
            redis.exceptions.ConnectionError, redis.exceptions.TimeoutError: Redis does not answer.
        """
        if wanted.intent == "about-you":
            return replace(wanted, page=sentence_page(_ABOUT_YOU))
        if wanted.is_unsure:
            wanted = await self._chosen(text, diagnosis) or wanted
        if wanted.kind is AnswerKind.ENTRY:
            wanted = replace(wanted, page=await self._rephrased(wanted.page, wanted.entry))
        return wanted

    async def _chosen(self, text: str, diagnosis: AnyDiagnosis | None) -> Wanted | None:
        near = [library.get(hit.slug) for hit in search.search(text, MOST)]
        entries = [Candidate(f"{_ENTRY}{entry.slug}", f"{entry.title}. {entry.verdict}") for entry in near]
        about = [Candidate(name, f"of the answer above: {name.replace('-', ' ')}") for name in FOLLOW_UPS]
        picked = await self._model.choose(text, [*entries, *(about if diagnosis is not None else ())])
        if picked is None:
            return None
        if picked.startswith(_ENTRY):
            entry = entry_answer(picked.removeprefix(_ENTRY))
            return Wanted("", _noted(entry.page, CHOSEN), AnswerKind.ENTRY, entry.name) if entry else None
        return None if diagnosis is None else Wanted(picked, _noted(FOLLOW_UPS[picked](diagnosis), CHOSEN))

    async def _rephrased(self, page: Page, slug: str) -> Page:
        """An entry's page with its text in other words, which says so and names the original."""
        at, prose = next((at, part) for at, part in enumerate(page.parts) if isinstance(part, Prose))
        said = await self._model.rephrase(prose.markdown)
        if said is None:
            return page
        label = Note(line("Rephrased by a language model. The original: ", code(f"{SLACK.explain} {slug}")))
        return replace(page, parts=(*page.parts[:at], Prose(said), label, *page.parts[at + 1 :]))


def _noted(page: Page, says: str) -> Page:
    return replace(page, parts=(*page.parts, Note(line(says))))
