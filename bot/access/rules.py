"""Who may ask about which AWS accounts, from a small YAML file; closed by default once there is one.

```yaml
ask: "#cloud-security"            # whom a refusal sends people to
admins: {users: [U012ADMIN], groups: [S012ADMINS]}
grants:
  - accounts: ["222233334444", "333344445555"]
    groups: [S012STORAGE]
  - accounts: ["*"]
    channels: [C012INCIDENTS]
agents:                           # programs that ask over HTTP: `backup-why mcp --new-token NAME` prints an entry
  - name: devops-agent
    token_sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    accounts: ["222233334444"]
```

Rights go by Slack's ids of users, user groups and channels: names can be changed by those they name. A program has the
rights of its own entry and no others.
"""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from bot.errors import BadInputError

EVERY = "*"

UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{2,}$")]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{2,}$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^(\d{12}|\*)$")]
AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
TokenHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class People(_Strict):
    """Users, by themselves or as members of groups."""

    users: tuple[UserId, ...] = ()
    groups: tuple[GroupId, ...] = ()


class Grant(People):
    """Accounts that some people may ask about, or anybody in some channels."""

    accounts: tuple[AccountId, ...] = Field(min_length=1)
    channels: tuple[ChannelId, ...] = ()


class Agent(_Strict):
    """A program that may ask about some accounts, known by a token."""

    name: AgentName
    token_sha256: TokenHash
    """The SHA-256 hash of the token, in hexadecimal."""
    accounts: tuple[AccountId, ...] = Field(min_length=1)


class Rules(_Strict):
    """The whole file."""

    ask: str = Field("whoever runs this bot", min_length=1, max_length=200)
    admins: People = People()
    grants: tuple[Grant, ...] = ()
    agents: tuple[Agent, ...] = ()

    @field_validator("agents")
    @classmethod
    def _each_token_once(cls, value: tuple[Agent, ...]) -> tuple[Agent, ...]:
        """Each agent has a name and a token of its own: the audit trail has to say which one asked."""
        for what in ("name", "token_sha256"):
            if len({getattr(agent, what) for agent in value}) < len(value):
                raise ValueError(f"two agents have the same {what}")
        return value


def load_rules(path: Path) -> Rules:
    """Reads the file.

    Args:
        path: Where it is.

    Raises:
        BadInputError: It can't be read, is no YAML or breaks the form; the sentence says where.
    """
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise BadInputError(f"The access file {path} can't be read ({error.strerror}): nobody may ask.") from error
    except yaml.YAMLError as error:
        raise BadInputError(f"The access file {path} is no YAML: {' '.join(str(error).split())}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the top"
        raise BadInputError(f"The access file {path} can't be used, at {place}: {first['msg']}.") from error
