"""Who asks, and what of an answer they get: the same rights, masks and audit lines as in Slack."""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.access.audience import Audience, concerned_accounts, main_account
from bot.access.audit import Act, Audit, Entry
from bot.access.authorizer import Rights
from bot.access.masked_document import masked_document
from bot.diagnosis.either import AnyDiagnosis
from bot.errors import BackupWhyError

_ACCOUNT_ID = re.compile(r"(?<![0-9a-f-])\d{12}(?!\d)", re.IGNORECASE)
WHERE = "mcp"
"""What stands in the audit trail in place of a channel."""


class AccountRefusedError(BackupWhyError):
    """The account is none that the asker may ask about."""

    def __init__(self, message: str, account: str) -> None:
        super().__init__(message)
        self.account = account


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks.

    Args:
        name: As the audit trail has it.
        rights: What they may ask about.
        ask: Whom a refusal sends them to.
        audit: The audit trail; None on the machine of a person who reads AWS with their own credentials.
    """

    name: str
    rights: Rights
    ask: str = "whoever runs this server"
    audit: Audit | None = None

    def check(self, account: str | None) -> None:
        """Makes sure that they may ask about an account; nothing is checked where none is known.

        Raises:
            AccountRefusedError: They may not. The account's id is masked: they may not have named it.
        """
        if account and not self.rights.cover(account):
            about = Audience(self.rights, shared=False).text(account)
            raise AccountRefusedError(f"You may not ask about account {about}. Ask {self.ask} for access.", account)

    def document(self, answer: AnyDiagnosis) -> dict[str, Any]:
        """A diagnosis as they may see it.

        Raises:
            AccountRefusedError: It is about an account that they may not ask about.
        """
        self.check(main_account(answer))
        document: dict[str, Any] = json.loads(answer.to_json())
        return self._masked(document, concerned_accounts(answer))

    def masked(self, document: dict[str, Any]) -> dict[str, Any]:
        """Any other document as they may see it: without the ids of other accounts."""
        return self._masked(document, frozenset())

    def whole_or_masked(self, document: dict[str, Any]) -> dict[str, Any]:
        """A document as they may see it, without its policies where an account that they may not ask about is in it."""
        return self._masked(document, frozenset(_ACCOUNT_ID.findall(json.dumps(document))))

    def _masked(self, document: dict[str, Any], concerned: frozenset[str]) -> dict[str, Any]:
        if self.rights.accounts is None:
            return document
        return masked_document(document, Audience(self.rights, shared=False, concerned=concerned).mask)

    async def note(self, act: Act, about: str, account: str = "", outcome: str = "") -> None:
        """Writes a line of the audit trail, if there is one.

        Raises:
            RedisError: It can't be written; nothing may be answered then.
        """
        if self.audit is not None:
            await self.audit.write(Entry(act, self.name, WHERE, about, account, outcome))


LOCAL = Asker("local", Rights(None))
"""The person on whose machine the server runs: they may ask whatever their AWS credentials can read."""
