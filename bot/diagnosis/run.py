"""Runs diagnoses, each from a job reference to the finished document, with the way into AWS that they share.

Synchronous: it reads AWS in threads of its own. Whoever must not wait calls it in a thread.
"""

import os
from datetime import UTC, datetime

from bot.aws.cache import LookupCache
from bot.aws.declared import read_models_ahead
from bot.aws.facts import AS_IT_IS, Facts, Overlay, collect
from bot.aws.reader import Reader
from bot.aws.sessions import Sessions
from bot.diagnosis.call_subject import CallSubject, OperationSubject
from bot.diagnosis.changes.change import F
from bot.diagnosis.events import Observer, ignore
from bot.diagnosis.failures import FailedJob, FailedJobs, Where, failed_jobs, recent_failures
from bot.diagnosis.job_id import JobReference
from bot.diagnosis.job_subject import JobSubject
from bot.diagnosis.machine import D, Machine, Subject
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis
from bot.diagnosis.role_needs import RoleNeeds, compare_role
from bot.diagnosis.what_if import Effects, WhatIf, effects_of
from bot.settings import Settings
from knowledge.callers import CallerOperation
from knowledge.need import JobKind


class Diagnostician:
    """What the diagnoses of a process share: sessions, clients and the cache.

    Args:
        settings: The settings of the process.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        read_models_ahead()
        self._sessions = Sessions(settings)
        redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
        scope = "|".join((os.environ.get("AWS_ENDPOINT_URL", ""), self._sessions.access_key, settings.role_name))
        self._cache = LookupCache(redis_url, settings.cache_seconds, scope)

    @property
    def settings(self) -> Settings:
        """The settings of the process."""
        return self._settings

    @property
    def region(self) -> str:
        """The session's Region."""
        return self._sessions.region

    def own_account(self) -> str:
        """The account of the process's credentials.

        Raises:
            AwsUnreachableError: AWS can't be reached.
        """
        facts = Facts(self.region)
        return collect(lambda known: known.own_account or "", facts, Reader(self._sessions, self._cache))

    def run(
        self,
        subject: Subject[F, D],
        *,
        observe: Observer = ignore,
        fresh: bool = False,
        overlay: Overlay = AS_IT_IS,
    ) -> D:
        """Diagnoses any subject.

        Args:
            subject: What is diagnosed.
            observe: Gets every step, in the caller's thread.
            fresh: Read everything anew, whatever is cached.
            overlay: What is laid over what is read.

        Raises:
            BackupWhyError: The subject is not found, or AWS can't be reached.
        """
        reader = Reader(self._sessions, self._cache, fresh=fresh)
        return Machine(subject, self._settings, reader, self.region, observe, overlay).run()

    def diagnose(self, job: JobReference, *, observe: Observer = ignore, fresh: bool = False) -> Diagnosis:
        """Diagnoses a job.

        Args:
            job: Which job.
            observe: Gets every step, in the caller's thread.
            fresh: Read everything anew, whatever is cached.

        Raises:
            BackupWhyError: The job is not found, or AWS can't be reached.
        """
        return self.run(JobSubject(job, self._settings, self.region), observe=observe, fresh=fresh)

    def diagnose_text(
        self, text: str, *, caller: str | None = None, observe: Observer = ignore, fresh: bool = False
    ) -> TextDiagnosis:
        """Reads an error text that belongs to no job, and evaluates the call that it names.

        Args:
            text: The text.
            caller: The ARN of who made the call, where the text does not say it.
            observe: Gets every step, in the caller's thread.
            fresh: Read everything anew, whatever is cached.

        Raises:
            BackupWhyError: AWS can't be reached.
        """
        return self.run(CallSubject(text, self._settings, caller), observe=observe, fresh=fresh)

    def check_caller(self, caller: str, operation: CallerOperation) -> TextDiagnosis:
        """Evaluates all that an operation asks its caller for, though nobody has called it.

        Args:
            caller: The ARN of a user, a role or a role's session.
            operation: The operation.

        Raises:
            BackupWhyError: The ARN is no caller's, or AWS can't be reached.
        """
        return self.run(OperationSubject(operation, caller, self._settings))

    def effects(self, subject: JobReference | str, change: WhatIf) -> Effects:
        """What a change would do to what denies a job, or the call that a text names.

        Args:
            subject: The job, or the text.
            change: The change.

        Raises:
            BackupWhyError: The job is not found, or AWS can't be reached.
        """
        reader, region, settings = Reader(self._sessions, self._cache), self._sessions.region, self._settings
        if isinstance(subject, str):
            return effects_of(CallSubject(subject, settings), change, reader, region)
        return effects_of(JobSubject(subject, settings, region), change, reader, region)

    def compare_role(self, role: str, kind: JobKind, resource_type: str) -> RoleNeeds:
        """Compares a role with what a job needs.

        Args:
            role: Its ARN.
            kind: The kind of job.
            resource_type: As AWS Backup spells it.

        Raises:
            BackupWhyError: There is no such role, or it can't be read.
        """
        reader = Reader(self._sessions, self._cache)
        return compare_role(role, kind, resource_type, reader, self._settings, self._sessions.region)

    def failed_jobs(self, since: datetime, where: Where) -> FailedJobs:
        """The jobs that failed since a time in the accounts and Regions in scope, with what could not be listed.

        Args:
            since: When the oldest of them may have been created.
            where: Which of the accounts and Regions are looked into.

        Raises:
            BackupWhyError: AWS can't be reached, or nothing can be listed.
        """
        reader, region, settings = Reader(self._sessions, self._cache), self._sessions.region, self._settings
        return collect(lambda facts: failed_jobs(facts, settings, region, since, where), Facts(region), reader)

    def failures(self, now: datetime | None = None) -> list[FailedJob]:
        """The jobs that failed lately in the accounts and Regions in scope, newest first.

        Args:
            now: The end of the days that are looked through; the present by default.

        Raises:
            BackupWhyError: AWS can't be reached.
        """
        reader, region, end = Reader(self._sessions, self._cache), self._sessions.region, now or datetime.now(UTC)
        return collect(lambda facts: recent_failures(facts, self._settings, region, end), Facts(region), reader)
