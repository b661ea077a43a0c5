"""What can be done with one object."""

import hashlib
import mimetypes
import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from labelwright.errors import ObjectNotFound
from labelwright_local.s3_endpoint.errors import S3Error
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.xml import xml_response
from labelwright_local.workspace.folder_storage import FolderStorage

_PIECE = 2**20
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


#: What a reader may have told otherwise: its header is the name's end.
OVERRIDES = frozenset(
    f"response-{name}"
    for name in ("cache-control", "content-disposition", "content-language", "content-type")
)


class Stored(NamedTuple):
    """An object: its content as an open file, its size in bytes, its tag, when it was written."""

    file: BinaryIO
    size: int
    etag: str
    modified: datetime


class Tagged:
    """Content on its way; once all of it has passed, its ETag is known."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._md5 = hashlib.md5(usedforsecurity=False)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._md5.update(piece)
            yield piece

    @property
    def etag(self) -> str:
        """The tag: as in S3, the MD5 of the content in quotes."""
        return f'"{self._md5.hexdigest()}"'


def tag_of(file: BinaryIO) -> str:
    """Return the ETag of a file's content."""
    tagged = Tagged(pieces_of(file))
    for _ in tagged:
        pass
    return tagged.etag


def pieces_of(file: BinaryIO, size: int | None = None) -> Iterator[bytes]:
    """Yield so many bytes of a file from where it is at, or all, piece by piece."""
    while piece := file.read(_PIECE if size is None else min(size, _PIECE)):
        size = None if size is None else size - len(piece)
        yield piece


class Objects:
    """The objects of a folder, with S3's conditions on reading and writing."""

    def __init__(self, storage: FolderStorage) -> None:
        self.storage = storage
        # Between a condition and the writing it allows, nobody else writes.
        self._writing = threading.Lock()

    @contextmanager
    def opened(self, uri: str) -> Iterator[Stored]:
        """Open an object as long as this lasts.

        Raises:
            StorageError: it is not there, or can't be read.
        """
        stored = self._open(uri)
        with stored.file:
            yield stored

    def _open(self, uri: str) -> Stored:
        file = self.storage.open(uri)
        status = os.fstat(file.fileno())
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        return Stored(file, status.st_size, tag_of(file), modified)

    def get(self, request: S3Request) -> Response:
        """GetObject and HeadObject."""
        found = self._open(request.uri)
        try:
            response, part = _response(request, found)
        except BaseException:
            found.file.close()
            raise
        if part is None or request.method == "HEAD":
            found.file.close()
            return response
        return _FileResponse(found.file, part, response)

    def put(self, request: S3Request) -> Response:
        """PutObject and CopyObject."""
        source = request.headers.get("x-amz-copy-source")
        if source is None:
            return Response(None, 200, {"ETag": self.write(request, request.body.pieces())})
        uri = f"s3://{unquote(source.split('?')[0]).removeprefix('/')}"
        with self.opened(uri) as copied:
            copied.file.seek(0)
            etag = self.write(request, pieces_of(copied.file))
        modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return xml_response(("CopyObjectResult", [("ETag", etag), ("LastModified", modified)]))

    def write(self, request: S3Request, pieces: Iterable[bytes]) -> str:
        """Store an object under the request's conditions; return its tag.

        Raises:
            S3Error: a condition does not hold, or a piece is not right; nothing is written then.
        """
        wanted = request.headers.get("if-match")
        unwanted = request.headers.get("if-none-match")
        if unwanted not in (None, "*"):
            raise S3Error(501, "NotImplemented", "If-None-Match of a write is * or nothing")
        tagged = Tagged(pieces)
        with self._writing:
            if unwanted is not None and self.storage.exists(request.uri):
                raise _precondition_failed("If-None-Match")
            if wanted is not None:
                try:
                    with self.opened(request.uri) as found:
                        pass
                except ObjectNotFound as error:
                    raise S3Error(404, "NoSuchKey", str(error)) from None
                if not _matches(wanted, found.etag):
                    raise _precondition_failed("If-Match")
            self.storage.write_parts(request.uri, tagged)
        return tagged.etag

    def delete(self, uri: str) -> None:
        """DeleteObject: one that is not there is deleted already."""
        with self._writing:
            self.storage.delete(uri)


def _response(request: S3Request, found: Stored) -> tuple[Response, range | None]:
    """Return what is told of an object, and which of its bytes are sent."""
    headers = {
        "accept-ranges": "bytes",
        "content-security-policy": "sandbox",
        "content-type": mimetypes.guess_type(request.key)[0] or "binary/octet-stream",
        "etag": found.etag,
        "last-modified": format_datetime(found.modified, usegmt=True),
        "x-content-type-options": "nosniff",
    }
    for name in OVERRIDES & request.query.keys():
        if not (request.query[name].isascii() and request.query[name].isprintable()):
            raise S3Error(400, "InvalidArgument", f"{name} is not printable ASCII")
        headers[name.removeprefix("response-")] = request.query[name]
    wanted = request.headers.get("if-match")
    if wanted is not None and not _matches(wanted, found.etag):
        raise _precondition_failed("If-Match")
    unwanted = request.headers.get("if-none-match")
    if unwanted is not None and _matches(unwanted, found.etag):
        return Response(None, 304, headers), None
    part = _range(request.headers.get("range", ""), found.size)
    sent = part if part is not None else range(found.size)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{found.size}"
    headers["Content-Length"] = str(len(sent))
    return Response(None, 200 if part is None else 206, headers), sent


class _FileResponse(StreamingResponse):
    """Sends a part of a file, and closes it also when nobody reads what is sent."""

    def __init__(self, file: BinaryIO, part: range, head: Response) -> None:
        file.seek(part.start)
        super().__init__(pieces_of(file, len(part)), head.status_code, head.headers)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)


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
