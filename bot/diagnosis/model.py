"""The diagnosis as a document: what is printed with `--json`, kept by the worker and drawn by every reply.

One schema for all of them. Member names are part of the contract with other programs: members may be added, those
that are here keep their names and meaning.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer


def _iso(moment: datetime) -> str:
    """2026-11-20T05:00:00Z, with milliseconds only where there are any."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_iso, when_used="json")]


class JobType(StrEnum):
    """The kinds of AWS Backup jobs that run with a job role."""

    BACKUP = "backup"
    COPY = "copy"
    RESTORE = "restore"
    SCAN = "scan"
    """A scan of a recovery point for malware, by Amazon GuardDuty."""


class Outcome(StrEnum):
    """What a diagnosis came to."""

    DENIED = "denied"
    NOT_PERMISSION = "not-permission"
    UNDETERMINED = "undetermined"
    NOT_FAILED = "not-failed"


class LayerName(StrEnum):
    """Where a deny can stand: the four checklist layers, and the resource's own policy where there is one."""

    JOB_ROLE = "job-role"
    VAULT = "vault"
    ORGANIZATION = "organization"
    KMS = "kms"
    RESOURCE = "resource"


CHECKLIST = (LayerName.JOB_ROLE, LayerName.VAULT, LayerName.ORGANIZATION, LayerName.KMS)
"""The layers that every diagnosis has, in the order in which they are walked and shown."""


class Verdict(StrEnum):
    """What is known of a check or a layer. `unknown` never becomes `clear`."""

    CLEAR = "clear"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"

    @classmethod
    def of(cls, verdicts: "list[Verdict]") -> "Verdict":
        """The verdict of a layer from those of its checks: the gravest wins."""
        gravest_first = (cls.BLOCKED, cls.UNKNOWN, cls.CLEAR)
        return next((verdict for verdict in gravest_first if verdict in verdicts), cls.NOT_APPLICABLE)


class Entity(StrEnum):
    """The three IAM identities of AWS Backup."""

    CALLER = "caller"
    JOB_ROLE = "job-role"
    SERVICE_LINKED_ROLE = "service-linked-role"


class Certainty(StrEnum):
    """How strongly a cause is known, the strongest first."""

    PROVEN = "proven"
    """The evaluation denies a call that is established, whatever the unread parts are."""

    LIKELY = "likely"
    """The evaluation denies a call that AWS's managed policies imply, or only the message or CloudTrail says so."""

    POSSIBLE = "possible"
    """It depends on what nobody can read, on a disputed rule, or on a call that is only assumed."""

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Certainty).index(self)


class Grounds(StrEnum):
    """What a cause is known from, the strongest first; its certainty follows from it."""

    NAMED = "named"
    """The evaluation denies a call that the job's message, a decoded authorization message or CloudTrail names."""

    DOCUMENTED = "documented"
    """The evaluation denies a call that an AWS page says this principal makes, or finds what such a page demands."""

    SINGLED_OUT = "singled-out"
    """The message names a policy type and an action, and only this statement can be meant."""

    MESSAGE = "message"
    """Only the message says so, and nothing that was evaluated contradicts it."""

    RECORDED = "recorded"
    """CloudTrail recorded it; no policy says so."""

    IMPLIED = "implied"
    """The evaluation denies a call that only AWS's managed policies imply; the message allows for it."""

    IMPLIED_ASIDE = "implied-aside"
    """As `IMPLIED`, but the message speaks of something else."""

    ASSUMED = "assumed"
    """The evaluation denies a call that neither a page nor a managed policy tells of."""

    UNKNOWN_KEY = "unknown-key"
    """It depends on a condition key or a setting whose value no read call tells."""

    CONTESTED = "contested"
    """It depends on a rule that AWS's documentation leaves disputed."""

    @property
    def certainty(self) -> Certainty:
        """How strongly a cause that is known from it is known."""
        if self in (Grounds.NAMED, Grounds.DOCUMENTED):
            return Certainty.PROVEN
        if self in (Grounds.IMPLIED, Grounds.SINGLED_OUT, Grounds.MESSAGE, Grounds.RECORDED):
            return Certainty.LIKELY
        return Certainty.POSSIBLE

    @property
    def denies(self) -> bool:
        """The evaluation denies, whatever is not known; only whether the call is made may be uncertain."""
        return self in (Grounds.NAMED, Grounds.DOCUMENTED, Grounds.IMPLIED, Grounds.IMPLIED_ASIDE, Grounds.ASSUMED)


class _Part(BaseModel):
    """A part of the document: immutable, and unknown members of a newer version are kept out."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Job(_Part):
    """The job that was asked about."""

    id: str
    type: JobType
    state: str
    status_message: str | None
    account: str
    region: str
    role: str | None
    """The ARN of the job role."""
    resource: str | None
    resource_type: str | None
    """As AWS Backup spells it: EBS, EC2, RDS, Aurora, …"""
    source_vault: str | None = None
    destination_vault: str | None = None
    created: Moment | None = None
    completed: Moment | None = None
    message_category: str | None = None
    children: tuple[str, ...] = ()
    """Ids of the failed child jobs whose causes are included."""


class Change(_Part):
    """One change of AWS's configuration, as the whole resulting document where it is a policy."""

    kind: str
    target: str
    name: str | None = None
    """The name of an inline policy, or what people call a policy whose target is an id."""
    document: dict[str, Any] = Field(default_factory=dict)


class Fix(_Part):
    """The smallest change that repairs a cause."""

    summary: str
    owner: str
    """Who can make the change: account admin, vault owner, organization admin, key owner, …"""
    changes: tuple[Change, ...] = ()
    cli: tuple[str, ...] = ()
    terraform: str = ""
    proven: bool = False
    """Evaluated again with the changes applied: this cause is gone and nothing new is blocked."""
    not_proven: str | None = None
    """Why it is not proven; None where it is."""
    caution: str | None = None
    """What to think of first: a guard rail that should stay, a new role that IAM does not know everywhere yet, a size
    limit."""
    alternative: "Fix | None" = None
    """The second choice, which is proven too and is made instead of the first."""


class Cause(_Part):
    """One thing to fix."""

    code: str
    layer: LayerName
    entity: Entity
    certainty: Certainty
    grounds: Grounds | None = None
    """What the certainty comes from."""
    principal: str | None = None
    actions: tuple[str, ...] = ()
    implied: tuple[str, ...] = ()
    """Those of the actions that are denied like the others, and of which no AWS page states that the job calls them."""
    resource: str | None = None
    policy: str | None = None
    """What a person would look up: a policy's ARN, an organization policy's id, `trust`, an inline policy's name, or
    the ARN of the vault, key, bucket or file system whose policy it is."""
    statement: str | None = None
    """Always a string: the Sid, or the position from 0 where there is no Sid."""
    target: str | None = None
    """The id of the root, OU or account (organization layer)."""
    document: dict[str, Any] | None = None
    """The whole document that `policy` names, as it was read; None where there is none or it can't be read."""
    depends_on: tuple[str, ...] = ()
    """The condition keys that a `possible` cause depends on."""
    near_miss: str | None = None
    """For what is missing: the statement that came closest, and the one thing that failed."""
    explanation: str = ""
    knowledge: str = ""
    fix: Fix | None = None


class Evidence(_Part):
    """A statement that was looked at and mattered."""

    policy: str
    statement: str | None = None
    effect: Literal["Allow", "Deny"] | None = None


class Check(_Part):
    """One thing that was looked at in a layer."""

    check: str
    verdict: Verdict
    says: str
    evidence: tuple[Evidence, ...] = ()


class LayerReport(_Part):
    """A layer with its checks; it lists what is clear and what could not be read beside what is blocked."""

    layer: LayerName
    verdict: Verdict
    checks: tuple[Check, ...] = ()


class Unread(_Part):
    """A read that failed, so that nothing is said to be clear of it."""

    what: str
    """service:Operation"""
    account: str
    why: str
    """The error code."""
    region: str | None = None
    permission: str | None = None
    """The IAM action that would make it readable, and by whom it has to be allowed; None where that is not why."""
    says: str = ""
    """What was not read, in which account, why, and what to do, in words."""


class DeniedCall(_Part):
    """A call of the job's session that CloudTrail recorded as denied."""

    action: str
    resource: str | None = None
    at: Moment
    event_id: str = ""


class Withdrawal(_Part):
    """A call by which somebody withdrew the sharing of what a job copies, as CloudTrail recorded it."""

    action: str
    resource: str
    by: str | None = None
    """The ARN of who made it; None where the event does not say."""
    at: Moment
    event_id: str = ""


class LaterChange(_Part):
    """A change of what the job's message blames, made after the job ended, as CloudTrail recorded it."""

    event: str
    layer: LayerName
    target: str
    by: str | None = None
    """The ARN of who made it; None where the event does not say."""
    at: Moment
    minutes: int
    """How long after the job's end."""


class Recheck(_Part):
    """What an earlier diagnosis of the same subject said, where this one was asked for after it."""

    fixed: bool
    """A cause was there, and everything is allowed now; the job keeps its state and its message until it runs again."""
    resolved: tuple[str, ...] = ()
    """The codes of the earlier causes that are gone."""


class Cost(_Part):
    """What the diagnosis took."""

    aws_calls: int = 0
    cache_hits: int = 0
    round_trips: int = 0
    """The length of the longest chain of AWS calls each of which waited for the one before."""
    ms: int = 0


class DiagnosisDocument(_Part):
    """What every answer says, be it about a job or about the call that a text names."""

    schema_: Literal[1] = Field(1, alias="schema")
    job: Job | None
    """None where the question was a text."""
    outcome: Outcome
    summary: str
    """One sentence that a person can act on."""
    causes: tuple[Cause, ...] = ()
    layers: tuple[LayerReport, ...] = ()
    not_covered: tuple[str, ...] = ()
    """What could still deny, as far as it is known, in a sentence each; only where the outcome is undetermined."""
    unread: tuple[Unread, ...] = ()
    recheck: Recheck | None = None
    """None for a first diagnosis."""
    denied_calls: tuple[DeniedCall, ...] = ()
    changed_since: tuple[LaterChange, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)
    """What people call the accounts, OUs and control policies that take part, by id."""
    cost: Cost = Cost()

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, use_attribute_docstrings=True)

    @property
    def home(self) -> str:
        """The account that the answer is about, which its texts need not name; empty where there is no single one."""
        return self.job.account if self.job else ""

    def to_json(self, *, indent: int | None = None) -> str:
        """The document as other programs read it."""
        return self.model_dump_json(by_alias=True, indent=indent)


class Diagnosis(DiagnosisDocument):
    """The whole answer about a job."""

    job: Job
