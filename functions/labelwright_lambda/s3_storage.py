"""S3 as a storage, under the credentials of the environment or of an assumed role.

This and ``s3_errors`` alone import AWS's library, when the first client is made.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from labelwright.errors import (
    ObjectNotFound,
    ObjectTooLarge,
    StorageAccessDenied,
    StorageError,
    StorageUnavailable,
)
from labelwright_lambda.s3_errors import asking
from labelwright_lambda.storage import Version, parse_uri

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef
    from mypy_boto3_sts import STSClient


class Patience(NamedTuple):
    """How long S3 is waited for, in seconds: to connect, for each piece, and for a whole body.

    ``attempts`` counts the first one, too.
    """

    connect: float
    read: float
    attempts: int
    body: float


#: For what has 30 seconds in all, as pre-labeling: two objects, each with a second attempt.
QUICK = Patience(connect=2, read=4, attempts=2, body=12)

#: For what has minutes, as post-labeling.
LONG = Patience(connect=5, read=20, attempts=4, body=120)

#: Seconds of a Lambda's time that are left for telling that S3 was too slow.
_LAST_WORDS = 1.0


class S3Storage:
    """S3, with the credentials of the environment or of an assumed role.

    ``left`` tells how many seconds there are for all that is still to be done.
    """

    def __init__(
        self,
        client: "S3Client",
        body_seconds: float = LONG.body,
        left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self._client = client
        self._body_seconds = body_seconds
        self._left = left

    def within(self, remaining: Callable[[], int] | None) -> "S3Storage":
        """Return the same storage for one call of a Lambda, as long as that lasts.

        ``remaining`` tells its milliseconds; what it is None for is not bounded.
        """
        if remaining is None:
            return self
        return S3Storage(self._client, self._body_seconds, lambda: remaining() / 1000 - _LAST_WORDS)

    @classmethod
    def connect(
        cls,
        role_arn: str | None = None,
        session: "Session | None" = None,
        patience: Patience = LONG,
    ) -> "S3Storage":
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
        config = Config(
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            max_pool_connections=16,
        )
        if role_arn is None:
            client = session.create_client("s3", config=config)
            return cls(cast("S3Client", client), patience.body)
        from botocore.exceptions import ClientError

        try:
            sts = cast("STSClient", session.create_client("sts", config=config))
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
        return cls(cast("S3Client", client), patience.body)

    @contextmanager
    def _asking(self, uri: str, permission: str) -> Iterator[None]:
        if self._left() <= 0:
            raise StorageUnavailable(uri, "there is no time left to ask S3; try again")
        with asking(uri, permission):
            yield

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``Storage``."""
        bucket, key = parse_uri(uri)
        with self._asking(uri, "s3:GetObject"):
            answer = self._client.get_object(Bucket=bucket, Key=key)
            # closing: StreamingBody's own "with" gives the stream that does not check its length.
            with closing(answer["Body"]) as body:
                if limit is not None and answer["ContentLength"] > limit:
                    raise ObjectTooLarge(uri, answer["ContentLength"], limit)
                return self._whole(uri, body, answer["ContentLength"])

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object unless its ETag is ``etag``; see ``Storage``."""
        from botocore.exceptions import ClientError

        bucket, key = parse_uri(uri)
        condition: dict[str, Any] = {"IfNoneMatch": etag} if etag else {}
        with self._asking(uri, "s3:GetObject"):
            try:
                answer = self._client.get_object(Bucket=bucket, Key=key, **condition)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == _NOT_MODIFIED:
                    return None
                raise
            with closing(answer["Body"]) as body:
                return Version(answer["ETag"], self._whole(uri, body, answer["ContentLength"]))

    def _whole(self, uri: str, body: "StreamingBody", length: int) -> bytes:
        """Read a body to its end.

        The client's timeout is for each piece alone: a body that drips would outlast any Lambda.
        botocore fills whole buffers, so what it reads from is asked for what is there.

        Raises:
            StorageUnavailable: it did not end in time, or short of its length.
        """
        from botocore.exceptions import IncompleteReadError

        stream = body._raw_stream  # type: ignore[attr-defined]
        end = time.monotonic() + min(self._body_seconds, self._left())
        data = bytearray()
        while piece := stream.read1(_PIECE):
            data += piece
            if time.monotonic() > end and len(data) < length:
                raise StorageUnavailable(
                    uri,
                    f"S3 sent {len(data):,} of {length:,} bytes in the time there was; try again",
                )
        if len(data) != length:
            raise IncompleteReadError(actual_bytes=len(data), expected_bytes=length)
        return bytes(data)

    def write(self, uri: str, data: bytes) -> None:
        """Store the object; see ``Storage``."""
        bucket, key = parse_uri(uri)
        with self._asking(uri, "s3:PutObject"):
            self._client.put_object(
                Bucket=bucket, Key=key, Body=data, ContentType="application/json"
            )

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:
        """Store the object if nobody was faster; see ``Storage``."""
        from botocore.exceptions import ClientError

        bucket, key = parse_uri(uri)
        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with self._asking(uri, "s3:PutObject"):
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
        with self._asking(uri, "s3:ListBucket"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=f"{prefix}/"
            )
            return sorted(
                f"s3://{bucket}/{item['Key']}"
                for page in pages
                for item in page.get("Contents", ())
            )

    def write_parts(self, uri: str, parts: Iterable[bytes]) -> None:
        """Store an object of any size, a large one in several requests; see ``JobStorage``."""
        chunks = _chunks(parts)
        first, second = next(chunks, b""), next(chunks, None)
        if second is None:
            self.write(uri, first)
            return
        bucket, key = parse_uri(uri)
        with self._asking(uri, "s3:PutObject"):
            upload = self._client.create_multipart_upload(
                Bucket=bucket, Key=key, ContentType="application/json"
            )["UploadId"]
        try:
            self._upload(uri, upload, chain((first, second), chunks))
        except BaseException:
            # What was sent would be kept, and paid for. What went wrong first is what is told.
            with suppress(StorageError), self._asking(uri, "s3:AbortMultipartUpload"):
                self._client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
            raise

    def _upload(self, uri: str, upload: str, chunks: Iterable[bytes]) -> None:
        bucket, key = parse_uri(uri)
        sent: list[CompletedPartTypeDef] = []
        for number, chunk in enumerate(chunks, start=1):
            with self._asking(uri, "s3:PutObject"):
                answer = self._client.upload_part(
                    Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=chunk
                )
            sent.append({"ETag": answer["ETag"], "PartNumber": number})
        with self._asking(uri, "s3:PutObject"):
            self._client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": sent}
            )

    def exists(self, uri: str) -> bool:
        """Tell whether there is such an object, in such a bucket; see ``JobStorage``."""
        bucket, key = parse_uri(uri)
        try:
            with self._asking(uri, "s3:GetObject"):
                self._client.head_object(Bucket=bucket, Key=key)
        except ObjectNotFound:
            return False
        return True

    def delete(self, uri: str) -> None:
        """Remove an object; see ``JobStorage``."""
        bucket, key = parse_uri(uri)
        with self._asking(uri, "s3:DeleteObject"):
            self._client.delete_object(Bucket=bucket, Key=key)


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join parts until they are large enough for a request of their own."""
    gathered = bytearray()
    for part in parts:
        gathered += part
        if len(gathered) >= _CHUNK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


_NOT_MODIFIED = 304
#: Bytes asked of a body at once; fewer come where no more are there.
_PIECE = 256 * 1024
#: Precondition failed, or a conflict with a write under way; and gone in between.
_LOST_RACE = (412, 409, 404)
#: Bytes of a request where an object is written in several: at least 5 MiB, at most 10,000 of them.
_CHUNK = 8 * 1024 * 1024
