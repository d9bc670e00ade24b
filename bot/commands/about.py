"""`backup-why permissions`, `manifest` and `schema`: what to set up in AWS and in Slack, and what to build on."""

import json
import sys
from importlib import resources
from typing import Annotated, Any

import typer

from bot.aws.permissions import model_permissions, read_policy
from bot.aws.permissions import permissions as called
from bot.errors import BadInputError


def permissions(
    as_policy: Annotated[bool, typer.Option("--policy", help="Print a policy document for the roles.")] = False,
    of_model: Annotated[
        bool, typer.Option("--language-model", help="Print what the bot's own role needs for a language model.")
    ] = False,
) -> None:
    """Print exactly the IAM actions that the bot calls; all of them read.

    The bot's own role needs sts:AssumeRole on the role in the other accounts; that role, in every account in scope,
    needs the rest. A language model is off by default, and what it takes is printed with --language-model alone.
    """
    if of_model:
        _print_model_permissions(as_policy=as_policy)
        return
    actions = called()
    if not as_policy:
        sys.stdout.write("\n".join(actions) + "\n")
        return
    _print(read_policy())


def _print_model_permissions(*, as_policy: bool) -> None:
    """Prints what calling a model takes; its resources are those of "Prerequisites for inference profiles"."""
    actions = list(model_permissions())
    if not as_policy:
        sys.stdout.write("\n".join(actions) + "\n")
        return
    models = ["foundation-model", "inference-profile", "application-inference-profile"]
    resources = [f"arn:aws:bedrock:*:{'' if kind == models[0] else '*'}:{kind}/*" for kind in models]
    statement = {"Sid": "BackupWhyLanguageModel", "Effect": "Allow", "Action": actions, "Resource": resources}
    _print({"Version": "2012-10-17", "Statement": [statement]})


def manifest(
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="https://HOST", help="Where Slack reaches `serve`.", show_default=False),
    ] = None,
    alerts: Annotated[
        bool,
        typer.Option("--alerts", help="Have Slack send what is written in the bot's channels: alerts that ask."),
    ] = False,
    oauth: Annotated[
        bool, typer.Option("--oauth", help="Let several workspaces install the app by OAuth; with --url.")
    ] = False,
) -> None:
    """Print the manifest of the Slack app, to paste at https://api.slack.com/apps, "From a manifest".

    With --url Slack sends everything there over HTTP. Without it the app uses Socket Mode, which needs no public
    address. With --alerts the bots in BACKUP_WHY_ALERT_BOTS need not mention this one. With --oauth organizations can
    install it as a whole, and its tokens rotate (docs/how-to/many-workspaces.md).
    """
    app: dict[str, Any] = json.loads(resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8"))
    if alerts:
        _hear_channels(app)
    if oauth and url is None:
        raise BadInputError("Give --url too: Slack sends whoever has installed the app back to that address.")
    if url is not None:
        if not url.startswith("https://"):
            raise BadInputError(
                f"{url} is no address that Slack calls: give one such as https://backup-why.example.com."
            )
        from bot.site import EVENTS_PATH, REDIRECT_PATH

        _send_to(app, url.rstrip("/") + EVENTS_PATH)
        if oauth:
            app["oauth_config"]["redirect_urls"] = [url.rstrip("/") + REDIRECT_PATH]
            app["settings"].update(org_deploy_enabled=True, token_rotation_enabled=True)
    _print(app)


def schema(
    of_text: Annotated[bool, typer.Option("--error", help="That of `error --json`, not of `diagnose --json`.")] = False,
) -> None:
    """Print the JSON Schema of the document that `diagnose --json` prints.

    Members may be added to it; those that are there keep their names and meanings within one `schema` number, which the
    schema's own `$id` ends with. The schemas are also in docs/schemas.
    """
    from bot.diagnosis.document_schema import schema_of

    _print(schema_of("error" if of_text else "diagnosis"))


def _hear_channels(app: dict[str, Any]) -> None:
    """Has Slack send the messages of the channels that the bot is in, for which it has to read their history."""
    scopes = app["oauth_config"]["scopes"]
    scopes["bot"] = sorted({*scopes["bot"], *scopes.pop("bot_optional")})
    app["settings"]["event_subscriptions"]["bot_events"] += ["message.channels", "message.groups"]


def _send_to(app: dict[str, Any], url: str) -> None:
    """Has Slack send all that happens to one address instead of over Socket Mode."""
    app["settings"]["socket_mode_enabled"] = False
    for receiver in (app["settings"]["event_subscriptions"], app["settings"]["interactivity"]):
        receiver["request_url"] = url
    for command in app["features"]["slash_commands"]:
        command["url"] = url


def _print(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
