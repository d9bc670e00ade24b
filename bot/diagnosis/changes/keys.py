"""Changes of KMS keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from bot.diagnosis.changes import hcl
from bot.diagnosis.changes.change import F, PlannedChange
from bot.diagnosis.changes.command import command, inline, region_of
from bot.diagnosis.changes.limits import Limit, size
from bot.diagnosis.facts.documents import NamedDocument
from bot.diagnosis.facts.keys import KeyFacts
from bot.diagnosis.subject_facts import Keys


class PutKeyPolicy(PlannedChange):
    """A key's policy."""

    KIND: ClassVar[str] = "put-key-policy"

    def applied(self, facts: F) -> F | None:
        """With the policy put."""
        policy = NamedDocument(self.target, self.document)
        return _with_keys(facts, self.target, lambda key: replace(key, policy=policy))

    def cli(self) -> str:
        """`aws kms put-key-policy`."""
        options = {"key_id": self.target, "region": region_of(self.target), "policy": inline(self.document)}
        return command("kms", "put-key-policy", **options)

    def terraform(self) -> str:
        """An `aws_kms_key_policy`."""
        region = hcl.in_region(region_of(self.target))
        arguments = {**region, "key_id": hcl.text(self.target), "policy": hcl.encoded(self.document)}
        return hcl.resource("aws_kms_key_policy", f"key_{hcl.last_part(self.target)}", arguments)

    def limit(self) -> Limit:
        """Source: "Resource quotas" (AWS KMS Developer Guide)."""
        return Limit(32_768, "bytes", size, "The key policy")


class _SetKeyState(PlannedChange):
    """A key in another state."""

    STATE: ClassVar[str]

    def applied(self, facts: F) -> F | None:
        """With the key in that state."""
        return _with_keys(facts, self.target, lambda key: replace(key, state=self.STATE))

    def cli(self) -> str:
        """The call of AWS KMS that is named as the kind is."""
        return command("kms", self.KIND, key_id=self.target, region=region_of(self.target))


class EnableKey(_SetKeyState):
    """A disabled key that is enabled."""

    KIND: ClassVar[str] = "enable-key"
    STATE: ClassVar[str] = "Enabled"


class CancelKeyDeletion(_SetKeyState):
    """A key that is not deleted after all; it is disabled then ("Canceling key deletion")."""

    KIND: ClassVar[str] = "cancel-key-deletion"
    STATE: ClassVar[str] = "Disabled"


def _with_keys(facts: F, arn: str, changed: Callable[[KeyFacts], KeyFacts]) -> F:
    def all_of(keys: Keys) -> Keys:
        return tuple(changed(key) if key.arn == arn else key for key in keys)

    keys = {name: None if several is None else all_of(several) for name, several in facts.keys.items()}
    return replace(facts, keys=keys, named_keys=all_of(facts.named_keys))
