import io
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.response import StreamingBody
from botocore.session import get_session
from botocore.stub import Stubber
from moto import mock_aws

from labelwright.errors import (
    BucketNotFound,
    ObjectNotFound,
    ObjectTooLarge,
    StorageAccessDenied,
    StorageError,
    StorageKeyDenied,
    StorageUnavailable,
)
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import parse_uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "example-bucket"
KEY = "Job/iteration-1/2026-01-02_03:04:05 é%.json"
URI = f"s3://{BUCKET}/{KEY}"
ROLE = "arn:aws:iam::111122223333:role/job"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give botocore credentials of nobody, and no others."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture(scope="module")
def storage() -> Iterator[S3Storage]:
    """Return a storage on moto's S3, with one bucket."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with mock_aws():
            client = boto3.client("s3")
            client.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            yield S3Storage(client)


def test_what_was_written_is_read(storage: S3Storage) -> None:
    """An object comes back byte for byte, whatever its key; writing again replaces it."""
    storage.write(URI, b"\x00\xff")
    assert storage.read(URI) == b"\x00\xff"
    storage.write(URI, b"")
    assert storage.read(URI) == b""


def test_limit_is_in_bytes(storage: S3Storage) -> None:
    """An object of the limit is read, a larger one is not, and its size is told."""
    storage.write(URI, b"12345")
    assert storage.read(URI, limit=5) == b"12345"
    with pytest.raises(ObjectTooLarge, match="5 bytes, the limit here is 4") as caught:
        storage.read(URI, limit=4)
    assert (caught.value.size, caught.value.limit) == (5, 4)


@pytest.mark.parametrize(
    ("uri", "kind"),
    [(f"s3://{BUCKET}/none", ObjectNotFound), ("s3://no-such-bucket/k", BucketNotFound)],
)
def test_missing_object_and_bucket_are_told_apart(
    storage: S3Storage, uri: str, kind: type[StorageError]
) -> None:
    """A missing object may be skipped; a missing bucket is a mistake and another error."""
    with pytest.raises(StorageError) as caught:
        storage.read(uri)
    assert type(caught.value) is kind
    assert caught.value.uri == uri
    assert str(caught.value).startswith(uri)
    with pytest.raises(kind):
        storage.read_if_changed(uri, '"x"')


def test_unchanged_object_is_not_read_again(storage: S3Storage) -> None:
    """With the tag of the last reading an object is read only when it changed."""
    storage.write(URI, b"one")
    first = storage.read_if_changed(URI, None)
    assert first is not None
    assert first.data == b"one"
    assert storage.read_if_changed(URI, first.etag) is None
    storage.write(URI, b"two")
    second = storage.read_if_changed(URI, first.etag)
    assert second is not None
    assert second.data == b"two"


def test_writing_into_a_missing_bucket_is_told(storage: S3Storage) -> None:
    """A bucket that is not there is no success."""
    with pytest.raises(BucketNotFound, match="bucket"):
        storage.write("s3://no-such-bucket/k", b"")


def test_role_is_assumed_when_asked_for() -> None:
    """With a role, the client works under that role's credentials."""
    with mock_aws():
        assumed = S3Storage.connect(ROLE)
        with pytest.raises(BucketNotFound, match="bucket"):
            assumed.read("s3://no-such-bucket/k")


@pytest.fixture
def client() -> "S3Client":
    """Return a client whose answers a test gives."""
    return boto3.client("s3")


def refused(client: "S3Client", code: str, message: str, *, write: bool = False) -> StorageError:
    """Return the error of ours for an answer of S3."""
    with Stubber(client) as stub:
        stub.add_client_error("put_object" if write else "get_object", code, message, 400)
        storage = S3Storage(client)
        ask = partial(storage.write, URI, b"SECRET") if write else partial(storage.read, URI)
        with pytest.raises(StorageError) as caught:
            ask()
    assert caught.value.uri == URI
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__
    return caught.value


@pytest.mark.parametrize(("write", "permission"), [(False, "s3:GetObject"), (True, "s3:PutObject")])
def test_denied_access_names_permission_object_and_the_listing(
    client: "S3Client", write: bool, permission: str
) -> None:
    """A refusal says what to allow on what, and that a missing object may look the same."""
    error = refused(client, "AccessDenied", "Access Denied SECRET", write=write)
    assert type(error) is StorageAccessDenied
    for words in (permission, f"arn:aws:s3:::{BUCKET}/{KEY}", "s3:ListBucket"):
        assert words in str(error)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("KMS.DisabledException", "the key is disabled"),
        ("KMS.NotFoundException", "SECRET"),
        ("AccessDenied", "User: x is not authorized to perform: kms:Decrypt on resource: SECRET"),
    ],
)
def test_key_out_of_reach_names_the_permission_on_the_key(
    client: "S3Client", code: str, message: str
) -> None:
    """When the key and not the object is refused, the permission is the key's."""
    read = refused(client, code, message)
    assert type(read) is StorageKeyDenied
    assert "kms:Decrypt" in str(read)
    written = refused(client, code, message, write=True)
    assert type(written) is StorageKeyDenied
    assert "kms:GenerateDataKey" in str(written)


def test_bucket_with_kms_in_its_name_is_no_key(client: "S3Client") -> None:
    """A refusal that merely mentions an address with kms in it is about the object."""
    message = 'not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::my-kms-bucket/k"'
    assert type(refused(client, "AccessDenied", message)) is StorageAccessDenied


@pytest.mark.parametrize(
    "code",
    ["SlowDown", "RequestLimitExceeded", "RequestTimeout", "InternalError", "503",
     "ThrottlingException", "Throttling", "KMS.ThrottlingException"],
)  # fmt: skip
def test_throttling_says_try_again(client: "S3Client", code: str) -> None:
    """What may succeed later is told apart from what will not."""
    error = refused(client, code, "SECRET")
    assert type(error) is StorageUnavailable
    assert "try again" in str(error)
    assert code in str(error)


@pytest.mark.parametrize("code", ["ExpiredToken", "PermanentRedirect", ""])
def test_other_refusals_keep_their_code(client: "S3Client", code: str) -> None:
    """Any other answer is an error with S3's own code."""
    error = refused(client, code, "SECRET")
    assert type(error) is StorageError
    assert (code or "without a code") in str(error)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (EndpointConnectionError(endpoint_url="SECRET"), StorageUnavailable),
        (ConnectTimeoutError(endpoint_url="SECRET"), StorageUnavailable),
        (ReadTimeoutError(endpoint_url="SECRET"), StorageUnavailable),
        (ConnectionResetError("SECRET"), StorageUnavailable),
        (NoCredentialsError(), StorageError),
    ],
)
def test_request_that_never_came_back(
    client: "S3Client", failure: Exception, expected: type[StorageError]
) -> None:
    """Connection failures may pass, missing credentials will not; both name the address."""

    def fail(**_: Any) -> None:
        raise failure

    client.meta.events.register("before-call.s3.GetObject", fail)
    for read in (S3Storage(client).read, lambda uri: S3Storage(client).read_if_changed(uri, None)):
        with pytest.raises(StorageError) as caught:
            read(URI)
        assert type(caught.value) is expected
        assert type(failure).__name__ in str(caught.value)
        assert "SECRET" not in str(caught.value)


def test_answer_that_breaks_off_says_try_again(client: "S3Client") -> None:
    """A body that ends too early is no object."""
    body = StreamingBody(io.BytesIO(b"12"), content_length=5)
    with Stubber(client) as stub:
        stub.add_response("get_object", {"Body": body, "ContentLength": 5})
        with pytest.raises(StorageUnavailable, match=IncompleteReadError.__name__):
            S3Storage(client).read(URI)


def test_role_that_cannot_be_assumed_says_what_to_change() -> None:
    """The most frequent failure tells both sides of the trust, and the way around."""

    def refuse(**_: Any) -> Any:
        answer = {"Error": {"Code": "AccessDenied", "Message": "SECRET"}, "ResponseMetadata": {}}
        return SimpleNamespace(status_code=403), answer

    session = get_session()
    session.register("before-call.sts.AssumeRole", refuse)
    with pytest.raises(StorageAccessDenied) as caught:
        S3Storage.connect(ROLE, session)
    for words in (ROLE, "sts:AssumeRole", "trust policy", "ASSUME_JOB_ROLE", "AccessDenied"):
        assert words in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("uri", ["", "SECRET", "s3://SECRET", "https://SECRET/x"])
def test_what_is_no_address_is_refused_without_repeating_it(uri: str) -> None:
    """An address may come from a worker's answer: it is not told when it is none."""
    with pytest.raises(StorageError, match="address") as caught:
        parse_uri(uri)
    assert "SECRET" not in str(caught.value)


def test_a_conditional_write_tells_who_was_faster(storage: S3Storage) -> None:
    """A new object is written once; a known one only by who has seen its latest content."""
    votes = f"s3://{BUCKET}/Job/labelwright/votes"
    assert storage.write_if(votes, b"first", None)
    assert not storage.write_if(votes, b"late", None)
    seen = storage.read_if_changed(votes, None)
    assert seen is not None
    assert storage.write_if(votes, b"second", seen.etag)
    assert not storage.write_if(votes, b"late", seen.etag)
    assert storage.read(votes) == b"second"


def test_a_conditional_write_that_conflicts_is_lost_not_failed(client: "S3Client") -> None:
    """S3 answers 409 while another write is under way."""
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "ConditionalRequestConflict", "", 409)
        assert not S3Storage(client).write_if(URI, b"", None)


def test_all_objects_below_an_address_are_listed(storage: S3Storage) -> None:
    """Page by page, sorted, and nothing that only begins alike."""
    names = [f"s3://{BUCKET}/job/{number:04}" for number in range(1_001)]
    for name in names:
        storage.write(name, b"")
    storage.write(f"s3://{BUCKET}/job-2/x", b"")
    assert storage.keys(f"s3://{BUCKET}/job") == names
