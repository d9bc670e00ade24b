"""The forms of error texts, as `messages.yaml` has them: what a sentence looks like, and what may be behind it.

The file holds three things. *Policy types*: the words by which AWS names them. *Forms*: a pattern each, and what is
known where it matches. *Rules*: for IAM's own sentences, which causes of `causes.yaml` may be behind which policy type,
action and identity, the likeliest first; the first rule that fits decides.

Patterns are written for texts that nobody has checked: every repetition is bounded and none is nested, so that reading
takes time in proportion to a text's length. A `{name}` in a pattern is one of the fragments of the file.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from knowledge.actions import actions_by_operation, known_actions
from knowledge.causes import Acting, cause_codes
from knowledge.files import KNOWLEDGE, read_yaml, validated

PolicyType = Literal["identity", "boundary", "scp", "rcp", "session", "endpoint", "resource", "trust"]


_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_guess(value: object) -> object:
    """A bare code is a guess with nothing to add."""
    return {"code": value} if isinstance(value, str) else value


class Guess(_Data):
    """A cause code that may be behind a text; what it leaves out is the code's."""

    code: str
    entity: Acting | None = None
    why: str | None = None


Guesses = Annotated[tuple[Annotated[Guess, BeforeValidator(_as_guess)], ...], Field(max_length=5)]


class Form(_Data):
    """A kind of error text."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    pattern: str
    outcome: Literal["denied", "not-permission", "undetermined"]
    """What the text alone amounts to: `undetermined` where it names nothing that could be checked."""
    knowledge: str
    """The entry that tells more of texts of this form."""
    explicit: bool | None = None
    action: str | None = None
    """The action that the sentence speaks of without naming it."""
    entity: Acting | None = None
    """Whose failure it is, where the text names no principal."""
    guesses: Guesses | None = None
    """Likeliest first. None: the rules decide; an empty list: the text gives no hint."""

    @property
    def permission(self) -> bool:
        """Whether a missing permission may be what texts of this form tell of."""
        return self.outcome != "not-permission"

    def search(self, text: str) -> re.Match[str] | None:
        """Where the form is in a text."""
        return _compiled(self.pattern).search(text)


class Call(_Data):
    """Words by which a text says which operation of an API was called: a tool's, an SDK's or a template's."""

    pattern: str
    operation: str | None = None
    """The operation that the words mean; None where the pattern finds its name, as the group `operation`."""

    def action(self, text: str) -> str | None:
        """The IAM action of the operation that a text says was called."""
        match = _compiled(self.pattern).search(text)
        if match is None:
            return None
        return actions_by_operation().get((self.operation or match["operation"]).casefold())


class When(_Data):
    """What must hold for a rule: each member that is there. Actions and resources are glob patterns."""

    policy_type: tuple[PolicyType, ...] | None = None
    explicit: tuple[bool | None, ...] | None = None
    entity: tuple[Acting, ...] | None = None
    action: tuple[str, ...] | None = None

    def fits(self, *, policy_type: str | None, explicit: bool | None, entity: str, action: str | None) -> bool:
        """Whether a text of these facts is meant."""
        return (
            (self.policy_type is None or policy_type in self.policy_type)
            and (self.explicit is None or explicit in self.explicit)
            and (self.entity is None or entity in self.entity)
            and (self.action is None or matches_any(action, self.action))
        )


class Rule(_Data):
    """Which causes may be behind a denial of a kind."""

    when: When
    guesses: Guesses


class Messages(_Data):
    """The whole of `messages.yaml`."""

    policy_types: Mapping[PolicyType, str]
    """A pattern of the words for each."""
    caller_actions: tuple[str, ...]
    """Glob patterns of what signed-in people call: who failed where a text names nobody."""
    event_prefixes: Mapping[str, str]
    """The IAM prefix of a CloudTrail event source where it is not the source's first label."""
    fragments: Mapping[str, str]
    calls: tuple[Call, ...]
    """How tools say which operation was denied."""
    forms: tuple[Form, ...]
    """In the order in which they are tried: the sentences that say most first, the vague ones last."""
    rules: tuple[Rule, ...]

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, value: Any) -> Any:
        """Puts the fragments into the patterns: into each other in their order, then into the forms."""
        if not isinstance(value, dict) or not isinstance(value.get("forms"), list):
            return value
        fragments = {
            "policy_words": "|".join(value.get("policy_types", {}).values()),
            # What looks like no action is passed over before the names are tried one by one.
            "known_action": rf"(?<![\w:/-])(?=[a-z0-9-]{{2,30}}:[a-z]){_any_of(known_actions())}\b",
            "operation": _any_of(actions_by_operation()),
        }
        for name, text in value.get("fragments", {}).items():
            fragments[name] = _filled(text, fragments)
        forms = [form | {"pattern": _filled(form["pattern"], fragments)} for form in value["forms"]]
        calls = [call | {"pattern": _filled(call["pattern"], fragments)} for call in value.get("calls", ())]
        return value | {"fragments": fragments, "forms": forms, "calls": calls}

    @model_validator(mode="after")
    def _hold_together(self) -> "Messages":
        """Every code that is guessed is a code, every form's id its own, every pattern one that compiles."""
        groups = [*(form.guesses or () for form in self.forms), *(rule.guesses for rule in self.rules)]
        guesses = [guess for group in groups for guess in group]
        unknown = [guess.code for guess in guesses if guess.code not in cause_codes()]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is guessed and is no code")
        ids = [form.id for form in self.forms]
        twice = [form_id for form_id in ids if ids.count(form_id) > 1]
        if twice:
            raise ValueError(f"the form {twice[0]!r} is there twice")
        for form in self.forms:
            try:
                _compiled(form.pattern)
            except re.error as error:
                raise ValueError(f"the pattern of {form.id!r} does not compile: {error}") from error
        strangers = [call.operation for call in self.calls if call.operation]
        strangers = [name for name in strangers if name.casefold() not in actions_by_operation()]
        if strangers:
            raise ValueError(f"{strangers[0]!r} is the operation of a call and is not known")
        return self

    def form(self, form_id: str | None) -> Form | None:
        """The form of an id."""
        return next((form for form in self.forms if form.id == form_id), None)

    def called(self, text: str) -> str | None:
        """The IAM action of the operation that a text says was called; None where it names none that is known."""
        return next((action for call in self.calls if (action := call.action(text))), None)

    def policy_type(self, words: str) -> PolicyType | None:
        """The policy type that AWS names with these words."""
        found = (name for name, pattern in self.policy_types.items() if _compiled(pattern).fullmatch(words))
        return next(found, None)

    def guesses(
        self, *, policy_type: str | None, explicit: bool | None, entity: str, action: str | None
    ) -> tuple[Guess, ...]:
        """What the rules say may be behind a denial; nothing where none fits."""
        fitting = (
            rule.guesses
            for rule in self.rules
            if rule.when.fits(policy_type=policy_type, explicit=explicit, entity=entity, action=action)
        )
        return next(fitting, ())


@cache
def messages() -> Messages:
    """The forms and rules of `messages.yaml`, read once a process.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    path = KNOWLEDGE / "messages.yaml"
    return validated(Messages, read_yaml(path.read_text(encoding="utf-8"), path.name), path.name)


def matches_any(value: str | None, patterns: tuple[str, ...]) -> bool:
    """Whether an action fits one of the glob patterns, in whatever case, as IAM compares actions."""
    return value is not None and any(fnmatchcase(value.lower(), pattern.lower()) for pattern in patterns)


def _any_of(names: Iterable[str]) -> str:
    """A pattern for any of the names, the longer ones first."""
    return "(?:" + "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name)))) + ")"


def _filled(pattern: str, fragments: Mapping[str, str]) -> str:
    """A pattern with each `{name}` replaced by its fragment; `{1,5}` is a repetition and stays."""
    unknown = [name for name in _FRAGMENT.findall(pattern) if name not in fragments]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no fragment that was written before it is used")
    return _FRAGMENT.sub(lambda match: fragments[match[1]], pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
