"""Where objects are read and written: the interfaces, and how their addresses are read.

Handlers get a ``Storage`` handed to them. In Lambda it is ``s3_storage``, on a laptop a folder.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import StorageError


class Version(NamedTuple):
    """An object's content with the tag that changes when the content does."""

    etag: str
    data: bytes


class Readable(Protocol):
    """Objects under ``s3://bucket/key``. All methods raise the ``StorageError`` that fits."""

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes.

        Raises:
            ObjectTooLarge: it has more than ``limit`` bytes.
        """
        ...

    def keys(self, uri: str) -> list[str]:
        """Return the addresses of all objects below ``uri/``, sorted."""
        ...


class Storage(Readable, Protocol):
    """What the handlers use; the stack's permissions are for these methods."""

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


class JobStorage(Storage, Protocol):
    """What it takes besides to keep a whole job's files."""

    def write_parts(self, uri: str, parts: Iterable[bytes]) -> None:
        """Store an object that never is in memory whole; nothing is stored if ``parts`` raises."""
        ...

    def exists(self, uri: str) -> bool:
        """Tell whether there is such an object."""
        ...

    def delete(self, uri: str) -> None:
        """Remove an object; one that is not there is removed already."""
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
