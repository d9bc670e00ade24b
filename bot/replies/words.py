"""The words that every reply shares: layers, verdicts, identities, certainties and kinds of policies, as data."""

from collections.abc import Mapping

from bot.diagnosis.model import (
    Cause,
    Certainty,
    DiagnosisDocument,
    Entity,
    Grounds,
    JobType,
    LayerName,
    Outcome,
    Verdict,
)
from bot.replies.document import Line, Mark, Tone, code, line, listing
from knowledge.causes import RefusingPolicy, cause_codes

LAYERS = {
    LayerName.JOB_ROLE: "Job role",
    LayerName.VAULT: "Vault",
    LayerName.ORGANIZATION: "Organization",
    LayerName.KMS: "KMS key",
    LayerName.RESOURCE: "Resource policy",
}

MARKS = {
    Verdict.CLEAR: Mark("clear", "✓", "white_check_mark", Tone.GOOD),
    Verdict.BLOCKED: Mark("blocked", "✗", "no_entry", Tone.BAD),
    Verdict.UNKNOWN: Mark("unknown", "?", "grey_question", Tone.UNSURE),
    Verdict.NOT_APPLICABLE: Mark("not applicable", "-", "heavy_minus_sign", Tone.QUIET),
}

OUTCOMES = {
    Outcome.DENIED: "Denied",
    Outcome.NOT_PERMISSION: "Not a permission failure",
    Outcome.UNDETERMINED: "Undetermined",
    Outcome.NOT_FAILED: "Not failed",
}

FIXED = "Fixed"

ENTITIES = {
    Entity.CALLER: "the caller",
    Entity.JOB_ROLE: "the job role",
    Entity.SERVICE_LINKED_ROLE: "the service-linked role",
}

JOBS = {
    JobType.BACKUP: "backup job",
    JobType.COPY: "copy job",
    JobType.RESTORE: "restore job",
    JobType.SCAN: "scan job",
}

_CERTAINTIES: Mapping[Grounds, str] = {
    Grounds.NAMED: "Proven. The policies deny this on their own.",
    Grounds.DOCUMENTED: "Proven. The policies deny this on their own.",
    Grounds.SINGLED_OUT: "Likely. The error message blames such a policy, and only this statement fits.",
    Grounds.MESSAGE: "Likely. The error message says so, and no policy that I could read contradicts it.",
    Grounds.RECORDED: "Likely. CloudTrail recorded it.",
    Grounds.IMPLIED: "Likely. The policies deny a call that AWS's managed policies imply, but no AWS page mentions.",
    Grounds.IMPLIED_ASIDE: (
        "Possible. The policies deny a call that only AWS's managed policies imply, "
        "and the error message is about something else."
    ),
    Grounds.ASSUMED: "Possible. The policies deny a call that no AWS page and no managed policy mentions.",
    Grounds.CONTESTED: "Possible. AWS's documentation leaves open whether this rule applies here.",
}
"""How a cause is known, by what it is known from; a cause that depends on a key names that."""
_USUAL_GROUNDS = {Certainty.PROVEN: Grounds.DOCUMENTED, Certainty.LIKELY: Grounds.MESSAGE}
"""What an answer of an earlier version, which does not say it, was known from."""

POLICY_KINDS: Mapping[RefusingPolicy, str] = {
    "scp": "service control policy",
    "rcp": "resource control policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "endpoint": "VPC endpoint policy",
    "trust": "trust policy",
    "identity": "identity policy",
    "vault": "vault access policy",
    "key": "key policy",
    "resource": "resource policy",
}
"""What the type of a policy is called."""


def policy_kind(cause: Cause) -> str:
    """`service control policy` for scp-denied; empty for a cause that no policy makes (a role that is missing)."""
    known = cause_codes().get(cause.code)
    return POLICY_KINDS.get(known.policy, "") if known and known.policy else ""


def outcome(answer: DiagnosisDocument) -> str:
    """The outcome in words; that of a second look whose causes are gone is that they were fixed."""
    return FIXED if is_fixed(answer) else OUTCOMES[answer.outcome]


def is_fixed(answer: DiagnosisDocument) -> bool:
    """Whether a second look found that the causes of the first are gone."""
    return answer.recheck is not None and answer.recheck.fixed


def certainty(cause: Cause) -> Line:
    """How a cause is known, in a sentence."""
    says = _CERTAINTIES.get(cause.grounds) if cause.grounds else None
    if says is None and cause.certainty is Certainty.POSSIBLE:
        keys = listing(code(key) for key in cause.depends_on)
        value = (*line("the value of "), *keys) if keys else line("a condition")
        return (*line("Possible. It depends on "), *value, *line(", which AWS doesn't show."))
    words = line(says or _CERTAINTIES[_USUAL_GROUNDS[cause.certainty]])
    if not cause.implied:
        return words
    implied = listing(code(action) for action in cause.implied)
    return (*words, *line(" Only AWS's managed policies imply that the job also calls "), *implied, *line("."))


def statement(name: str) -> Line:
    """A statement as a person looks it up: its Sid, or its position from 0 where there is no Sid."""
    if name.isdigit():
        return line("the statement at position ", code(name), " (it has no Sid)")
    return line("statement ", code(name))


def policy(cause: Cause) -> Line:
    """Where the deny stands, or where an allow is missing: statement, policy and the node it is attached to."""
    if cause.policy is None:
        return line()
    kind = policy_kind(cause) or "policy"
    name = line("the role's trust policy") if cause.policy == "trust" else line(f"{kind} ", code(cause.policy))
    where = (*statement(cause.statement), *line(" of "), *name) if cause.statement is not None else name
    attached = line(", attached to ", code(cause.target)) if cause.target else line()
    return (*where, *attached)


def counted(number: int, noun: str) -> str:
    """`1 layer`, `2 layers`, `2 withdrawals of sharing`."""
    first, *rest = noun.split(" of ")
    return " of ".join([f"{number} {first}{'' if number == 1 else 's'}", *rest])
