"""What every Web API method is made of: its arguments, its refusal, and the channel that it is about."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.slack.workspace import Channel, Workspace

Args = Mapping[str, Any]
Method = Callable[[Workspace, Args], dict[str, Any]]


class RefusedError(Exception):
    """The error that Slack answers a call with.

    Args:
        error: Slack's code for it.
        details: What stands in `response_metadata.messages`.
    """

    def __init__(self, error: str, details: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


def channel_of(workspace: Workspace, args: Args, *, name: str = "channel") -> Channel:
    """The channel that an argument names, or the direct message with the person that it names.

    Raises:
        RefusedError: The bot knows no such channel.
    """
    channel = workspace.channels.get(args.get(name, ""))
    if channel is None and args.get(name) in workspace.people:
        channel = workspace.direct_message(args[name])
    if channel is None or (channel.private and not channel.has_bot):
        raise RefusedError("channel_not_found")
    return channel


def joined_channel_of(workspace: Workspace, args: Args, *, name: str = "channel") -> Channel:
    """The channel that an argument names, which the bot has to be in; raises as `channel_of`."""
    channel = channel_of(workspace, args, name=name)
    if not channel.has_bot:
        raise RefusedError("not_in_channel")
    return channel
