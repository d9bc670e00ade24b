"""The form of the names of AWS Regions.

A Region that is newer than the installed SDK has to be usable, so that the form decides and not the list. The list that
botocore has is for the sentence about a name that does not have the form.
"""

import re
from difflib import get_close_matches

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")


def is_region(name: str) -> bool:
    """Whether a name has the form of a Region's, as `eu-west-1`, `us-gov-east-1` and `eusc-de-east-1` have.

    Source: "Regions and zones" in the AWS Regions and Availability Zones User Guide.
    """
    return _REGION.fullmatch(name) is not None


def not_a_region(name: str) -> str:
    """Says that a name is not a Region, with the Regions that may be meant, or with all that botocore knows."""
    import botocore.session  # noqa: PLC0415 — slow to import, and needed for this sentence only

    session = botocore.session.get_session()
    known = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    ]
    meant = get_close_matches(name, known, cutoff=0.8)
    return f"{name!r} is not an AWS Region; " + (
        f"did you mean {' or '.join(meant)}?" if meant else f"the known ones are {', '.join(known)}"
    )
