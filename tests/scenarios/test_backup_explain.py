"""`/backup-explain` over signed HTTP: an entry for the channel, a hint for the asker alone."""

from collections.abc import AsyncIterator

import pytest

from knowledge.library import all_entries
from sandbox.slack.block_kit import message_problems
from sandbox.slack.client import Acknowledgement
from tests.replies import diagnoses
from tests.scenarios.bench import Bench, Script, open_bench


@pytest.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as opened:
        yield opened


async def explain(bench: Bench, topic: str) -> Acknowledgement:
    answer = await bench.slack.command("/backup-explain", topic, channel=bench.channel.id, user=bench.user)
    assert answer.status == 200
    assert message_problems(answer.body["text"], answer.body["blocks"]) == []
    return answer


async def test_every_entry_is_explained_in_the_channel_in_one_message(bench: Bench) -> None:
    for entry in all_entries():
        answer = await explain(bench, entry.slug)
        assert answer.body["response_type"] == "in_channel"
        assert answer.body["text"].startswith(entry.title.split("&", maxsplit=1)[0][:20])


async def test_a_misspelled_topic_is_explained_in_the_channel(bench: Bench) -> None:
    answer = await explain(bench, "scp-denyed")
    assert answer.body["response_type"] == "in_channel"
    assert answer.body["text"].startswith("A service control policy denies")


async def test_the_closest_entries_are_named_to_the_asker_alone(bench: Bench) -> None:
    answer = await explain(bench, "denied")
    assert answer.body["response_type"] == "ephemeral"
    assert "Did you mean" in answer.body["text"]
    assert "/backup-explain permission-denied" in str(answer.body["blocks"])


async def test_what_a_job_needs_is_told_in_the_channel(bench: Bench) -> None:
    answer = await explain(bench, "what does a restore of EFS need?")
    assert answer.body["response_type"] == "in_channel"
    assert "elasticfilesystem:Restore" in str(answer.body["blocks"])


@pytest.mark.parametrize("topic", ["", "help"])
async def test_without_a_topic_it_teaches(bench: Bench, topic: str) -> None:
    answer = await explain(bench, topic)
    assert answer.body["response_type"] == "ephemeral"
    assert "Give me a topic" in answer.body["text"]


async def test_a_topic_that_nothing_comes_near_is_told_and_pings_nobody(bench: Bench) -> None:
    answer = await explain(bench, "<!channel> zzqqxx")
    assert answer.body["response_type"] == "ephemeral"
    assert "<!channel>" not in answer.body["text"]
