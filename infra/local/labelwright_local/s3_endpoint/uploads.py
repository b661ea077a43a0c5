"""Multipart uploads: what clients send big objects by.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from starlette.responses import Response

from labelwright_local.s3_endpoint.errors import S3Error
from labelwright_local.s3_endpoint.objects import Objects, Tagged, pieces_of, tag_of
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.xml import read_elements, xml_response


class Uploads:
    """Uploads under way: their parts are files in a folder that ends with this S3."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self._objects = objects
        self._folder = folder
        self._uris: dict[str, str] = {}

    def begin(self, request: S3Request) -> Response:
        """CreateMultipartUpload."""
        # An address that can't be written to is refused now, not after gigabytes.
        self._objects.storage.path(request.uri)
        upload = secrets.token_hex(16)
        (self._folder / upload).mkdir(parents=True)
        self._uris[upload] = request.uri
        fields = [("Bucket", request.bucket), ("Key", request.key), ("UploadId", upload)]
        return xml_response(("InitiateMultipartUploadResult", list(fields)))

    def put_part(self, request: S3Request) -> Response:
        """UploadPart."""
        number = request.number("partNumber", 0)
        if not 1 <= number <= 10_000:
            raise S3Error(400, "InvalidArgument", "partNumber is from 1 to 10,000")
        if "x-amz-copy-source" in request.headers:
            raise S3Error(501, "NotImplemented", "parts can't be copied here")
        path, tagged = self._part(request, number), Tagged(request.body.pieces())
        arriving = path.with_name(f"{number}-{secrets.token_hex(4)}")
        try:
            with arriving.open("wb") as file:
                file.writelines(tagged)
            arriving.replace(path)
        finally:
            arriving.unlink(missing_ok=True)
        return Response(None, 200, {"ETag": tagged.etag})

    def complete(self, request: S3Request) -> Response:
        """CompleteMultipartUpload: the parts that are named, put together in one write."""
        self._upload(request)
        parts = []
        for named in read_elements(request.body.read(), "Part"):
            number = named.get("PartNumber", "")
            path = self._part(request, int(number) if _is_part(number) else 0)
            if not path.is_file() or named.get("ETag", "").strip('"') != _tag_of(path).strip('"'):
                raise S3Error(400, "InvalidPart", f"part {number} was not uploaded, or is another")
            parts.append(path)
        if not parts:
            raise S3Error(400, "MalformedXML", "no parts are named")
        etag = self._objects.write(request, _joined(parts))
        self.abort(request)
        fields = [("Bucket", request.bucket), ("Key", request.key), ("ETag", etag)]
        return xml_response(("CompleteMultipartUploadResult", list(fields)))

    def abort(self, request: S3Request) -> Response:
        """AbortMultipartUpload."""
        folder = self._upload(request)
        del self._uris[folder.name]
        for part in folder.iterdir():
            part.unlink()
        folder.rmdir()
        return Response(None, 204)

    def _part(self, request: S3Request, number: int) -> Path:
        return self._upload(request) / str(number)

    def _upload(self, request: S3Request) -> Path:
        upload = request.query.get("uploadId", "")
        if self._uris.get(upload) != request.uri:
            raise S3Error(404, "NoSuchUpload", "there is no such upload of this object")
        return self._folder / upload


def _is_part(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) <= 5


def _tag_of(path: Path) -> str:
    with path.open("rb") as file:
        return tag_of(file)


def _joined(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            yield from pieces_of(file)
