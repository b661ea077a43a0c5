"""The endpoint as a web application: which operation a request is, and how errors are told."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from labelwright.errors import LabelwrightError, StorageError
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.loopback import serving
from labelwright_local.s3_endpoint.buckets import Buckets
from labelwright_local.s3_endpoint.errors import S3Error, from_storage, not_implemented
from labelwright_local.s3_endpoint.objects import Objects
from labelwright_local.s3_endpoint.request import S3Request, must_be_allowed
from labelwright_local.s3_endpoint.roles import assume_role
from labelwright_local.s3_endpoint.uploads import Uploads
from labelwright_local.s3_endpoint.xml import xml_response

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
def serve_s3(storage: FolderStorage, region: str = "us-east-1") -> Iterator[S3Endpoint]:
    """Offer a folder as S3 on this machine, to whom is given the credentials."""
    access_key_id, secret = f"LOCAL{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30)
    with TemporaryDirectory(prefix="labelwright-uploads-") as uploads:
        app = s3_app(storage, Path(uploads), access_key_id, region)
        with serving(app) as url:
            yield S3Endpoint(url, access_key_id, secret, region)


def s3_app(storage: FolderStorage, uploads: Path, access_key_id: str, region: str) -> Starlette:
    """Make the application; ``uploads`` is a folder for the parts of uploads under way."""
    operations = _Operations(storage, uploads, access_key_id, region)

    async def answer(request: Request) -> Response:
        bucket, _, key = request.scope["path"].removeprefix("/").partition("/")
        # Not Starlette's own: "a+b" is a plus in S3's addresses too.
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        asked = S3Request(request.method, bucket, key, query, request.headers, await request.body())
        return await run_in_threadpool(operations.answer, asked)

    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    return Starlette(
        routes=[Route("/{path:path}", answer, methods=methods)],
        # A foreign page whose name was made to point here comes with that name.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


class _Operations:
    def __init__(
        self, storage: FolderStorage, uploads: Path, access_key_id: str, region: str
    ) -> None:
        self._objects = Objects(storage)
        self._buckets = Buckets(self._objects, region)
        self._uploads = Uploads(self._objects, uploads)
        self._access_key_id = access_key_id

    def answer(self, request: S3Request) -> Response:
        """Do what is asked, or say as S3 does why not."""
        try:
            must_be_allowed(request, self._access_key_id, datetime.now(UTC))
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
                return assume_role(request, self._access_key_id)
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
            case "GET" | "HEAD", []:
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
    return name in _HARMLESS or name.startswith("X-Amz-")


def _refusal(error: S3Error, request: S3Request) -> Response:
    resource = f"/{request.bucket}/{request.key}" if request.key else f"/{request.bucket}"
    fields = [
        ("Code", error.code),
        ("Message", str(error)),
        ("Resource", resource),
        ("RequestId", secrets.token_hex(8)),
    ]
    response = xml_response(("Error", list(fields)), error.status, namespace="")
    if request.method == "HEAD":
        return Response(None, error.status)
    return response
