"""Messages that grow while the bot works: `chat.startStream`, `appendStream` and `stopStream`."""

from collections.abc import Mapping
from typing import Any

from sandbox.slack.block_kit import message_problems
from sandbox.slack.methods import Args, Method, RefusedError, channel_of, joined_channel_of
from sandbox.slack.workspace import BOT, BOT_ID, Workspace


def _start_stream(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = joined_channel_of(workspace, args)
    if not workspace.streams:
        raise RefusedError("feature_not_enabled")
    if args.get("thread_ts") not in channel.messages:
        raise RefusedError("thread_not_found")
    if not channel.direct and not (args.get("recipient_user_id") and args.get("recipient_team_id")):
        raise RefusedError("missing_recipient_user_id")
    plan: dict[str, Any] = {"type": "plan", "title": "", "tasks": []}
    message = {
        "type": "message",
        "ts": workspace.next_ts(),
        "user": BOT,
        "bot_id": BOT_ID,
        "thread_ts": args["thread_ts"],
        "text": "",
        "blocks": [plan],
        "streaming_state": "in_progress",
    }
    _stream_chunks(workspace, plan, args)
    channel.messages[message["ts"]] = message
    return {"channel": channel.id, "ts": message["ts"]}


def _append_stream(workspace: Workspace, args: Args) -> dict[str, Any]:
    message = _streaming(workspace, args)
    _stream_chunks(workspace, message["blocks"][0], args)
    return {"channel": args["channel"], "ts": message["ts"]}


def _stop_stream(workspace: Workspace, args: Args) -> dict[str, Any]:
    message = _streaming(workspace, args)
    _stream_chunks(workspace, message["blocks"][0], args)
    del message["streaming_state"]
    return {"channel": args["channel"], "ts": message["ts"]}


def _streaming(workspace: Workspace, args: Args) -> dict[str, Any]:
    message = channel_of(workspace, args).messages.get(args.get("ts", ""))
    if message is None:
        raise RefusedError("message_not_found")
    if "streaming_state" not in message:
        raise RefusedError("message_not_in_streaming_state")
    return message


def _stream_chunks(workspace: Workspace, plan: dict[str, Any], args: Args) -> None:
    """Adds chunks to a streaming plan: its title, or a task, which is told apart by its id."""
    for chunk in args.get("chunks") or []:
        match chunk:
            case {"type": "plan_update", "title": title}:
                plan["title"] = title
            case {"type": "task_update", "id": name, "title": title, "status": status}:
                output = {"output": _rich_text(chunk["output"])} if chunk.get("output") else {}
                sources = {"sources": chunk["sources"]} if chunk.get("sources") else {}
                if sources and not workspace.sources:
                    raise RefusedError("invalid_chunks", ["no such member: sources"])
                card = {"type": "task_card", "task_id": name, "title": title, "status": status, **output, **sources}
                others = [task for task in plan["tasks"] if task["task_id"] != name]
                at = next((at for at, task in enumerate(plan["tasks"]) if task["task_id"] == name), len(others))
                plan["tasks"] = [*others[:at], card, *others[at:]]
            case _:
                raise RefusedError("invalid_chunks")
    problems = message_problems("streaming", [plan]) if args.get("chunks") else []
    if problems:
        raise RefusedError("invalid_chunks", problems)


def _rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


METHODS: Mapping[str, Method] = {
    "chat.startStream": _start_stream,
    "chat.appendStream": _append_stream,
    "chat.stopStream": _stop_stream,
}
