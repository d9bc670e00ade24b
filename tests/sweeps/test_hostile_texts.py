"""Texts that are made to hurt: long repetitions of what the forms of messages look for are read to their end."""

import pytest

from bot.diagnosis.model import Outcome
from bot.diagnosis.pasted import LONGEST
from bot.diagnosis.reading import read_error
from knowledge.messages import messages
from tests.diagnosis.test_reading import JOB, VOLUME, denied
from tests.sweeps.sampling import sample

HOSTILE = [
    "a",
    "<",
    "<http://",
    "{",
    '{"a":',
    "[",
    "User:",
    "User: ",
    "is not authorized to perform: a:b ",
    "with an explicit deny in a ",
    "because no ",
    "role arn:aws:iam::111122223333:role/",
    "arn:aws:kms:",
    "kms key ",
    "kms key is ",
    "vault ",
    "images from ",
    "maximum allowed ",
    "source snapshot kms key [",
    "access denied ",
    "missing permissions to ",
    "&lt;",
    "&amp;amp;",
    "\n> ",
    '\\"',
    "\u200b",
    "unable to kms ",
    "cannot share ",
    "authorization id: ",
    "encoded authorization failure message: ",
]


@pytest.mark.timeout(60)  # some hundred times what it takes
@pytest.mark.parametrize("seed", sample(HOSTILE, one_in=5))
def test_a_text_made_to_hurt_is_read_to_its_end(seed: str) -> None:
    text = seed * (100_000 // len(seed))  # so long that one quadratic pattern takes minutes
    for form in messages().forms:
        form.search(text)
    is_token = "authorization" in seed  # what carries one was denied
    assert read_error(text).outcome is (Outcome.DENIED if is_token else Outcome.UNDETERMINED)


@pytest.mark.parametrize("seed", HOSTILE)
def test_what_is_said_before_a_text_made_to_hurt_is_read(seed: str) -> None:
    said = denied("ec2:CreateSnapshot", VOLUME, "because no identity-based policy allows it.")
    reading = read_error(f"{said} {seed * (LONGEST // len(seed))}").reading
    assert (reading.action, reading.principal, reading.resource) == ("ec2:CreateSnapshot", JOB, VOLUME)
