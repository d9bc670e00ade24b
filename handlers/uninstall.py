"""The app removed from a workspace or an organization ("app_uninstalled", "tokens_revoked")."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError

from bot.access.slack_errors import TOKEN_REFUSED, code_of
from bot.work.installations import Installations, installation_name


def register(app: AsyncApp, installations: Installations | None) -> None:
    """Registers the events.

    Args:
        app: The app.
        installations: Where the app is installed by OAuth; None for one bot token, which whoever runs the bot changes.
    """

    async def forget(context: AsyncBoltContext) -> None:
        if installations is None:
            return
        organization = context.enterprise_id or ""
        name = installation_name(organization, context.team_id, org_wide=context.is_enterprise_install)
        await installations.delete(name)
        if organization not in ("", name):  # the event may name one workspace of an organization that removed the app
            bot = await installations.bot(organization)
            if bot is not None and await _is_refused(bot.bot_token, context):
                await installations.delete(organization)

    @app.event("app_uninstalled")
    async def uninstalled(context: AsyncBoltContext) -> None:
        await forget(context)

    @app.event("tokens_revoked")
    async def revoked(event: dict[str, Any], context: AsyncBoltContext) -> None:
        tokens = event.get("tokens")
        if isinstance(tokens, dict) and tokens.get("bot"):
            await forget(context)


async def _is_refused(token: str, context: AsyncBoltContext) -> bool:
    """Whether Slack takes a token no more."""
    try:
        await context.client.auth_test(token=token)
    except SlackApiError as error:
        return code_of(error) in TOKEN_REFUSED
    return False
