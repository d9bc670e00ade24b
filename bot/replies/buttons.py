"""What can be pressed under a verdict. A button names its thread, so that it works for anybody and after a restart."""

from dataclasses import replace

from bot.diagnosis.either import AnyDiagnosis
from bot.replies.document import Button, Buttons, FeedbackButtons, Menu, Page, Part
from bot.replies.fixes import FORMS, fixes_of, forms_of

CHECK_AGAIN = "check_again"
SHOW_DETAILS = "show_details"
SHOW_FIX = "show_fix"
SHOW_FIX_AS = "show_fix_as"
ASK_OWNER = "ask_owner"
FEEDBACK = "feedback"


def with_buttons(page: Page, diagnosis: AnyDiagnosis, thread: str) -> Page:
    """A verdict with what can be done from it.

    Args:
        page: The verdict.
        diagnosis: What it was drawn from; decides which buttons have something to show.
        thread: The thread's id.
    """
    forms = tuple((FORMS[form], f"{form}:{thread}") for form in forms_of(diagnosis))
    items: list[Button | Menu] = []
    if fixes_of(diagnosis):
        items += [
            Button("Show fix", SHOW_FIX, thread, "Show the change, for you alone", main=True),
            Button("Ask the owner", ASK_OWNER, thread, "Draft a message to who can make the change"),
        ]
    items += [
        Button("Details", SHOW_DETAILS, thread, "Show everything that was checked, for you alone"),
        Button("Check again", CHECK_AGAIN, thread, "Read AWS again and update this answer"),
    ]
    if forms:
        items.append(Menu("Fix as…", SHOW_FIX_AS, forms))
    parts: tuple[Part, ...] = (Buttons(tuple(items)), FeedbackButtons(FEEDBACK, thread))
    return replace(page, parts=(*page.parts, *parts))
