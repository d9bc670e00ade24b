"""Questions for what something needs: which job, operation or action a text names, and the page that says it.

"What does a restore of EFS need?", "needs backup S3", "CreateReportPlan", "what is kms:CreateGrant for?"
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, get_args

from bot.replies.document import Bullets, Heading, Line, Note, Page, Paragraph, line
from bot.replies.needs import needs_page, operation_page
from knowledge.actions import known_actions
from knowledge.callers import CallerOperation, of_operation, operations
from knowledge.need import Basis, JobKind, Need, needs, resource_types
from knowledge.search import is_subject, vocabulary
from knowledge.vocabulary import split, stem

_KIND_WORDS: Final[dict[str, JobKind]] = {
    "item": "item-restore",
    "index": "index",
    "export": "export",
    "restore": "restore",
    "copy": "copy",
    "cross-account": "copy",
    "cross-region": "copy",
    "scan": "scan",
    "backup": "backup",
    "snapshot": "backup",
}
"""Terms that say which job is meant; the first one that a text has decides."""

_NEED_WORDS: Final = ("need", "require", "permission", "right", "action", "call", "allow", "prerequisite", "necessary")
_LEAST_WORDS: Final = ("minimal", "minimum", "least", "smallest", "privilege")
"""Words for the smallest policy: beside one of them, “policy” asks for what a job needs."""
_BESIDE: Final = (
    "amazon",
    "service",
    "role",
    "job-role",
    "job",
    "list",
    "volume",
    "bucket",
    "database",
    "table",
    "all",
)
"""Words that a question for needs may have beside the job and the resource type."""

_CALLED: Final = {
    "bucket": "S3",
    "buckets": "S3",
    "volume": "EBS",
    "volumes": "EBS",
    "virtual machine": "VirtualMachine",
    "virtual machines": "VirtualMachine",
    "instance": "EC2",
    "instances": "EC2",
}
"""What people call the resources of a type."""

_ACTION: Final = re.compile(r"\b[a-z][a-z0-9-]{1,30}:[A-Za-z]\w{2,60}")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z-]{5,60}")
_SOURCES: Final = 3
_BASES: Final[dict[Basis, str]] = {
    "documented": "",
    "managed-policy": " (implied by AWS's managed policies, stated on no page)",
    "assumed": " (assumed: neither a page nor a managed policy says so)",
}


def needed(text: str, *, loosely: bool = False) -> Page | None:
    """The page that says what a job of a resource type needs, if a text asks for that.

    Args:
        text: What was asked.
        loosely: Whether words that are no subject of ours may stand beside it. Else nothing may.
    """
    spoken = _spoken_types(" ".join(vocabulary().english(text)))
    if spoken is None:
        return None
    resource_type, rest = spoken
    terms = {term.text for term in vocabulary().terms(rest)}
    stems = {stem(word) for word in vocabulary().english(rest)} | terms
    kind = next((kind for word, kind in _KIND_WORDS.items() if stem(word) in stems or word in stems), None)
    asks_least = any(stem(word) in stems for word in _LEAST_WORDS)
    asks = asks_least or any(stem(word) in stems for word in _NEED_WORDS)
    if kind is None and not asks and rest:
        return None
    known = {stem(word) for word in (*_KIND_WORDS, *_NEED_WORDS, *_LEAST_WORDS, *_BESIDE)} | {*_KIND_WORDS, *_BESIDE}
    others = terms - known - ({stem("policy")} if asks_least else set())
    if others and not (loosely and asks and not is_subject(others)):
        return None
    wanted = needs(kind or "backup", resource_type)
    return needs_page(kind or "backup", resource_type, wanted) if wanted else None


def asks_for_needs(text: str) -> bool:
    """Whether a text has a word of a question for needs, or names an operation or an action."""
    stems = {stem(word) for word in vocabulary().english(text)}
    asks = any(stem(word) in stems for word in (*_NEED_WORDS, *_LEAST_WORDS) if word not in ("allow", "call", "right"))
    return asks or named_operation(text) is not None or named_action(text) is not None


def named_operation(text: str) -> Page | None:
    """The page of the operation of AWS Backup that a text names, however it is spelled; None where it names none."""
    operation = _operation_in(text)
    return operation_page(operation) if operation else None


def named_action(text: str) -> Page | None:
    """The page of the IAM action that a text names: which jobs and which callers need it; None where it names none."""
    known = _actions()
    for match in _ACTION.finditer(text):
        action = known.get(match[0].lower())
        if action:
            return action_page(action)
    return None


def action_page(action: str) -> Page:
    """Who needs an action for what, as far as the needs say.

    Args:
        action: As AWS spells it.
    """
    uses = list(_uses(action))
    callers = [each.operation for each in operations() if any(action in need.actions for need in each.needs)]
    rows = list(_rows(uses))
    if callers:
        rows.append(line(f"The caller of {', '.join(callers)}."))
    if not rows:
        says = f"{action} stands in a managed policy of AWS Backup; no page that I know says which job calls it."
        return Page("needs", says, (Heading(action), Paragraph(line(says))))
    sources = list(dict.fromkeys(use.need.source for use in uses))[:_SOURCES]
    told = (Note(line(f"Sources: {'; '.join(sources)}.")),) if sources else ()
    says = f"Who needs {action}, and for what."
    return Page("needs", says, (Heading(f"Who needs {action}"), Bullets(tuple(rows)), *told))


@dataclass(frozen=True, slots=True)
class _Use:
    kind: JobKind
    resource_type: str
    need: Need


def _uses(action: str) -> Iterator[_Use]:
    for kind in get_args(JobKind):
        for each in resource_types():
            yield from (_Use(kind, each.type, need) for need in needs(kind, each.type) if action in need.actions)


def _rows(uses: list[_Use]) -> Iterator[Line]:
    """A line for each kind of job, identity and basis, with the resource types."""
    types: dict[tuple[JobKind, str, Basis], list[str]] = {}
    for use in uses:
        types.setdefault((use.kind, use.need.by, use.need.basis), []).append(use.resource_type)
    every = sum(1 for _ in resource_types())
    for (kind, by, basis), named in types.items():
        told = list(dict.fromkeys(named))
        of = "every resource type" if len(told) == every else ", ".join(told)
        who = "the job role" if by == "job-role" else "the destination's service-linked role"
        yield line(f"{kind.capitalize().replace('-', ' ')}, {who}: {of}{_BASES[basis]}.")


def _spoken_types(text: str) -> tuple[str, str] | None:
    """The resource type that a text names, and the text without it; what people call its resources comes last."""
    for spoken, resource_type in (*_types(), *_CALLED.items()):
        if f" {spoken} " in f" {text} ":
            return resource_type, f" {text} ".replace(f" {spoken} ", " ").strip()
    return None


@cache
def _types() -> tuple[tuple[str, str], ...]:
    """What each resource type is called, the longest name first."""
    named = [(" ".join(split(name)), name) for each in resource_types() for name in (each.type, *each.also)]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


@cache
def _actions() -> dict[str, str]:
    return {action.lower(): action for action in known_actions()}


def _operation_in(text: str) -> CallerOperation | None:
    for match in _NAME.finditer(text):
        name = match[0]
        if found := of_operation(name):
            return found
        for spelled, _ in vocabulary().spelled(name.lower().replace("-", "")):
            if found := of_operation(spelled):
                return found
    return None
