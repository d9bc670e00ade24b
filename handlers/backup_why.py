"""`/backup-why <job>`: acknowledges, and hands the question to the worker."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.diagnosis.job_id import parse_job_id
from bot.diagnosis.reading import read_error
from bot.errors import BadInputError
from bot.replies.slack import draw_single
from bot.replies.teaching import ask_page
from bot.work.conversation import hear
from bot.work.desk import Desk
from bot.work.question import Question
from bot.work.saying import say
from handlers import audit
from handlers.places import of_command


def register(app: AsyncApp, desk: Desk) -> None:
    """Registers the command."""

    @app.command("/backup-why")
    async def backup_why(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond, client: AsyncWebClient) -> None:
        text = command.get("text", "").strip()
        if text.lower() in ("", "help"):
            await _teach(ack, "")
            return
        if text.lower().split()[0] == "audit":
            await ack()
            await audit.show(text[len("audit") :].strip().lower(), of_command(command), respond, client, desk)
            return
        try:
            job = parse_job_id(text)
        except BadInputError as error:
            if read_error(text).reading.form is None:
                await _teach(ack, error.message)
                return
            await ack(response_type="in_channel")
            page = await hear(text, of_command(command), command["trigger_id"], desk)
            if page is not None:
                await say(client, desk.gate, of_command(command), page)
            return
        await ack(response_type="in_channel")  # shows the command in the channel: who asked needs no mention
        told = await desk.ask(Question(job, of_command(command)), delivery=command["trigger_id"])
        if told:
            await respond(told, response_type="ephemeral")


async def _teach(ack: AsyncAck, wrong: str) -> None:
    message = draw_single(ask_page(wrong))
    await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
