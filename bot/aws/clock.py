"""What time AWS has it: the `Date` header of an answer, which the other reads of this room leave out."""

from botocore.exceptions import ClientError

from bot.aws.lookup import OWN
from bot.aws.read_errors import BOTO_ERRORS
from bot.aws.sessions import Sessions


def aws_date(sessions: Sessions) -> str | None:
    """The `Date` header of an answer of AWS STS; None where there is no answer, or it has none.

    Args:
        sessions: The way into AWS.
    """
    try:
        answer = sessions.client("sts", OWN, sessions.region).get_caller_identity()
    except ClientError as error:
        answer = error.response
    except BOTO_ERRORS:
        return None
    date: str | None = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return date
