"""The live checklist: what the machine has done and is doing, folded from its events."""

from dataclasses import dataclass, replace
from typing import Final

from bot.diagnosis.events import Entered, Event, Left, Progress
from bot.diagnosis.model import LayerName, Verdict
from bot.replies.document import Mark, Note, Page, Plan, Task, Tone, line
from bot.replies.verdict import PARENT
from bot.replies.words import LAYERS, MARKS

_WAITING = Mark("waiting", "·", "white_circle", Tone.QUIET)
_RUNNING = Mark("running", "…", "hourglass_flowing_sand", Tone.UNSURE)
_DONE = Mark("done", "✓", "white_check_mark", Tone.GOOD)

_LABELS = {
    "locate": "Locate the job",
    "job-role": LAYERS[LayerName.JOB_ROLE],
    "vault": LAYERS[LayerName.VAULT],
    "organization": LAYERS[LayerName.ORGANIZATION],
    "kms": LAYERS[LayerName.KMS],
    "conclude": "Verdict",
}
"""The steps; `collect` is none of its own, it is shown as the count of lookups."""

_SOURCES: Final = {
    "job-role": ("Access control",),
    "vault": ("Vault access policies",),
    "organization": ("Service control policies (SCPs)",),
    "kms": ("Encryption for backups in AWS Backup",),
}
"""The page of AWS's that says of each step what is checked, shown once it is done."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """How far a diagnosis is.

    Args:
        steps: The steps in the machine's order, each named by its state.
        read: Lookups done and known of so far, in the round that is under way.
    """

    steps: tuple[Task, ...] = tuple(Task(state, label, _WAITING) for state, label in _LABELS.items())
    read: tuple[int, int] | None = None

    def after(self, event: Event) -> "Checklist":
        """The checklist once `event` has happened."""
        match event:
            case Progress(done=done, total=total):
                return replace(self, read=(done, total))
            case Entered(state=state):
                return self._with(state, Task("", "", _RUNNING, "", "in_progress"))
            case Left(state=state, says=says, verdict=verdict):
                return self._with(state, Task("", "", _mark(verdict), says, "complete", _SOURCES.get(state, ())))

    def _with(self, state: str, now: Task) -> "Checklist":
        """The checklist with one step as far as `now` is."""
        changed = (
            replace(now, name=step.name, label=step.label) if step.name == state else step for step in self.steps
        )
        return replace(self, steps=tuple(changed))


def _mark(verdict: Verdict | None) -> Mark:
    return _DONE if verdict is None else MARKS[verdict]


def checklist_page(about: str, checklist: Checklist) -> Page:
    """The head of the thread while the diagnosis runs.

    Args:
        about: What is looked into, as it was asked for.
        checklist: How far it is.

    Returns:
        A page in the verdict's place.
    """
    title = f"Looking into {about}"
    running = next((step.label for step in checklist.steps if step.mark is _RUNNING), None)
    says = f"{title}: {running} is being checked." if running else f"{title}."
    read = [Note(line("Read {} of {} lookups of this round.".format(*checklist.read)))] if checklist.read else []
    return Page(PARENT, says, (Plan(title, checklist.steps), *read))
