"""The endpoint as a web application: which operation a request is, and how errors are told."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from labelwright.errors import LabelwrightError, StorageError
from labelwright_local.http.loopback import serving
from labelwright_local.s3_endpoint.bodies import MAX_DOCUMENT, MAX_OBJECT, Body, receive
from labelwright_local.s3_endpoint.buckets import Buckets
from labelwright_local.s3_endpoint.errors import S3Error, from_storage, not_implemented
from labelwright_local.s3_endpoint.objects import OVERRIDES, Objects
from labelwright_local.s3_endpoint.request import S3Request
from labelwright_local.s3_endpoint.roles import assume_role
from labelwright_local.s3_endpoint.signatures import Asked, Keys, Signature, checked_signature
from labelwright_local.s3_endpoint.uploads import Uploads
from labelwright_local.s3_endpoint.xml import xml_response
from labelwright_local.workspace.folder_storage import FolderStorage

#: Bodies up to so many bytes are no files; forms of STS have so many at most.
_IN_MEMORY, _MAX_FORM = 2**20, 2**16

#: What may stand in a query beside the operation: signatures, and what changes nothing.
_HARMLESS = frozenset({"x-id", "AWSAccessKeyId", "Expires", "Signature", "fetch-owner"})
_LISTING = frozenset(
    {"list-type", "prefix", "delimiter", "max-keys", "encoding-type", "marker", "start-after",
     "continuation-token"}
)  # fmt: skip


class S3Endpoint(NamedTuple):
    """Where the small S3 is, and what its clients sign with."""

    url: str
    access_key_id: str
    secret_access_key: str
    region: str


@contextmanager
def serve_s3(
    storage: FolderStorage, region: str = "us-east-1", secret: bytes | None = None
) -> Iterator[S3Endpoint]:
    """Offer a folder as S3 on this machine, to whom is given the credentials.

    With a ``secret``, 32 bytes, what was presigned before a restart stays good: the same one makes
    the same credentials, and the same port as long as that is free.
    """
    lasting = secret or secrets.token_bytes(32)
    keys = Keys(f"LOCAL{lasting[:8].hex().upper()}", lasting[8:30].hex())
    # Of those that nobody has a right to (RFC 6335, section 6).
    port = 49_152 + int.from_bytes(lasting[30:]) % 16_384 if secret else 0
    storage.root.mkdir(parents=True, exist_ok=True)
    uploads = storage.root / f".uploads-{secrets.token_hex(8)}"
    try:
        with serving(s3_app(storage, uploads, keys, region), port) as url:
            yield S3Endpoint(url, *keys, region)
    finally:
        shutil.rmtree(uploads, ignore_errors=True)


def s3_app(
    storage: FolderStorage, uploads: Path, keys: Keys, region: str, most: int = MAX_OBJECT
) -> Starlette:
    """Make the application; ``uploads`` is a folder for parts under way, made when there are any.

    ``most`` is how many bytes an object in one request may have.
    """
    operations = _Operations(storage, uploads, keys, region)

    async def answer(request: Request) -> Response:
        bucket, _, key = request.scope["path"].removeprefix("/").partition("/")
        # Not Starlette's own: "a+b" is a plus in S3's addresses too.
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        # On the disk that the objects go to: elsewhere, temporary files may be in memory.
        with SpooledTemporaryFile(_IN_MEMORY, dir=str(storage.root)) as file:
            try:
                signature = await _received(
                    request, query, keys, file, most if key else MAX_DOCUMENT
                )
            except S3Error as error:
                return refusal(error, request.method, bucket, key)
            except OSError as error:
                told = f"the body can't be kept on the disk ({error.strerror})"
                refused = S3Error(503, "ServiceUnavailable", told)
                return refusal(refused, request.method, bucket, key)
            except ClientDisconnect:
                return Response(None, 400)
            body = Body(file, request.headers, signature)
            asked = S3Request(request.method, bucket, key, query, request.headers, body)
            return await run_in_threadpool(operations.answer, asked)

    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    return Starlette(
        routes=[Route("/{path:path}", answer, methods=methods)],
        # A foreign page whose name was made to point here comes with that name.
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            # As the service wants a bucket to be set: a task's page has an origin of its own.
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD", "PUT"],
                allow_headers=["*"],
                expose_headers=["Content-Range", "ETag"],
            ),
        ],
    )


async def _received(
    request: Request, query: dict[str, str], keys: Keys, file: IO[bytes], most: int
) -> Signature:
    """Take the body in, once the request's headers show that its sender may send one."""
    headers = request.headers
    length = headers.get("content-length", "")
    path, text = (request.scope[part].decode("latin-1") for part in ("raw_path", "query_string"))
    url = f"http://{headers.get('host', '')}{path}?{text}"
    asked = Asked(request.method, url, query, headers, headers.get("x-amz-content-sha256"))
    if request.scope["path"] == "/" and asked.payload is None:
        # Requests to STS have the hash of their short bodies in the signature only.
        await receive(request.stream(), file, length, _MAX_FORM)
        file.seek(0)
        digest = hashlib.sha256(file.read()).hexdigest()
        return checked_signature(asked._replace(payload=digest), keys, datetime.now(UTC))
    signature = checked_signature(asked, keys, datetime.now(UTC))
    limit = most if request.method == "PUT" else MAX_DOCUMENT
    await receive(request.stream(), file, length, limit)
    return signature


class _Operations:
    def __init__(self, storage: FolderStorage, uploads: Path, keys: Keys, region: str) -> None:
        self._objects = Objects(storage)
        self._buckets = Buckets(self._objects, region)
        self._uploads = Uploads(self._objects, uploads)
        self._keys = keys

    def answer(self, request: S3Request) -> Response:
        """Do what is asked, or say as S3 does why not."""
        try:
            return self._operate(request)
        except StorageError as error:
            refused = from_storage(error)
            if refused.status == 404 and not self._objects.storage.has_bucket(request.bucket):
                refused = S3Error(404, "NoSuchBucket", f"{request.bucket}: there is no such bucket")
            return _refusal(refused, request)
        except LabelwrightError as error:
            return _refusal(S3Error(404, "NoSuchKey", str(error)), request)
        except S3Error as error:
            return _refusal(error, request)

    def _operate(self, request: S3Request) -> Response:
        if not request.bucket:
            if request.method == "POST":
                return assume_role(request, self._keys)
            raise not_implemented("listing buckets")
        operate = self._of_object if request.key else self._of_bucket
        wanted = {name for name in request.query if not _is_harmless(name)}
        response = operate(request, wanted)
        if response is None:
            asked = f"{request.method} with {', '.join(sorted(wanted)) or 'nothing more'}"
            raise not_implemented(asked)
        return response

    def _of_object(self, request: S3Request, wanted: set[str]) -> Response | None:
        match request.method, sorted(wanted):
            case "GET" | "HEAD", more if OVERRIDES.issuperset(more):
                return self._objects.get(request)
            case "PUT", []:
                return self._objects.put(request)
            case "DELETE", []:
                self._objects.delete(request.uri)
                return Response(None, 204)
            case "POST", ["uploads"]:
                return self._uploads.begin(request)
            case "PUT", ["partNumber", "uploadId"]:
                return self._uploads.put_part(request)
            case "POST", ["uploadId"]:
                return self._uploads.complete(request)
            case "DELETE", ["uploadId"]:
                return self._uploads.abort(request)
        return None

    def _of_bucket(self, request: S3Request, wanted: set[str]) -> Response | None:
        match request.method, sorted(wanted - _LISTING):
            case "HEAD", []:
                return self._buckets.head(request)
            case "GET", []:
                return self._buckets.list(request)
            case "GET", ["location"]:
                return self._buckets.location(request)
            case "POST", ["delete"]:
                return self._buckets.delete_many(request)
        return None


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or name.lower().startswith("x-amz-")


def _refusal(error: S3Error, request: S3Request) -> Response:
    return refusal(error, request.method, request.bucket, request.key)


def refusal(error: S3Error, method: str, bucket: str, key: str) -> Response:
    """Tell an error as S3 does."""
    resource = f"/{bucket}/{key}" if key else f"/{bucket}"
    fields = [
        ("Code", error.code),
        ("Message", str(error)),
        ("Resource", resource),
        ("RequestId", secrets.token_hex(8)),
    ]
    response = xml_response(("Error", list(fields)), error.status, namespace="")
    if method == "HEAD":
        return Response(None, error.status)
    return response
