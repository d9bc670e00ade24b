"""Slack's side of OAuth: codes that are exchanged for tokens, tokens that rotate, and tokens that are revoked.

Sources: "oauth.v2.access", "auth.revoke", "Using token rotation" in Slack's documentation.
"""

import base64
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.workspace import APP, BOT, Workspace


@dataclass(slots=True)
class Installs:
    """An app and where it is installed.

    Args:
        client_id: The app's.
        client_secret: The app's.
        all: The workspaces in which it may be installed.
    """

    client_id: str
    client_secret: str
    all: tuple[Workspace, ...]
    expires_in: int | None = None
    """The seconds that a token lives, where the app has opted in to rotation; Slack gives 43,200."""
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    """By token that Slack takes."""
    _codes: dict[str, Workspace] = field(default_factory=dict)
    _refreshes: dict[str, Workspace] = field(default_factory=dict)
    _refused: dict[str, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def allow(self, workspace: Workspace) -> str:
        """Somebody allows the app in a workspace, on Slack's page; returns the code that it sends them back with."""
        code = f"{next(self._numbers)}.code"
        self._codes[code] = workspace
        return code

    def refuse(self, token: str, error: str) -> None:
        """Takes a token no more: `token_revoked` or `token_expired`."""
        self.workspaces.pop(token, None)
        self._refused[token] = error

    def refusal(self, token: str) -> str:
        """Slack's error for a token; empty for one that it takes."""
        return "" if token in self.workspaces else self._refused.get(token, "invalid_auth")

    def call(self, method: str, args: Mapping[str, Any], authorization: str) -> dict[str, Any]:
        """Carries out a call of one of the two methods."""
        if method == "auth.revoke":
            token = args.get("token") or authorization.removeprefix("Bearer ")
            if error := self.refusal(token):
                return {"ok": False, "error": error}
            self.refuse(token, "token_revoked")
            return {"ok": True, "revoked": True}
        if not self._is_app(args, authorization):
            return {"ok": False, "error": "invalid_client_id"}
        if args.get("grant_type") == "refresh_token":
            workspace = self._refreshes.pop(args.get("refresh_token", ""), None)
            return self._granted(workspace) if workspace else {"ok": False, "error": "invalid_refresh_token"}
        workspace = self._codes.pop(args.get("code", ""), None)
        return self._granted(workspace) if workspace else {"ok": False, "error": "invalid_code"}

    def _is_app(self, args: Mapping[str, Any], authorization: str) -> bool:
        """Whether the app shows who it is, in the header or in the arguments."""
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        given = args.get("client_id"), args.get("client_secret")
        return authorization == f"Basic {basic}" or given == (self.client_id, self.client_secret)

    def _granted(self, workspace: Workspace) -> dict[str, Any]:
        number = next(self._numbers)
        rotates: dict[str, Any] = {}
        if self.expires_in is not None:
            rotates = {"refresh_token": f"xoxe-1-{number}", "expires_in": self.expires_in}
            self._refreshes[rotates["refresh_token"]] = workspace
        token = f"xoxe.xoxb-{number}" if rotates else f"xoxb-{number}"
        self.workspaces[token] = workspace
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(workspace.scopes),
            "bot_user_id": BOT,
            "app_id": APP,
            "team": None if workspace.org_wide else {"id": workspace.team, "name": f"team {workspace.team}"},
            "enterprise": {"id": workspace.enterprise, "name": "org"} if workspace.enterprise else None,
            "is_enterprise_install": workspace.org_wide,
            "authed_user": {"id": "U00000002"},
            **rotates,
        }
