"""A denied call as the subject of a diagnosis: the one whose principal, action and resource an error text names."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.aws.facts import Facts
from bot.aws.reader import Reader
from bot.diagnosis.call_facts import CallFacts, collect_call_facts
from bot.diagnosis.conclude import layers_of
from bot.diagnosis.examination import Examination
from bot.diagnosis.examine_call import examine_call
from bot.diagnosis.layers.checked import CheckedLayer
from bot.diagnosis.model import Cause, Certainty, Outcome
from bot.diagnosis.reading import TextDiagnosis, read_error, subject_of, text_summary
from bot.settings import Settings


class CallSubject:
    """The call that a text names.

    Args:
        text: The text.
        settings: For the management account, where it is configured.
    """

    def __init__(self, text: str, settings: Settings) -> None:
        self._text = text
        self._alone = read_error(text)
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
        self, collected: Sequence[CallFacts], causes: tuple[Cause, ...], layers: Sequence[CheckedLayer]
    ) -> TextDiagnosis:
        """The text as read, with what evaluation found; without layers where nothing could be evaluated."""
        is_proven = any(cause.certainty is Certainty.PROVEN for cause in causes)
        result = Outcome.DENIED if is_proven else self._alone.outcome
        reading = collected[0].reading if collected else self._alone.reading
        return self._alone.model_copy(
            update={
                "subject": subject_of(reading),
                "outcome": result,
                "summary": text_summary(result, causes),
                "reading": reading,
                "causes": causes,
                "layers": layers_of(layers) if collected else (),
            }
        )
