"""Signed, expiring addresses under which a browser reads objects: what presigned URLs are in S3."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from labelwright.contract.s3_uri import S3Uri

#: A task may take 8 hours at most (TaskTimeLimitInSeconds of a custom job).
LONGEST_TASK = 28_800

_SECONDS = re.compile("[0-9]{1,12}")


class ObjectLinks:
    """Signs addresses (HMAC-SHA-256, RFC 2104), and tells which are its own and still last.

    ``key`` is the workspace's, so that a link outlives the server that gave it. ``lifetime`` is in
    seconds, at least a job's TaskTimeLimitInSeconds: a page's images are there as long as its
    task. ``now`` gives the time in seconds.
    """

    def __init__(
        self, key: bytes, lifetime: int = LONGEST_TASK, now: Callable[[], float] = time.time
    ) -> None:
        self._key = key
        self._lifetime = lifetime
        self._now = now

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
