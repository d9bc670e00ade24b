"""A denied call as the subject of a diagnosis: the one whose principal, action and resource an error text names."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.aws.facts import Facts
from bot.aws.reader import Reader
from bot.diagnosis.call_facts import CallFacts, collect_call_facts
from bot.diagnosis.conclude import layers_of, not_covered_of_call
from bot.diagnosis.examination import Examination
from bot.diagnosis.examine_call import examine_call
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, Entity, Outcome, Verdict
from bot.diagnosis.reading import (
    Reading,
    TextDiagnosis,
    read_error,
    subject_of,
    text_not_covered,
    text_summary,
    with_caller,
)
from bot.errors import BadInputError
from bot.settings import Settings
from knowledge.callers import CallerOperation


class CallSubject:
    """The call that a text names.

    Args:
        text: The text.
        settings: For the management account, where it is configured.
        caller: The ARN of who made the call, where the text does not say it.
    """

    def __init__(self, text: str, settings: Settings, caller: str | None = None) -> None:
        self._text = text
        self._alone = read_error(text)
        if caller:
            reading = with_caller(self._alone.reading, caller)
            self._alone = self._alone.model_copy(update={"reading": reading, "subject": subject_of(reading)})
        self._settings = settings
        self._moment = datetime.now(UTC)

    def locate(self, _facts: Facts, _reader: Reader) -> str:
        """Says what the text names; everything that is needed is in it."""
        reading = self._alone.reading
        return f"The text names {reading.action or 'no action'} by {reading.principal or 'nobody'}."

    def collect(self, facts: Facts) -> tuple[CallFacts, ...]:
        """What is known of the call; nothing where the text names no caller or no call."""
        call = collect_call_facts(facts, self._alone.reading, self._text, self._settings, self._moment)
        return (call,) if call else ()

    def to_examine(self, collected: Sequence[CallFacts]) -> Sequence[CallFacts]:
        """The call was denied."""
        return collected

    def examine(self, facts: CallFacts) -> Examination[CallFacts]:
        """What the facts of the call come to."""
        return examine_call(facts)

    def guess(self, _examined: Examination[CallFacts]) -> tuple[Cause, ...]:
        """Nothing: what the text says by itself is the answer's hypotheses."""
        return ()

    def conclude(
        self,
        collected: Sequence[CallFacts],
        _examined: Sequence[Examination[CallFacts]],
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> TextDiagnosis:
        """The text as read, with what evaluation found; without layers where nothing could be evaluated."""
        is_told = any(cause.certainty is not Certainty.POSSIBLE for cause in causes)
        result = Outcome.DENIED if is_told else self._alone.outcome
        reading = collected[0].reading if collected else self._alone.reading
        return self._answer(reading, result, text_summary(result, causes), causes, layers if collected else ())

    def _answer(
        self,
        reading: Reading,
        result: Outcome,
        summary: str,
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> TextDiagnosis:
        reports = layers_of(layers)
        evaluated = not_covered_of_call(reports) if result is Outcome.UNDETERMINED else ()
        return self._alone.model_copy(
            update={
                "subject": subject_of(reading),
                "outcome": result,
                "summary": summary,
                "reading": reading,
                "causes": causes,
                "layers": reports,
                "not_covered": evaluated or text_not_covered(reading, result),
            }
        )


class OperationSubject(CallSubject):
    """A call that nobody has made yet: an operation of AWS Backup by a caller.

    Args:
        operation: The operation.
        caller: The ARN of a user, a role or a role's session.
        settings: For the management account, where it is configured.
    """

    def __init__(self, operation: CallerOperation, caller: str, settings: Settings) -> None:
        super().__init__("", settings)
        self._operation, self._caller = operation.operation, caller
        self._also = f" {operation.also}" if operation.also else ""
        reading = Reading(
            principal=caller, operation=operation.operation, entity=Entity.CALLER, permission=True, knowledge="caller"
        )
        self._alone = TextDiagnosis(
            outcome=Outcome.UNDETERMINED, summary="", subject=subject_of(reading), reading=reading
        )

    def conclude(
        self,
        collected: Sequence[CallFacts],
        _examined: Sequence[Examination[CallFacts]],
        causes: tuple[Cause, ...],
        layers: Sequence[CheckedLayer],
    ) -> TextDiagnosis:
        """Whether the caller may call the operation.

        Raises:
            BadInputError: The ARN is that of no user or role.
        """
        if not collected:
            raise BadInputError(
                f"{self._caller} is no caller whose policies can be read: give the ARN of a user, a role or a session."
            )
        telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
        unknown = [layer.layer.value for layer in layers if layer.to_layer().verdict is Verdict.UNKNOWN]
        if telling:
            more = f" ({len(telling) - 1} more to fix)" if len(telling) > 1 else ""
            result, summary = Outcome.DENIED, f"{telling[0].explanation}{more}"
        elif unknown:
            result = Outcome.UNDETERMINED
            summary = f"Nothing that I could read denies {self._operation}. Still unknown: {' and '.join(unknown)}."
        else:
            result, summary = (
                Outcome.NOT_FAILED,
                f"{self._caller} may call {self._operation}: every layer allows it.{self._also}",
            )
        return self._answer(collected[0].reading, result, summary, causes, layers)
