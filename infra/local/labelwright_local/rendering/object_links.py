"""Signed, expiring addresses under which a browser reads objects: what presigned URLs are in S3."""

import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from labelwright.contract.s3_uri import S3Uri
from labelwright_local.usage import UsageError

#: A task may take 8 hours at most (TaskTimeLimitInSeconds of a custom job).
LONGEST_TASK = 28_800

_KEY_FILE = "object-links.key"
_KEY_BYTES = 32
_SECONDS = re.compile("[0-9]{1,12}")


class ObjectLinks:
    """Signs addresses, and tells which ones it signed and how long they last.

    ``lifetime`` is in seconds, at least a job's TaskTimeLimitInSeconds: a page's images are there
    as long as its task. ``now`` gives the time in seconds.
    """

    def __init__(
        self, key: bytes, lifetime: int = LONGEST_TASK, now: Callable[[], float] = time.time
    ) -> None:
        self._key = key
        self._lifetime = lifetime
        self._now = now

    @classmethod
    def of_workspace(cls, workspace: Path, lifetime: int = LONGEST_TASK) -> "ObjectLinks":
        """Sign with the workspace's own key, which is made when it is first needed.

        So a link outlives the server that gave it, and holds in no other workspace.

        Raises:
            UsageError: the key's file can't be read or written.
        """
        return cls(_workspace_key(workspace / _KEY_FILE), lifetime)

    def sign(self, uri: str) -> str:
        """Return the address of an object on this server: path, expiry and signature.

        Raises:
            ValueError: not of the form ``s3://bucket/key``.
        """
        bucket, key = S3Uri.parse(uri)
        expires = int(self._now()) + self._lifetime
        signature = self._signature(uri, expires)
        return f"/s3/{bucket}/{quote(key)}?expires={expires}&signature={signature}"

    def verify(self, path: str, query: Mapping[str, str]) -> str | None:
        """Return the object's ``s3://`` address, or None when the link is forged or expired.

        ``path`` is the one of ``sign``, percent-decoded once, as web frameworks hand it out.
        """
        expires, signature = query.get("expires", ""), query.get("signature", "")
        if not path.startswith("/s3/") or not _SECONDS.fullmatch(expires):
            return None
        uri = f"s3://{path.removeprefix('/s3/')}"
        genuine = self._signature(uri, int(expires)).encode()
        if not hmac.compare_digest(genuine, signature.encode(errors="replace")):
            return None
        return uri if self._now() < int(expires) else None

    def _signature(self, uri: str, expires: int) -> str:
        message = f"{expires}\n{uri}".encode(errors="surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()


def _workspace_key(file: Path) -> bytes:
    """Read the key; of two processes that make it at the same time, one wins."""
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _make_key(file)
        key = file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file}: the key of object links can't be kept ({error.strerror}); "
            "choose another --workspace"
        ) from None
    if len(key) != _KEY_BYTES:
        raise UsageError(f"{file}: not a key of {_KEY_BYTES} bytes; remove the file")
    return key


def _make_key(file: Path) -> None:
    """Write a new key, readable by its owner only, unless there is one by now."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(temporary, file)
        except FileExistsError:
            return
        except OSError:
            # A file system without hard links.
            temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
