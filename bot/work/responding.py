"""Tells the person who asked something that nobody else is to read."""

import logging

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.access.place import Place
from bot.access.slack_errors import SLACK_FAULTS, code_of
from bot.replies.safe import notification

logger = logging.getLogger(__name__)


class Responder:
    """Tells one person something: by the response URL where Slack gave one, else in the channel, else directly.

    A response URL works in every channel, five times within 30 minutes ("Handling user interaction in your Slack
    apps"); an ephemeral message in a channel needs the bot to be in it, and is shown in a thread only where somebody
    has replied there ("chat.postEphemeral"); a direct message always finds who asked. Another bot that asked is told
    nothing: it does not read.

    Args:
        client: The Web API.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def respond(self, place: Place, sentence: str, *, blocks: tuple[dict[str, object], ...] = ()) -> bool:
        """Tells who asked at a place a sentence.

        Args:
            place: Where, and who.
            sentence: The sentence, as bare text.
            blocks: The same with more to it, as Block Kit.

        Returns:
            Whether Slack took it.
        """
        if place.bot:
            logger.warning("the bot %s in channel %s can't be told: %s", place.user, place.channel, sentence)
            return False
        text = notification(sentence)
        return (
            await self._by_url(place, text, blocks)
            or await self._in_channel(place, text, blocks)
            or await self._directly(place, text, blocks)
        )

    async def _by_url(self, place: Place, text: str, blocks: tuple[dict[str, object], ...]) -> bool:
        if not place.response_url:
            return False
        try:
            answer = await AsyncWebhookClient(place.response_url).send(
                text=text, blocks=blocks or None, response_type="ephemeral", replace_original=False
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            logger.info("the response URL can't be reached: %s", type(error).__name__)
            return False
        if answer.status_code != 200:
            logger.info("the response URL answered %s", answer.status_code)
        return answer.status_code == 200

    async def _in_channel(self, place: Place, text: str, blocks: tuple[dict[str, object], ...]) -> bool:
        if not place.channel:
            return False
        try:
            await self._client.chat_postEphemeral(
                channel=place.channel,
                user=place.user,
                text=text,
                blocks=blocks or None,
                thread_ts=None if place.opens else place.thread or None,
            )
        except SLACK_FAULTS as error:
            logger.info("the asker can't be told anything in the channel: %s", code_of(error))
            return False
        return True

    async def _directly(self, place: Place, text: str, blocks: tuple[dict[str, object], ...]) -> bool:
        try:
            await self._client.chat_postMessage(channel=place.user, text=text, blocks=blocks or None)
        except SLACK_FAULTS as error:
            logger.warning("the asker can't be told anything: %s", code_of(error))
            return False
        return True
