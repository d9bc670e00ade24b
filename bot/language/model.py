"""The language model with its limits: a budget of calls, a time, and nothing where it does not answer."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

from bot.aws.conversing import Bedrock, ModelUnavailableError
from bot.language.choosing import Candidate, choice_request, chosen
from bot.language.rephrasing import rephrase_request, rephrased
from bot.settings import Settings

logger = logging.getLogger(__name__)

_CALLS: Final = "backup-why:language-model:calls"
_REPHRASED: Final = "backup-why:language-model:rephrased"
_HOUR: Final = 3600
_KEPT_SECONDS: Final = 7 * 24 * 3600
"""How long it is remembered what a model made of an entry, or that it did not keep to it."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model, and what it may be used for.

    Args:
        model: Its id.
        converse: Calls it, which blocks; raises `ModelUnavailableError`.
        chooses: Whether it may choose among answers.
        rephrases: Whether it may rephrase entries.
        seconds: How long an answer may take.
        calls: How many calls all workers may make in an hour.
    """

    model: str
    converse: Callable[[dict[str, Any]], dict[str, Any]]
    chooses: bool = True
    rephrases: bool = False
    seconds: float = 5.0
    calls: int = 60


def model_use(settings: Settings) -> ModelUse | None:
    """The model that the settings name; None where they name none."""
    if settings.language_model is None:
        return None
    model, seconds, uses = settings.language_model, settings.language_model_seconds, settings.language_model_uses
    bedrock = Bedrock(model, settings.language_model_region, seconds)
    calls = settings.language_model_calls
    return ModelUse(model, bedrock.converse, "choose" in uses, "rephrase" in uses, seconds, calls)


class LanguageModel:
    """Asks a model.

    Args:
        redis: A client that decodes its responses: where calls are counted.
        use: The model.
    """

    def __init__(self, redis: Redis, use: ModelUse) -> None:
        self._redis = redis
        self._use = use

    async def choose(self, question: str, candidates: Sequence[Candidate]) -> str | None:
        """The id of the candidate that a question is for; None where the model chooses none, or does not answer.

        Args:
            question: What was asked; it is masked before it is sent.
            candidates: What can be chosen.

        Raises:
            redis.exceptions.ConnectionError, redis.exceptions.TimeoutError: Redis does not answer.
        """
        if not self._use.chooses or not candidates:
            return None
        answer = await self._ask(choice_request(question, candidates))
        return None if answer is None else chosen(answer, candidates)

    async def rephrase(self, text: str) -> str | None:
        """An entry in other words; None where the model did not keep to it, or does not answer. Raises as `choose`.

        Args:
            text: The entry, as Markdown.
        """
        if not self._use.rephrases:
            return None
        known = f"{_REPHRASED}:{hashlib.sha256(f'{self._use.model} {text}'.encode()).hexdigest()}"
        kept: Any = await self._redis.get(known)  # redis-py's types do not know of a client that decodes
        if kept is not None:
            return str(kept) or None
        answer = await self._ask(rephrase_request(text))
        if answer is None:
            return None
        said = rephrased(answer, text)
        await self._redis.set(known, said or "", ex=_KEPT_SECONDS)
        return said

    async def _ask(self, request: dict[str, Any]) -> Mapping[str, Any] | None:
        """What the model answers; None where it does not in time, or the hour's calls are used up."""
        if not await self._may_call():
            logger.warning("the language model's calls of this hour are used up")
            return None
        try:
            async with asyncio.timeout(self._use.seconds):
                return await asyncio.to_thread(self._use.converse, request)
        except (ModelUnavailableError, TimeoutError) as error:
            logger.warning("the language model does not answer: %s", str(error) or "it takes too long")
            return None

    async def _may_call(self) -> bool:
        """Counts a call in the hour that began with the first of them."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(_CALLS)
            pipe.expire(_CALLS, _HOUR, nx=True)
            calls, _ = await pipe.execute()
        return int(calls) <= self._use.calls
