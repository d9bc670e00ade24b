"""The Allowed AMIs setting of an account, which hides the images of owners that it does not list.

Sources: "Control the discovery and use of AMIs with Allowed AMIs" (Amazon EC2 User Guide); "Logically air-gapped vault"
(AWS Backup Developer Guide), images of which have the owner alias `aws-backup-vault`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.aws import storage
from bot.aws.facts import Facts

AIR_GAPPED_OWNER: Final = "aws-backup-vault"
"""The owner of the images in a logically air-gapped vault."""
_ENABLED: Final = "enabled"


@dataclass(frozen=True, slots=True)
class AllowedImages:
    """The setting where a job meets it, and the owner of the image that the job uses."""

    account: str
    region: str
    owner: str
    setting: Mapping[str, Any] | None = None
    """As Amazon EC2 answers it; None where it could not be read."""

    @property
    def is_excluded(self) -> bool:
        """No criterion lets the owner's images through; the setting is enabled, not only audited."""
        if self.setting is None or self.setting.get("State") != _ENABLED:
            return False
        criteria = self.setting.get("ImageCriteria") or ()
        return all(_names_others(criterion, self.owner) for criterion in criteria)


def collect_allowed_images(facts: Facts, account: str, region: str, owner: str) -> AllowedImages:
    """Reads the setting.

    Args:
        facts: What is known so far.
        account: The account that uses the image.
        region: The Region in which it does.
        owner: The account or the alias that owns the image.
    """
    answer = facts.ask(storage.allowed_images(account, region))
    return AllowedImages(account, region, owner, answer.value if answer.known else None)


def _names_others(criterion: Mapping[str, Any], owner: str) -> bool:
    """Whether a criterion names owners, and not this one; one that names none lets the images of all through."""
    providers = criterion.get("ImageProviders") or ()
    return bool(providers) and owner not in providers
