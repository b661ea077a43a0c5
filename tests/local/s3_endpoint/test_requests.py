"""Requests as they come over the wire: who may ask, bodies in chunks, addresses that lead out."""

import base64
import http.client
import zlib
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.local.s3_endpoint.conftest import Served, client_of


def ask(
    served: Served,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    key: str | None = None,
) -> tuple[int, str]:
    """Send a request whose path is left as it is; return status and body."""
    connection = http.client.HTTPConnection(urlsplit(served.endpoint.url).netloc, timeout=10)
    allowed = f"AWS4-HMAC-SHA256 Credential={key or served.endpoint.access_key_id}/20260101/x"
    connection.request(method, path, body, {"Authorization": allowed, **(headers or {})})
    answer = connection.getresponse()
    told = answer.status, answer.read().decode()
    connection.close()
    return told


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
def test_without_the_access_key_nothing_is_done(
    served: Served, bucket: str, method: str, path: str
) -> None:
    """A web page in the same browser may send requests, but it does not know the key."""
    served.storage.write(f"s3://{bucket}/k", b"content")
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"
    for headers in ({"Authorization": ""}, {"Authorization": "Basic x"}):
        status, text = ask(served, method, path.format(bucket), body, headers)
        assert (status, "<Code>AccessDenied</Code>" in text) == (403, True)
    assert ask(served, method, path.format(bucket), body, key="LOCAL0")[0] == 403
    assert served.storage.read(f"s3://{bucket}/k") == b"content"


def test_a_presigned_link_reads_until_it_expires(served: Served, bucket: str) -> None:
    """And writes nothing."""
    served.storage.write(f"s3://{bucket}/a b", b"content")
    parameters: Any = {"Bucket": bucket, "Key": "a b"}
    link = served.client.generate_presigned_url("get_object", Params=parameters)
    path = link.removeprefix(served.endpoint.url)
    unsigned = {"Authorization": ""}
    assert ask(served, "GET", path, headers=unsigned) == (200, "content")
    assert ask(served, "DELETE", path, headers=unsigned)[0] == 403
    late = served.client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=-1)
    assert ask(served, "GET", late.removeprefix(served.endpoint.url), headers=unsigned)[0] == 403
    forged = path.replace(served.endpoint.access_key_id, "LOCAL0")
    assert ask(served, "GET", forged, headers=unsigned)[0] == 403


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
    status, text = ask(served, method, path.format(bucket), b"overwritten")
    assert status in {400, 403, 404}
    assert "secret" not in text or "<Code>" in text
    assert (served.root.parent / "secret").read_text("utf-8") == "secret"


def test_no_symbolic_link_leads_out_of_the_folder(served: Served, bucket: str) -> None:
    """Neither to read, nor to write, nor to list."""
    (served.root / bucket / "file").symlink_to(served.root.parent / "secret")
    (served.root / bucket / "folder").symlink_to(served.root.parent)
    for key in ("file", "folder/secret"):
        for method in ("GET", "PUT"):
            status, text = ask(served, method, f"/{bucket}/{key}", b"overwritten")
            assert (status, "<Code>AccessDenied</Code>" in text) == (403, True)
    assert (served.root.parent / "secret").read_text("utf-8") == "secret"
    status, text = ask(served, "GET", f"/{bucket}?list-type=2")
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


def test_a_body_in_chunks_is_put_together(served: Served, bucket: str) -> None:
    """Its checksum comes behind it."""
    data = bytes(range(256)) * 5
    checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    body = chunked(data, 100, f"x-amz-checksum-crc32:{checksum}\r\n")
    headers = STREAMING | {"x-amz-decoded-content-length": str(len(data))}
    assert ask(served, "PUT", f"/{bucket}/k", body, headers)[0] == 200
    assert served.storage.read(f"s3://{bucket}/k") == data


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (chunked(b"data", 2, "x-amz-checksum-crc32:AAAAAA==\r\n"), STREAMING, "BadDigest"),
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
    status, text = ask(served, "PUT", f"/{bucket}/k", body, headers)
    assert (status, f"<Code>{code}</Code>" in text) == (400, True)
    assert not served.storage.exists(f"s3://{bucket}/k")


@pytest.mark.parametrize("key", ["%2e%2e", "a%252fb", "..%2e"])
def test_a_key_is_decoded_once(served: Served, bucket: str, key: str) -> None:
    """So a percent sign in it stays one."""
    ask(served, "PUT", f"/{bucket}/{quote(key)}", b"content")
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
    text = ask(served, method, path.format(bucket), body)[1]
    assert f"<Code>{code}</Code>" in text


def test_a_foreign_name_is_not_answered(served: Served, bucket: str) -> None:
    """A page elsewhere can't come here under a name that it made point to this machine."""
    assert ask(served, "GET", f"/{bucket}", headers={"Host": "evil.example"})[0] == 400
    assert ask(served, "GET", f"/{bucket}", headers={"Host": "localhost:1"})[0] == 200


def test_each_endpoint_has_credentials_of_its_own(served: Served, bucket: str) -> None:
    """Those of another are refused."""
    other = client_of(served.endpoint._replace(access_key_id="LOCAL0000000000000000"))
    with pytest.raises(ClientError) as caught:
        other.list_objects_v2(Bucket=bucket)
    other.close()
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "AccessDenied"
