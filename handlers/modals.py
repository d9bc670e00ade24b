"""Opens modals: at once, and filled as soon as what they show is known.

A trigger is good for three seconds ("Triggers"), and whether somebody may see an answer may take Slack and Redis longer
to say. So an empty modal is opened first, and what it shows, or why it shows nothing, comes by `views.update`.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.audience import ANYBODY
from bot.access.place import Place
from bot.access.slack_errors import code_of
from bot.replies.document import Paragraph, line
from bot.replies.message import View
from bot.replies.picking import LOADING
from bot.work.intake import Intake
from bot.work.notices import sentence_for
from handlers.payload import BrokenRequestError, text_at

logger = logging.getLogger(__name__)

CLOSED = "not_found"
"""Slack's error for a modal that the person has closed meanwhile."""


async def show(
    title: str, render: Callable[[], Awaitable[View]], body: Any, place: Place, client: AsyncWebClient, intake: Intake
) -> None:
    """Opens a modal, and fills it.

    Args:
        title: Its title.
        render: Makes what it shows; a typed error that it raises is shown as its sentence.
        body: The request, which has the trigger.
        place: Who pressed, and where.
        client: The Web API.
        intake: Knows who reads at the place.

    Raises:
        BrokenRequestError: The request is none of Slack's.
        SlackApiError: Slack opens no modal.
    """
    opened = await client.views_open(trigger_id=text_at(body, "trigger_id"), view=ANYBODY.modal(title, LOADING))
    try:
        view = await render()
    except BrokenRequestError:
        raise
    except Exception as error:  # noqa: BLE001 — whatever it is, a modal that loads for ever says nothing
        sentence = await intake.notice(sentence_for(error), place)
        view = ANYBODY.modal(title, [Paragraph(line(sentence))])
    try:
        await client.views_update(view_id=text_at(opened["view"], "id"), view=view)
    except SlackApiError as error:
        if code_of(error) != CLOSED:
            raise
        logger.info("a modal was closed before it was filled")
