"""IAM Toolbox: what AWS noted of denied requests. It is signed for as IAM, and told from it by its paths."""

from sandbox.aws.parts import Record
from sandbox.aws.service import REST_JSON_SPELLING, Answer, AwsError, Parameters, Service, View

PATH = "/authorization-details/"


def get_request_authorization_details(view: View, parameters: Parameters) -> Answer:
    """What the estate says of a denied request of the caller's account."""
    details: Record | None = view.account.authorization_details.get(parameters["authorizationId"])
    if details is None:
        raise AwsError("ResourceNotFoundException", "There are no details of this authorization id.", 404)
    return dict(details)


TOOLBOX = Service(
    name="iam-toolbox",
    prefix="iam",
    spelling=REST_JSON_SPELLING,
    operations={"GetRequestAuthorizationDetails": get_request_authorization_details},
    page_size=None,
)
