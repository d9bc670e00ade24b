"""What a selection takes is checked; what it may take beside that is named, never left out in silence."""

from typing import Any

import pytest

from bot.diagnosis.model import Outcome
from bot.errors import BadInputError
from tests.conftest import ServeEstate
from tests.diagnosis.altering import ACCOUNT
from tests.diagnosis.refusing import refusing
from tests.foresight.plans import WithPlan, forecast

REGION = "eu-central-1"
VOLUME = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0380a2c4d5f71b3cb"
OTHER = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0aaaaaaaaaaaaaaaa"
BUCKET = "arn:aws:s3:::invoices"
NEVER_BACKED_UP = (
    "The selection ledgers also takes resources that AWS Backup has never backed up. I can't list those: name one with "
    "--resource."
)


def with_volumes(**selection: Any) -> WithPlan:
    """Two volumes that were backed up: one is tagged backup: daily and env: prod, the other has no tags."""
    estate = WithPlan(38, **selection)
    estate.region["resources"].append({"ResourceArn": OTHER, "ResourceType": "EBS"})
    estate.protect(VOLUME, OTHER)
    return estate


def tagged(operator: str, value: str, tag: str = "backup") -> dict[str, Any]:
    return {operator: [{"ConditionKey": f"aws:ResourceTag/{tag}", "ConditionValue": value}]}


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        ({"Resources": [VOLUME]}, [VOLUME]),
        ({"Resources": ["*"]}, [VOLUME, OTHER]),
        ({}, [VOLUME, OTHER]),
        ({"Resources": ["arn:aws:ec2:*:*:volume/*"]}, [VOLUME, OTHER]),
        ({"Resources": ["arn:aws:ec2:*:*:volume/vol-03*"]}, [VOLUME]),
        ({"Resources": ["*"], "NotResources": [OTHER]}, [VOLUME]),
        ({"Resources": ["*"], "NotResources": ["arn:aws:ec2:*:*:volume/vol-0a*"]}, [VOLUME]),
        ({"Resources": ["*"], "Conditions": tagged("StringEquals", "daily")}, [VOLUME]),
        ({"Resources": ["*"], "Conditions": tagged("StringNotEquals", "daily")}, [OTHER]),
        ({"Resources": ["*"], "Conditions": tagged("StringLike", "da*")}, [VOLUME]),
        ({"Resources": ["*"], "Conditions": tagged("StringNotLike", "da*")}, [OTHER]),
        (
            {
                "Resources": [VOLUME, OTHER],
                "Conditions": tagged("StringEquals", "daily") | tagged("StringLike", "pro?", "env"),
            },
            [VOLUME],
        ),
        (
            {"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "env", "ConditionValue": "prod"}]},
            [VOLUME],
        ),
        (
            {
                "Resources": [OTHER],
                "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "env", "ConditionValue": "prod"}],
            },
            [OTHER, VOLUME],
        ),
    ],
)
def test_what_is_taken(selection: dict[str, Any], taken: list[str], served_estate: ServeEstate) -> None:
    estate = with_volumes(**selection)
    served_estate(estate.text)

    found = forecast(estate)

    assert [job.job.resource for job in found.jobs] == taken
    is_open = selection.get("Resources") is None or any("*" in each for each in selection["Resources"])
    is_open |= "ListOfTags" in selection
    assert found.not_checked == ((NEVER_BACKED_UP,) if is_open else ())
    assert found.outcome is (Outcome.UNDETERMINED if is_open else Outcome.NOT_FAILED)


def test_protected_resources_that_may_not_be_listed_are_told(served_estate: ServeEstate) -> None:
    estate = with_volumes(Resources=["*", VOLUME])
    with refusing(served_estate(estate.text), "/resources"):
        found = forecast(estate)

    assert [job.job.resource for job in found.jobs] == [VOLUME]
    assert found.not_checked == (f"I couldn't list the protected resources of account {ACCOUNT} in {REGION}.",)


def test_tags_that_may_not_be_read_decide_nothing(served_estate: ServeEstate) -> None:
    estate = with_volumes(Resources=[VOLUME], Conditions=tagged("StringEquals", "daily"))
    with (
        refusing(served_estate(estate.text), "Action=DescribeVolumes"),
        pytest.raises(BadInputError, match=r"I couldn't read the tags of .*vol-0380a2c4d5f71b3cb, on which it depends"),
    ):
        forecast(estate)


def test_a_resource_of_no_known_type_is_named(served_estate: ServeEstate) -> None:
    arm = f"arn:aws:robots:{REGION}:{ACCOUNT}:arm/left"
    estate = with_volumes(Resources=[VOLUME, arm])
    served_estate(estate.text)

    (sentence,) = forecast(estate).not_checked
    assert sentence == f"I don't know of which type {arm} is: check it with --resource and --type."
