"""The library: every entry is whole, its links lead somewhere, and codes, forms and managed policies have theirs."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import BadInputError
from bot.iam import Policy, PolicySet, Request, decide
from knowledge.causes import cause_codes
from knowledge.library import SECTIONS, EntryKind, KnowledgeEntry, SnippetCheck, all_entries, get, parse_entry
from knowledge.managed import DIRECTORY as MANAGED_POLICIES
from knowledge.messages import messages

ENTRIES = {entry.slug: entry for entry in all_entries()}
CHECKS = {
    "role-exists", "trust-policy", "identity-policies", "permissions-boundary", "service-linked-role", "vault-exists",
    "vault-access-policy", "service-control-policies", "resource-control-policies", "cross-account-backup",
    "same-organization", "key-state", "key-policy", "grants", "resource-policy",
}  # fmt: skip
DOCUMENTATION_ACCOUNTS = {"111122223333", "444455556666", "777788889999"}


def of_kind(kind: EntryKind) -> set[str]:
    return {entry.slug for entry in ENTRIES.values() if entry.kind is kind}


def test_there_is_an_entry_for_every_cause_code_and_no_other() -> None:
    assert of_kind(EntryKind.CAUSE) == set(cause_codes())


def test_a_cause_stands_in_the_layer_of_its_code() -> None:
    assert {code: ENTRIES[code].layer for code in cause_codes()} == {
        code: known.layer for code, known in cause_codes().items()
    }


def test_there_is_an_entry_for_every_managed_policy_and_no_other() -> None:
    assert of_kind(EntryKind.MANAGED_POLICY) == {file.stem for file in MANAGED_POLICIES.glob("*.json")}


def test_there_is_an_entry_for_every_check_and_identity() -> None:
    assert ENTRIES.keys() >= CHECKS
    assert of_kind(EntryKind.IDENTITY) >= {"caller", "job-role", "service-linked-role", "default-service-role"}


def test_every_form_of_a_message_has_its_entry() -> None:
    assert {form.knowledge for form in messages().forms} <= ENTRIES.keys()


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_is_whole_and_leads_somewhere(entry: KnowledgeEntry) -> None:
    assert set(entry.confused_with) <= ENTRIES.keys() - {entry.slug}
    assert len(entry.verdict) <= 300
    assert entry.aliases
    assert all(re.search(r"\(.+ (Guide|Reference)\)$", source) for source in entry.sources)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_only_the_documentations_accounts_are_named(entry: KnowledgeEntry) -> None:
    assert set(re.findall(r"(?<!\d)\d{12}(?!\d)", entry.text)) <= DOCUMENTATION_ACCOUNTS


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_other_entries_are_named_as_they_are_called(entry: KnowledgeEntry) -> None:
    named = re.findall(r"\b[Ss]ee ([a-z]+(?:-[a-z]+)+)\b", entry.text)

    assert set(named) <= ENTRIES.keys()


def test_an_entry_is_got_in_whatever_case_it_is_asked_for() -> None:
    assert get(" awsbackupfullaccess ").slug == "AWSBackupFullAccess"
    assert get("Role-Missing").title == "The job role does not exist"


def test_an_entry_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(BadInputError, match=r"There is no entry 'xyzzy'"):
        get("xyzzy")


def test_the_text_of_an_entry_has_its_parts_in_order() -> None:
    text = get("key-unusable").text

    assert text.startswith("The key exists no more")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == list(SECTIONS)


EVALUATIONS = [(entry, evaluation) for entry in ENTRIES.values() for evaluation in entry.evaluates]


@pytest.mark.parametrize(
    ("entry", "evaluation"),
    EVALUATIONS,
    ids=[f"{entry.slug}-{evaluation.snippet}-{number}" for number, (entry, evaluation) in enumerate(EVALUATIONS)],
)
def test_a_policy_snippet_answers_as_its_entry_says(entry: KnowledgeEntry, evaluation: SnippetCheck) -> None:
    request = Request(
        evaluation.principal,
        evaluation.action,
        evaluation.resource,
        resource_account=evaluation.resource_account,
        context={key: value if isinstance(value, str) else list(value) for key, value in evaluation.context.items()},
    )

    assert decide(request, beside(evaluation, entry.snippets[evaluation.snippet - 1])) == evaluation.decision


def beside(evaluation: SnippetCheck, snippet: Mapping[str, Any]) -> PolicySet:
    """A snippet in its place, with what allows everything beside it."""
    policy = Policy.compile("snippet", snippet)
    everything = Policy.compile(
        "everything", {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    )
    everybody = Policy.compile(
        "RCPFullAWSAccess",
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        },
    )
    match evaluation.use:
        case "identity":
            return PolicySet(identity=[policy])
        case "boundary":
            return PolicySet(identity=[everything], boundary=policy)
        case "scp":
            return PolicySet(identity=[everything], scps=[[everything, policy]])
        case "rcp":
            return PolicySet(identity=[everything], rcps=[[everybody, policy]], resource=everybody)
        case "resource":
            return PolicySet(identity=[everything], resource=policy)
        case "trust":
            return PolicySet(resource=policy)


def test_every_snippet_has_something_that_it_allows() -> None:
    mute = [
        (entry.slug, number)
        for entry in ENTRIES.values()
        for number, _ in enumerate(entry.snippets, start=1)
        if not any(e.decision == "allowed" for e in entry.evaluates if e.snippet == number)
    ]

    assert mute == []


WHOLE = """---
title: A title
kind: concept
sources: [A page (A Guide)]
---
The verdict.

## What it is

This.

## How to recognise it

So.

## How to fix it

Thus.
"""
POLICY = '```json\n{"Version": "2012-10-17", "Statement": []}\n```\n'


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("---\ntitle", "title"), "does not begin with a front matter"),
        (("kind: concept", "kind: [concept"), "line 4 can't be read"),
        (("kind: concept", "kind: notion"), "kind: Input should be 'cause'"),
        (("kind: concept", "kind: concept\nowner: ana"), "owner: Extra inputs are not permitted"),
        (("title: A title", "title: ' A title'"), "title: a text is blank or has blanks around it"),
        (("sources: [A page (A Guide)]\n", ""), "sources: Field required"),
        (("## How to recognise it", "## Signs"), "its headings must be What it is, How to recognise it"),
        (("The verdict.", ""), "the verdict or a section is empty"),
        (("Thus.\n", POLICY), "evaluates must name each of its 1 json blocks"),
        (("Thus.\n", "```json\n{\n```\n"), "a json block is no JSON"),
        (("Thus.\n", "```json\n{}\n```\n"), "a json block is no policy document"),
    ],
)
def test_a_broken_entry_is_told_in_one_sentence_with_its_file(change: tuple[str, str], sentence: str) -> None:
    assert parse_entry("whole", WHOLE).verdict == "The verdict."

    with pytest.raises(BadInputError) as caught:
        parse_entry("whole", WHOLE.replace(*change))
    assert caught.value.message.startswith("knowledge/entries/whole.md")
    assert sentence in caught.value.message
    assert "\n" not in caught.value.message
