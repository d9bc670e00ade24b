"""The library of entries: what is known of each cause, check, identity, managed policy, concept and failure.

An entry is one Markdown file in `entries/`; its name is the slug by which other entries and the code refer to it. The
front matter holds what programs ask for. The text is a verdict of one paragraph and then three sections, always these:
what it is, how to recognise it, how to fix it. Every fenced `json` block is a policy that somebody may copy in the
night, so the front matter says for each of them what it must allow and what not, and a test evaluates it.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.errors import BadInputError
from knowledge.files import KNOWLEDGE, read_yaml, validated

SECTIONS = ("What it is", "How to recognise it", "How to fix it")
"""The headings of an entry, in their order."""

_FILE = re.compile(r"---\n(?P<front>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_SNIPPET = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class EntryKind(StrEnum):
    """What an entry is about."""

    CAUSE = "cause"
    """A cause code: its slug is the code."""

    CHECK = "check"
    """A thing that a diagnosis looks at: its slug is the check's name."""

    IDENTITY = "identity"
    MANAGED_POLICY = "managed-policy"
    """A policy of AWS's: its slug is the policy's name."""

    CONCEPT = "concept"
    FAILURE = "failure"
    """A way in which a job fails that no policy explains."""


class SnippetCheck(BaseModel):
    """What a policy snippet of an entry must answer to one request.

    `use` says where the policy stands. Whatever stands beside it allows everything, so that the snippet alone decides:
    an identity policy for all other uses but `trust`, and AWS's full-access policy on the same level for `scp` and
    `rcp`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    snippet: int = Field(1, ge=1)
    """Which `json` block of the entry, counted from 1."""
    use: Literal["identity", "boundary", "scp", "rcp", "resource", "trust"]
    principal: str
    action: str = Field(pattern=r"^[a-z0-9-]+:[A-Za-z]+$")
    resource: str
    resource_account: str | None = Field(None, pattern=r"^\d{12}$")
    """Whose the resource is, where its ARN does not say."""
    context: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    decision: Literal["allowed", "explicit-deny", "implicit-deny"]


class FrontMatter(BaseModel):
    """The front matter of an entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=3, max_length=80)
    kind: EntryKind
    layer: Literal["job-role", "vault", "organization", "kms", "resource"] | None = None
    aliases: tuple[str, ...] = ()
    """The words that people use for it."""
    confused_with: tuple[str, ...] = ()
    """Slugs of what it is taken for."""
    sources: tuple[str, ...] = Field(min_length=1)
    """Titles of the pages that say so."""
    evaluates: tuple[SnippetCheck, ...] = ()

    @field_validator("title", "aliases", "sources")
    @classmethod
    def _no_blank(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        """Nothing that is shown or searched is blank."""
        texts = (value,) if isinstance(value, str) else value
        if any(text != text.strip() or not text for text in texts):
            raise ValueError("a text is blank or has blanks around it")
        return value


class KnowledgeEntry(FrontMatter):
    """One entry, its text split into the parts that a reply shows one by one."""

    slug: str
    verdict: str
    """The first paragraph: what to know if one reads no further."""
    what: str
    recognise: str
    fix: str
    snippets: tuple[Mapping[str, Any], ...] = ()
    """The policy documents of the `json` blocks, in their order."""

    @property
    def text(self) -> str:
        """The entry as Markdown, without its front matter."""
        parts = zip(SECTIONS, (self.what, self.recognise, self.fix), strict=True)
        return "\n\n".join([self.verdict, *(f"## {heading}\n\n{part}" for heading, part in parts)])


def get(slug: str) -> KnowledgeEntry:
    """The entry of a slug, in whatever case it is written.

    Raises:
        BadInputError: There is no such entry.
    """
    entry = _library().get(slug.strip().lower())
    if entry is None:
        raise BadInputError(f"There is no entry {slug.strip()[:80]!r} in the knowledge base: search for a word of it.")
    return entry


def all_entries() -> tuple[KnowledgeEntry, ...]:
    """Every entry, by slug.

    Raises:
        BadInputError: A file of the library is broken; the sentence names it.
    """
    return tuple(_library().values())


def parse_entry(slug: str, source: str) -> KnowledgeEntry:
    """An entry from the text of its file.

    Args:
        slug: The file's name without its ending.
        source: What the file holds.

    Raises:
        BadInputError: The front matter, a heading or a snippet is not as it must be.
    """
    name = f"entries/{slug}.md"
    parts = _FILE.fullmatch(source)
    if parts is None:
        raise BadInputError(f"knowledge/{name} does not begin with a front matter between two lines of ---; add it.")
    front = validated(FrontMatter, read_yaml(parts["front"], name, above=1), name)
    verdict, *sections = _split(parts["body"], name)
    if not verdict or not all(sections):
        raise BadInputError(f"knowledge/{name}: the verdict or a section is empty; write it.")
    snippets = tuple(_snippet(match[1], name) for match in _SNIPPET.finditer(parts["body"]))
    if {evaluation.snippet for evaluation in front.evaluates} != set(range(1, len(snippets) + 1)):
        raise BadInputError(f"knowledge/{name}: evaluates must name each of its {len(snippets)} json blocks; add them.")
    what, recognise, fix = sections
    return KnowledgeEntry(
        **front.model_dump(), slug=slug, verdict=verdict, what=what, recognise=recognise, fix=fix, snippets=snippets
    )


def _split(body: str, name: str) -> list[str]:
    """The verdict and the three sections."""
    headings = tuple(re.findall(r"^## (.+)$", body, re.MULTILINE))
    if headings != SECTIONS:
        raise BadInputError(f"knowledge/{name}: its headings must be {', '.join(SECTIONS)}, in this order; fix them.")
    return [part.strip() for part in re.split(r"^## .+$", body, flags=re.MULTILINE)]


def _snippet(text: str, name: str) -> Mapping[str, Any]:
    """A policy document from a fenced block."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadInputError(f"knowledge/{name}: a json block is no JSON ({error}); fix it.") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise BadInputError(f"knowledge/{name}: a json block is no policy document; mark it as text instead.")
    return document


@cache
def _library() -> Mapping[str, KnowledgeEntry]:
    """All entries by their slug in lower case, read once a process."""
    files = sorted((KNOWLEDGE / "entries").glob("*.md"))
    entries = (parse_entry(file.stem, file.read_text(encoding="utf-8")) for file in files)
    return MappingProxyType({entry.slug.lower(): entry for entry in entries})
