"""The machine: locate → collect → job-role → vault → organization → kms → conclude, for a job and for a text alike.

What differs between the two is their `Subject`. The machine goes from one state to the next and reports each entering
and leaving to an observer, from which every live view is drawn.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.aws.facts import AS_IT_IS, Facts, Overlay, collect
from bot.aws.reader import Reader
from bot.diagnosis.blamed import unexplained
from bot.diagnosis.causes import strongest_first
from bot.diagnosis.changes.change import F
from bot.diagnosis.events import Entered, Left, Observer, Progress
from bot.diagnosis.examination import Examination, layers_of_all
from bot.diagnosis.fixes.plan import with_fixes
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import CHECKLIST, Cause, Cost, DiagnosisDocument
from bot.diagnosis.unread import unread
from bot.settings import Settings

D = TypeVar("D", bound=DiagnosisDocument)
D_co = TypeVar("D_co", bound=DiagnosisDocument, covariant=True)


class Subject(Protocol[F, D_co]):
    """What is diagnosed: a job, or the call that a text names."""

    def locate(self, facts: Facts, reader: Reader) -> str:
        """Finds what the question is about.

        Returns:
            A sentence that says what was found.

        Raises:
            BackupWhyError: There is no such thing, or it can't be read.
        """

    def collect(self, facts: Facts) -> tuple[F, ...]:
        """What is known of the subject, and of the related ones that failed for it; a collector of `bot.aws.facts`."""

    def to_examine(self, collected: Sequence[F]) -> Sequence[F]:
        """Those that failed."""

    def examine(self, facts: F) -> Examination[F]:
        """What the facts of one come to."""

    def guess(self, examined: Examination[F]) -> tuple[Cause, ...]:
        """What only the message of one says."""

    def conclude(
        self,
        collected: Sequence[F],
        examined: Sequence[Examination[F]],
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> D_co:
        """The answer.

        Args:
            collected: As `collect` returned it.
            examined: What each of those that failed came to.
            causes: What evaluation found, with the fixes, and what only messages say; the strongest first.
            layers: The layers, all of them not applicable where nothing was to be examined.
        """


@dataclass(slots=True)
class Machine(Generic[F, D]):
    """One diagnosis on its way.

    Args:
        subject: What is diagnosed.
        settings: The scope.
        reader: Reads AWS.
        region: The session's Region.
        observe: Gets every step.
        overlay: What is laid over what is read.
    """

    subject: Subject[F, D]
    settings: Settings
    reader: Reader
    region: str
    observe: Observer
    overlay: Overlay = AS_IT_IS

    def run(self) -> D:
        """Goes through all states.

        Raises:
            JobNotFoundError: No account and Region in scope knows the job.
            AwsUnreachableError: AWS can't be reached, or no jobs could be read anywhere in scope.
        """
        started = time.monotonic()
        facts = Facts(self.region, self.overlay)
        self._enter("locate")
        self.observe(Left("locate", self.subject.locate(facts, self.reader)))
        self._enter("collect")
        collected = collect(self.subject.collect, facts, self.reader)
        self.observe(Left("collect", f"Read AWS with {self.reader.cost.aws_calls} calls."))
        diagnosis = self._examine(collected)
        accounts = frozenset[str]().union(*(each.accounts for each in collected)) | {facts.own_account or ""}
        refused = unread(facts, self.settings.role_name, accounts)
        places = [place for each in collected for place in each.organizations.values()]
        names = {known: name for place in places for known, name in place.names.items()}
        cost = self._cost(time.monotonic() - started)
        return diagnosis.model_copy(update={"unread": refused, "names": names, "cost": cost})

    def _examine(self, collected: Sequence[F]) -> D:
        """Examines every failed subject: the one that was asked for, and those that failed for it."""
        examined = [self.subject.examine(facts) for facts in self.subject.to_examine(collected)]
        if not examined:
            return self.subject.conclude(collected, (), (), [CheckedLayer(layer) for layer in CHECKLIST])
        layers = layers_of_all(examined)
        for layer in layers[: len(CHECKLIST)]:
            self._report(layer)
        self._enter("conclude")
        found = strongest_first(cause for layer in layers for cause in layer.causes)
        fixed = with_fixes(examined, found, self.subject.examine)
        guesses = [cause for examination in examined for cause in self.subject.guess(examination)]
        causes = strongest_first((*fixed, *unexplained(guesses, fixed)))
        diagnosis = self.subject.conclude(collected, examined, causes, layers)
        self.observe(Left("conclude", diagnosis.summary))
        return diagnosis

    def _report(self, checked: CheckedLayer) -> None:
        layer = checked.to_layer()
        self._enter(layer.layer.value)
        telling = next((check.says for check in layer.checks if check.verdict is layer.verdict), "")
        self.observe(Left(layer.layer.value, telling, layer.verdict))

    def _cost(self, seconds: float) -> Cost:
        spent = self.reader.cost
        return Cost(
            aws_calls=spent.aws_calls,
            cache_hits=spent.cache_hits,
            round_trips=spent.round_trips,
            ms=round(seconds * 1000),
        )

    def _enter(self, state: str) -> None:
        self.observe(Entered(state))
        self.reader.progress = lambda done, total: self.observe(Progress(state, done, total))
