"""Nothing is worked out twice: a subject is examined once as it is and once for each fix, and a text is read once."""

import json
from pathlib import Path

import pytest

from bot.aws.cache import LookupCache
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis.call_subject import CallSubject
from bot.diagnosis.events import ignore
from bot.diagnosis.examination import Examination
from bot.diagnosis.job_facts import JobFacts
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.job_subject import JobSubject
from bot.diagnosis.machine import Machine
from bot.diagnosis.reading import read
from bot.settings import Settings, load_settings
from tests.conftest import ServeEstate
from tests.diagnosis.incidents import FILES, expectation, reference_to, text_of
from tests.diagnosis.test_caller import ANA, Staffed, said


class Watched(JobSubject):
    """A job of which it is known what was examined."""

    def __init__(self, reference: JobReference, settings: Settings, region: str) -> None:
        super().__init__(reference, settings, region)
        self.examined: list[JobFacts] = []

    def examine(self, facts: JobFacts) -> Examination[JobFacts]:
        self.examined.append(facts)
        return super().examine(facts)


def machine_parts() -> tuple[Settings, Reader, str]:
    settings = load_settings()
    sessions = Sessions(settings)
    return settings, Reader(sessions, LookupCache(None, 300, "tests")), sessions.region


@pytest.mark.parametrize("incident", [FILES[number - 1] for number in (12, 17, 31, 34, 38)], ids=lambda file: file.stem)
def test_a_job_is_examined_once_as_it_is_and_once_for_each_fix(incident: Path, served_estate: ServeEstate) -> None:
    served_estate(text_of(incident))
    settings, reader, region = machine_parts()
    subject = Watched(reference_to(expectation(text_of(incident))), settings, region)
    diagnosis = Machine(subject, settings, reader, region, ignore).run()
    applied = [cause.fix for cause in diagnosis.causes if cause.fix and cause.fix.changes]
    assert len(subject.examined) == 1 + len(applied)
    assert all(one != other for one, other in zip(subject.examined, subject.examined[1:], strict=False))


@pytest.mark.parametrize("as_event", [False, True], ids=["a sentence", "an event"])
def test_a_text_is_read_once(as_event: bool, served_estate: ServeEstate) -> None:
    served_estate(Staffed().text)
    sentence = said("backup:StartBackupJob", "*", who=ANA)
    text = json.dumps({"errorMessage": sentence}) if as_event else sentence
    settings, reader, region = machine_parts()
    read.cache_clear()
    diagnosis = Machine(CallSubject(text, settings), settings, reader, region, ignore).run()
    assert diagnosis.layers
    assert (read.cache_info().misses, read.cache_info().hits) == (1, 0)


def test_a_jobs_message_is_read_once_however_often_its_facts_are_collected(served_estate: ServeEstate) -> None:
    served_estate(text_of(FILES[16]))
    settings, reader, region = machine_parts()
    subject = JobSubject(reference_to(expectation(text_of(FILES[16]))), settings, region)
    read.cache_clear()
    Machine(subject, settings, reader, region, ignore).run()
    assert read.cache_info().misses == 1
    assert read.cache_info().hits > 0
