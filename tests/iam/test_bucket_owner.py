"""The root user of a bucket's owner can always repair the bucket's policy.

Source: Amazon S3 API Reference, "DeleteBucketPolicy".
"""

import pytest

from bot.iam import Decision
from tests.iam.asking import BUCKET, HERE, ROLE, ROOT, THERE, ask, deny, to

LOCKED = [to("*", deny())]


@pytest.mark.parametrize("action", ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"])
def test_a_buckets_policy_does_not_lock_its_owners_root_user_out(action: str) -> None:
    assert ask(ROOT, action, BUCKET, resource_account=HERE, resource=LOCKED).decision is Decision.ALLOWED


@pytest.mark.parametrize(
    ("principal", "action", "owner"),
    [
        (ROOT, "s3:ListBucket", HERE),
        (ROOT, "s3:PutBucketPolicy", THERE),
        (ROLE, "s3:PutBucketPolicy", HERE),
    ],
)
def test_it_denies_everything_else_and_everyone_else(principal: str, action: str, owner: str) -> None:
    assert ask(principal, action, BUCKET, resource_account=owner, resource=LOCKED).decision is Decision.EXPLICIT_DENY


def test_a_control_policy_does() -> None:
    answer = ask(ROOT, "s3:PutBucketPolicy", BUCKET, resource_account=HERE, scps=[[deny("s3:*")]])
    assert answer.decision is Decision.EXPLICIT_DENY
