"""`/backup-why <job>`: hands the question in, and acknowledges once it is kept."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.access.audience import ANYBODY
from bot.diagnosis.job_id import job_among
from bot.errors import BadInputError
from bot.replies.teaching import ask_page
from bot.work.intake import Intake
from bot.work.tasks import RunDoctor, ShowAudit
from bot.work.understanding import understand
from handlers.payload import optional_text, text_at
from handlers.places import of_command

LOOKING = "I'm looking at Slack, Redis and AWS. This takes up to a minute."


def register(app: AsyncApp, intake: Intake) -> None:
    """Registers the command."""

    @app.command("/backup-why")
    async def backup_why(ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext) -> None:
        text, place = optional_text(command, "text").strip(), of_command(command, context)
        delivery = text_at(command, "trigger_id")
        words = text.lower().split()
        if words in ([], ["help"]):
            await _teach(ack, "")
            return
        if words[0] == "audit":
            task = ShowAudit(what="export" if words[1:] == ["export"] else "newest", place=place)
            await _acknowledge(ack, await intake.show_audit(task, delivery), seen=False)
            return
        if words == ["doctor"]:
            await _acknowledge(ack, await intake.run_doctor(RunDoctor(place=place), delivery) or LOOKING, seen=False)
            return
        written = await understand(text)
        try:
            if not written.is_error:
                job_among(written.text, written.jobs)
        except BadInputError as error:
            await _teach(ack, error.message)
            return
        await _acknowledge(ack, await intake.take(written, place, delivery))


async def _acknowledge(ack: AsyncAck, notice: str, *, seen: bool = True) -> None:
    """Acknowledges what is kept: with a notice for the asker alone, else by showing the command in the channel."""
    if notice:
        await ack(text=notice, response_type="ephemeral")
    elif seen:
        await ack(response_type="in_channel")  # who asked needs no mention
    else:
        await ack()


async def _teach(ack: AsyncAck, wrong: str) -> None:
    message = ANYBODY.message(ask_page(wrong))
    await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
