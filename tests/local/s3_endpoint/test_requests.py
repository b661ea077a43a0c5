"""Requests as they come over the wire: who may ask, bodies in chunks, addresses that lead out."""

import base64
import hashlib
import http.client
import io
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from labelwright_local.http.loopback import serving
from labelwright_local.s3_endpoint.app import S3Endpoint, s3_app
from labelwright_local.s3_endpoint.signatures import Keys
from labelwright_local.workspace.folder_storage import FolderStorage
from tests.local.s3_endpoint.conftest import Served, client_of


def ask(
    served: Served,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Send a request as it is; return status and body."""
    connection = http.client.HTTPConnection(urlsplit(served.endpoint.url).netloc, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


def ask_signed(
    served: Served,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Send a request with the endpoint's signature; its path is left as it is."""
    return ask(served, method, path, body, signed(served, method, path, body, headers))


def signed(
    served: Served, method: str, path: str, body: bytes, headers: dict[str, str] | None
) -> dict[str, str]:
    """Return a request's headers with those that sign it."""
    request = AWSRequest(method, served.endpoint.url + path, headers or {}, body)
    if request.headers.get("x-amz-content-sha256", "").startswith("STREAMING"):
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    keys = Credentials(served.endpoint.access_key_id, served.endpoint.secret_access_key)
    S3SigV4Auth(keys, "s3", served.endpoint.region).add_auth(request)
    return dict(request.headers.items())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/{}/k"),
        ("PUT", "/{}/k"),
        ("DELETE", "/{}/k"),
        ("GET", "/{}"),
        ("POST", "/{}?delete"),
    ],
)
def test_without_a_signature_nothing_is_done(
    served: Served, bucket: str, method: str, path: str
) -> None:
    """A web page in the same browser may send requests, but it does not know the keys."""
    served.storage.write(f"s3://{bucket}/k", b"content")
    path, body = path.format(bucket), b"<Delete><Object><Key>k</Key></Object></Delete>"
    guessed = "guessed"
    foreign = served._replace(endpoint=served.endpoint._replace(secret_access_key=guessed))
    right = signed(served, method, path, body, {})
    for headers, code in (
        ({}, "AccessDenied"),
        ({"Authorization": "Basic x"}, "AccessDenied"),
        (signed(foreign, method, path, body, {}), "SignatureDoesNotMatch"),
        (signed(served, method, path + "x", body, {}), "SignatureDoesNotMatch"),
        (right | {"x-amz-more": "1"}, "AccessDenied"),
        (right | {"X-Amz-Date": "20200101T000000Z"}, "RequestTimeTooSkewed"),
        (right | {"Authorization": right["Authorization"][:-1]}, "AccessDenied"),
    ):
        status, text = ask(served, method, path, body, headers)
        assert (status, f"<Code>{code}</Code>" in text) == (403, True)
    assert served.storage.read(f"s3://{bucket}/k") == b"content"


def test_another_body_than_the_signed_one_is_refused(served: Served, bucket: str) -> None:
    """Its hash is part of the signature."""
    headers = signed(served, "PUT", f"/{bucket}/k", b"content", {})
    status, text = ask(served, "PUT", f"/{bucket}/k", b"other..", headers)
    assert (status, "<Code>XAmzContentSHA256Mismatch</Code>" in text) == (400, True)
    assert not served.storage.exists(f"s3://{bucket}/k")


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_address_does_what_it_is_for_until_it_expires(
    served: Served, bucket: str, version: str
) -> None:
    """One to read writes nothing; whatever is changed in it, it is worth nothing."""
    client = client_of(served.endpoint, version)
    served.storage.write(f"s3://{bucket}/a b+ü", b"content")
    parameters: Any = {"Bucket": bucket, "Key": "a b+ü", "ResponseContentType": "text/csv"}
    link = client.generate_presigned_url("get_object", Params=parameters)
    path = link.removeprefix(served.endpoint.url)
    assert ask(served, "GET", path) == (200, "content")
    assert ask(served, "DELETE", path)[0] == 403
    assert ask(served, "GET", path.replace("csv", "html"))[0] == 403
    assert ask(served, "GET", path.replace("a%20b", "a%20c"))[0] == 403
    assert ask(served, "GET", path.replace(served.endpoint.access_key_id, "LOCAL0"))[0] == 403
    late = client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=-1)
    assert ask(served, "GET", late.removeprefix(served.endpoint.url))[0] == 403
    named: Any = {"Bucket": bucket, "Key": "new"}
    to_put = client.generate_presigned_url("put_object", Params=named)
    assert ask(served, "PUT", to_put.removeprefix(served.endpoint.url), b"new")[0] == 200
    assert served.storage.read(f"s3://{bucket}/new") == b"new"
    client.close()


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_address_copies_nothing_else(served: Served, bucket: str, version: str) -> None:
    """Whoever may write one object can't have it hold what they may not read."""
    served.storage.write(f"s3://{bucket}/other", b"secret")
    client = client_of(served.endpoint, version)
    parameters: Any = {"Bucket": bucket, "Key": "mine"}
    link = client.generate_presigned_url("put_object", Params=parameters)
    path = link.removeprefix(served.endpoint.url)
    source = {"x-amz-copy-source": f"/{bucket}/other"}
    assert ask(served, "PUT", path, headers=source)[0] == 403
    assert not served.storage.exists(f"s3://{bucket}/mine")
    assert ask(served, "PUT", path)[0] == 200
    client.close()


def test_a_presigned_address_tells_the_type_that_was_asked_for(served: Served, bucket: str) -> None:
    """Which the file's name does not tell."""
    served.storage.write(f"s3://{bucket}/k", b"1,2")
    answer = served.client.get_object(Bucket=bucket, Key="k", ResponseContentType="text/csv")
    assert answer["ContentType"] == "text/csv"


@pytest.mark.parametrize(
    "path",
    [
        "/{}/../../secret",
        "/{}/%2e%2e/%2e%2e/secret",
        "/{}/..%2f..%2fsecret",
        "/{}/a/../../../secret",
        "/{}//etc/passwd",
        "/{}/./k",
        "/../secret",
        "/%2e%2e/secret",
        "/{}/a%00b",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_address_leads_out_of_the_folder(
    served: Served, bucket: str, method: str, path: str
) -> None:
    """However it is written."""
    status, text = ask_signed(served, method, path.format(bucket), b"overwritten")
    assert status in {400, 403, 404}
    assert "secret" not in text or "<Code>" in text
    assert (served.root.parent / "secret").read_text("utf-8") == "secret"


def test_no_symbolic_link_leads_out_of_the_folder(served: Served, bucket: str) -> None:
    """Neither to read, nor to write, nor to list."""
    (served.root / bucket / "file").symlink_to(served.root.parent / "secret")
    (served.root / bucket / "folder").symlink_to(served.root.parent)
    for key in ("file", "folder/secret"):
        for method in ("GET", "PUT"):
            status, text = ask_signed(served, method, f"/{bucket}/{key}", b"overwritten")
            assert (status, "<Code>AccessDenied</Code>" in text) == (403, True)
    assert (served.root.parent / "secret").read_text("utf-8") == "secret"
    status, text = ask_signed(served, "GET", f"/{bucket}?list-type=2")
    assert (status, "<Contents>" in text) == (200, False)


def chunked(data: bytes, size: int, trailer: str = "") -> bytes:
    """Put a body into chunks as clients do that sign while they send."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    lines = [b"%x;chunk-signature=0\r\n%s\r\n" % (len(part), part) for part in parts]
    return b"".join([*lines, b"0;chunk-signature=0\r\n", trailer.encode(), b"\r\n"])


STREAMING = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "content-encoding": "aws-chunked",
}
CHECKED = STREAMING | {"x-amz-trailer": "x-amz-checksum-crc32"}


def test_a_body_in_chunks_is_put_together(served: Served, bucket: str) -> None:
    """Its checksum comes behind it."""
    data = bytes(range(256)) * 5
    checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    body = chunked(data, 100, f"x-amz-checksum-crc32:{checksum}\r\n")
    headers = CHECKED | {"x-amz-decoded-content-length": str(len(data))}
    assert ask_signed(served, "PUT", f"/{bucket}/k", body, headers)[0] == 200
    assert served.storage.read(f"s3://{bucket}/k") == data


class Chunked(S3SigV4Auth):
    """Signs a body chunk by chunk, as AWS's clients in other languages do."""

    def sent(self, served: Served, path: str, pieces: list[bytes], last: bytes) -> tuple[int, str]:
        """Send it; ``last`` is in the place of the last piece when all is signed."""
        size = str(sum(map(len, pieces)))
        headers = {"x-amz-decoded-content-length": size}
        request = AWSRequest("PUT", served.endpoint.url + path, headers)
        self.add_auth(request)
        before = request.headers["Authorization"].rpartition("=")[2]
        body = b""
        for piece in [*pieces, b""]:
            lines = (
                "AWS4-HMAC-SHA256-PAYLOAD", request.context["timestamp"],
                self.credential_scope(request), before, hashlib.sha256().hexdigest(),
                hashlib.sha256(piece).hexdigest(),
            )  # fmt: skip
            before = self.signature("\n".join(lines), request)
            told = last if piece == pieces[-1] else piece
            body += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(told), before.encode(), told)
        return ask(served, "PUT", path, body, dict(request.headers.items()))

    def payload(self, _: AWSRequest) -> str:
        """Say how the body is signed."""
        return "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"


def test_chunks_with_signatures_are_checked(served: Served, bucket: str) -> None:
    """Each signs the one before, too."""
    keys = Credentials(served.endpoint.access_key_id, served.endpoint.secret_access_key)
    auth, pieces = Chunked(keys, "s3", "eu-west-1"), [b"a" * 70_000, b"b"]
    assert auth.sent(served, f"/{bucket}/k", pieces, b"b")[0] == 200
    assert served.storage.read(f"s3://{bucket}/k") == b"".join(pieces)
    status, text = auth.sent(served, f"/{bucket}/other", pieces, b"c")
    assert (status, "<Code>SignatureDoesNotMatch</Code>" in text) == (403, True)
    assert not served.storage.exists(f"s3://{bucket}/other")


@pytest.mark.parametrize("way", ["default", "signed", "none", "sha256"])
def test_every_way_in_which_boto3_sends_a_body_is_read(
    served: Served, bucket: str, way: str
) -> None:
    """With a checksum behind it or before it, signed whole or not."""
    arguments: dict[str, Any] = {"sha256": {"ChecksumAlgorithm": "SHA256"}}.get(way, {})
    client = client_of(served.endpoint, "s3v4", {"signed": True, "none": False}.get(way))
    client.put_object(Bucket=bucket, Key="bytes", Body=b"content", **arguments)
    client.put_object(Bucket=bucket, Key="file", Body=io.BytesIO(b"content"), **arguments)
    for key in ("bytes", "file"):
        assert served.storage.read(f"s3://{bucket}/{key}") == b"content"
    client.close()


@pytest.mark.parametrize("size", [2_000, 3_000_000])
def test_a_body_that_is_too_large_is_refused(tmp_path: Path, size: int) -> None:
    """With the limit, and before it is sent where the client waits for that."""
    storage = FolderStorage(tmp_path / "s3")
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    keys = Keys("LOCAL1", "secret")
    with serving(s3_app(storage, tmp_path, keys, "us-east-1", most=1_000)) as url:
        client = client_of(S3Endpoint(url, *keys, "us-east-1"))
        with pytest.raises(ClientError, match="larger than 1,000 bytes") as caught:
            client.put_object(Bucket="bucket", Key="k", Body=b"x" * size)
        answer: Any = caught.value.response
        assert answer["Error"]["Code"] == "EntityTooLarge"
        client.close()
    assert storage.list_keys("bucket", "") == []


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (chunked(b"data", 2, "x-amz-checksum-crc32:AAAAAA==\r\n"), CHECKED, "BadDigest"),
        (chunked(b"data", 2), {**STREAMING, "x-amz-trailer": "x-amz-checksum-sha1"}, "BadDigest"),
        (chunked(b"data", 2)[:9], STREAMING, "IncompleteBody"),
        (b"zz\r\n", STREAMING, "IncompleteBody"),
        (b"-1\r\n", STREAMING, "IncompleteBody"),
        (chunked(b"data", 2), {**STREAMING, "x-amz-decoded-content-length": "5"}, "IncompleteBody"),
        (b"data", {"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "BadDigest"),
        (b"data", {"x-amz-checksum-sha256": "AAAA"}, "BadDigest"),
    ],
)
def test_a_damaged_body_is_refused(
    served: Served, bucket: str, body: bytes, headers: dict[str, str], code: str
) -> None:
    """Nothing of it is stored."""
    status, text = ask_signed(served, "PUT", f"/{bucket}/k", body, headers)
    assert (status, f"<Code>{code}</Code>" in text) == (400, True)
    assert not served.storage.exists(f"s3://{bucket}/k")


@pytest.mark.parametrize("key", ["%2e%2e", "a%252fb", "..%2e"])
def test_a_key_is_decoded_once(served: Served, bucket: str, key: str) -> None:
    """So a percent sign in it stays one."""
    ask_signed(served, "PUT", f"/{bucket}/{quote(key)}", b"content")
    assert served.storage.read(f"s3://{bucket}/{key}") == b"content"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/{}?delete", b"<Delete>", "MalformedXML"),
        ("/{}?max-keys=x", b"", "InvalidArgument"),
        ("/{}?list-type=2&continuation-token=~", b"", "InvalidArgument"),
        ("/{}/k?uploadId=none", b"", "NoSuchUpload"),
    ],
)
def test_what_makes_no_sense_is_refused(
    served: Served, bucket: str, path: str, body: bytes, code: str
) -> None:
    """By S3's codes."""
    method = "GET" if "max-keys" in path or "token" in path else "POST"
    text = ask_signed(served, method, path.format(bucket), body)[1]
    assert f"<Code>{code}</Code>" in text


def test_a_foreign_name_is_not_answered(served: Served, bucket: str) -> None:
    """A page elsewhere can't come here under a name that it made point to this machine."""
    assert ask_signed(served, "GET", f"/{bucket}", headers={"Host": "evil.example"})[0] == 400
    assert ask_signed(served, "GET", f"/{bucket}", headers={"Host": "localhost:1"})[0] == 200


def test_each_endpoint_has_credentials_of_its_own(served: Served, bucket: str) -> None:
    """Those of another are refused."""
    other = client_of(served.endpoint._replace(access_key_id="LOCAL0000000000000000"))
    with pytest.raises(ClientError) as caught:
        other.list_objects_v2(Bucket=bucket)
    other.close()
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "InvalidAccessKeyId"
