"""A question as it travels from Slack to the worker: plain strings."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Self

from bot.diagnosis.job_id import JobReference


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack something was asked, and by whom.

    Args:
        channel: The id of the channel or direct message.
        user: The id of the person.
        team: The id of their workspace.
        thread: The `ts` of the thread that the answer belongs in; empty where it makes its own.
        response_url: Where the person alone can be told something for half an hour; empty where Slack gave none.
    """

    channel: str
    user: str
    team: str
    thread: str = ""
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Why did this job fail?

    Args:
        job: The job that is meant.
        place: Where it was asked.
    """

    job: JobReference
    place: Place

    @property
    def fingerprint(self) -> str:
        """The same for the same question at the same place, whoever asks and however often."""
        same = f"{self.place.team}\n{self.place.channel}\n{self.place.thread}\n{self.job.id.lower()}"
        return hashlib.sha256(same.encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """The question as Redis keeps it."""
        return json.dumps({"job": self.job.model_dump(mode="json"), "place": asdict(self.place)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The question that `to_json` wrote."""
        known = json.loads(text)
        return cls(JobReference.model_validate(known["job"]), Place(**known["place"]))
