"""Finding entries: a question finds the right one first, a misspelled topic finds what was meant."""

from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path

import pytest
import yaml

from knowledge.library import KnowledgeEntry, all_entries
from knowledge.search import _index, find, search

QUESTIONS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "topics.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("question", "slug"), QUESTIONS.items(), ids=QUESTIONS)
def test_a_question_finds_the_right_entry_first(question: str, slug: str) -> None:
    assert search(question)[0].slug == slug


@pytest.mark.parametrize("entry", all_entries(), ids=attrgetter("slug"))
def test_every_entry_is_found_first_by_its_slug_and_among_the_first_by_its_title(entry: KnowledgeEntry) -> None:
    assert search(entry.slug)[0].slug == entry.slug
    assert entry.slug in [hit.slug for hit in search(entry.title, limit=3)]


@pytest.mark.parametrize(
    ("topic", "slug"),
    [
        ("confsued deputy", "confused-deputy"),
        ("permision boundry", "permissions-boundary"),
        ("servce linked role", "service-linked-role"),
        ("AWSBackupFulAccess", "AWSBackupFullAccess"),
        ("vualt lock", "vault-lock"),
        ("kms via servise", "kms-via-service"),
    ],
)
def test_a_misspelled_topic_finds_what_was_meant(topic: str, slug: str) -> None:
    assert find(topic).answer == slug


@pytest.mark.parametrize("text", ["", "   ", "xyzzy", "???", "🙂", '"', "*", "a OR", "NEAR(", "title:"])
def test_what_means_nothing_finds_nothing_and_breaks_nothing(text: str) -> None:
    assert search(text) == []


@pytest.mark.parametrize("word", ["denied", "deny"])
def test_a_word_that_many_names_share_means_none_of_them(word: str) -> None:
    found = find(word)
    assert found.answer is None
    assert len(found.hits) > 1


def test_a_question_is_never_read_as_a_query_language() -> None:
    assert search('scp" OR "vault') == search("scp or vault")
    assert search("scp NOT vault")[0].slug == search("scp vault")[0].slug


def test_no_more_is_returned_than_was_asked_for() -> None:
    assert len(search("kms key policy", limit=2)) == 2
    assert len(find("key policy", limit=2).hits) == 2


def test_many_threads_find_the_same() -> None:
    questions = list(QUESTIONS) * 3
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: search(question)[0].slug, questions))

    assert found == [QUESTIONS[question] for question in questions]


def test_the_index_is_built_once() -> None:
    _index.cache_clear()
    search("what is the service-linked role?")
    search("what is a grant?")
    assert _index.cache_info().misses == 1


def test_a_question_of_many_words_is_answered() -> None:
    assert search("kms " * 20_000)[0].slug == search("kms")[0].slug
