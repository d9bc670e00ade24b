"""The next version of a managed policy: IAM keeps five, and makes no sixth until one is deleted.

Sources: "IAM and AWS STS quotas" and "Versioning IAM policies" (IAM User Guide).
"""

from typing import Final

from bot.diagnosis.changes.policies import PutPolicyVersion
from bot.diagnosis.fixes.documents import Document
from bot.diagnosis.fixes.repair import PlannedFix, Repair
from bot.diagnosis.subject_facts import SubjectFacts

_MOST: Final = 5
_UNREAD: Final = (
    "I couldn't read how many versions the policy has. IAM keeps five. If it has five, delete the oldest one that "
    "isn't the default first."
)


def with_next_version(repair: Repair[SubjectFacts], document: Document, summary: str, caution: str) -> PlannedFix:
    """A fix that makes a document the default version of the cause's policy, and room for it where there is none.

    Args:
        repair: The cause.
        document: What the policy shall say.
        summary: What the fix does.
        caution: What to think of first.
    """
    known = repair.named_document
    others = known.versions if known else None
    oldest = others[0] if others is not None and len(others) + 1 >= _MOST else None
    change = PutPolicyVersion(str(repair.cause.policy), document, delete_first=oldest)
    if others is None:
        caution = f"{caution} {_UNREAD}"
    elif oldest:
        caution = f"{caution} The policy has {_MOST} versions, as many as IAM keeps: its oldest, {oldest}, is deleted."
    return PlannedFix(summary, (change,), caution)
