"""A request as the operations see it, and who may make one."""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from labelwright_local.s3_endpoint.errors import S3Error

_HEADER_KEY = re.compile(r"Credential=([^/,\s]+)/")


class S3Request(NamedTuple):
    """``key`` is "" for the bucket itself; names of headers are in lower case."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def uri(self) -> str:
        """The object's address."""
        return f"s3://{self.bucket}/{self.key}"

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query, at least 0.

        Raises:
            S3Error: it is none.
        """
        text = self.query.get(name, "")
        if text and not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise S3Error(400, "InvalidArgument", f"{name} is not a number")
        return int(text) if text else otherwise


def must_be_allowed(request: S3Request, access_key_id: str, now: datetime) -> None:
    """Let pass who knows the access key, which is another one each time this S3 is started.

    A web page in this machine's browser can send requests here, but does not know it. A presigned
    link carries it to pages, so it allows to read only, until it expires.

    Raises:
        S3Error: access denied.
    """
    match = _HEADER_KEY.search(request.headers.get("authorization", ""))
    if match is not None:
        allowed = _same(match.group(1), access_key_id)
    elif request.method in ("GET", "HEAD"):
        allowed = _is_presigned(request.query, access_key_id, now)
    else:
        allowed = False
    if not allowed:
        raise S3Error(403, "AccessDenied", "the request is not signed with this S3's credentials")


def _is_presigned(query: Mapping[str, str], access_key_id: str, now: datetime) -> bool:
    """Tell whether a link is presigned (signature version 4, or 2) and still lasts."""
    if "X-Amz-Credential" in query:
        key = query["X-Amz-Credential"].partition("/")[0]
        try:
            begin = datetime.strptime(query.get("X-Amz-Date", ""), "%Y%m%dT%H%M%SZ")
            end = begin.replace(tzinfo=UTC) + timedelta(seconds=int(query["X-Amz-Expires"]))
        except (KeyError, ValueError, OverflowError):
            return False
    else:
        key = query.get("AWSAccessKeyId", "")
        try:
            end = datetime.fromtimestamp(int(query.get("Expires", "")), UTC)
        except (ValueError, OverflowError, OSError):
            return False
    return _same(key, access_key_id) and now < end


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
