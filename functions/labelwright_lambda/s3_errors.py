"""What S3 refuses or does not answer, as the error of ours that says what to do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import (
    BucketNotFound,
    ObjectNotFound,
    StorageAccessDenied,
    StorageError,
    StorageKeyDenied,
    StorageUnavailable,
)

_NOT_FOUND = {"NoSuchKey", "404"}
_DENIED = {"AccessDenied", "403", "Forbidden"}
_PASSING = {"SlowDown", "RequestLimitExceeded", "RequestTimeout", "InternalError", "500", "503"}


@contextmanager
def asking(uri: str, permission: str) -> Iterator[None]:
    """Turn what goes wrong in a request to S3 into the error of ours that says what to do.

    botocore's own message is not repeated: it may hold what was sent.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,  # noqa: A004 - botocore's own, beside Python's, which is an OSError
        HTTPClientError,
        IncompleteReadError,
    )
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        raise _refusal(error.response["Error"], uri, permission) from None
    except (ConnectionError, HTTPClientError, IncompleteReadError, HTTPError, OSError) as error:
        raise StorageUnavailable(
            uri, f"S3 was not reached ({type(error).__name__}); try again"
        ) from None
    except BotoCoreError as error:
        raise StorageError(
            uri, f"S3 was not asked ({type(error).__name__}); check credentials and region"
        ) from None


def _refusal(answer: Mapping[str, Any], uri: str, permission: str) -> StorageError:
    """Return the error for what S3 answered."""
    code, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    if code in _NOT_FOUND:
        return ObjectNotFound(uri, "there is no such object")
    if code == "NoSuchBucket":
        return BucketNotFound(uri, "there is no such bucket; correct the address, or its region")
    if code in _PASSING or "Throttl" in code:
        return StorageUnavailable(uri, f"S3 did not serve the request now ({code}); try again")
    # "kms:Decrypt", say; a bucket may well have kms in its name.
    if code.startswith("KMS.") or (code in _DENIED and "kms:" in message.lower()):
        needed = "kms:GenerateDataKey" if permission == "s3:PutObject" else "kms:Decrypt"
        return StorageKeyDenied(
            uri, f"the object's KMS key can't be used ({code}); allow {needed} on the key"
        )
    if code in _DENIED:
        target = S3Uri.parse(uri)
        return StorageAccessDenied(
            uri,
            f"access denied; allow {permission} on {target.arn} (and s3:ListBucket on "
            f"arn:aws:s3:::{target.bucket}, without which a missing object looks the same)",
        )
    return StorageError(uri, f"{permission} failed with {code or 'an error without a code'}")
