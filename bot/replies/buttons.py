"""What can be pressed under a verdict. A button names its thread, so that it works for anybody and after a restart."""

from dataclasses import replace

from bot.diagnosis.either import AnyDiagnosis
from bot.replies.document import Button, Buttons, FeedbackButtons, Menu, Page, Part

CHECK_AGAIN = "check_again"
SHOW_POLICY = "show_policy"
SHOW_FIX = "show_fix"
ASK_OWNER = "ask_owner"
FEEDBACK = "feedback"

FORMS = {"cli": "AWS CLI", "terraform": "Terraform", "json": "JSON"}
"""The forms in which a fix can be shown."""


def with_buttons(page: Page, diagnosis: AnyDiagnosis, thread: str) -> Page:
    """A verdict with what can be done from it.

    Args:
        page: The verdict.
        diagnosis: What it was drawn from; decides which buttons have something to show.
        thread: The thread's id.
    """
    items: list[Button | Menu] = [
        Button("Check again", CHECK_AGAIN, thread, "Read AWS again and update this answer", main=True)
    ]
    if any(cause.policy for cause in diagnosis.causes):
        items.append(Button("Show the policy", SHOW_POLICY, thread, "Show the policy that denies, for you alone"))
    fixes = [cause.fix for cause in diagnosis.causes if cause.fix is not None]
    forms = tuple(
        (label, f"{form}:{thread}")
        for form, label in FORMS.items()
        if any({"cli": fix.cli, "terraform": fix.terraform, "json": fix.changes}[form] for fix in fixes)
    )
    if forms:
        items.append(Menu("Show the fix as…", SHOW_FIX, forms))
    if fixes:
        items.append(Button("Ask the owner", ASK_OWNER, thread, "Draft a message to who can make the change"))
    parts: tuple[Part, ...] = (Buttons(tuple(items)), FeedbackButtons(FEEDBACK, thread))
    return replace(page, parts=(*page.parts, *parts))
