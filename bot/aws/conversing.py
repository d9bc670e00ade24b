"""Calls a language model in Amazon Bedrock, once and within a time.

Source: "Converse" (Amazon Bedrock API Reference), which asks for the permission bedrock:InvokeModel.
"""

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bot.aws.bedrock import CONVERSE
from bot.aws.declared import declared_session
from bot.aws.read_errors import BOTO_ERRORS, of_exception, of_response
from bot.errors import BadInputError

_CONNECT_SECONDS: Final = 2


class ModelUnavailableError(Exception):
    """The model did not answer; the text says why, for the log."""


class Bedrock:
    """Calls one model with the credentials of this process.

    Args:
        model: The id or ARN of the model or inference profile.
        region: The Region to call; None for the session's.
        seconds: How long an answer may take. A call is made once: who asked waits for it.

    Raises:
        BadInputError: There is no Region to call.
    """

    def __init__(self, model: str, region: str | None, seconds: int) -> None:
        self._model = model
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            user_agent_extra="backup-why",
        )
        session = declared_session()
        known = region or session.get_config_variable("region")
        if not known:
            raise BadInputError(
                "Set BACKUP_WHY_LANGUAGE_MODEL_REGION, or a Region for all of AWS (AWS_DEFAULT_REGION): "
                "the language model has none."
            )
        made = boto3.Session(botocore_session=session)
        self._client: Any = made.client(CONVERSE.service, region_name=known, config=config)

    def converse(self, request: dict[str, Any]) -> dict[str, Any]:
        """Calls the model; it blocks.

        Args:
            request: The parameters of Converse without the model.

        Returns:
            What Converse answers.

        Raises:
            ModelUnavailableError: There is no answer.
        """
        try:
            answer: dict[str, Any] = self._client.converse(modelId=self._model, **request)
        except ClientError as error:
            raise ModelUnavailableError(of_response(error.response).why) from error
        except BOTO_ERRORS as error:
            raise ModelUnavailableError(of_exception(error).why) from error
        return answer
