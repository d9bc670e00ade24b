"""What can go wrong outside a diagnosis, as typed errors that each know their exit code.

They are raised where the trouble is met and translated once: `bot.cli` prints the sentence to stderr and ends
with the code, `bot.app` says the sentence in the thread. A denied, refused or missing thing inside AWS is no
error: it is what a diagnosis is about.
"""

from typing import ClassVar


class BackupWhyError(Exception):
    """A trouble that the person who asked can do something about.

    Args:
        message: One sentence that says what is wrong and what to do, without a trailing newline.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInputError(BackupWhyError):
    """An argument, a setting or a file that can't be used as it is."""

    exit_code = 2


class JobNotFoundError(BackupWhyError):
    """No account and Region in scope knows a job of that id."""

    exit_code = 3


class AwsUnreachableError(BackupWhyError):
    """AWS, its credentials or the job's account can't be reached at all."""

    exit_code = 4


class RedisUnreachableError(BackupWhyError):
    """Redis is needed and does not answer."""

    exit_code = 5
