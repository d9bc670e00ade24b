"""Programs that may ask over the Model Context Protocol: each is known by a token, of which only the hash is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from pydantic import ValidationError

from bot.access.authorizer import Rights
from bot.access.rules import EVERY, Agent
from bot.errors import BadInputError


def agent_with(token: str, agents: Iterable[Agent]) -> Agent | None:
    """The agent that a token belongs to; None for a token that nobody has.

    A token is drawn at random and long (`new_agent`), so that a plain hash of it can't be searched. Every hash is
    compared, in constant time: how long it takes says nothing of how close a guess came.

    Args:
        token: As the request has it.
        agents: Those of the access file.
    """
    digest = token_hash(token)
    found = [agent for agent in agents if hmac.compare_digest(agent.token_sha256, digest)]
    return found[0] if found else None


def rights_of(agent: Agent) -> Rights:
    """What an agent may ask; it is never an admin."""
    return Rights(None if EVERY in agent.accounts else frozenset(agent.accounts))


def new_agent(name: str) -> tuple[str, Agent]:
    """A token that nobody can guess (256 random bits), and an entry for it that allows every account.

    Raises:
        BadInputError: It is no name for an agent.
    """
    token = f"bwmcp_{secrets.token_urlsafe(32)}"
    try:
        return token, Agent(name=name, token_sha256=token_hash(token), accounts=(EVERY,))
    except ValidationError as error:
        raise BadInputError(
            f"{name!r} is no name for an agent: use lower-case letters, digits and hyphens, 63 characters at most."
        ) from error


def token_hash(token: str) -> str:
    """What the access file has of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
