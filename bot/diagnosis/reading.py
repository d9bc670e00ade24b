"""Reads an error text: which action, principal, resource and policy type it names, and what may be behind it.

The forms of texts and the causes behind them are data (`knowledge/messages.yaml`); here they are put to a text. A text
alone proves nothing: what comes out are hypotheses, for the policies to decide. A text that names nothing to check is
`undetermined`, and one of no known form is read as null, never as the form nearest to it.

Source of IAM's sentences: "Troubleshoot access denied error messages" (IAM User Guide).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.diagnosis.denial_event import DenialEvent, denial_of
from bot.diagnosis.model import Cause, Certainty, DiagnosisDocument, Entity, LayerName, Outcome
from bot.diagnosis.pasted import find_arns, json_objects, objects, plain, sentences
from knowledge.callers import needing_action
from knowledge.causes import cause_codes
from knowledge.messages import Form, Guess, Messages, PolicyType, matches_any, messages

_SERVICE_LINKED_SESSION = re.compile(r":assumed-role/AWSServiceRoleForBackup(?:/|$)")
_SERVICE_LINKED_ROLE = re.compile(r":role/aws-service-role/backup\.amazonaws\.com(?:\.cn)?/AWSServiceRoleForBackup$")
_JOB_SESSION = re.compile(r":assumed-role/[^/]{1,64}/AWSBackup-")
_ENCODED = re.compile(
    r"encoded authorization (?:failure )?message:?(?: is:?)? ?(?P<message>[\w+/=-]{8,10240})", re.IGNORECASE
)
_AUTHORIZATION_ID = re.compile(
    r"(?:authorization id:? |#/authorization-details/)(?P<id>[0-9a-z]{8,256})", re.IGNORECASE
)
_CALL = re.compile(r"when calling the \[?(?P<operation>\w{1,60})\]? operation")
"""How the AWS CLI and boto3 begin the error of a call: it is the caller's, a job has none of its own."""
_MOST_SENTENCES = 20
"""Sentences of events that are read: an event has one or two, a hostile one thousands."""
_PRINCIPAL = re.compile(r":(?:iam|sts)::\d{12}:(?:user|role|assumed-role|federated-user)/|:iam::\d{12}:root$")
_ROLE = re.compile(r":iam::\d{12}:role/")
_EVENT_FORM, _DECODED_FORM, _CALL_FORM = "cloudtrail-event", "decoded-authorization-message", "denied-call"
_LOOSE_FORMS = frozenset({"known-action-explicitly-denied", "known-action-and-permission"})
"""Forms that find an action only: whose it is and on what, any ARN in the text says."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Reading(_Part):
    """What a text says."""

    form: str | None = None
    """The form of `knowledge/messages.yaml` that read it; None for a text of no known form."""
    action: str | None = None
    principal: str | None = None
    resource: str | None = None
    policy_type: PolicyType | None = None
    explicit: bool | None = None
    """Whether a statement denies, or none allows; None where it is not said."""
    encoded: bool = False
    """Whether an encoded authorization message is in the text."""
    authorization_id: str | None = None
    policy_arn: str | None = None
    """The policy that newer messages name."""
    operation: str | None = None
    """The API operation whose call failed, where the text names it; the action that it lacks may be another."""
    named: tuple[str, ...] = ()
    """Every ARN in the text, in their order: the call's parameters are among them."""
    encoded_message: str | None = None
    """What `sts:DecodeAuthorizationMessage` takes."""
    entity: Entity | None = None
    """Who was denied, as far as the text says; None where it speaks of no denial."""
    permission: bool = False
    """Whether the text may be about a missing permission; with a form and without this it is ruled out."""
    vague: bool = False
    """Whether the text names nothing that could be checked."""
    knowledge: str | None = None
    """The entry that explains such texts."""

    @property
    def rules_permissions_out(self) -> bool:
        """The text is of a form that is about something else than a missing permission."""
        return self.form is not None and not self.permission


class Hypothesis(_Part):
    """A cause that may be behind a text."""

    layer: LayerName
    code: str
    entity: Entity
    why: str
    knowledge: str


class SubjectReport(_Part):
    """The call that a text is about, as far as it names it."""

    type: Literal["call"] = "call"
    operation: str | None = None
    principal: str | None = None
    action: str | None = None
    resource: str | None = None


class TextDiagnosis(DiagnosisDocument):
    """The answer to an error text: what it says, and what the policies say of the call that it names."""

    job: None = None
    subject: SubjectReport
    reading: Reading
    hypotheses: tuple[Hypothesis, ...] = ()
    """What may be behind the text alone, likeliest first."""


@lru_cache(maxsize=64)  # a collector is called again and again, with the same message
def read(text: str) -> Reading:
    """What an error text says.

    Args:
        text: A status message, an exception, a CloudTrail or EventBridge event, or an alert with one of them in it.
    """
    events = list(json_objects(text))
    words = [*[sentence for event in events for sentence in sentences(event)][:_MOST_SENTENCES], text]
    plain_words = [plain(word) for word in words]
    read_ones = [_read_words(word) for word in plain_words]
    telling = next((one for one in read_ones if one.form and not one.vague and one.form not in _LOOSE_FORMS), None)
    if telling is None:
        calls = (denial_of(part) for event in events for part in objects(event))
        telling = next((_as_call(call) for call in calls if call), None)
    loose = next((one for one in read_ones if one.form in _LOOSE_FORMS), None)
    reading = telling or loose or next((one for one in read_ones if one.form), read_ones[-1])
    whole = " ".join(plain_words)
    if reading.vague:
        reading = _of_call(reading, whole)
    acting = _caller_in_event(reading, events)
    return reading.model_copy(
        update={**_tokens(whole), **acting, "operation": _operation(whole, reading), "named": find_arns(whole)}
    )


def _operation(text: str, reading: Reading) -> str | None:
    """The operation whose call failed: as the text says it, else as the denied action tells it.

    An action of AWS Backup's own is that of its operation; one that goes with one operation only is that one's too.
    """
    call, called = _CALL.search(text), messages().called(text)
    if call:
        return call["operation"]
    if called:
        return called.partition(":")[2]
    needing = needing_action(reading.action) if reading.entity is Entity.CALLER else None
    return needing.operation if needing else None


def _caller_in_event(reading: Reading, events: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """Who was denied by the event that a sentence is from, where the sentence does not say it."""
    if reading.principal or not reading.permission:
        return {}
    calls = (denial_of(part) for event in events for part in objects(event))
    principal = next((call.principal for call in calls if call and call.principal), None)
    if principal is None:
        return {}
    return {"principal": principal, "entity": _acting(principal, reading.action, None, messages())}


def _of_call(reading: Reading, text: str) -> Reading:
    """What a text that says too little by itself says with the operation that it names as the one that was called."""
    action = messages().called(text)
    if action is None:
        return reading.model_copy(update={"entity": Entity.CALLER}) if _CALL.search(text) else reading
    named = _arns(text)
    if _ROLE.search(named.get("principal", "")):
        del named["principal"]  # a call is made by a session: a role is what it was to pass
    acting = _acting(named["principal"], action, None, messages()) if "principal" in named else Entity.CALLER
    called = {"form": _CALL_FORM, "action": action, "entity": acting, "vague": False, "knowledge": "caller"}
    return reading.model_copy(update=called | named)


def with_caller(reading: Reading, caller: str) -> Reading:
    """A reading of a text that does not say who was denied, with who it was.

    Args:
        reading: What the text says; who it names stays.
        caller: The ARN of a user, a role or a role's session.
    """
    if reading.principal:
        return reading
    return reading.model_copy(
        update={"principal": caller, "entity": _acting(caller, reading.action, None, messages()), "permission": True}
    )


def hypotheses(reading: Reading) -> list[Hypothesis]:
    """The causes that may be behind a reading, likeliest first; none where it speaks of no permission failure."""
    known = messages()
    if reading.entity is None:
        return []
    form = known.form(reading.form)
    guesses = form.guesses if form else None
    if guesses is None:
        guesses = known.guesses(
            policy_type=reading.policy_type, explicit=reading.explicit, entity=reading.entity, action=reading.action
        )
    return [_hypothesis(guess, reading.entity, reading.action) for guess in guesses]


def read_error(text: str) -> TextDiagnosis:
    """Reads an error text alone, without AWS.

    Args:
        text: As for `read`.

    Returns:
        The reading, the hypotheses, and what the text alone amounts to: `denied` only where it names something that
        can be checked.
    """
    reading = read(text)
    result = _outcome(reading)
    return TextDiagnosis(
        outcome=result,
        summary=text_summary(result, ()),
        subject=subject_of(reading),
        reading=reading,
        hypotheses=tuple(hypotheses(reading)),
        not_covered=text_not_covered(reading, result),
    )


def text_not_covered(reading: Reading, outcome: Outcome) -> tuple[str, ...]:
    """What an undetermined answer to a text could not look at, in a sentence each; nothing for other answers.

    Args:
        reading: What the text says.
        outcome: What the answer came to.
    """
    if outcome is not Outcome.UNDETERMINED:
        return ()
    left_out = {"which action": reading.action, "who": reading.principal}
    missing = " and ".join(what for what, said in left_out.items() if not said) or "for certain that anything"
    return (f"The text does not say {missing} was denied, so that no policy was evaluated.",)


def subject_of(reading: Reading) -> SubjectReport:
    """The call that a reading is about."""
    return SubjectReport(
        operation=reading.operation, principal=reading.principal, action=reading.action, resource=reading.resource
    )


def text_summary(outcome: Outcome, causes: Sequence[Cause]) -> str:
    """One sentence about a text: the first cause that evaluation found, else what the text alone amounts to."""
    telling = [cause for cause in causes if cause.certainty is not Certainty.POSSIBLE]
    if telling:
        more = f" ({len(telling) - 1} more to fix)" if len(telling) > 1 else ""
        likely = "Likely: " if telling[0].certainty is Certainty.LIKELY else ""
        return f"{likely}{telling[0].explanation}{more}"
    return {
        Outcome.DENIED: "The text says that a permission was denied. I found no policy that proves it.",
        Outcome.NOT_PERMISSION: "The text is about something other than a permission.",
    }.get(outcome, "The text alone doesn't say what was denied.")


def _outcome(reading: Reading) -> Outcome:
    """What a reading alone amounts to."""
    form = messages().form(reading.form)
    is_explained_elsewhere = reading.encoded or reading.authorization_id is not None
    if is_explained_elsewhere and (form is None or reading.vague):
        # A policy denied it; which one, only somebody who may decode the message or open the details can tell.
        return Outcome.DENIED
    if form:
        return Outcome(form.outcome)
    # What is of no form of the file is a denied call that names its action, or nothing that is known.
    return Outcome.DENIED if reading.permission else Outcome.UNDETERMINED


def _read_words(text: str) -> Reading:
    """A plain text read by the first form that is in it."""
    known = messages()
    for form in known.forms:
        match = form.search(text)
        if match:
            said = {name: value for name, value in match.groupdict().items() if value}
            return _as_form(form, said | (_arns(text) if form.id in _LOOSE_FORMS else {}), known)
    return Reading()


def _as_form(form: Form, said: Mapping[str, str], known: Messages) -> Reading:
    """What a form and the groups that it found say."""
    role = _arn(said.get("role") or said.get("role_arn"))
    principal = _arn(said.get("principal")) or role
    action = said.get("action") or said.get("allowed") or said.get("lacking") or form.action
    acting = _acting(None if role else principal, action, form, known)
    return Reading(
        form=form.id,
        action=action,
        principal=principal,
        resource=_arn(said.get("object")) or _arn(said.get("resource") or said.get("key_arn")) or role,
        policy_type=known.policy_type(said.get("policy", "")),
        explicit=form.explicit,
        policy_arn=_arn(said.get("policy_arn")),
        entity=acting if form.permission else None,
        permission=form.permission,
        vague=form.outcome == "undetermined",
        knowledge=form.knowledge,
    )


def _as_call(call: DenialEvent) -> Reading:
    """What a denied call says whose event has no sentence that does."""
    return Reading(
        form=_DECODED_FORM if call.decoded else _EVENT_FORM,
        action=call.action,
        principal=call.principal,
        resource=call.resource,
        explicit=call.explicit,
        entity=_acting(call.principal, call.action, None, messages()),
        permission=True,
        knowledge="encoded-authorization-message" if call.decoded else "cloudtrail-evidence",
    )


def _acting(principal: str | None, action: str | None, form: Form | None, known: Messages) -> Entity:
    """Who was denied: by the principal's ARN, else by the form, else by who usually calls the action."""
    if principal:
        if _SERVICE_LINKED_SESSION.search(principal) or _SERVICE_LINKED_ROLE.search(principal):
            return Entity.SERVICE_LINKED_ROLE
        return Entity.JOB_ROLE if _JOB_SESSION.search(principal) else Entity.CALLER
    if form and form.entity:
        return Entity(form.entity)
    return Entity.CALLER if matches_any(action, known.caller_actions) else Entity.JOB_ROLE


def _hypothesis(guess: Guess, acting: Entity, action: str | None) -> Hypothesis:
    """A guess of the data, filled in from the registry of causes and from what the text says."""
    code = cause_codes()[guess.code]
    why = (guess.why or code.why).replace("{action}", action or "the action")
    entity = Entity(guess.entity or code.entity or acting)
    return Hypothesis(layer=LayerName(code.layer), code=guess.code, entity=entity, why=why, knowledge=guess.code)


def _tokens(text: str) -> dict[str, object]:
    """The tokens by which AWS explains a denial, wherever in the text they are."""
    encoded, authorization = _ENCODED.search(text), _AUTHORIZATION_ID.search(text)
    return {
        "encoded": encoded is not None or "encoded authorization failure message" in text.lower(),
        "encoded_message": encoded["message"] if encoded else None,
        "authorization_id": authorization["id"] if authorization else None,
    }


def _arns(text: str) -> dict[str, str]:
    """The first principal and the first other ARN in a text, by the names of their members."""
    found: dict[str, str] = {}
    for each in find_arns(text):
        found.setdefault("principal" if _PRINCIPAL.search(each) else "resource", each)
    return found


def _arn(text: str | None) -> str | None:
    """The first ARN in a text, if there is one."""
    return next(iter(find_arns(text)), None) if text else None
