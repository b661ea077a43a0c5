"""A folder that stands in for S3: ``s3://bucket/key`` is the file ``bucket/key`` below it."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import ObjectNotFound, ObjectTooLarge, StorageError, StorageUnavailable
from storage import Version, parse_uri


class FolderStorage:
    """Objects as plain files, so that everything can be opened in an editor.

    What is not below ``root`` is looked for below the ``fallbacks``, which are never written to.
    Colons and percent signs are percent-encoded where a file system forbids colons; files named
    that way are found everywhere. No address leads out of the folders, also not through ``..`` or a
    symbolic link. Writes are atomic.
    """

    def __init__(self, root: Path, *fallbacks: Path) -> None:
        self.root = root
        self._roots = (root, *fallbacks)

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``storage.Storage``."""
        path = self._find(uri)
        with _reading(uri):
            size = path.stat().st_size
            if limit is not None and size > limit:
                raise ObjectTooLarge(uri, size, limit)
            return path.read_bytes()

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object unless its content's hash is ``etag``; see ``storage.Storage``."""
        data = self.read(uri)
        found = hashlib.sha256(data).hexdigest()
        return None if found == etag else Version(found, data)

    def write(self, uri: str, data: bytes) -> None:
        """Store the object whole, or not at all; see ``storage.Storage``."""
        path = self.path(uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:
        """Store the object if it still has this tag; see ``storage.Storage``."""
        try:
            found: str | None = hashlib.sha256(self.read(uri)).hexdigest()
        except ObjectNotFound:
            found = None
        if found != etag:
            return False
        self.write(uri, data)
        return True

    def exists(self, uri: str) -> bool:
        """Tell whether there is such an object."""
        try:
            self._find(uri)
        except ObjectNotFound:
            return False
        return True

    def path(self, uri: str) -> Path:
        """Return the file in which an object is, or will be, kept below ``root``.

        Raises:
            StorageError: the address has no place below it.
        """
        return _place(self.root, uri, encode=sys.platform == "win32")

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all objects below ``root`` whose address starts with ``uri/``."""
        folder = self.path(uri)
        below = sorted(path for path in folder.rglob("*") if path.is_file())
        return [
            f"{uri}/{_decoded(path.relative_to(folder).as_posix())}"
            for path in below
            if not path.name.startswith(".writing-")
        ]

    def _find(self, uri: str) -> Path:
        for root in self._roots:
            for encode in (False, True):
                path = _place(root, uri, encode=encode)
                if path.is_file():
                    return path
        raise ObjectNotFound(uri, f"there is no such object below {self.root}")


def _place(root: Path, uri: str, *, encode: bool) -> Path:
    address: S3Uri = parse_uri(uri)
    segments = address.key.split("/")
    if any(segment in ("", ".", "..") or "\0" in segment for segment in segments):
        raise StorageError(uri, "a folder can't keep a key with empty, '.' or '..' segments")
    if encode:
        segments = [segment.replace("%", "%25").replace(":", "%3A") for segment in segments]
    path = root.joinpath(address.bucket, *segments)
    if not path.resolve().is_relative_to(root.resolve()):
        raise StorageError(uri, "the address leads out of the folder")
    return path


def _decoded(name: str) -> str:
    return name.replace("%3A", ":").replace("%25", "%") if sys.platform == "win32" else name


@contextmanager
def _reading(uri: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(uri, f"the file can't be read ({error.strerror})") from None
