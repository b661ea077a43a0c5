"""A manifest with relative paths made one for Ground Truth: its files in S3, its lines naming them.

What is there already with the same content is not sent again, so that an upload that was broken off
goes on where it was.
"""

import hashlib
import json
import mimetypes
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from labelwright.contract.base import Json
from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import UsageError
from labelwright_lambda.s3_errors import asking
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.check import check_line
from labelwright_local.manifest.lines import RawLine
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.workspace.data_folder import DataFolder
from labelwright_local.workspace.relative_paths import FILE_KEYS, address_of, is_relative, path_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: Files sent at the same time.
SENDERS = 10
#: What S3 takes in one request.
_LARGEST = 5 * 1024**3
#: The content's MD5 as we note it: under KMS keys an ETag is something else.
_MD5 = "labelwright-md5"


class Uploaded(NamedTuple):
    """A line on its way to Ground Truth: what it becomes, or why it can't be used."""

    raw: RawLine
    line: bytes | None
    findings: list[Finding]


class Counts:
    """What an upload did: files sent, files that were there already, bytes sent."""

    def __init__(self) -> None:
        self.sent = 0
        self.there = 0
        self.size = 0


class Target:
    """A place in S3, and what lies there: asked once, a thousand objects a request.

    ``manifest`` is the name that the manifest is to have there: no other file may have it.

    Raises:
        StorageError: the place can't be listed; it says what to do.
    """

    def __init__(self, client: "S3Client", address: S3Uri, manifest: str) -> None:
        self._client = client
        self.manifest = manifest
        self.bucket, self.prefix = address.bucket, address.key.strip("/")
        self._there: dict[str, tuple[int, str]] = {}
        with asking(f"s3://{self.bucket}/{self.prefix}", "s3:ListBucket"):
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=f"{self.prefix}/"
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    self._there[item["Key"]] = (item["Size"], item["ETag"].strip('"'))

    @classmethod
    def connect(cls, address: S3Uri, manifest: str) -> "Target":
        """Open a place with the credentials of the environment."""
        from botocore.config import Config
        from botocore.session import get_session

        config = Config(
            max_pool_connections=SENDERS, retries={"mode": "standard", "total_max_attempts": 5}
        )
        client = get_session().create_client("s3", config=config)
        return cls(cast("S3Client", client), address, manifest)

    def uri(self, name: str) -> str:
        """Return the address of a file.

        Raises:
            ValueError: it is too long for one.
        """
        address = f"s3://{self.bucket}/{self.prefix}/{name}"
        S3Uri.parse(address)
        return address

    def send(self, path: Path, name: str) -> int | None:
        """Send a file unless it is there; return its size, None where nothing was sent.

        Raises:
            StorageError: S3 does not take it.
            UsageError: the file can't be read, or is larger than S3 takes at once.
        """
        key, uri = f"{self.prefix}/{name}", self.uri(name)
        try:
            size = path.stat().st_size
            if size > _LARGEST:
                raise UsageError(f"{path}: over 5 GiB, which S3 does not take in one request")
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
                if self._has(key, uri, size, digest.hexdigest()):
                    return None
                file.seek(0)
                with asking(uri, "s3:PutObject"):
                    self._client.put_object(
                        Bucket=self.bucket,
                        Key=key,
                        Body=file,
                        ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
                        Metadata={_MD5: digest.hexdigest()},
                    )
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        return size

    def write(self, file: Path) -> str:
        """Write the manifest, whatever is there; return its address."""
        uri = self.uri(self.manifest)
        with file.open("rb") as body, asking(uri, "s3:PutObject"):
            self._client.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}/{self.manifest}",
                Body=body,
                ContentType="application/jsonlines",
            )
        return uri

    def _has(self, key: str, uri: str, size: int, digest: str) -> bool:
        there = self._there.get(key)
        if there is None or there[0] != size:
            return False
        if there[1] == digest:
            return True
        with asking(uri, "s3:GetObject"):
            head = self._client.head_object(Bucket=self.bucket, Key=key)
        return head.get("Metadata", {}).get(_MD5) == digest


def upload_lines(
    lines: Iterable[RawLine], folder: DataFolder, target: Target, counts: Counts
) -> Iterator[Uploaded]:
    """Yield what becomes of each line, in their order, its files being in S3 by then.

    A line without relative paths stays as it is; one that can't be used is told.

    Raises:
        StorageError: S3 does not take a file.
    """
    sent: dict[str, Future[int | None]] = {}
    waiting: deque[tuple[Uploaded, list[Future[int | None]]]] = deque()
    with ThreadPoolExecutor(SENDERS) as pool:

        def ended() -> Uploaded:
            done, files = waiting.popleft()
            for file in files:
                file.result()
            return done

        try:
            for raw in lines:
                made, names = _made(raw, folder, target)
                for name in names:
                    if name not in sent:
                        sent[name] = pool.submit(_send, target, folder, name, counts)
                waiting.append((made, [sent[name] for name in names]))
                if len(waiting) == 4 * SENDERS:
                    yield ended()
            while waiting:
                yield ended()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _send(target: Target, folder: DataFolder, name: str, counts: Counts) -> int | None:
    path = folder.find(name)
    if path is None:
        raise UsageError(f"{folder.folder / name}: the file is gone")
    size = target.send(path, name)
    counts.there += size is None
    counts.sent += size is not None
    counts.size += size or 0
    return size


def _made(raw: RawLine, folder: DataFolder, target: Target) -> tuple[Uploaded, list[str]]:
    parsed = check_line(raw, RelativePaths(folder, must_exist=True))
    wrong = [found for found in parsed.findings if found.severity is Severity.ERROR]
    if wrong or parsed.value is None or parsed.text is None:
        return Uploaded(raw, None, wrong), []
    changed: dict[str, Json] = {}
    names = []
    for key in FILE_KEYS:
        value = parsed.value.get(key)
        if isinstance(value, str) and is_relative(value):
            name = path_of(address_of(value))
            if name == target.manifest:
                fault = Finding(
                    Severity.ERROR, f"'{key}' names a file that is called like the manifest in S3",
                    "rename the file",
                )  # fmt: skip
                return Uploaded(raw, None, [fault]), []
            try:
                changed[key] = target.uri(name)
            except ValueError as error:
                fault = Finding(Severity.ERROR, f"'{key}': {error}", "shorten the path")
                return Uploaded(raw, None, [fault]), []
            names.append(name)
    if not names:
        return Uploaded(raw, parsed.text.encode() + b"\n", []), []
    line = json.dumps({**parsed.value, **changed}, ensure_ascii=False, allow_nan=False)
    return Uploaded(raw, line.encode() + b"\n", []), names
