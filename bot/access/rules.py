"""Who may ask about which AWS accounts, from a small YAML file; closed by default once there is one.

```yaml
ask: "#cloud-security"            # whom a refusal sends people to
admins: {users: [U012ADMIN], groups: [S012ADMINS]}
grants:
  - accounts: ["222233334444", "333344445555"]
    groups: [S012STORAGE]
  - accounts: ["*"]
    channels: [C012INCIDENTS]
```

Rights go by Slack's ids of users, user groups and channels: names can be changed by those they name.
"""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import BadInputError

EVERY = "*"

UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{2,}$")]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{2,}$")]
AccountId = Annotated[str, StringConstraints(pattern=r"^(\d{12}|\*)$")]


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


class Rules(_Strict):
    """The whole file."""

    ask: str = Field("whoever runs this bot", min_length=1, max_length=200)
    admins: People = People()
    grants: tuple[Grant, ...] = ()


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
