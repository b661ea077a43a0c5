"""``sts:AssumeRole``, which many pre- and post-labeling functions begin with.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from starlette.responses import Response

from labelwright_local.s3_endpoint.errors import S3Error
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.signatures import Keys
from labelwright_local.s3_endpoint.xml import Node, xml_response

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def assume_role(request: S3Request, keys: Keys) -> Response:
    """Give credentials for any role: those that are asked with, for an hour.

    Raises:
        S3Error: something else is asked.
    """
    form = dict(parse_qsl(request.body.read().decode("utf-8", "replace")))
    role, session = form.get("RoleArn", ""), form.get("RoleSessionName", "")
    if form.get("Action") != "AssumeRole" or not role:
        raise S3Error(400, "InvalidAction", "only AssumeRole of a RoleArn is answered here")
    account, _, name = role.removeprefix("arn:aws:iam::").partition(":role/")
    expiration = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    result: Node = (
        "AssumeRoleResult",
        [
            (
                "Credentials",
                [
                    ("AccessKeyId", keys.access_key_id),
                    ("SecretAccessKey", keys.secret_access_key),
                    ("SessionToken", "local"),
                    ("Expiration", expiration),
                ],
            ),
            (
                "AssumedRoleUser",
                [
                    ("AssumedRoleId", f"LOCAL:{session}"),
                    ("Arn", f"arn:aws:sts::{account}:assumed-role/{name}/{session}"),
                ],
            ),
        ],
    )
    return xml_response(("AssumeRoleResponse", [result]), namespace=_NAMESPACE)
