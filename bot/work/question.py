"""A question as it travels from Slack to the worker: about a job or about an error text, asked at a place."""

import hashlib
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.access.place import Place
from bot.diagnosis.job_id import JobReference


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedJob(_Plain):
    """A job, by its id."""

    kind: Literal["job"] = "job"
    job: JobReference

    @property
    def name(self) -> str:
        """What replies call it."""
        return f"job {self.job.id}"

    @property
    def about(self) -> str:
        """What the audit trail calls it."""
        return self.job.id

    @property
    def account(self) -> str:
        """The account that it is said to be in; empty where none is."""
        return self.job.account or ""

    @property
    def same(self) -> str:
        """The same for the same subject."""
        return self.job.id.lower()


class AskedText(_Plain):
    """An error text that belongs to no job, and names a call."""

    kind: Literal["text"] = "text"
    text: str

    @property
    def name(self) -> str:
        """What replies call it; the text itself is nobody's name for anything."""
        return "an error text"

    @property
    def about(self) -> str:
        """What the audit trail calls it."""
        return self.name

    @property
    def account(self) -> str:
        """The account that it is said to be in: none, since whose call it is has to be read first."""
        return ""

    @property
    def same(self) -> str:
        """The same for the same subject."""
        return " ".join(self.text.split())


Subject = Annotated[AskedJob | AskedText, Field(discriminator="kind")]


class Question(_Plain):
    """Why did this fail?

    Args:
        subject: What is meant.
        place: Where it was asked, and by whom.
        rights: The key of the rights of who asked (`Rights.key`).
    """

    subject: Subject
    place: Place
    rights: str

    @property
    def fingerprint(self) -> str:
        """The same for the same question at the same place, whoever asks and however often.

        Who may ask about other accounts asks another question: one who turns out to lack the right must not stand in
        the way of one who has it.
        """
        place = self.place
        through = f"{place.installation}\n" if place.installation else ""
        same = f"{through}{place.team}\n{place.channel}\n{place.thread}\n{self.rights}\n{self.subject.same}"
        return hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def to_json(self) -> str:
        """The question as Redis keeps it."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The question that `to_json` wrote.

        Raises:
            ValidationError: It is none.
        """
        return cls.model_validate_json(text)
