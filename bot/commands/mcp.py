"""`backup-why mcp`: the Model Context Protocol server, for assistants and agents."""

import asyncio
import sys
from typing import Annotated

import typer

from bot.commands.diagnose import reading
from bot.commands.extra import from_extra
from bot.commands.options import EstateFile
from bot.commands.processes import run_until_stopped
from bot.errors import BadInputError
from bot.settings import Settings, load_settings


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve over streamable HTTP; without it over standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --http: the port; 0 for any free one.")] = 3001,
    new_token: Annotated[
        str | None,
        typer.Option(
            "--new-token",
            metavar="NAME",
            help="Print a token and its entry for the access file.",
            show_default=False,
        ),
    ] = None,
    estate: EstateFile = None,
) -> None:
    """Serve diagnose, check, explain, needs, evaluate and failures as tools of the Model Context Protocol.

    Assistants and agents get the same documents as people do; nothing is written to AWS. Over standard input and
    output the client has the rights of your AWS credentials. Over HTTP each request brings the token of an agent that
    the access file (BACKUP_WHY_ACCESS_FILE) names, and what it asks is in the audit trail (REDIS_URL).

    For example:

    \b
      backup-why mcp
      backup-why mcp --estate incident.json
      backup-why mcp --new-token devops-agent
      backup-why mcp --http --port 3001
    """
    if new_token is not None:
        _print_token(new_token)
        return
    with from_extra("mcp", "`mcp`"):
        import mcp.server.lowlevel.server  # noqa: F401 — whether the SDK is installed
    if not http:
        with reading(estate):
            _serve_stdio(load_settings())
        return
    if estate is not None:
        raise BadInputError("--estate goes with standard input and output: leave out --http.")
    _serve_http(load_settings(), host, port)


def _print_token(name: str) -> None:
    import yaml

    from bot.access.agents import new_agent

    token, agent = new_agent(name)
    entry = yaml.safe_dump({"agents": [agent.model_dump(mode="json")]}, sort_keys=False)
    sys.stdout.write(
        f"The token, shown only now; the agent sends it as `Authorization: Bearer TOKEN`:\n\n{token}\n\n"
        f"Its entry for the access file. In place of *, name the accounts that it may ask about:\n\n{entry}"
    )


def _serve_stdio(settings: Settings) -> None:
    from bot.diagnosis.run import Diagnostician
    from bot.mcp.asker import LOCAL
    from bot.mcp.server import make_server, serve_stdio
    from bot.mcp.tools import Tools

    server = make_server(Tools(lambda: Diagnostician(settings)), lambda: LOCAL)
    asyncio.run(serve_stdio(server))


def _serve_http(settings: Settings, host: str, port: int) -> None:
    from bot.access.rules import load_rules
    from bot.diagnosis.run import Diagnostician
    from bot.mcp.http import make_app, serving
    from bot.mcp.tools import Tools
    from bot.serve import needed
    from bot.work.connection import check, connect

    if settings.access_file is None:
        raise BadInputError("Set BACKUP_WHY_ACCESS_FILE: its `agents` say who may ask over HTTP.")
    rules = load_rules(settings.access_file)
    url = needed(settings.redis_url, "REDIS_URL", "where Redis is, such as redis://localhost:6379/0")

    async def serve(stopping: asyncio.Event) -> None:
        async with connect(url) as redis:
            await check(redis)
            app = make_app(Tools(lambda: Diagnostician(settings)), rules, redis)
            async with serving(app, host, port) as address:
                sys.stderr.write(f"backup-why: serving at {address}\n")
                await stopping.wait()

    run_until_stopped(serve)
