"""A language model over HTTP: what it is called with, its limits, and that all goes on where it does not answer."""

import logging
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.aws.conversing import Bedrock, ModelUnavailableError
from bot.errors import BadInputError
from bot.language.choosing import Candidate
from bot.language.model import LanguageModel, ModelUse, model_use
from bot.settings import Settings
from bot.work.connection import connect
from sandbox.bedrock import BedrockStandIn, Recorded, refusal, text_answer, tool_answer

MODEL = "eu.amazon.nova-lite-v1:0"
LISTED = (Candidate("entry:vault-lock", "Vault Lock"),)
CHOICE = tool_answer("choose", {"id": "entry:vault-lock"})
ENTRY = "A lock is no permission."


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


def use(**changes: object) -> ModelUse:
    """The model as settings name it."""
    settings = Settings.model_validate({"language_model": MODEL, "language_model_uses": "choose, rephrase", **changes})
    made = model_use(settings)
    assert made is not None
    return made


def test_without_a_setting_there_is_no_model() -> None:
    assert model_use(Settings(_env_file=None)) is None


@pytest.mark.parametrize("default", [None, ""])
def test_without_a_region_it_is_said_which_setting_is_missing(
    monkeypatch: pytest.MonkeyPatch, default: str | None
) -> None:
    for name in "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE":
        monkeypatch.delenv(name, raising=False)
    if default is not None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", default)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(BadInputError, match="Set BACKUP_WHY_LANGUAGE_MODEL_REGION"):
        use()


async def test_it_is_called_in_the_region_of_the_settings(bedrock: BedrockStandIn, redis: Redis) -> None:
    bedrock.answers.append(CHOICE)
    await LanguageModel(redis, use(language_model_region="eu-central-1")).choose("is it locked?", LISTED)
    assert "/eu-central-1/bedrock/aws4_request" in bedrock.signatures[0]


async def test_a_call_is_one_of_converse_to_the_model_of_the_settings(bedrock: BedrockStandIn, redis: Redis) -> None:
    bedrock.answers.append(CHOICE)
    assert await LanguageModel(redis, use()).choose("is it locked?", LISTED) == "entry:vault-lock"
    (request,) = bedrock.requests
    assert request["modelId"] == MODEL
    assert set(request) == {"modelId", "system", "messages", "inferenceConfig", "toolConfig"}


async def test_the_model_does_only_what_it_may(bedrock: BedrockStandIn, redis: Redis) -> None:
    choosing, rephrasing = (LanguageModel(redis, use(language_model_uses=uses)) for uses in ("choose", "rephrase"))
    assert await choosing.rephrase(ENTRY) is None
    assert await rephrasing.choose("is it locked?", LISTED) is None
    assert await choosing.choose("is it locked?", ()) is None
    assert bedrock.requests == []


TROUBLE = [
    pytest.param(refusal("AccessDeniedException", "no", 403), "AccessDeniedException", id="denied"),
    pytest.param(refusal("ThrottlingException", "slower", 429), "ThrottlingException", id="throttled"),
    pytest.param(refusal("ValidationException", "no tools", 400), "ValidationException", id="no tool use"),
    pytest.param(Recorded({"message": "x"}, "InternalServerException", 500), "InternalServerException", id="a fault"),
]


@pytest.mark.parametrize(("answer", "why"), TROUBLE)
async def test_an_error_is_logged_and_all_goes_on(
    bedrock: BedrockStandIn, redis: Redis, answer: Recorded, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    bedrock.answers.extend([answer, answer])
    model = LanguageModel(redis, use())
    with caplog.at_level(logging.WARNING):
        assert await model.choose("is it locked?", LISTED) is None
        assert await model.rephrase(ENTRY) is None
    assert why in caplog.text
    assert len(bedrock.requests) == 2, "a call is made once"
    bedrock.answers.append(tool_answer("rephrase", {"text": "A lock? It is no permission."}))
    assert await model.rephrase(ENTRY) == "A lock? It is no permission.", "a fault is not remembered"


async def test_an_answer_that_takes_too_long_is_not_waited_for(
    bedrock: BedrockStandIn, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    bedrock.answers.append(Recorded(CHOICE.body, held=True))
    made = use()
    quick = ModelUse(made.model, made.converse, seconds=0.1)
    with caplog.at_level(logging.WARNING):
        assert await LanguageModel(redis, quick).choose("is it locked?", LISTED) is None
    assert "it takes too long" in caplog.text


def test_a_socket_on_which_nothing_comes_is_given_up(bedrock: BedrockStandIn) -> None:
    bedrock.answers.append(Recorded(CHOICE.body, held=True))
    with pytest.raises(ModelUnavailableError, match="Read timeout"):
        Bedrock(MODEL, None, 1).converse({"messages": [{"role": "user", "content": [{"text": "x"}]}]})


async def test_the_calls_of_an_hour_are_counted_for_all_workers(
    bedrock: BedrockStandIn, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    bedrock.answers.extend([CHOICE] * 3)
    workers = [LanguageModel(redis, use(language_model_calls=2)) for _ in range(3)]
    with caplog.at_level(logging.WARNING):
        chosen = [await worker.choose("is it locked?", LISTED) for worker in workers]
    assert chosen == ["entry:vault-lock", "entry:vault-lock", None]
    assert "used up" in caplog.text
    assert len(bedrock.requests) == 2
    assert 0 < await redis.ttl("backup-why:language-model:calls") <= 3600


async def test_an_entry_is_rephrased_once_and_a_text_that_was_dropped_is_not_asked_for_again(
    bedrock: BedrockStandIn, redis: Redis
) -> None:
    plain = "It is no permission: a lock."
    bedrock.answers.extend([tool_answer("rephrase", {"text": plain}), text_answer("A lock is a permission.")])
    model = LanguageModel(redis, use())
    assert [await model.rephrase(ENTRY) for _ in range(2)] == [plain, plain]
    assert [await model.rephrase("Another entry.") for _ in range(2)] == [None, None]
    assert len(bedrock.requests) == 2
