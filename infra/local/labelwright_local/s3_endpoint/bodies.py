"""A request's body as AWS's clients send it: plain, or in chunks of its own with checksums behind.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from labelwright_local.s3_endpoint.errors import S3Error

#: Those that Python has; crc32c and crc64nvme are taken as they come.
_CHECKSUMS: Mapping[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda data: hashlib.sha256(data).digest(),
    "content-md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
}


def read_body(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the object in a body, whose checksums are right.

    Raises:
        S3Error: the chunks are damaged, or a checksum differs.
    """
    data, trailers = raw, dict[str, str]()
    if headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
        data, trailers = _unchunked(raw)
        declared = headers.get("x-amz-decoded-content-length")
        if declared is not None and declared != str(len(data)):
            raise S3Error(400, "IncompleteBody", "the body is shorter or longer than declared")
    for name, digest in _CHECKSUMS.items():
        told = headers.get(name) or trailers.get(name)
        if told is not None and told != base64.b64encode(digest(data)).decode():
            raise S3Error(400, "BadDigest", f"the body does not have the {name} that was sent")
    return data


def _unchunked(raw: bytes) -> tuple[bytes, dict[str, str]]:
    """Take ``size;chunk-signature=…`` lines out; what follows the last chunk are trailers."""
    parts, at = [], 0
    while True:
        end = raw.find(b"\r\n", at)
        size_text = raw[at:end].split(b";")[0] if end >= 0 else b""
        try:
            size = int(size_text, 16)
        except ValueError:
            size = -1
        begin = end + 2
        if size < 0 or begin + size > len(raw):
            raise S3Error(400, "IncompleteBody", "the chunks of the body are damaged")
        if size == 0:
            break
        parts.append(raw[begin : begin + size])
        at = begin + size + 2
    lines = raw[begin:].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return b"".join(parts), {name.strip().lower(): value.strip() for name, _, value in pairs}
