"""The documents that other programs read, as types of their own: the members that keep their names and meaning.

They are written down by hand and share nothing with `bot.diagnosis.model`, so that a member that is renamed there, gets
another type or is left out is noticed. Members may be added. A value is added to a closed list here, with its reason.
"""

from typing import Any, Literal

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

STRICT = ConfigDict(strict=True, extra="ignore")

Layer = Literal["job-role", "vault", "organization", "kms", "resource"]
Entity = Literal["caller", "job-role", "service-linked-role"]
Verdict = Literal["clear", "blocked", "unknown", "not-applicable"]
Outcome = Literal["denied", "not-permission", "undetermined", "not-failed"]
PolicyType = Literal["identity", "boundary", "scp", "rcp", "session", "endpoint", "resource", "trust"]

Code = Literal[
    "role-missing",
    "default-role-lookalike",
    "slr-as-job-role",
    "trust-missing",
    "trust-condition",
    "trust-denied",
    "permission-missing",
    "permission-denied",
    "boundary-missing",
    "boundary-denied",
    "pass-role-missing",
    "slr-missing",
    "vault-missing",
    "vault-policy-denied",
    "vault-policy-missing",
    "scp-denied",
    "scp-missing",
    "rcp-denied",
    "cross-account-disabled",
    "different-organization",
    "key-policy-missing",
    "key-policy-denied",
    "key-unusable",
    "aws-managed-key",
    "vault-default-key",
    "resource-policy-denied",
    "policy-names-deleted-principal",
    "service-linked-role-of-service-missing",
    "snapshot-sharing-revoked",
    "allowed-amis",
    "resource-policy-missing",
    # Added, because none of the others names them:
    "not-management-account",
    "eks-authentication-mode",
    "session-policy-denied",
    "session-policy-missing",
    "endpoint-policy-denied",
    "endpoint-policy-missing",
]

ChangeKind = Literal[
    "attach-role-policy",
    "put-role-policy",
    "create-role",
    "update-assume-role-policy",
    "put-role-permissions-boundary",
    "put-policy-version",
    "create-service-linked-role",
    "put-vault-access-policy",
    "create-vault",
    "put-key-policy",
    "enable-key",
    "cancel-key-deletion",
    "update-organization-policy",
    "enable-cross-account-backup",
    "put-resource-policy",
    "change-plan",
    # Added: of users and groups who call AWS Backup, and where a role's inline policies have no room left.
    "put-user-policy",
    "put-group-policy",
    "attach-user-policy",
    "create-policy",
]


@with_config(STRICT)
class Job(TypedDict):
    """What failed."""

    id: str
    type: Literal["backup", "copy", "restore", "scan"]
    state: str
    status_message: str | None
    account: str
    region: str
    role: str | None
    resource: str | None
    resource_type: str | None
    source_vault: str | None
    destination_vault: str | None
    created: str | None
    completed: str | None


@with_config(STRICT)
class Change(TypedDict):
    """One change of AWS's configuration."""

    kind: ChangeKind
    target: str
    document: dict[str, Any] | None


@with_config(STRICT)
class Fix(TypedDict):
    """What removes a cause."""

    summary: str
    owner: str
    changes: list[Change]
    cli: list[str]
    terraform: str | None
    proven: bool


@with_config(STRICT)
class Cause(TypedDict):
    """What denies."""

    code: Code
    layer: Layer
    entity: Entity
    certainty: Literal["proven", "likely", "possible"]
    principal: str | None
    actions: list[str]
    resource: str | None
    policy: str | None
    statement: str | None
    target: str | None
    explanation: str
    knowledge: str
    fix: Fix | None


@with_config(STRICT)
class Evidence(TypedDict):
    """A statement that a check read."""

    policy: str | None
    statement: str | None


@with_config(STRICT)
class Check(TypedDict):
    """One step of the checklist."""

    check: str
    verdict: Verdict
    says: str
    evidence: list[Evidence]


@with_config(STRICT)
class CheckedLayer(TypedDict):
    """The checks of one layer."""

    layer: Layer
    verdict: Verdict
    checks: list[Check]


@with_config(STRICT)
class Unread(TypedDict):
    """What could not be read."""

    what: str
    account: str | None
    why: str


@with_config(STRICT)
class Cost(TypedDict):
    """What the answer cost."""

    aws_calls: int
    cache_hits: int
    round_trips: int
    ms: int


@with_config(STRICT)
class Document(TypedDict):
    """What `backup-why diagnose --json` prints."""

    schema: Literal[1]
    job: Job
    outcome: Outcome
    summary: str
    causes: list[Cause]
    layers: list[CheckedLayer]
    not_covered: list[str]
    unread: list[Unread]
    cost: Cost


@with_config(STRICT)
class Subject(TypedDict):
    """The call that a text speaks of."""

    type: Literal["call"]
    operation: str | None
    principal: str | None
    action: str | None
    resource: str | None


@with_config(STRICT)
class Reading(TypedDict):
    """What a text says."""

    form: str | None
    action: str | None
    principal: str | None
    resource: str | None
    policy_type: PolicyType | None
    explicit: bool | None
    encoded: bool
    authorization_id: str | None


@with_config(STRICT)
class Hypothesis(TypedDict):
    """What a text leads to suspect."""

    layer: Layer
    code: Code
    entity: Entity
    why: str
    knowledge: str


@with_config(STRICT)
class TextAlone(TypedDict):
    """What `backup-why error --offline --json` prints."""

    schema: Literal[1]
    outcome: Literal["denied", "not-permission", "undetermined"]
    reading: Reading
    hypotheses: list[Hypothesis]


@with_config(STRICT)
class TextDocument(TypedDict):
    """What `backup-why error --json` prints: a document without a job, and what was read."""

    schema: Literal[1]
    job: None
    subject: Subject
    outcome: Outcome
    summary: str
    causes: list[Cause]
    layers: list[CheckedLayer]
    not_covered: list[str]
    unread: list[Unread]
    cost: Cost
    reading: Reading
    hypotheses: list[Hypothesis]
