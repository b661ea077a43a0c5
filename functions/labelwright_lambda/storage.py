"""Where objects are read and written: the interface, and S3 behind it.

Handlers get a ``Storage`` handed to them. In Lambda it is ``S3Storage``, on a laptop a folder. This
is the only module that imports AWS's library, and it does so when the first client is made.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import (
    BucketNotFound,
    ObjectNotFound,
    ObjectTooLarge,
    StorageAccessDenied,
    StorageError,
    StorageKeyDenied,
    StorageUnavailable,
)

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient


class Version(NamedTuple):
    """An object's content with the tag that changes when the content does."""

    etag: str
    data: bytes


class Storage(Protocol):
    """Objects under ``s3://bucket/key``. All methods raise the ``StorageError`` that fits."""

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes.

        Raises:
            ObjectTooLarge: it has more than ``limit`` bytes.
        """
        ...

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object, or None when its tag still is ``etag``."""
        ...

    def write(self, uri: str, data: bytes) -> None:
        """Store the object whole, replacing what is there."""
        ...

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:
        """Store the object if it still has this tag (None: if it is not there yet).

        False when somebody else was faster; nothing is written then.
        """
        ...

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all objects below ``uri/``, sorted."""
        ...


def parse_uri(uri: str) -> S3Uri:
    """Read an address.

    Raises:
        StorageError: it is none. Where it comes from a worker's answer it may be anything, so it
            is not repeated.
    """
    try:
        return S3Uri.parse(uri)
    except ValueError as error:
        raise StorageError("an object's address", str(error)) from None


class S3Storage:
    """S3, with the credentials of the environment or of an assumed role."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    @classmethod
    def connect(cls, role_arn: str | None = None, session: "Session | None" = None) -> "S3Storage":
        """Make a client; with ``role_arn``, under that role.

        ``session`` is where credentials come from, by default the environment.

        Raises:
            StorageAccessDenied: the role can't be assumed; says what to change.
        """
        # botocore itself: boto3's resources on top of it cost a cold start and are not used.
        from botocore.config import Config
        from botocore.session import get_session

        session = session or get_session()
        # As many connections as earlier batches are read at once.
        config = Config(retries={"mode": "standard", "max_attempts": 4}, max_pool_connections=16)
        if role_arn is None:
            return cls(cast("S3Client", session.create_client("s3", config=config)))
        from botocore.exceptions import ClientError

        try:
            sts = cast("STSClient", session.create_client("sts"))
            answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="labelwright-post-labeling")
        except ClientError as error:
            raise StorageAccessDenied(
                role_arn,
                f"assuming this role failed ({error.response['Error']['Code']}); give the Lambda's "
                "role sts:AssumeRole on it and name the Lambda's role as Principal in its trust "
                "policy, or unset ASSUME_JOB_ROLE to read with the Lambda's own role",
            ) from None
        keys = answer["Credentials"]
        client = session.create_client(
            "s3",
            config=config,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        return cls(cast("S3Client", client))

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``Storage``."""
        bucket, key = parse_uri(uri)
        with _asking(uri, "s3:GetObject"):
            answer = self._client.get_object(Bucket=bucket, Key=key)
            # closing: StreamingBody's own "with" gives the stream that does not check its length.
            with closing(answer["Body"]) as body:
                if limit is not None and answer["ContentLength"] > limit:
                    raise ObjectTooLarge(uri, answer["ContentLength"], limit)
                return body.read()

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object unless its ETag is ``etag``; see ``Storage``."""
        from botocore.exceptions import ClientError

        bucket, key = parse_uri(uri)
        condition: dict[str, Any] = {"IfNoneMatch": etag} if etag else {}
        with _asking(uri, "s3:GetObject"):
            try:
                answer = self._client.get_object(Bucket=bucket, Key=key, **condition)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_MODIFIED:
                    return None
                raise
            return Version(answer["ETag"], answer["Body"].read())

    def write(self, uri: str, data: bytes) -> None:
        """Store the object; see ``Storage``."""
        bucket, key = parse_uri(uri)
        with _asking(uri, "s3:PutObject"):
            self._client.put_object(
                Bucket=bucket, Key=key, Body=data, ContentType="application/json"
            )

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:
        """Store the object if nobody was faster; see ``Storage``."""
        from botocore.exceptions import ClientError

        bucket, key = parse_uri(uri)
        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with _asking(uri, "s3:PutObject"):
            try:
                self._client.put_object(
                    Bucket=bucket,
                    Key=key,
                    Body=data,
                    ContentType="application/octet-stream",
                    **condition,
                )
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] in _LOST_RACE:
                    return False
                raise
        return True

    def keys(self, uri: str) -> list[str]:
        """Return all addresses below ``uri/``, a thousand a request; see ``Storage``."""
        bucket, prefix = parse_uri(uri)
        with _asking(uri, "s3:ListBucket"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{prefix}/"
            )
            return sorted(
                f"s3://{bucket}/{item['Key']}"
                for page in pages
                for item in page.get("Contents", ())
            )


_NOT_MODIFIED = 304
#: Precondition failed, or a conflict with a write under way; and gone in between.
_LOST_RACE = (412, 409, 404)
_NOT_FOUND = {"NoSuchKey", "404"}
_DENIED = {"AccessDenied", "403", "Forbidden"}
_PASSING = {"SlowDown", "RequestLimitExceeded", "RequestTimeout", "InternalError", "500", "503"}


@contextmanager
def _asking(uri: str, permission: str) -> Iterator[None]:
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
        target = parse_uri(uri)
        return StorageAccessDenied(
            uri,
            f"access denied; allow {permission} on {target.arn} (and s3:ListBucket on "
            f"arn:aws:s3:::{target.bucket}, without which a missing object looks the same)",
        )
    return StorageError(uri, f"{permission} failed with {code or 'an error without a code'}")
