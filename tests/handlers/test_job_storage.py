"""What a storage does to keep a whole job, alike in memory, in a folder and in S3."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.stub import ANY, Stubber

from labelwright.errors import ObjectNotFound, StorageAccessDenied
from labelwright_lambda.s3_storage import S3Storage
from labelwright_lambda.storage import JobStorage
from tests.storages import BUCKET, KINDS, storage_of

URI = f"s3://{BUCKET}/Job/manifests/output/2026-01-02_03:04:05 é%.manifest"
MEBIBYTE = 1024 * 1024


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JobStorage]:
    """Return a storage of each kind."""
    with storage_of(request.param, tmp_path) as storage:
        yield storage


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give botocore credentials of nobody."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.mark.parametrize(
    "sizes",
    [[], [0], [1, 2, 3], [8 * MEBIBYTE], [MEBIBYTE] * 17, [20 * MEBIBYTE, 1]],
    ids=lambda sizes: f"{len(sizes)}-{sum(sizes)}",
)
def test_an_object_is_written_in_parts_of_any_size(storage: JobStorage, sizes: list[int]) -> None:
    """It comes back whole, in their order; what was there before is replaced."""
    storage.write(URI, b"before")
    parts = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    storage.write_parts(URI, iter(parts))
    assert storage.read(URI) == b"".join(parts)


@pytest.mark.parametrize("before", [0, 17])
def test_an_object_whose_parts_end_early_is_not_written(storage: JobStorage, before: int) -> None:
    """What is there stays, also when much was sent already."""

    def breaking() -> Iterator[bytes]:
        for _ in range(before):
            yield b"x" * MEBIBYTE
        raise RuntimeError("no more")

    storage.write(URI, b"before")
    with pytest.raises(RuntimeError, match="no more"):
        storage.write_parts(URI, breaking())
    assert storage.read(URI) == b"before"


def test_an_object_is_there_from_its_writing_to_its_deletion(storage: JobStorage) -> None:
    """What is deleted twice is deleted."""
    assert not storage.exists(URI)
    storage.write(URI, b"")
    assert storage.exists(URI)
    for _ in range(2):
        storage.delete(URI)
        assert not storage.exists(URI)
    with pytest.raises(ObjectNotFound):
        storage.read(URI)


def test_nothing_of_a_broken_upload_is_kept(tmp_path: Path) -> None:
    """S3 would keep the parts, and they would be paid for."""

    def breaking() -> Iterator[bytes]:
        yield b"x" * 20 * MEBIBYTE
        yield b"x" * 20 * MEBIBYTE
        raise RuntimeError("no more")

    with storage_of("s3", tmp_path) as storage:
        with pytest.raises(RuntimeError, match="no more"):
            storage.write_parts(URI, breaking())
        client = boto3.client("s3", region_name="us-east-1")
        uploads = client.list_multipart_uploads(Bucket=BUCKET)
    assert "Uploads" not in uploads


@pytest.mark.usefixtures("credentials")
def test_a_denied_deletion_names_the_permission() -> None:
    """As reading and writing do."""
    client = boto3.client("s3", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("delete_object", "AccessDenied", "SECRET", 403)
        with pytest.raises(StorageAccessDenied, match="s3:DeleteObject") as caught:
            S3Storage(client).delete(URI)
    assert "SECRET" not in str(caught.value)


@pytest.mark.usefixtures("credentials")
def test_an_upload_that_is_denied_half_way_is_given_up() -> None:
    """The refusal is told, not that giving up is refused, too."""
    client = boto3.client("s3", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response("create_multipart_upload", {"UploadId": "one"})
        stub.add_client_error("upload_part", "AccessDenied", "SECRET", 403)
        asked = {"Bucket": BUCKET, "Key": ANY, "UploadId": "one"}
        stub.add_client_error("abort_multipart_upload", "AccessDenied", expected_params=asked)
        with pytest.raises(StorageAccessDenied, match="s3:PutObject"):
            S3Storage(client).write_parts(URI, [b"x" * 9 * MEBIBYTE] * 2)
        stub.assert_no_pending_responses()
