"""Stand-ins that tests hand to the handlers instead of patching anything."""

import hashlib
from collections.abc import Iterable, Mapping

from labelwright.errors import ObjectNotFound, ObjectTooLarge, StorageError
from labelwright_lambda.storage import Version, parse_uri


class FakeStorage:
    """Objects in memory: ``reads`` and ``writes`` record the addresses asked for, in order.

    ``errors`` are raised for their own address, by reading and writing alike. Text is stored as
    UTF-8.
    """

    def __init__(self, objects: Mapping[str, bytes | str] | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.errors: dict[str, StorageError] = {}
        self.reads: list[str] = []
        self.writes: list[str] = []
        for uri, data in (objects or {}).items():
            self.put(uri, data)

    def put(self, uri: str, data: bytes | str) -> None:
        """Place an object without recording it."""
        self.objects[uri] = data.encode() if isinstance(data, str) else data

    def fail(self, error: StorageError) -> "FakeStorage":
        """Raise ``error`` for its address from now on."""
        self.errors[error.uri] = error
        return self

    def read(self, uri: str, *, limit: int | None = None) -> bytes:
        """Return the object's bytes; see ``storage.Storage``."""
        self.reads.append(uri)
        self._check(uri)
        if uri not in self.objects:
            raise ObjectNotFound(uri, "there is no such object")
        data = self.objects[uri]
        if limit is not None and len(data) > limit:
            raise ObjectTooLarge(uri, len(data), limit)
        return data

    def read_if_changed(self, uri: str, etag: str | None) -> Version | None:
        """Return the object unless its content's hash is ``etag``; see ``storage.Storage``."""
        data = self.read(uri)
        found = hashlib.sha256(data).hexdigest()
        return None if found == etag else Version(found, data)

    def write(self, uri: str, data: bytes) -> None:
        """Store the object; see ``storage.Storage``."""
        self.writes.append(uri)
        self._check(uri)
        self.objects[uri] = data

    def write_if(self, uri: str, data: bytes, etag: str | None) -> bool:
        """Store the object if it still has this tag; see ``storage.Storage``."""
        held = self.objects.get(uri)
        found = None if held is None else hashlib.sha256(held).hexdigest()
        if found != etag:
            return False
        self.write(uri, data)
        return True

    def keys(self, uri: str) -> list[str]:
        """Return all addresses below ``uri/``; see ``storage.Storage``."""
        self._check(uri)
        return sorted(key for key in self.objects if key.startswith(f"{uri}/"))

    def write_parts(self, uri: str, parts: Iterable[bytes]) -> None:
        """Store the parts as one object; see ``storage.JobStorage``."""
        self.write(uri, b"".join(parts))

    def exists(self, uri: str) -> bool:
        """Tell whether there is such an object; see ``storage.JobStorage``."""
        self._check(uri)
        return uri in self.objects

    def delete(self, uri: str) -> None:
        """Remove an object; see ``storage.JobStorage``."""
        self._check(uri)
        self.objects.pop(uri, None)

    def _check(self, uri: str) -> None:
        parse_uri(uri)
        if uri in self.errors:
            raise self.errors[uri]
