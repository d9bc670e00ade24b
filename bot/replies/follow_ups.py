"""What is told when somebody asks on, intent by intent: a page from the diagnosis at hand, and from nothing else.

`FOLLOW_UPS` names the page of each intent of `knowledge/intents.yaml` that is about an answer.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot import arn
from bot.diagnosis.either import AnyDiagnosis
from bot.diagnosis.model import Cause, LayerName, Outcome, Unread, Verdict
from bot.diagnosis.reading import Hypothesis, TextDiagnosis
from bot.replies.answer import head_page, reply_pages
from bot.replies.causes import is_made_by_another, names_of, who_changes_what
from bot.replies.details import policy_parts
from bot.replies.document import (
    Bullets,
    Heading,
    Line,
    Note,
    Page,
    Paragraph,
    Part,
    Verbatim,
    code,
    line,
    strong,
    words_of,
)
from bot.replies.evidence import evidence_pages, unread_line
from bot.replies.fixes import fix_parts
from bot.replies.needing import action_page
from bot.replies.surface import SLACK
from bot.replies.words import ENTITIES, JOBS, LAYERS, MARKS, certainty, policy
from knowledge.causes import cause_codes

Reply = Callable[[AnyDiagnosis], Page]

_MOST_ACTIONS: Final = 3
_NO_FIX: Final = "I know of nothing to change."


def _page(heading: str, says: str, *parts: Part) -> Page:
    """A follow-up: its heading, one sentence that answers, and what belongs to it."""
    return Page("follow-up", says, (Heading(heading), Paragraph(line(says)), *parts))


def _thread_page(slots: tuple[str, ...], otherwise: str) -> Reply:
    """The replies of the thread in some slots, told again; the one place that knows the thread's slots."""

    def answer(diagnosis: AnyDiagnosis) -> Page:
        told = (*reply_pages(diagnosis), *evidence_pages(diagnosis))
        pages = [page for page in told if page.slot.startswith(slots)]
        if not pages:
            return Page("follow-up", otherwise, (Paragraph(line(otherwise)),))
        return Page("follow-up", pages[0].says, tuple(part for page in pages for part in page.parts))

    return answer


def _layer(layer: LayerName) -> Reply:
    def answer(diagnosis: AnyDiagnosis) -> Page:
        if guesses := _hypotheses(diagnosis):
            mine = tuple(line(code(each.code), f": {each.why}") for each in guesses if each.layer is layer)
            says = "By the text, it may be:" if mine else "The text says nothing of it, and only the text was read."
            return _page(LAYERS[layer], says, *([Bullets(mine)] if mine else []))
        return _thread_page((f"layer:{layer}",), "I didn't check that layer here.")(diagnosis)

    return answer


def _hypotheses(diagnosis: AnyDiagnosis) -> tuple[Hypothesis, ...]:
    """What may be behind a text of which nothing else is known; none for a job."""
    if isinstance(diagnosis, TextDiagnosis) and not diagnosis.layers:
        return diagnosis.hypotheses
    return ()


def _fixed_causes(diagnosis: AnyDiagnosis) -> list[Cause]:
    return [cause for cause in diagnosis.causes if cause.fix is not None]


def _owners(diagnosis: AnyDiagnosis) -> Page:
    """Who must change what."""
    names = names_of(diagnosis)
    fixes = [cause.fix for cause in diagnosis.causes if cause.fix and not is_made_by_another(cause.fix)]
    rows = tuple(who_changes_what(fix, names) for fix in fixes)
    if rows:
        owners = dict.fromkeys(fix.owner for fix in fixes)
        return _page("Who must change what", f"The change is for the {' and the '.join(owners)}.", Bullets(rows))
    if guesses := _hypotheses(diagnosis):
        guessed = (
            line(strong(cause_codes()[each.code].owner), f", if it is {each.code}: {each.why}") for each in guesses
        )
        says = "The text alone does not prove the cause. By what may be behind it:"
        return _page("Who must change what", says, Bullets(tuple(guessed)))
    if diagnosis.unread:
        says = f"{_NO_FIX} Something could not be read; who can let me read it, decides."
        return _page("Who must change what", says, *_reads_wanted(diagnosis.unread))
    return _page("Who must change what", f"{_NO_FIX} So there is nobody to ask.")


def _accounts(diagnosis: AnyDiagnosis) -> Page:
    """In which account the job is, and in which the change belongs."""
    rows: list[Line] = []
    job = diagnosis.job
    if job:
        rows.append(line(f"The {JOBS[job.type]}: account ", code(job.account), f", {job.region}."))
    rows += [(*line(f"{LAYERS[cause.layer]}: "), *_where(cause)) for cause in diagnosis.causes]
    if isinstance(diagnosis, TextDiagnosis):
        rows += _accounts_in(diagnosis)
    if not rows:
        return _page("Which account", "The text names no account.")
    if not job:
        return _page("Which account", "These accounts are in the text:", Bullets(tuple(rows)))
    first = job.account
    return _page(
        "Which account", f"The job runs in {first}; a change belongs where the policy is.", Bullets(tuple(rows))
    )


def _accounts_in(text: TextDiagnosis) -> list[Line]:
    """The accounts that a text names."""
    said = text.reading
    named = (("Principal", said.principal), ("Resource", said.resource), ("Policy", said.policy_arn))
    parsed = ((label, arn.parse(name)) for label, name in named if name)
    rows = [line(f"{label}: account ", code(found.account), ".") for label, found in parsed if found and found.account]
    if said.policy_type in ("scp", "rcp"):
        rows.append(line("Policies of an organization are changed in its management account."))
    return rows


def _where(cause: Cause) -> Line:
    """Where the policy of a cause is."""
    if cause.layer is LayerName.ORGANIZATION:
        at = line(", attached at ", code(cause.target)) if cause.target else ()
        return (*line("the organization's management account"), *at, *line("."))
    named = next(
        filter(None, (arn.parse(name) for name in (cause.policy, cause.resource, cause.principal) if name)), None
    )
    account = named.account if named and named.account.isdigit() else ""
    own = arn.parse(cause.principal) if cause.principal else None
    account = account or (own.account if own else "")
    return line("account ", code(account), ".") if account else line("the account of the role.")


def _fix(diagnosis: AnyDiagnosis) -> Page:
    if not _fixed_causes(diagnosis):
        return _no_fix(diagnosis)
    parts = fix_parts(diagnosis, "cli")
    says = _fixed_causes(diagnosis)[0].fix
    return Page("follow-up", says.summary if says else _NO_FIX, (Heading("The fix"), *parts))


def _no_fix(diagnosis: AnyDiagnosis) -> Page:
    """Why there is no fix: nothing that could be read denies it."""
    if guesses := _hypotheses(diagnosis):
        says = "A text proves no cause, so I have no fix. Give me the job's id, or read what each cause needs:"
        rows = tuple(line(code(f"{SLACK.explain} {each.code}"), f": {each.why}") for each in guesses)
        return _page("What to change", says, Bullets(rows))
    if diagnosis.unread:
        says = "I have no fix, because I could not read everything. First let me read what is missing."
        return _page("What to change", says, *_reads_wanted(diagnosis.unread))
    return _page("What to change", f"{_NO_FIX} {diagnosis.summary}")


def _fix_as(form: str, name: str) -> Reply:
    def answer(diagnosis: AnyDiagnosis) -> Page:
        if not _fixed_causes(diagnosis):
            return _no_fix(diagnosis)
        return Page("follow-up", f"The fix, {name}.", (Heading(f"The fix, {name}"), *fix_parts(diagnosis, form)))

    return answer


def _fix_as_template(diagnosis: AnyDiagnosis) -> Page:
    if not _fixed_causes(diagnosis):
        return _no_fix(diagnosis)
    says = "I write no CloudFormation. This is the whole document, to put into your template."
    return _page("The fix, for a template", says, *fix_parts(diagnosis, "json"))


def _not_mine(diagnosis: AnyDiagnosis) -> Page:
    """That the bot changes nothing, and who does."""
    rows = tuple(line(strong(cause.fix.owner), f": {cause.fix.summary}") for cause in diagnosis.causes if cause.fix)
    says = "I can't: I only read. Somebody with the right to make the change makes it."
    return _page("I change nothing", says, *([Bullets(rows)] if rows else []))


def _history(diagnosis: AnyDiagnosis) -> Page:
    """Who changed what when, as far as CloudTrail was looked at."""
    rows = [
        (*line(f"{change.at:%Y-%m-%d %H:%M} UTC: ", code(change.event), " on ", code(change.target)), *_by(change.by))
        for change in diagnosis.changed_since
    ]
    rows += [
        (*line(f"{made.at:%Y-%m-%d %H:%M} UTC: ", code(made.action), " on ", code(made.resource)), *_by(made.by))
        for made in diagnosis.withdrawals
    ]
    if rows:
        return _page("Who changed it", "CloudTrail recorded these changes:", Bullets(tuple(rows)))
    says = "I don't know. I look only for changes after the job ended, and found none. CloudTrail keeps 90 days."
    names = list(dict.fromkeys(filter(None, (cause.policy for cause in diagnosis.causes))))
    looked = [name.rpartition("/")[2] for name in names if name != "trust"] or [
        cause.principal.rpartition("/")[2] for cause in diagnosis.causes if cause.policy == "trust" and cause.principal
    ]
    lookup = "aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue="
    commands = "\n".join(f"{lookup}{name}" for name in looked)
    return _page("Who changed it", says, *([Verbatim("To look yourself", "lookup.sh", commands)] if commands else []))


def _by(who: str | None) -> Line:
    return line(" by ", code(who)) if who else line()


def _recheck(diagnosis: AnyDiagnosis) -> Page:
    says = diagnosis.summary
    return _page("Is it fixed?", says, Note(line("As of this answer. “Check again” under it reads everything anew.")))


def _retry(diagnosis: AnyDiagnosis) -> Page:
    """Whether starting the job again makes sense, and how."""
    how = (
        "Then start the job again in the AWS Backup console, under Jobs, or wait for the plan's next run. I only read."
    )
    if diagnosis.outcome is Outcome.DENIED:
        says = "Not yet: it would be denied again until the change is made."
        rows = tuple(line(cause.fix.summary) for cause in diagnosis.causes if cause.fix)
        return _page("Start it again?", says, *([Bullets(rows)] if rows else []), Note(line(how)))
    says = "It may help: nothing that I could read denies it now. I can't start it: I only read."
    if diagnosis.unread:
        says = "I can't say whether it would pass: not everything could be read. I can't start it: I only read."
    return _page("Start it again?", says, Note(line("Start it in the AWS Backup console, under Jobs.")))


def _other_jobs(diagnosis: AnyDiagnosis) -> Page:
    """What else meets the same policies; other jobs were not looked at."""
    says = "I looked at this one only."
    rows = []
    for cause in diagnosis.causes:
        actions = [code(action) for action in cause.actions[:_MOST_ACTIONS]]
        if not actions:
            continue
        named = [piece for action in actions for piece in (", ", action)][1:]
        who = line(" by ", code(cause.principal)) if cause.principal else ()
        stands = (*line(", at "), *policy(cause)) if cause.policy else ()
        rows.append(
            (*line("Every job that calls "), *line(*named), *who, *line(" meets the same deny"), *stands, *line("."))
        )
    children = diagnosis.job.children if diagnosis.job else ()
    if children:
        rows.append(line(f"{len(children)} failed child jobs are included in this answer."))
    tip = Note(line("Ask me “which jobs failed?” for a list, and for the id of another one."))
    return _page("Other jobs", says, *([Bullets(tuple(rows))] if rows else []), tip)


def _what_if(diagnosis: AnyDiagnosis) -> Page:
    says = "I examine the job again with one change made, if you name it."
    examples = (
        "what if I attach AWSBackupServiceRolePolicyForRestores?",
        "what if I remove the permissions boundary?",
        "would allowing kms:CreateGrant help?",
    )
    names = [cause.policy for cause in diagnosis.causes if cause.policy and cause.policy.startswith("p-")]
    told = (*(f"what if I remove {name}?" for name in names[:1]), *examples)
    return _page("What if", says, Bullets(tuple(line(code(example)) for example in told)))


def _why_needed(diagnosis: AnyDiagnosis) -> Page:
    """What the denied actions are for."""
    actions = list(dict.fromkeys(action for cause in diagnosis.causes for action in cause.actions))
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.action:
        actions = list(dict.fromkeys((diagnosis.reading.action, *actions)))
    if not actions:
        says = "No single action is denied here, as far as I know."
        return _page("What it is for", says, Paragraph(line(diagnosis.summary)))
    pages = [action_page(action) for action in actions[:_MOST_ACTIONS]]
    return Page("follow-up", pages[0].says, tuple(part for page in pages for part in page.parts))


def _summary(diagnosis: AnyDiagnosis) -> Page:
    """The answer for somebody who does not know AWS Backup: what failed, why, who does what."""
    rows: list[Line] = []
    job = diagnosis.job
    if job:
        of = f" of {job.resource_type}" if job.resource_type else ""
        rows.append(line(strong("What failed"), f": a {JOBS[job.type]}{of} in account {job.account} ({job.region})."))
    names = names_of(diagnosis)
    rows += [
        (*line(strong("Why"), ": "), *names.sentence(cause.explanation or cause.code)) for cause in diagnosis.causes
    ]
    for cause in diagnosis.causes:
        if cause.fix:
            proven = " Evaluated with the change: it passes." if cause.fix.proven else ""
            says = f"{cause.fix.summary} By the {cause.fix.owner}.{proven}"
            rows.append((*line(strong("What to do"), ": "), *names.sentence(says)))
    if diagnosis.unread:
        rows.append(line(strong("Not known"), f": {len(diagnosis.unread)} reads failed, so this may not be all."))
    return _page("In short", diagnosis.summary, *([Bullets(tuple(rows))] if rows else []))


def _unknown(diagnosis: AnyDiagnosis) -> Page:
    """What could not be read, and what that leaves open."""
    rows = tuple(map(unread_line, diagnosis.unread))
    opened = tuple(line(says) for says in diagnosis.not_covered)
    if not rows and not opened:
        return _page("What I could not read", f"I could read everything. {diagnosis.summary}")
    says = "Undetermined means: nothing that I could read denies it, and not everything could be read."
    if diagnosis.outcome is not Outcome.UNDETERMINED:
        says = "Not everything could be read. What I say does not depend on it, but there may be more."
    parts: list[Part] = [Bullets(rows)] if rows else []
    parts += [Paragraph(line("So these are open:")), Bullets(opened)] if opened else []
    return _page("What I could not read", says, *parts)


def _missing_permission(diagnosis: AnyDiagnosis) -> Page:
    if not any(item.permission for item in diagnosis.unread):
        says = "I lack no permission that I know of." if diagnosis.unread else "None: everything was read."
        if diagnosis.job is None and not diagnosis.layers:
            says = "The job's id, its ARN or its event: with it I read the policies, and not the text alone."
        return _page(
            "What I need", says, *([Bullets(tuple(map(unread_line, diagnosis.unread)))] if diagnosis.unread else [])
        )
    says = "An administrator of each account gives my role these reads."
    return _page("What I need", says, *_reads_wanted(diagnosis.unread))


def _reads_wanted(unread: tuple[Unread, ...]) -> list[Part]:
    """What would make the unread readable, as a list and as a statement."""
    parts: list[Part] = [Bullets(tuple(map(unread_line, unread)))]
    by_account: dict[str, list[str]] = {}
    for item in unread:
        if item.permission:
            by_account.setdefault(item.account, []).append(item.permission)
    for account, actions in by_account.items():
        statement = {"Effect": "Allow", "Action": sorted(set(actions)), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        parts.append(Verbatim(f"For my role in {account}", "read.json", json.dumps(document, indent=2)))
    return parts


def _how_sure(diagnosis: AnyDiagnosis) -> Page:
    rows: list[Line] = []
    for cause in diagnosis.causes:
        rows.append((*line(strong(LAYERS[cause.layer]), ": "), *certainty(cause)))
        if cause.fix:
            proven = "evaluated with the change, and it passes." if cause.fix.proven else cause.fix.not_proven
            rows.append(line(f"Its fix: {proven or 'not evaluated.'}"))
    if diagnosis.unread:
        rows.append(line(f"{len(diagnosis.unread)} reads failed: what they would show is not in this answer."))
    says = "This is how well each cause is known." if diagnosis.causes else diagnosis.summary
    return _page("How sure I am", says, *([Bullets(tuple(rows))] if rows else []))


def _likeliest(diagnosis: AnyDiagnosis) -> Page:
    """What to look at first: the strongest cause, else what is open."""
    if diagnosis.causes:
        cause = min(diagnosis.causes, key=lambda each: each.certainty.rank)
        rows = [line(strong(LAYERS[cause.layer]), f": {cause.explanation or cause.code}"), certainty(cause)]
        return _page("What to look at first", f"The cause that is known best: {cause.code}.", Bullets(tuple(rows)))
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.hypotheses:
        rows = [line(code(each.code), f" ({LAYERS[each.layer]}): {each.why}") for each in diagnosis.hypotheses]
        return _page("What to look at first", "From the text alone, likeliest first:", Bullets(tuple(rows)))
    says = "I don't guess. What is open is what could not be read; CloudTrail shows the denied call itself."
    where = diagnosis.job
    look = (
        [Paragraph(line(f"Look in CloudTrail of account {where.account}, {where.region}, for AccessDenied."))]
        if where
        else []
    )
    opened = tuple(line(text) for text in diagnosis.not_covered) or tuple(map(unread_line, diagnosis.unread))
    return _page("What to look at first", says, *([Bullets(opened)] if opened else []), *look)


def _checked(diagnosis: AnyDiagnosis) -> Page:
    """Every check with its verdict."""
    rows = tuple(
        line(MARKS[check.verdict], f" {LAYERS[layer.layer]}: {check.says}")
        for layer in diagnosis.layers
        for check in layer.checks
        if check.verdict is not Verdict.NOT_APPLICABLE
    )
    if not rows:
        return _page("What I checked", "Only the text was read, and no policy. Give me the job's id for that.")
    return _page("What I checked", f"{len(rows)} checks.", Bullets(rows))


def _policies(diagnosis: AnyDiagnosis) -> Page:
    rows = tuple(policy(cause) for cause in diagnosis.causes if cause.policy)
    if not rows and isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.policy_type:
        named = f" ({diagnosis.reading.policy_arn})" if diagnosis.reading.policy_arn else ""
        says = f"The text blames a policy of type {diagnosis.reading.policy_type}{named}; it names no other."
        return _page("The policy", says)
    says = "The policies behind this answer." if rows else "No policy stands behind this answer."
    return Page("follow-up", says, (Heading("The policy"), *policy_parts(diagnosis)))


def _trust(diagnosis: AnyDiagnosis) -> Page:
    """The trust policy: what the check found, and its text where the answer depends on it."""
    checks = [check for layer in diagnosis.layers for check in layer.checks if "trust" in check.check]
    causes = [cause for cause in diagnosis.causes if cause.policy == "trust"]
    if not checks:
        return _layer(LayerName.JOB_ROLE)(diagnosis)
    names = names_of(diagnosis)
    told = Bullets(tuple(names.sentence(check.says) for check in checks))
    says = f"The trust policy: {words_of(names.sentence(checks[0].says))}"
    documents = policy_parts(diagnosis.model_copy(update={"causes": tuple(causes)})) if causes else []
    return Page("follow-up", says, (Heading("The trust policy"), told, *documents))


def _principal(diagnosis: AnyDiagnosis) -> Page:
    """Who was denied."""
    told = {cause.principal: ENTITIES[cause.entity] for cause in diagnosis.causes if cause.principal}
    if isinstance(diagnosis, TextDiagnosis) and diagnosis.reading.principal:
        entity = diagnosis.reading.entity
        told.setdefault(diagnosis.reading.principal, ENTITIES[entity] if entity else "the principal in the text")
    if diagnosis.job and diagnosis.job.role:
        told.setdefault(diagnosis.job.role, "the job role")
    if not told:
        return _page("Who was denied", "Nothing says who was denied.")
    rows = tuple(line(f"{kind}: ", code(name)) for name, kind in told.items())
    return _page("Who was denied", f"It is about {next(iter(told.values()))}.", Bullets(rows))


def _message(diagnosis: AnyDiagnosis) -> Page:
    if diagnosis.job is None:
        return head_page(diagnosis)
    return _thread_page(("job",), "I know nothing about the job.")(diagnosis)


FOLLOW_UPS: Final[Mapping[str, Reply]] = MappingProxyType(
    {
        "who-changes": _owners,
        "which-account": _accounts,
        "what-to-change": _fix,
        "fix-terraform": _fix_as("terraform", "with Terraform"),
        "fix-cloudformation": _fix_as_template,
        "fix-cli": _fix_as("cli", "with the AWS CLI"),
        "fix-json": _fix_as("json", "as JSON"),
        "fix-for-me": _not_mine,
        "who-changed": _history,
        "check-again": _recheck,
        "retry": _retry,
        "other-jobs": _other_jobs,
        "what-if": _what_if,
        "why-needed": _why_needed,
        "summarize": _summary,
        "why-unknown": _unknown,
        "missing-permission": _missing_permission,
        "certainty": _how_sure,
        "likeliest": _likeliest,
        "checked": _checked,
        "policy": _policies,
        "trust-policy": _trust,
        "principal": _principal,
        "layer-organization": _layer(LayerName.ORGANIZATION),
        "layer-kms": _layer(LayerName.KMS),
        "layer-vault": _layer(LayerName.VAULT),
        "layer-job-role": _layer(LayerName.JOB_ROLE),
        "layer-resource": _layer(LayerName.RESOURCE),
        "message": _message,
    }
)
"""The page of each intent."""
