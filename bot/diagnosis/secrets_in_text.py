"""Takes out of a text what was pasted by mistake and must not be kept or repeated: tokens, secret keys, private keys.

What has no form of its own, such as a bare secret access key, can't be told from other text and stays.

Sources: "Tokens" (Slack), "Managing access keys" (IAM User Guide), "About authentication to GitHub".
"""

import re
from typing import Final

REMOVED: Final = "[secret removed]"

_TOKEN: Final = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]{6,}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}")
_LABELLED: Final = re.compile(
    r"((?:secret_?access_?key|session_?token|aws_?secret_?key|signing_?secret)[\"']?\s{0,3}[:=]\s{0,3}[\"']?)[\w/+=.-]{16,}",
    re.IGNORECASE,
)
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,20}KEY-----)?"
)


def without_secrets(text: str) -> str:
    """The text with `REMOVED` in the place of each secret."""
    for pattern, instead in ((_TOKEN, REMOVED), (_PRIVATE_KEY, REMOVED), (_LABELLED, rf"\1{REMOVED}")):
        text = pattern.sub(instead, text)
    return text
