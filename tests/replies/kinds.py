"""Every kind of page, modal and form that the bot shows, each made of hostile texts with account ids in them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.access.audience import Audience
from bot.access.audit import Act, Entry
from bot.access.trail import trail_page
from bot.diagnosis.events import Entered, Left, Progress
from bot.diagnosis.model import (
    Cause,
    Certainty,
    Check,
    Diagnosis,
    Entity,
    Fix,
    LayerName,
    LayerReport,
    Outcome,
    Verdict,
)
from bot.diagnosis.reading import Hypothesis, Reading, SubjectReport, TextDiagnosis
from bot.diagnosis.role_needs import DenyingStatement, LackedWhen, RoleNeeds
from bot.diagnosis.what_if import Effects, WhatIf
from bot.replies.answer import head_page, reply_pages
from bot.replies.buttons import with_buttons
from bot.replies.changes import changes
from bot.replies.checklist import Checklist, checklist_page
from bot.replies.details import asked_about, asked_parts, detail_parts, owner_draft, policy_parts
from bot.replies.document import Page, Paragraph, line, without_plans
from bot.replies.evidence import evidence_pages
from bot.replies.fixes import fix_parts
from bot.replies.home import Latest, home_parts
from bot.replies.message import View
from bot.replies.needs import needs_page, operation_page, role_page
from bot.replies.reading import reading_page
from bot.replies.teaching import ask_page, closest_page, entry_page, topic_page, unknown_page
from bot.replies.trouble import trouble_page
from bot.work.follow_up import follow_up
from bot.work.what_if import what_if_page
from knowledge import library
from knowledge.callers import CallerNeed, CallerOperation
from knowledge.need import Need
from knowledge.search import Hit
from tests.replies import diagnoses

MINE, OTHER = "222233334444", "777788889999"
"""The two accounts that every diagnosis here is about."""

MENTION = f"<!channel> in {MINE}"
REVERSED = f"arn:aws:iam::{MINE}:role/\u202enimda\u202c"
LINK = f"<https://evil.example|AWS> & `{OTHER}`"
MARKUP = f"arn:aws:s3:::logs-{OTHER}\r\n*bold* :tada:"
CONTROLS = f"<@U0123456789> a\u200bb\x1b[31m {MINE} {{x}}"
KEY = f"arn:aws:kms:eu-west-1:{OTHER}:key/1111aaaa-22bb-33cc-44dd-555566667777"
TEXTS = (MENTION, REVERSED, LINK, MARKUP, CONTROLS, KEY)
"""What AWS and people write at their worst; each names an account, so that no field can let one through unseen."""

AT = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
THREAD = "thread"


def _layers(filled: tuple[LayerReport, ...]) -> tuple[LayerReport, ...]:
    """One layer of each verdict, and one in which nothing was checked."""
    verdicts = {
        LayerName.JOB_ROLE: Verdict.CLEAR,
        LayerName.KMS: Verdict.UNKNOWN,
        LayerName.RESOURCE: Verdict.NOT_APPLICABLE,
    }
    layers = []
    for layer in filled:
        verdict = verdicts.get(layer.layer, Verdict.BLOCKED)
        checks = [check.model_copy(update={"verdict": verdict}) for check in layer.checks]
        if layer.layer is LayerName.JOB_ROLE:
            checks[0] = Check(check=f"trust-policy {MINE}", verdict=verdict, says=MENTION)
        made = () if verdict is Verdict.NOT_APPLICABLE else tuple(checks)
        layers.append(layer.model_copy(update={"verdict": verdict, "checks": made}))
    return tuple(layers)


def _causes(filled: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """One cause of each certainty, and one fix of each proof: proven twice, not proven, and nothing that could be."""
    first, second, third = filled
    instead = _fix(second).model_copy(update={"proven": True})
    proven = _fix(first).model_copy(update={"proven": True, "alternative": instead})
    unproven = _fix(second).model_copy(update={"not_proven": _fix(first).owner})
    nothing = {"changes": (), "cli": (), "terraform": "", "caution": None, "not_proven": _fix(first).summary}
    bare = _fix(third).model_copy(update=nothing)
    vault = {"code": "vault-policy-denied", "layer": LayerName.VAULT, "certainty": Certainty.LIKELY, "statement": "0"}
    role = {"code": "role-missing", "layer": LayerName.JOB_ROLE, "policy": None, "statement": None, "target": None}
    return (
        first.model_copy(update={"certainty": Certainty.PROVEN, "fix": proven}),
        second.model_copy(update=vault | {"fix": unproven}),
        third.model_copy(update=role | {"document": None, "entity": Entity.SERVICE_LINKED_ROLE, "fix": bare}),
    )


def _fix(cause: Cause) -> Fix:
    assert cause.fix is not None
    return cause.fix


_FILLED = diagnoses.filled_with(*TEXTS)
DENIED: Diagnosis = _FILLED.model_copy(
    update={
        "causes": _causes(_FILLED.causes),
        "layers": _layers(_FILLED.layers),
        "names": {MINE: f"prod” {CONTROLS}", OTHER: MARKUP, "ou-a1b2-11111111": LINK},
    },
)
"""A diagnosis with everything in it that there can be."""

_CALL = Reading(
    form="denied-call",
    action=REVERSED,
    principal=LINK,
    resource=MARKUP,
    policy_type="scp",
    policy_arn=CONTROLS,
    entity=Entity.JOB_ROLE,
    permission=True,
)
_GUESS = Hypothesis(
    layer=LayerName.KMS, code="key-policy-missing", entity=Entity.JOB_ROLE, why=KEY, knowledge="key-policy-missing"
)
_SUBJECT = SubjectReport(operation=MENTION, principal=LINK, action=REVERSED, resource=MARKUP)
GUESSED = TextDiagnosis(
    schema=1, outcome=Outcome.DENIED, summary=KEY, subject=_SUBJECT, reading=_CALL, hypotheses=(_GUESS,)
)
EVALUATED = GUESSED.model_copy(update={"causes": DENIED.causes, "layers": DENIED.layers, "unread": DENIED.unread})
CLEAR = GUESSED.model_copy(update={"layers": DENIED.layers})
SILENT = TextDiagnosis(schema=1, outcome=Outcome.UNDETERMINED, summary=KEY, subject=SubjectReport(), reading=Reading())


def _running() -> Checklist:
    """A checklist in the middle of a diagnosis."""
    return (
        Checklist()
        .after(Left("locate", MENTION))
        .after(Progress("collect", 3, 9))
        .after(Left("job-role", REVERSED, Verdict.CLEAR))
        .after(Left("vault", LINK, Verdict.BLOCKED))
        .after(Entered("organization"))
    )


_ENTRY = library.parse_entry(
    "an-entry",
    f"""---
title: An entry
kind: cause
sources: ["A page of AWS"]
---
The verdict names account {MINE}.

## What it is

A cause with `code` and **weight**.

## How to recognise it

- By its *message*.

## How to fix it

1. Change it.
""",
)
_NEEDS = (
    Need(actions=("ec2:CreateSnapshot",), arns=(f"arn:aws:ec2:*:{MINE}:snapshot/*",), basis="documented", source="A"),
    Need(actions=("kms:Decrypt",), key="vault", when=frozenset({"encrypted"}), basis="assumed", source="B"),
    Need(actions=("ec2:CreateTags",), arns=("{vault}",), optional=MARKUP, basis="managed-policy", source="C"),
)
_TRAIL = (
    Entry(Act.QUESTION, "U0ANA", "C0OWN", CONTROLS, at="2026-11-20T05:30:00.000+00:00"),
    Entry(Act.REFUSAL, "U0EVE", "C0OWN", KEY, OTHER, "no right", at="2026-11-20T05:31:00.000+00:00"),
)

_UNCOVERED = diagnoses.uncovered(*TEXTS)

HEADS: Mapping[str, Callable[[], Page]] = {
    "verdict": lambda: with_buttons(head_page(DENIED), DENIED, THREAD),
    "verdict-looked-again": lambda: with_buttons(
        head_page(DENIED, changes(diagnoses.denied(), DENIED, by=MENTION, at=AT)), DENIED, THREAD
    ),
    "verdict-undetermined": lambda: with_buttons(head_page(diagnoses.undetermined()), diagnoses.undetermined(), THREAD),
    "verdict-not-covered": lambda: with_buttons(head_page(_UNCOVERED), _UNCOVERED, THREAD),
    "verdict-fixed": lambda: with_buttons(
        head_page(diagnoses.fixed(), changes(DENIED, diagnoses.fixed(), by=MENTION, at=AT)), diagnoses.fixed(), THREAD
    ),
    "verdict-not-permission": lambda: with_buttons(
        head_page(diagnoses.not_permission()), diagnoses.not_permission(), THREAD
    ),
    "verdict-not-failed": lambda: with_buttons(head_page(diagnoses.not_failed()), diagnoses.not_failed(), THREAD),
    "text-guessed": lambda: with_buttons(head_page(GUESSED), GUESSED, THREAD),
    "text-evaluated": lambda: with_buttons(head_page(EVALUATED, REVERSED), EVALUATED, THREAD),
    "text-clear": lambda: with_buttons(head_page(CLEAR), CLEAR, THREAD),
    "text-silent": lambda: reading_page(SILENT),
}
"""Heads of threads. Each page is made when a test asks for it, and not before, so that the test runs what makes it."""

SINGLES: Mapping[str, Callable[[], Page]] = {
    "checklist": lambda: checklist_page(LINK, _running()),
    "checklist-without-plans": lambda: without_plans(checklist_page(MARKUP, _running())),
    "trouble": lambda: trouble_page(CONTROLS, KEY),
}
"""What is edited in place of a head."""


def _slot(name: str) -> tuple[Page, ...]:
    return tuple(page for page in reply_pages(DENIED) if page.slot == name)


def _evidence(begin: str) -> tuple[Page, ...]:
    return tuple(page for page in evidence_pages(DENIED) if page.slot.startswith(begin))


def _asked(question: str) -> tuple[Page, ...]:
    return (follow_up(question, DENIED).page,)


_OPERATIONS = (
    CallerOperation(
        operation=MENTION,
        may_call="management-account",
        may_call_source=LINK,
        uses_vault_policy=True,
        needs=(
            CallerNeed(actions=(CONTROLS,), arns=(KEY,), of=(MARKUP,), basis="documented", source=LINK),
            CallerNeed(actions=(REVERSED,), arns=("{key}",), optional=MENTION, basis="assumed", source=MARKUP),
        ),
    ),
    CallerOperation(operation=REVERSED, needs=()),
)

REPLIES: Mapping[str, Callable[[], tuple[Page, ...]]] = {
    "fix": lambda: _slot("fix"),
    "denies": lambda: _slot("denies"),
    "rest": lambda: _slot("rest"),
    "text": lambda: reply_pages(EVALUATED),
    "job": lambda: _evidence("job"),
    "layers": lambda: _evidence("layer:"),
    "trail": lambda: _evidence("trail"),
    "unread": lambda: _evidence("unread"),
    "teaching-ask": lambda: (ask_page(), ask_page(MENTION)),
    "teaching-topic": lambda: (topic_page(), unknown_page(REVERSED), closest_page([Hit("an-entry", MARKUP, 1.0)])),
    "teaching-entry": lambda: (entry_page(_ENTRY),),
    "needs": lambda: (needs_page("backup", f"EBS {MINE}", _NEEDS),),
    "needs-of-a-role": lambda: (
        role_page(RoleNeeds(CONTROLS, (KEY,), (MENTION,), (REVERSED,))),
        role_page(RoleNeeds(LINK, (), (), ())),
        role_page(
            RoleNeeds(
                LINK,
                (),
                (),
                (),
                (LackedWhen(MENTION, (CONTROLS,)),),
                (
                    DenyingStatement("scp", KEY, MARKUP, (REVERSED,), always=True),
                    DenyingStatement("identity", KEY, MARKUP, (REVERSED,), always=False),
                ),
                scps_are_known=False,
            )
        ),
    ),
    "needs-of-an-operation": lambda: tuple(operation_page(operation) for operation in _OPERATIONS),
    "audit": lambda: (trail_page(_TRAIL), trail_page(())),
    "asked-owner": lambda: tuple(
        Page("asked", f"{asked_about(by, answer)}.", tuple(asked_parts(by, owner_draft(answer), answer)))
        for by, answer in ((MARKUP, DENIED), (CONTROLS, EVALUATED))
    ),
    "follow-up-trust": lambda: _asked("show me the trust policy"),
    "follow-up-owners": lambda: _asked("who can fix this?"),
    "follow-up-policies": lambda: _asked("which policy?"),
    "follow-up-what-if": lambda: (
        what_if_page(
            WhatIf("remove", KEY), Effects(MARKUP, applies=True, before=DENIED.causes, after=DENIED.causes[:1])
        ),
        what_if_page(WhatIf("add", CONTROLS), Effects(MARKUP, applies=True, before=(), after=DENIED.causes)),
        what_if_page(WhatIf("remove", KEY), Effects(MARKUP, applies=False, before=(), after=())),
    ),
    "follow-up-nothing": lambda: (
        follow_up("", SILENT).page,
        follow_up("which key?", SILENT).page,
        follow_up("who owns it?", SILENT).page,
    ),
}
"""Replies of a thread, and what is replied to words."""

VIEWS: Mapping[str, Callable[[Audience], View]] = {
    "modal-details": lambda reader: reader.modal("Details", detail_parts(DENIED)),
    "modal-policy": lambda reader: reader.modal("The policy", policy_parts(DENIED)),
    "modal-no-policy": lambda reader: reader.modal("The policy", policy_parts(SILENT)),
    "modal-fix-cli": lambda reader: reader.modal("The fix, AWS CLI", fix_parts(DENIED, "cli")),
    "modal-fix-terraform": lambda reader: reader.modal("The fix, Terraform", fix_parts(DENIED, "terraform")),
    "modal-fix-json": lambda reader: reader.modal("The fix, JSON", fix_parts(DENIED, "json")),
    "modal-no-fix": lambda reader: reader.modal("The fix, JSON", fix_parts(SILENT, "json")),
    "home": lambda reader: reader.home(home_parts([Latest(DENIED, "https://slack.example/p1"), Latest(DENIED)])),
    "home-empty": lambda reader: reader.home(home_parts([])),
    "home-trouble": lambda reader: reader.home([Paragraph(line(MENTION))]),
}
"""Modals and Home tabs."""


def sent(kind: str, reader: Audience) -> list[dict[str, Any]]:
    """All that Slack is handed of a kind for a reader: messages with their files, or a view."""
    if kind in VIEWS:
        return [VIEWS[kind](reader)]
    if kind in HEADS:
        return [asdict(reader.head(HEADS[kind]()))]
    if kind in SINGLES:
        return [asdict(reader.message(SINGLES[kind]()))]
    return [asdict(message) for page in REPLIES[kind]() for message in reader.messages(page)]


def pages(kind: str) -> tuple[Page, ...]:
    """The pages of a kind that is no view."""
    return REPLIES[kind]() if kind in REPLIES else ({**HEADS, **SINGLES}[kind](),)
