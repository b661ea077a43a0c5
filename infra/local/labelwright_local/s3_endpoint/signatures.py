"""Who may ask: AWS's signatures, made anew by AWS's own library and compared.

Version 4 in a header or in an address, and version 2 in an address, which is what boto3's
``generate_presigned_url`` makes unless told otherwise.
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from labelwright_local.s3_endpoint.errors import S3Error

UNSIGNED = "UNSIGNED-PAYLOAD"
_EMPTY = hashlib.sha256().hexdigest()

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})"
)
_SKEW = timedelta(minutes=15)
#: A presigned address of version 4 lasts so many seconds at most.
_LONGEST = 604_800


class Keys(NamedTuple):
    """What the clients of an endpoint sign with."""

    access_key_id: str
    secret_access_key: str


class Asked(NamedTuple):
    """What a signature is about: ``url`` as it came over the wire, names of headers in lower case.

    ``payload`` is what the client says of the body: its SHA-256, or a word for none.
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    payload: str | None


class _SigV4(S3SigV4Auth):
    """Signs the headers that it is given and no others: the client has named them."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        """Return all headers."""
        return request.headers

    def payload(self, request: AWSRequest) -> str:
        """Return what the client said of the body."""
        return str(request.context["payload"])


class _SigV2(HmacV1QueryAuth):
    """Signs an address that ends when the client said."""

    def __init__(self, keys: Keys, until: str) -> None:
        super().__init__(Credentials(*keys))
        self._until = until

    def _get_date(self) -> str:
        return self._until


class Signature:
    """A signature that is right, and those of a body's chunks, which follow from it."""

    def __init__(self, value: str = "", auth: _SigV4 | None = None, timestamp: str = "") -> None:
        self._value = value
        self._auth = auth
        self._timestamp = timestamp

    def next_is(self, kind: str, hashes: str, signature: str) -> bool:
        """Tell whether the next part's signature is right; ``hashes`` are of what it covers."""
        if self._auth is None:
            return False
        request = AWSRequest()
        request.context["timestamp"] = self._timestamp
        scope = self._auth.credential_scope(request)
        lines = (f"AWS4-HMAC-SHA256-{kind}", self._timestamp, scope, self._value, hashes)
        self._value = self._auth.signature("\n".join(lines), request)
        return _same(self._value, signature)

    def next_chunk_is(self, sha256: str, signature: str) -> bool:
        """Tell whether the next chunk's signature is right."""
        return self.next_is("PAYLOAD", f"{_EMPTY}\n{sha256}", signature)


def checked_signature(asked: Asked, keys: Keys, now: datetime) -> Signature:
    """Return the signature of a request; who has not the keys of this S3 can't have made it.

    A web page in this machine's browser can send requests here, too. The keys are others each time
    this S3 is started.

    Raises:
        S3Error: access denied.
    """
    if "authorization" in asked.headers:
        return _in_header(asked, keys, now)
    if "X-Amz-Signature" in asked.query:
        return _in_address(asked, keys, now)
    if "Signature" in asked.query:
        return _in_address_version_2(asked, keys, now)
    raise S3Error(403, "AccessDenied", "the request is not signed")


def _in_header(asked: Asked, keys: Keys, now: datetime) -> Signature:
    match = _AUTHORIZATION.fullmatch(asked.headers["authorization"])
    if match is None:
        raise S3Error(403, "AccessDenied", "only signature version 4 is read in a header")
    timestamp = asked.headers.get("x-amz-date", "")
    moment = _moment(timestamp)
    if moment is None or abs(now - moment) > _SKEW:
        raise S3Error(403, "RequestTimeTooSkewed", "x-amz-date is not within 15 minutes of now")
    if asked.payload is None:
        raise S3Error(400, "InvalidRequest", "the header x-amz-content-sha256 is missing")
    credential, names, given = match.groups()
    return _version_4(asked, keys, (credential, timestamp, names, given))


def _in_address(asked: Asked, keys: Keys, now: datetime) -> Signature:
    query = asked.query
    timestamp, lasts = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
    begin = _moment(timestamp)
    seconds = int(lasts) if re.fullmatch("[0-9]{1,6}", lasts) else 0
    if begin is None or not 1 <= seconds <= _LONGEST:
        raise S3Error(403, "AccessDenied", f"X-Amz-Expires is from 1 to {_LONGEST:,} seconds")
    if not begin - _SKEW <= now < begin + timedelta(seconds=seconds):
        raise S3Error(403, "AccessDenied", "the address has expired")
    parts = urlsplit(asked.url)
    signed = "&".join(p for p in parts.query.split("&") if not p.startswith("X-Amz-Signature="))
    asked = asked._replace(url=parts._replace(query=signed).geturl(), payload=UNSIGNED)
    names, given = query.get("X-Amz-SignedHeaders", ""), query["X-Amz-Signature"]
    return _version_4(asked, keys, (query.get("X-Amz-Credential", ""), timestamp, names, given))


def _version_4(asked: Asked, keys: Keys, told: tuple[str, str, str, str]) -> Signature:
    credential, timestamp, signed, given = told
    key, date, region, service, end = (*credential.split("/"), "", "", "", "")[:5]
    _must_be_ours(key, keys)
    if date != timestamp[:8] or service not in ("s3", "sts") or end != "aws4_request":
        raise S3Error(403, "AccessDenied", "the credential's scope is not that of this request")
    names = signed.split(";")
    amazons = {name for name in asked.headers if name.startswith("x-amz-")}
    if "host" not in names or not amazons <= {*names}:
        raise S3Error(403, "AccessDenied", "the headers host and x-amz-... have to be signed")
    auth = _SigV4(Credentials(*keys), service, region)
    headers = {name: asked.headers.get(name, "") for name in names}
    request = AWSRequest(asked.method, asked.url, headers)
    request.context.update(timestamp=timestamp, payload=asked.payload)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    _must_match(auth.signature(text, request), given)
    return Signature(given, auth, timestamp)


def _in_address_version_2(asked: Asked, keys: Keys, now: datetime) -> Signature:
    query = asked.query
    _must_be_ours(query.get("AWSAccessKeyId", ""), keys)
    expires = query.get("Expires", "")
    if not re.fullmatch("[0-9]{1,12}", expires) or int(expires) <= now.timestamp():
        raise S3Error(403, "AccessDenied", "the address has expired")
    for name, value in asked.headers.items():
        # A header can ask for more than was signed: a copy of another object, for instance.
        if name.startswith("x-amz-") and query.get(name) != value:
            raise S3Error(403, "AccessDenied", f"the header {name} is not signed")
    headers: Any = HTTPHeaders()  # a mapping, but for its type
    for name, value in query.items():
        if name.startswith("x-amz-") or name in ("content-md5", "content-type"):
            headers[name] = value
    text = _SigV2(keys, expires).canonical_string(asked.method, urlsplit(asked.url), headers)
    _must_match(_SigV2(keys, expires).sign_string(text), query["Signature"])
    return Signature()


def _moment(timestamp: str) -> datetime | None:
    try:
        return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _must_be_ours(access_key_id: str, keys: Keys) -> None:
    if not _same(access_key_id, keys.access_key_id):
        raise S3Error(
            403, "InvalidAccessKeyId", "the access key is not the one that this S3 was started with"
        )


def _must_match(right: str, given: str) -> None:
    if not _same(right, given):
        raise S3Error(
            403, "SignatureDoesNotMatch", "the signature is not made with this S3's secret key, or "
            "of another request"
        )  # fmt: skip


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
