"""What can be done with one object."""

import hashlib
import mimetypes
import re
import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote

from starlette.responses import Response

from labelwright.errors import ObjectNotFound
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.s3_endpoint.bodies import read_body
from labelwright_local.s3_endpoint.errors import S3Error
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.xml import xml_response

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Stored(NamedTuple):
    """An object: its content, its tag, when it was written."""

    data: bytes
    etag: str
    modified: datetime


def tag_of(data: bytes) -> str:
    """Return an object's ETag: as in S3, the MD5 of its content in quotes."""
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


class Objects:
    """The objects of a folder, with S3's conditions on reading and writing."""

    def __init__(self, storage: FolderStorage) -> None:
        self.storage = storage
        # Between a condition and the writing it allows, nobody else writes.
        self._writing = threading.Lock()

    def stored(self, uri: str) -> Stored:
        """Read an object.

        Raises:
            StorageError: it is not there, or can't be read.
        """
        data = self.storage.read(uri)
        try:
            seconds = self.storage.locate(uri).stat().st_mtime
        except FileNotFoundError:
            raise ObjectNotFound(uri, "the object was deleted just now") from None
        return Stored(data, tag_of(data), datetime.fromtimestamp(seconds, UTC))

    def get(self, request: S3Request) -> Response:
        """GetObject and HeadObject."""
        found = self.stored(request.uri)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Security-Policy": "sandbox",
            "Content-Type": mimetypes.guess_type(request.key)[0] or "binary/octet-stream",
            "ETag": found.etag,
            "Last-Modified": format_datetime(found.modified, usegmt=True),
            "X-Content-Type-Options": "nosniff",
        }
        wanted = request.headers.get("if-match")
        if wanted is not None and not _matches(wanted, found.etag):
            raise _precondition_failed("If-Match")
        unwanted = request.headers.get("if-none-match")
        if unwanted is not None and _matches(unwanted, found.etag):
            return Response(None, 304, headers)
        data, status = found.data, 200
        part = _range(request.headers.get("range", ""), len(data))
        if part is not None:
            status = 206
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(data)}"
            data = data[part.start : part.stop]
        headers["Content-Length"] = str(len(data))
        return Response(b"" if request.method == "HEAD" else data, status, headers)

    def put(self, request: S3Request) -> Response:
        """PutObject and CopyObject."""
        source = request.headers.get("x-amz-copy-source")
        if source is not None:
            copied = self.stored(f"s3://{unquote(source.split('?')[0]).removeprefix('/')}")
            self.write(request, copied.data)
            modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            return xml_response(
                ("CopyObjectResult", [("ETag", copied.etag), ("LastModified", modified)])
            )
        etag = self.write(request, read_body(request.body, request.headers))
        return Response(None, 200, {"ETag": etag})

    def write(self, request: S3Request, data: bytes) -> str:
        """Store an object under the request's conditions; return its tag.

        Raises:
            S3Error: a condition does not hold; nothing is written then.
        """
        wanted = request.headers.get("if-match")
        unwanted = request.headers.get("if-none-match")
        if unwanted not in (None, "*"):
            raise S3Error(501, "NotImplemented", "If-None-Match of a write is * or nothing")
        with self._writing:
            if unwanted is not None and self.storage.exists(request.uri):
                raise _precondition_failed("If-None-Match")
            if wanted is not None:
                try:
                    found = self.stored(request.uri)
                except ObjectNotFound as error:
                    raise S3Error(404, "NoSuchKey", str(error)) from None
                if not _matches(wanted, found.etag):
                    raise _precondition_failed("If-Match")
            self.storage.write(request.uri, data)
        return tag_of(data)

    def delete(self, uri: str) -> None:
        """DeleteObject: one that is not there is deleted already."""
        with self._writing:
            self.storage.delete(uri)


def _matches(condition: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return "*" in tags or etag in tags or etag.strip('"') in tags


def _precondition_failed(name: str) -> S3Error:
    return S3Error(412, "PreconditionFailed", f"the condition {name} does not hold")


def _range(header: str, size: int) -> range | None:
    """Return the bytes that a Range asks for, None for all: what is no range is ignored."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        raise S3Error(416, "InvalidRange", "the range lies behind the object's end")
    return range(start, stop)
