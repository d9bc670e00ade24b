"""A job with its required calls evaluated: what the layers' checks are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.diagnosis.evaluated_call import EvaluatedCall
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.model import Cause, Check


@dataclass(frozen=True, slots=True)
class CheckedRoles:
    """Whether the job's roles are there and may be used, which is decided before any call is evaluated."""

    job_role: Check
    service_linked_role: Check | None
    """None where the job needs none."""
    causes: tuple[Cause, ...] = ()
    linked_causes: tuple[Cause, ...] = ()

    @property
    def unusable(self) -> tuple[str, ...]:
        """The ARNs of the roles that can't be used."""
        return tuple(str(cause.principal) for cause in (*self.causes, *self.linked_causes))


@dataclass(frozen=True, slots=True)
class EvaluatedJob:
    """A job with all that is known of the calls that it requires."""

    facts: JobFacts
    roles: CheckedRoles
    unusable_keys: Mapping[str, Cause]
    """By their ARNs the keys that no policy can make usable."""
    calls: tuple[EvaluatedCall, ...]
