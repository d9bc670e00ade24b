"""What if something were changed: which change a question thinks of, and how what it would do is said."""

import pytest

from bot.diagnosis.model import Cause
from bot.diagnosis.what_if import BOUNDARY, VAULT_POLICY, Effects, WhatIf
from bot.replies.document import text_of
from bot.work.what_if import change_in, what_if_page
from tests.replies import diagnoses

TABLE = "arn:aws:dynamodb:eu-west-1:222233334444:table/orders"
ROLE = "arn:aws:iam::222233334444:role/backup-job"
S3_BACKUP = "AWSBackupServiceRolePolicyForS3Backup"


def missing(*actions: str) -> Cause:
    return diagnoses.scp_cause(
        code="permission-missing", policy=None, statement=None, actions=actions, resource=TABLE, principal=ROLE
    )


GUARD = diagnoses.scp_cause()
BOUNDED = diagnoses.scp_cause(
    code="boundary-missing", policy="arn:aws:iam::222233334444:policy/ops/ops-boundary", statement=None
)

QUESTIONS = [
    (f"what if I attach {S3_BACKUP}?", WhatIf("attach", S3_BACKUP)),
    (
        "would AWSBackupServiceRolePolicyForBackup help",
        WhatIf("attach", "service-role/AWSBackupServiceRolePolicyForBackup"),
    ),
    ("what if I add kms:CreateGrant?", WhatIf("add", "kms:CreateGrant")),
    ("would adding DYNAMODB:listtagsofresource be enough", WhatIf("add", "dynamodb:ListTagsOfResource")),
    ("what if I add sqs:FlyToTheMoon", None),
    (f"what if I detach {S3_BACKUP}?", WhatIf("remove", S3_BACKUP)),
    ("what if we remove ops-boundary?", WhatIf("remove", "ops-boundary")),
    ("what if we remove the permissions boundary", WhatIf("remove", BOUNDARY)),
    ("would dropping p-deny0001 help?", WhatIf("remove", "p-deny0001")),
    ("what if the vault's access policy is removed", WhatIf("remove", VAULT_POLICY)),
    (
        "what if I delete arn:aws:iam::222233334444:policy/freeze?",
        WhatIf("remove", "arn:aws:iam::222233334444:policy/freeze"),
    ),
    ("what if I remove it?", None),
    ("which actions are missing", None),
    ("what is the trust policy?", None),
]


@pytest.mark.parametrize(("question", "change"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_the_change_that_a_question_thinks_of(question: str, change: WhatIf | None) -> None:
    diagnosis = diagnoses.denied(missing("dynamodb:ListTagsOfResource"), GUARD, BOUNDED)
    assert change_in(question, diagnosis) == change


BOTH = missing("dynamodb:ListTagsOfResource", "dynamodb:DescribeTable")
ATTACH = WhatIf("attach", S3_BACKUP)
EFFECTS = [
    pytest.param((BOTH,), (), "would fix this.", "permission-missing: would be fixed.", id="all of it is gone"),
    pytest.param((BOTH, GUARD), (GUARD,), "fix a part of this", "scp-denied: stays.", id="one of two is gone"),
    pytest.param(
        (BOTH,),
        (missing("dynamodb:DescribeTable"),),
        "fix a part of this",
        "permission-missing: would be fixed in part.",
        id="one action of two is allowed",
    ),
    pytest.param((GUARD,), (GUARD,), "would not fix this.", "scp-denied: stays.", id="nothing is gone"),
    pytest.param((), (BOTH,), "would deny more", "permission-missing: would be new.", id="more is denied"),
    pytest.param((), (), "would fix nothing.", "Nothing that I could read denies this", id="nothing is denied"),
]


@pytest.mark.parametrize(("before", "after", "verdict", "row"), EFFECTS)
def test_what_a_change_would_do_is_said_cause_by_cause(
    before: tuple[Cause, ...], after: tuple[Cause, ...], verdict: str, row: str
) -> None:
    page = what_if_page(ATTACH, Effects(ROLE, applies=True, before=before, after=after))
    assert verdict in page.says
    assert row in text_of(page)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (ATTACH, f"Attaching {S3_BACKUP} would change nothing here"),
        (WhatIf("remove", BOUNDARY), "Removing permissions boundary would change nothing here"),
        (WhatIf("add", "kms:CreateGrant"), "Allowing kms:CreateGrant would change nothing here"),
    ],
)
def test_a_change_of_nothing_that_decides_is_said_to_be_one(change: WhatIf, says: str) -> None:
    assert what_if_page(change, Effects(ROLE, applies=False, before=(GUARD,), after=(GUARD,))).says.startswith(says)
