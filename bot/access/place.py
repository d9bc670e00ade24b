"""Where in Slack something was asked, and by whom: plain strings that travel with every question."""

from dataclasses import dataclass
from typing import Final

INSTALLATION: Final = "installation"
"""What Bolt's context calls the installation that a request comes through, where there are several."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in Slack.

    Args:
        channel: The id of the channel or direct message; empty where there is none, as in the Home tab.
        user: The id of the person.
        team: The id of their workspace.
        thread: The `ts` of the thread that the answer belongs in; empty where it makes its own.
        response_url: Where the person alone can be sent something for half an hour; empty where Slack gave none.
        chosen: The person chose the channel from outside of it, in a form. What may be asked in a channel counts only
            for those who ask in it: whoever can name a channel does not have its rights.
        outsider: The person belongs to another organization, which shares the channel.
        opens: The thread begins with what was asked, as far as Slack said: nobody may have replied there yet.
        bot: What asked is no person: it is another bot that may, and the user is its id.
        direct: It is a direct message, of two or more: nobody can be invited to it.
        installation: The id of the workspace or organization that installed the app by OAuth; empty with one bot token.
            What was asked through one installation is not known to another.
    """

    channel: str
    user: str
    team: str
    thread: str = ""
    response_url: str = ""
    chosen: bool = False
    outsider: bool = False
    opens: bool = False
    bot: bool = False
    direct: bool = False
    installation: str = ""
