"""Slack's Web API methods as this bot uses them, on a `Workspace`; each answers and refuses as Slack documents it."""

from collections.abc import Mapping
from typing import Any

from sandbox.slack import streams
from sandbox.slack.block_kit import message_problems, view_problems
from sandbox.slack.methods import Args, Method, RefusedError, channel_of, joined_channel_of
from sandbox.slack.workspace import APP, BOT, BOT_ID, Channel, Workspace


def respond(workspace: Workspace, args: Args, *, public: bool) -> dict[str, Any]:
    """Answers at a response URL, which works in every channel, whether the bot is in it or not."""
    channel = workspace.channels[args["channel"]]
    try:
        return {"ok": True, **(_post_message(workspace, args) if public else _show_alone(workspace, channel, args))}
    except RefusedError as refused:
        return {"ok": False, "error": refused.error}


def call(workspace: Workspace, method: str, args: Args) -> dict[str, Any]:
    """Carries out a call.

    Args:
        workspace: Where.
        method: For example `chat.postMessage`.
        args: As they were sent, JSON already read.

    Returns:
        Slack's answer: `ok` true with its members, or `ok` false with `error`.
    """
    implementation = METHODS.get(method)
    if implementation is None:
        return {"ok": False, "error": "unknown_method"}
    try:
        return {"ok": True, **implementation(workspace, args)}
    except RefusedError as refused:
        return {
            "ok": False,
            "error": refused.error,
            "response_metadata": {"messages": [f"[ERROR] {detail}" for detail in refused.details]},
        }


def _content(args: Args) -> dict[str, Any]:
    """The text and blocks of a message, if Slack would take them."""
    text, blocks = args.get("text") or "", args.get("blocks") or []
    if not text and not blocks:
        raise RefusedError("no_text")
    problems = message_problems(text, blocks)
    if problems:
        raise RefusedError("invalid_blocks", problems)
    return {"text": text, "blocks": blocks}


def _auth_test(workspace: Workspace, _args: Args) -> dict[str, Any]:
    where = {"team_id": workspace.team, "team": "local", "is_enterprise_install": workspace.org_wide}
    org = {"enterprise_id": workspace.enterprise} if workspace.enterprise else {}
    return {"url": "https://local.slack.com/", "user_id": BOT, "bot_id": BOT_ID, **where, **org}


def _post_message(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args)
    content = _content(args)
    thread = args.get("thread_ts")
    if thread is not None and thread not in channel.messages:
        raise RefusedError("thread_not_found")
    message = {
        "type": "message",
        "ts": workspace.next_ts(),
        "user": BOT,
        "bot_id": BOT_ID,
        "app_id": APP,
        **({"thread_ts": thread} if thread else {}),
        **({"metadata": args["metadata"]} if args.get("metadata") else {}),
        **content,
    }
    channel.messages[message["ts"]] = message
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _update(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args)
    message = channel.messages.get(args.get("ts", ""))
    if message is None:
        raise RefusedError("message_not_found")
    if message.get("user") != BOT:
        raise RefusedError("cant_update_message")
    if "streaming_state" in message:
        raise RefusedError("streaming_state_conflict")
    message.update(_content(args), edited={"user": BOT, "ts": workspace.next_ts()})
    if args.get("metadata"):
        message["metadata"] = args["metadata"]
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def _delete(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args)
    message = channel.messages.get(args.get("ts", ""))
    if message is None:
        raise RefusedError("message_not_found")
    if message.get("user") != BOT:
        raise RefusedError("cant_delete_message")
    del channel.messages[message["ts"]]
    return {"channel": channel.id, "ts": message["ts"]}


def _post_ephemeral(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = joined_channel_of(workspace, args)
    if args.get("user") not in workspace.people:
        raise RefusedError("user_not_in_channel")
    return _show_alone(workspace, channel, args)


def _show_alone(workspace: Workspace, channel: Channel, args: Args) -> dict[str, Any]:
    ts = workspace.next_ts()
    thread = args.get("thread_ts")
    workspace.ephemeral.append(
        {"channel": channel.id, "user": args["user"], "ts": ts, "thread_ts": thread, **_content(args)}
    )
    return {"message_ts": ts}


def _permalink(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args)
    ts = args.get("message_ts", "")
    if ts not in channel.messages:
        raise RefusedError("message_not_found")
    link = f"https://local.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _history(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = joined_channel_of(workspace, args)
    oldest = float(args.get("oldest") or 0)
    found = [
        message
        for message in channel.messages.values()
        if message.get("thread_ts", message["ts"]) == message["ts"] and float(message["ts"]) >= oldest
    ]
    return {"messages": found[::-1][: int(args.get("limit") or 100)], "has_more": False}


def _replies(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = joined_channel_of(workspace, args)
    if args.get("ts", "") not in channel.messages:
        raise RefusedError("thread_not_found")
    return {"messages": workspace.thread(channel.id, args["ts"]), "has_more": False}


def _info(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args)
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_private": channel.private,
            "is_member": channel.has_bot,
            "is_im": channel.direct,
            "is_ext_shared": channel.shared,
        }
    }


def _open_direct_message(workspace: Workspace, args: Args) -> dict[str, Any]:
    user = args.get("users", "")
    if user not in workspace.people:
        raise RefusedError("user_not_found")
    return {"channel": {"id": workspace.direct_message(user).id}}


def _upload_url(workspace: Workspace, args: Args) -> dict[str, Any]:
    if not args.get("filename") or int(args.get("length") or 0) < 1:
        raise RefusedError("invalid_arguments")
    file = workspace.next_id("F")
    workspace.files[file] = {"id": file, "name": args["filename"], "length": int(args["length"]), "content": None}
    return {"file_id": file, "upload_url": f"{workspace.url}/files/{file}"}


def _complete_upload(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = joined_channel_of(workspace, args, name="channel_id")
    shared = []
    for named in args.get("files") or []:
        file = workspace.files.get(named.get("id"))
        if file is None or file["content"] is None:
            raise RefusedError("file_not_found")
        file["title"] = named.get("title", file["name"])
        shared.append({key: file[key] for key in ("id", "name", "title")})
    thread = {"thread_ts": args["thread_ts"]} if args.get("thread_ts") else {}
    ts = workspace.next_ts()
    channel.messages[ts] = {
        "type": "message",
        "ts": ts,
        "user": BOT,
        "bot_id": BOT_ID,
        "text": args.get("initial_comment") or "",
        "blocks": [],
        "files": shared,
        **thread,
    }
    return {"files": shared}


def _view(args: Args) -> dict[str, Any]:
    view = args.get("view")
    if not isinstance(view, Mapping):
        raise RefusedError("invalid_arguments", ["view must be an object"])
    problems = view_problems(view)
    if problems:
        raise RefusedError("invalid_arguments", problems)
    return dict(view)


def _open_view(workspace: Workspace, args: Args) -> dict[str, Any]:
    shown = _view(args)
    refusal = workspace.exchange_trigger(str(args.get("trigger_id") or ""))
    if refusal:
        raise RefusedError(refusal)
    view = {**shown, "id": workspace.next_id("V"), "app_id": APP}
    workspace.views[view["id"]] = view
    return {"view": view}


def _update_view(workspace: Workspace, args: Args) -> dict[str, Any]:
    if args.get("view_id") not in workspace.views:
        raise RefusedError("not_found")
    view = {**_view(args), "id": args["view_id"], "app_id": APP}
    workspace.views[view["id"]] = view
    return {"view": view}


def _publish_view(workspace: Workspace, args: Args) -> dict[str, Any]:
    if args.get("user_id") not in workspace.people:
        raise RefusedError("user_not_found")
    view = {**_view(args), "id": workspace.next_id("V"), "app_id": APP}
    workspace.homes[args["user_id"]] = view
    return {"view": view}


def _group_members(workspace: Workspace, args: Args) -> dict[str, Any]:
    if args.get("usergroup") not in workspace.groups:
        raise RefusedError("no_such_subteam")
    return {"users": list(workspace.groups[args["usergroup"]])}


def _suggest_prompts(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args, name="channel_id")
    prompts = args.get("prompts") or []
    if not channel.direct or not 1 <= len(prompts) <= 4:
        raise RefusedError("invalid_arguments")
    workspace.prompts[channel.id] = [dict(prompt) for prompt in prompts]
    return {}


def _set_session_status(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args, name="channel_id")
    if not channel.has_bot:
        raise RefusedError("not_authorized")
    if not args.get("thread_ts"):
        raise RefusedError("thread_ts_required")
    if args.get("status") not in ("active", "processing", "suspended", "closed"):
        raise RefusedError("invalid_status")
    if not workspace.sessions_offered:
        raise RefusedError("feature_disabled")
    workspace.sessions[channel.id, args["thread_ts"]] = args["status"]
    return {"status": args["status"], "agent_status": args["status"], "title": args.get("title", "")}


def _set_thread_status(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = channel_of(workspace, args, name="channel_id")
    if args.get("thread_ts") not in channel.messages:
        raise RefusedError("invalid_thread_ts")
    return {}


METHODS: Mapping[str, Method] = {
    "auth.test": _auth_test,
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.getPermalink": _permalink,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.info": _info,
    "conversations.open": _open_direct_message,
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _complete_upload,
    "usergroups.users.list": _group_members,
    "assistant.threads.setSuggestedPrompts": _suggest_prompts,
    "assistant.threads.setStatus": _set_thread_status,
    "agents.sessions.setStatus": _set_session_status,
    "views.open": _open_view,
    "views.update": _update_view,
    "views.publish": _publish_view,
    **streams.METHODS,
}
