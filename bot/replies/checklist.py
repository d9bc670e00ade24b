"""The live checklist: what the machine has done and is doing, folded from its events."""

from dataclasses import dataclass, replace

from bot.diagnosis.events import STATES, Entered, Event, Left, Progress
from bot.diagnosis.model import LayerName, Verdict
from bot.replies.document import Bullets, Heading, Line, Mark, Note, Page, Tone, line, strong
from bot.replies.verdict import PARENT
from bot.replies.words import LAYERS, MARKS

_WAITING = Mark("waiting", "·", "white_circle", Tone.QUIET)
_RUNNING = Mark("running", "…", "hourglass_flowing_sand", Tone.UNSURE)
_DONE = Mark("done", "✓", "white_check_mark", Tone.GOOD)

GATHER = "gather"
"""The one state that is no step of its own: it is shown as the count of lookups."""

_LABELS = {
    "locate": "Locate the job",
    "job-role": LAYERS[LayerName.JOB_ROLE],
    "vault": LAYERS[LayerName.VAULT],
    "organization": LAYERS[LayerName.ORGANIZATION],
    "kms": LAYERS[LayerName.KMS],
    "conclude": "Verdict",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist."""

    state: str
    mark: Mark = _WAITING
    says: str = ""

    @property
    def label(self) -> str:
        """What a reader calls this step."""
        return _LABELS[self.state]


@dataclass(frozen=True, slots=True)
class Checklist:
    """How far a diagnosis is.

    Args:
        steps: The steps in the machine's order.
        read: Lookups done and known of so far, in the round that is under way.
    """

    steps: tuple[Step, ...] = tuple(Step(state) for state in STATES if state != GATHER)
    read: tuple[int, int] | None = None

    def after(self, event: Event) -> "Checklist":
        """The checklist once `event` has happened."""
        match event:
            case Progress(done=done, total=total):
                return replace(self, read=(done, total))
            case Entered(state=state):
                return self._with(state, _RUNNING, "")
            case Left(state=state, says=says, verdict=verdict):
                return self._with(state, _mark(verdict), says)

    def _with(self, state: str, mark: Mark, says: str) -> "Checklist":
        changed = tuple(Step(state, mark, says) if step.state == state else step for step in self.steps)
        return replace(self, steps=changed)


def _mark(verdict: Verdict | None) -> Mark:
    return _DONE if verdict is None else MARKS[verdict]


def step_line(step: Step) -> Line:
    """A step as a line: mark, name, and what was found."""
    found = line(f": {step.says}") if step.says else line(f" ({step.mark.word})")
    return (*line(step.mark, " ", strong(step.label)), *found)


def checklist_page(job: str, checklist: Checklist) -> Page:
    """The head of the thread while the diagnosis runs.

    Args:
        job: The job as it was asked for.
        checklist: How far it is.

    Returns:
        A page in the verdict's place.
    """
    title = f"Looking into job {job}"
    running = next((step.label for step in checklist.steps if step.mark is _RUNNING), None)
    says = f"{title}: {running} is being looked at." if running else f"{title}."
    read = [Note(line("Read {} of {} lookups of this round.".format(*checklist.read)))] if checklist.read else []
    return Page(PARENT, says, (Heading(title), Bullets(tuple(map(step_line, checklist.steps))), *read))
