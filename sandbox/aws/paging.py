"""Pages: an operation answers everything that it has, and the page that the caller asked for is cut out here.

What an operation's tokens and limits are called, and which list is cut, is what botocore's paginator models say.
"""

import base64
import binascii

from sandbox.aws.aws_models import paginator
from sandbox.aws.service import Answer, Parameters, Service


def page_of(service: Service, operation: str, parameters: Parameters, answer: Answer, cap: int | None) -> Answer:
    """One page of an answer.

    Args:
        service: The service that answers.
        operation: The API's name of the operation.
        parameters: What the caller sent: perhaps a limit, perhaps the token of a page.
        answer: The whole answer.
        cap: The most results on a page whatever the caller asks for; None for the service's own rules.

    Returns:
        The answer as it is where the operation has no pages, else one page with the token of the next.

    Raises:
        AwsError: The token was never given for this operation.
    """
    model = paginator(service.name, operation)
    if model is None:
        return answer
    results = answer[model["result_key"]]
    size = parameters.get(model.get("limit_key", "")) or service.page_size or len(results)
    size = max(1, min(size, service.page_limit, cap or size))
    start = _position(service, operation, parameters.get(model["input_token"]))
    end = start + size
    more = end < len(results)
    page = {**answer, model["result_key"]: results[start:end]}
    if more:
        page[model["output_token"]] = _token(operation, end)
    if flag := model.get("more_results"):
        page[flag] = more
    return page


def _token(operation: str, position: int) -> str:
    return base64.urlsafe_b64encode(f"{operation}:{position}".encode()).decode()


def _position(service: Service, operation: str, token: str | None) -> int:
    if not token:
        return 0
    try:
        named, _, position = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        named, position = "", ""
    if named != operation or not position.isdigit():
        raise service.spelling.bad_token.error("The pagination token is not valid")
    return int(position)
