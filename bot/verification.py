"""Decides whether a request over HTTP comes from Slack, before anything else looks at it.

Bolt verifies too, but as a part of its own pipeline: a header that its verifier can't read raises there, and whatever
handles that error acts on a body that nobody has verified. Here whatever can't be verified is refused.
Source: "Verifying requests from Slack".
"""

import re
from collections.abc import Mapping

from slack_sdk.signature import SignatureVerifier

TIMESTAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"

_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_HEX_DIGEST = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def is_from_slack(verifier: SignatureVerifier, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request is signed with the app's secret, and was within the last five minutes.

    Args:
        verifier: Knows the secret.
        headers: The request's headers, by names in any letters.
        body: The body as it came.
    """
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not _SECONDS.fullmatch(timestamp) or not _HEX_DIGEST.fullmatch(signature):
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return verifier.is_valid(text, timestamp, signature)
