"""A request's body as AWS's clients send it: plain, or in chunks of its own with checksums behind.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

import base64
import hashlib
import re
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import IO, Protocol

from labelwright_local.s3_endpoint.errors import S3Error
from labelwright_local.s3_endpoint.signatures import Signature

#: What S3 takes in one request as an object; bigger ones come in parts.
MAX_OBJECT = 5 * 2**30
#: Lists of keys, or of parts; a list of 10,000 parts with checksums fits.
MAX_DOCUMENT = 4 * 2**20

_PIECE = 2**20
_HASH = re.compile("[0-9a-f]{64}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{1,64}))?\r\n")

_STREAMING = "STREAMING-"
_UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_SIGNED_CHUNKS = (
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
)


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


#: Those that Python has; crc32c and crc64nvme are taken as they come.
_CHECKSUMS: Mapping[str, Callable[[], _Digest]] = {
    "x-amz-checksum-crc32": _Crc32,
    "x-amz-checksum-sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "x-amz-checksum-sha256": hashlib.sha256,
    "content-md5": lambda: hashlib.md5(usedforsecurity=False),
}


async def receive(stream: AsyncIterator[bytes], file: IO[bytes], declared: str, most: int) -> None:
    """Write what comes into a file, ``most`` bytes of it; ``declared`` is the Content-Length.

    Raises:
        S3Error: there is more.
    """
    size = int(declared) if declared.isascii() and declared.isdecimal() else 0
    _must_fit(size, most)
    size = 0
    async for piece in stream:
        size += len(piece)
        _must_fit(size, most)
        file.write(piece)


def _must_fit(size: int, most: int) -> None:
    if size > most:
        raise S3Error(
            400,
            "EntityTooLarge",
            f"the body is larger than {most:,} bytes, the most of such requests",
        )


class Body:
    """What came with a request, in a file: read piece by piece, and checked by whoever reads it."""

    def __init__(self, raw: IO[bytes], headers: Mapping[str, str], signature: Signature) -> None:
        self._raw = raw
        self._headers = headers
        self._signature = signature
        self._trailers: dict[str, str] = {}

    def read(self) -> bytes:
        """Return it whole; as ``pieces`` does."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """Yield the content. All was right only when the last piece has come.

        Raises:
            S3Error: the chunks are damaged, or a hash, signature or checksum differs.
        """
        self._raw.seek(0)
        told = self._headers.get("x-amz-content-sha256", "")
        trailing = [n.strip() for n in self._headers.get("x-amz-trailer", "").lower().split(",")]
        names = [name for name in _CHECKSUMS if name in self._headers or name in trailing]
        digests = {name: _CHECKSUMS[name]() for name in names}
        sha256, size = hashlib.sha256(), 0
        for piece in self._chunks(told) if told.startswith(_STREAMING) else self._plain():
            size += len(piece)
            if _HASH.fullmatch(told):
                sha256.update(piece)
            for digest in digests.values():
                digest.update(piece)
            yield piece
        if _HASH.fullmatch(told) and sha256.hexdigest() != told:
            raise S3Error(
                400, "XAmzContentSHA256Mismatch", "the body is not the one that is signed"
            )
        declared = self._headers.get("x-amz-decoded-content-length")
        if told.startswith(_STREAMING) and declared not in (None, str(size)):
            raise S3Error(400, "IncompleteBody", "the body is shorter or longer than declared")
        for name, digest in digests.items():
            checksum = self._headers.get(name) or self._trailers.get(name)
            if checksum != base64.b64encode(digest.digest()).decode():
                raise S3Error(400, "BadDigest", f"the body does not have the {name} that was sent")

    def _plain(self) -> Iterator[bytes]:
        while piece := self._raw.read(_PIECE):
            yield piece

    def _chunks(self, told: str) -> Iterator[bytes]:
        """Take ``size;chunk-signature=…`` lines out; what follows the last chunk are trailers."""
        if told not in (_UNSIGNED_CHUNKS, *_SIGNED_CHUNKS):
            raise S3Error(501, "NotImplemented", f"{told[:60]}: such chunks are not read here")
        signed = told in _SIGNED_CHUNKS
        size = -1
        while size:
            match = _CHUNK.fullmatch(self._raw.readline(200))
            if match is None:
                raise _damaged()
            size, sha256 = int(match[1], 16), hashlib.sha256()
            for piece in self._exactly(size):
                sha256.update(piece)
                yield piece
            if size and self._raw.read(2) != b"\r\n":
                raise _damaged()
            signature = (match[2] or b"").decode()
            if signed and not self._signature.next_chunk_is(sha256.hexdigest(), signature):
                raise S3Error(403, "SignatureDoesNotMatch", "the signature of a chunk is wrong")
        self._read_trailers(signed=signed and told.endswith("-TRAILER"))

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._raw.read(min(size, _PIECE))
            if not piece:
                raise _damaged()
            size -= len(piece)
            yield piece

    def _read_trailers(self, *, signed: bool) -> None:
        lines = self._raw.read(_PIECE).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if ":" in line)
        self._trailers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if signed:
            signature = self._trailers.pop("x-amz-trailer-signature", "")
            text = "".join(f"{name}:{value}\n" for name, value in sorted(self._trailers.items()))
            digest = hashlib.sha256(text.encode("latin-1")).hexdigest()
            if not self._signature.next_is("TRAILER", digest, signature):
                raise S3Error(403, "SignatureDoesNotMatch", "the signature of the trailer is wrong")


def _damaged() -> S3Error:
    return S3Error(400, "IncompleteBody", "the chunks of the body are damaged")
