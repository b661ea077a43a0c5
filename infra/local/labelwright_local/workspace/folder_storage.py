"""A folder that stands in for S3: ``s3://bucket/key`` is the file ``bucket/key`` below it."""

import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import ObjectNotFound, ObjectTooLarge, StorageError, StorageUnavailable
from labelwright_lambda.storage import Version, parse_uri
from labelwright_local.workspace.data_folder import DataFolder
from labelwright_local.workspace.relative_paths import DATA_BUCKET

#: A name that a file system can't hold is a file that is not there.
_NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


class _Root(NamedTuple):
    """A folder as it was named, and where it really is, links followed once for all."""

    folder: Path
    real: str


class FolderStorage:
    """Objects as plain files, so that everything can be opened in an editor.

    What is not below ``root`` is looked for below the ``fallbacks``, which are never written to.
    ``remedy`` is added to the error about an object that is in none of them. Colons and percent
    signs are percent-encoded where a file system forbids colons; files named that way are found
    everywhere. No address leads out of the folders, also not through ``..`` or a symbolic link.
    Writes are atomic. The files of the folder ``data`` are those of a bucket of their own, whose
    names stand for themselves; nothing is written to them either.
    """

    def __init__(
        self, root: Path, *fallbacks: Path, remedy: str = "", data: DataFolder | None = None
    ) -> None:
        self.root = root
        self._remedy = remedy
        self._data = data
        self._roots = [_Root(folder, os.path.realpath(folder)) for folder in (root, *fallbacks)]

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``storage.Storage``."""
        path = self.locate(uri)
        with _reading(uri):
            size = path.stat().st_size
            if limit is not None and size > limit:
                raise ObjectTooLarge(uri, size, limit)
            return path.read_bytes()

    def open(self, uri: str) -> BinaryIO:
        """Return the object's file, open for reading; its content stays what it was.

        Raises:
            StorageError: as ``read``.
        """
        path = self.locate(uri)
        with _reading(uri):
            return path.open("rb")

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object unless its content's hash is ``etag``; see ``storage.Storage``."""
        data = self.read(uri)
        found = hashlib.sha256(data).hexdigest()
        return None if found == etag else Version(found, data)

    def write(self, uri: str, data: bytes) -> None:
        """Store the object whole, or not at all; see ``storage.Storage``."""
        self.write_parts(uri, (data,))

    def write_parts(self, uri: str, parts: Iterable[bytes]) -> None:
        """Store an object that never is in memory whole; like ``write`` otherwise."""
        path = self.path(uri)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, parts)
        except OSError as error:
            raise StorageError(
                uri, f"the file can't be written ({error.strerror}: {path})"
            ) from None

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

    def locate(self, uri: str) -> Path:
        """Return the file that holds an object, wherever it was found.

        Raises:
            ObjectNotFound: there is none.
            StorageError: the address leads out of the folders.
        """
        with _reading(uri):
            path = self._find(uri)
        if path is None:
            raise self._not_found(uri)
        return path

    def exists(self, uri: str) -> bool:
        """Tell whether there is such an object."""
        with _reading(uri):
            return self._find(uri) is not None

    def path(self, uri: str) -> Path:
        """Return the file in which an object is, or will be, kept below ``root``.

        Raises:
            StorageError: the address has no place below it.
        """
        encode = sys.platform == "win32" or _means_another(uri)
        path = _place(self.root, uri, encode=encode)
        _must_be_inside(path, self._roots[0], uri)
        return path

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all objects below ``root`` whose address starts with ``uri/``."""
        folder = self.path(uri)
        below = sorted(path for path in folder.rglob("*") if path.is_file())
        return [
            f"{uri}/{decoded_name(path.relative_to(folder).as_posix())}"
            for path in below
            if not path.name.startswith(".writing-")
        ]

    def delete(self, uri: str) -> None:
        """Remove an object; one that is not there is removed already.

        Raises:
            StorageError: it lies in a fallback, or the file can't be removed.
        """
        path = self.path(uri)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(uri, f"the file can't be removed ({error.strerror})") from None
        if self.exists(uri):
            raise StorageError(uri, "the object is in a folder that is only read from")

    def has_bucket(self, bucket: str) -> bool:
        """Tell whether there is a folder for a bucket, also among the fallbacks."""
        try:
            parse_uri(f"s3://{bucket}/key")
        except StorageError:
            return False
        if bucket == DATA_BUCKET and self._data is not None:
            return True
        return any((root.folder / bucket).is_dir() for root in self._roots)

    def list_keys(self, bucket: str, prefix: str) -> list[str]:
        """Return all keys of a bucket that begin with a text, also those in the fallbacks.

        In the order of S3: by UTF-8 bytes. What leads out of the folders is left out.
        """
        parent = prefix.rpartition("/")[0]
        folders = dict.fromkeys((parent, _encoded(parent)))
        found = {
            key
            for root in self._roots
            for folder in folders
            for key in _keys_in(root, bucket, folder)
            if key.startswith(prefix)
        }
        if bucket == DATA_BUCKET and self._data is not None:
            found |= {key for key in self._data.keys(parent) if key.startswith(prefix)}
        return sorted(found, key=str.encode)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that objects are looked for in, those that people fill first."""
        own, *fallbacks = (root.folder for root in self._roots)
        return (*fallbacks, own)

    def listed(self, bucket: str, folder: str) -> dict[str, bool]:
        """Return what lies in one folder of a bucket ('' for its top): name to whether it is one.

        Also from the fallbacks; empty where there is no such folder, or it leads out of them.
        """
        found: dict[str, bool] = {}
        if ".." in folder.split("/") or "\0" in folder or bucket in ("", ".", ".."):
            return found
        for root in reversed(self._roots):
            for form in dict.fromkeys((folder, _encoded(folder))):
                path = root.folder / bucket / form
                if not Path(os.path.realpath(path)).is_relative_to(root.real):
                    continue
                with suppress(OSError), os.scandir(path) as entries:
                    found |= {decoded_name(entry.name): entry.is_dir() for entry in entries}
        if bucket == DATA_BUCKET and self._data is not None:
            found = self._data.listed(folder) | found
        return found

    def _find(self, uri: str) -> Path | None:
        for root in self._roots:
            plain, encoded = (_place(root.folder, uri, encode=encode) for encode in (False, True))
            # Files that people copied are named as they found them, also like encoded ones.
            likely = (encoded, plain) if _means_another(uri) else (plain, encoded)
            for path in dict.fromkeys(likely):
                if _is_file(path):
                    _must_be_inside(path, root, uri)
                    return path
        address = parse_uri(uri)
        if self._data is None or address.bucket != DATA_BUCKET:
            return None
        found = self._data.find(address.key)
        if found is None and self._data.leads_out(address.key):
            raise StorageError(uri, "the path leads out of the data folder, or to a job's files")
        return found

    def _not_found(self, uri: str) -> ObjectNotFound:
        """Name where was looked, the folder that people fill before the one that jobs write to."""
        if self._data is not None and parse_uri(uri).bucket == DATA_BUCKET:
            return ObjectNotFound(uri, f"there is no such file below {self._data.folder}")
        folders = " nor below ".join(map(str, self.folders))
        remedy = f"; {self._remedy}" if self._remedy else ""
        return ObjectNotFound(uri, f"there is no such object below {folders}{remedy}")


def _place(root: Path, uri: str, *, encode: bool) -> Path:
    address: S3Uri = parse_uri(uri)
    segments = address.key.split("/")
    if any(segment in ("", ".", "..") or "\0" in segment for segment in segments):
        raise StorageError(uri, "a folder can't keep a key with empty, '.' or '..' segments")
    if encode:
        segments = [_encoded(segment) for segment in segments]
    return root.joinpath(address.bucket, *segments)


def _must_be_inside(path: Path, root: _Root, uri: str) -> None:
    if not Path(os.path.realpath(path)).is_relative_to(root.real):
        raise StorageError(uri, "the address leads out of the folder")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        if error.errno in _NO_SUCH_NAME:
            return False
        raise


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _keys_in(root: _Root, bucket: str, below: str) -> Iterator[str]:
    """Yield the keys of the files in and below a folder of a bucket."""
    top = root.folder / bucket
    start = top / below
    if below.startswith("/") or ".." in below.split("/") or "\0" in below:
        return
    if not Path(os.path.realpath(start)).is_relative_to(root.real):
        return
    for folder, _, names in os.walk(start):
        for name in names:
            path = Path(folder, name)
            if name.startswith(".writing-") or (
                path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root.real)
            ):
                continue
            key = decoded_name(path.relative_to(top).as_posix())
            # A name that is not UTF-8 is no key.
            if not any("\ud800" <= char <= "\udfff" for char in key):
                yield key


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace(":", "%3A")


def _means_another(uri: str) -> bool:
    """Tell whether a key, taken as a file's name, would be read as another key's encoded one."""
    return decoded_name(uri) != uri


def decoded_name(name: str) -> str:
    """Return the key that a file's path stands for, below its bucket's folder."""
    # Found everywhere, whatever system named the file: reading looks for both names.
    return name.replace("%3A", ":").replace("%25", "%")


@contextmanager
def _reading(uri: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(uri, f"the file can't be read ({error.strerror})") from None
