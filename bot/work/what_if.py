"""What if a managed policy were attached: each denied action is evaluated with that policy alone."""

from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause
from bot.errors import BadInputError
from bot.iam.authorization import Decision
from bot.iam.evaluation import decide
from bot.iam.layers import PolicySet
from bot.iam.policy import Policy
from bot.iam.request import Request
from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, code, line
from knowledge.causes import cause_codes
from knowledge.managed import ManagedPolicy


def attaching(policy: ManagedPolicy, diagnosis: AnyDiagnosis) -> Page:
    """What attaching a managed policy to the principals of a diagnosis would change.

    Args:
        policy: The policy.
        diagnosis: The diagnosis.
    """
    if not diagnosis.causes:
        says = f"Nothing that I could read denies this, so attaching {policy.name} would fix nothing."
        return Page("follow-up", says, (Paragraph(line(says)),))
    told = tuple(_told(policy, cause) for cause in diagnosis.causes)
    fixed = [fixes for fixes, _ in told]
    if all(fixed):
        says = f"Attaching {policy.name} would fix this."
    elif any(fixed):
        says = f"Attaching {policy.name} would fix a part of this; the rest would stay denied."
    else:
        says = f"Attaching {policy.name} would not fix this."
    note = Note(line("Evaluated with that policy alone. Check again after the change to have it proven."))
    return Page(
        "follow-up",
        says,
        (
            Heading(f"What if {policy.name} were attached"),
            Paragraph(line(says)),
            Bullets(tuple(text for _, text in told)),
            note,
        ),
    )


def _told(policy: ManagedPolicy, cause: Cause) -> tuple[bool, Line]:
    """Whether it would fix a cause, and why."""
    if not cause_codes()[cause.code].is_missing_permission:
        return False, line(
            code(cause.code), f": stays. It stands in another policy, which {policy.name} can't overrule."
        )
    denied = [action for action in cause.actions if not _allows(policy, cause, action)]
    if denied:
        return False, line(
            code(cause.code), f": stays. {policy.name} does not allow ", code(denied[0]), " on this resource."
        )
    return True, line(code(cause.code), f": would be fixed. {policy.name} allows {', '.join(cause.actions)}.")


def _allows(policy: ManagedPolicy, cause: Cause, action: str) -> bool:
    """Whether the policy alone allows an action of a cause; what depends on an unknown key is no yes."""
    compiled = Policy.compile(policy.name, policy.document)
    try:
        request = Request(cause.principal or "", action, cause.resource or "*")
    except BadInputError:
        return False
    return decide(request, PolicySet(identity=[compiled])) is Decision.ALLOWED
