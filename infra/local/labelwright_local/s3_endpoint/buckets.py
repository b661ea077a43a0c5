"""What can be done with a bucket: look at it, list it, delete many of its objects."""

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote

from starlette.responses import Response

from labelwright.errors import ObjectNotFound, StorageError
from labelwright_local.s3_endpoint.errors import S3Error, from_storage
from labelwright_local.s3_endpoint.listing import page_of
from labelwright_local.s3_endpoint.objects import Objects
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.xml import Node, read_elements, xml_response

_MOST_KEYS = 1_000


class Buckets:
    """The buckets of a folder: its folders."""

    def __init__(self, objects: Objects, region: str) -> None:
        self._objects = objects
        self._region = region

    def must_exist(self, bucket: str) -> None:
        """Refuse what is asked of a bucket that is not there."""
        if not self._objects.storage.has_bucket(bucket):
            raise S3Error(404, "NoSuchBucket", f"{bucket}: there is no such bucket")

    def head(self, request: S3Request) -> Response:
        """HeadBucket."""
        self.must_exist(request.bucket)
        return Response(None, 200, {"x-amz-bucket-region": self._region})

    def location(self, request: S3Request) -> Response:
        """GetBucketLocation: in S3's first region it is empty."""
        self.must_exist(request.bucket)
        region = "" if self._region == "us-east-1" else self._region
        return xml_response(("LocationConstraint", region))

    def list(self, request: S3Request) -> Response:
        """ListObjectsV2, and ListObjects for those who still use it."""
        self.must_exist(request.bucket)
        query = request.query
        second = query.get("list-type") == "2"
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        most = min(request.number("max-keys", _MOST_KEYS), _MOST_KEYS)
        token = query.get("continuation-token")
        if second:
            after = _untoken(token) if token is not None else query.get("start-after", "")
        else:
            after = query.get("marker", "")
        keys = self._objects.storage.list_keys(request.bucket, prefix)
        page = page_of(keys, prefix, delimiter, after, most)
        encoded = query.get("encoding-type") == "url"

        def text(value: str) -> str:
            return quote(value) if encoded else value

        entries = [entry for key in page.keys if (entry := self._entry(request.bucket, key, text))]
        fields: list[Node] = [
            ("Name", request.bucket),
            ("Prefix", text(prefix)),
            ("MaxKeys", str(most)),
            ("IsTruncated", "false" if page.last is None else "true"),
        ]
        if delimiter:
            fields.append(("Delimiter", text(delimiter)))
        if encoded:
            fields.append(("EncodingType", "url"))
        if second:
            fields.append(("KeyCount", str(len(page.keys) + len(page.prefixes))))
            if page.last is not None:
                fields.append(("NextContinuationToken", _token(page.last)))
        else:
            fields.append(("Marker", text(after)))
            if page.last is not None:
                fields.append(("NextMarker", text(page.last)))
        fields += entries
        fields += [("CommonPrefixes", [("Prefix", text(common))]) for common in page.prefixes]
        return xml_response(("ListBucketResult", fields))

    def delete_many(self, request: S3Request) -> Response:
        """DeleteObjects: each is told of, the bad ones do not stop the good ones."""
        told: list[Node] = []
        for named in read_elements(request.body.read(), "Object"):
            key = named.get("Key", "")
            try:
                self._objects.delete(f"s3://{request.bucket}/{key}")
                told.append(("Deleted", [("Key", key)]))
            except StorageError as error:
                refused = from_storage(error)
                fields = [("Key", key), ("Code", refused.code), ("Message", str(refused))]
                told.append(("Error", list(fields)))
        return xml_response(("DeleteResult", told))

    def _entry(self, bucket: str, key: str, text: Callable[[str], str]) -> "Node | None":
        """Describe an object; None when it is gone by now."""
        try:
            with self._objects.opened(f"s3://{bucket}/{key}") as found:
                pass
        except ObjectNotFound:
            return None
        return (
            "Contents",
            [
                ("Key", text(key)),
                ("LastModified", found.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")),
                ("ETag", found.etag),
                ("Size", str(found.size)),
                ("StorageClass", "STANDARD"),
            ],
        )


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _untoken(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise S3Error(400, "InvalidArgument", "the continuation token is not ours") from None
