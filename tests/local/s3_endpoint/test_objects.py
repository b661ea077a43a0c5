"""Objects through AWS's own client: what is put is got, under S3's conditions."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.s3_endpoint.conftest import Served

ODD_KEYS = [
    "annotations/2021-11-18_02:19:51.json",
    "a b/c  d",
    "100%/%3A%25/x",
    "a%3Ab",
    "ü/日本/😀",
    "a+b&c=d?e#f;g@h",
    "'quoted\" <tag>",
    "tab\there",
]  # fmt: skip


def refused(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """Return code and status of an error."""
    answer: Any = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_what_is_put_is_got_and_listed(served: Served, bucket: str, key: str) -> None:
    """Under keys with every sort of character, and as a file that the storage reads."""
    tag = served.client.put_object(Bucket=bucket, Key=key, Body=b"content")["ETag"]
    answer = served.client.get_object(Bucket=bucket, Key=key)
    assert (answer["Body"].read(), answer["ETag"]) == (b"content", tag)
    head = served.client.head_object(Bucket=bucket, Key=key)
    assert (head["ContentLength"], head["ETag"]) == (7, tag)
    listed = served.client.list_objects_v2(Bucket=bucket)["Contents"]
    assert [(entry["Key"], entry["Size"], entry["ETag"]) for entry in listed] == [(key, 7, tag)]
    assert served.storage.read(f"s3://{bucket}/{key}") == b"content"
    served.client.delete_object(Bucket=bucket, Key=key)
    assert "Contents" not in served.client.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize(
    ("wanted", "part", "told"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
        ("bytes=-100", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_range_is_a_part(
    served: Served, bucket: str, wanted: str, part: bytes, told: str
) -> None:
    """With where it lies."""
    served.client.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    answer = served.client.get_object(Bucket=bucket, Key="k", Range=wanted)
    assert (answer["Body"].read(), answer["ContentRange"]) == (part, told)


def test_a_range_behind_the_end_is_refused(served: Served, bucket: str) -> None:
    """As S3 does."""
    served.client.put_object(Bucket=bucket, Key="k", Body=b"01")
    with pytest.raises(ClientError) as caught:
        served.client.get_object(Bucket=bucket, Key="k", Range="bytes=2-")
    assert refused(caught) == ("InvalidRange", 416)


@pytest.mark.parametrize("wanted", ["bytes=4-2", "bytes=-", "lines=1-2", "bytes=0-1,3-4"])
def test_what_is_no_range_is_ignored(served: Served, bucket: str, wanted: str) -> None:
    """The whole object comes, as from S3."""
    served.client.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    answer = served.client.get_object(Bucket=bucket, Key="k", Range=wanted)
    assert answer["Body"].read() == b"0123456789"


def test_a_missing_object_or_bucket_is_told_by_s3s_codes(served: Served, bucket: str) -> None:
    """Which the client turns into its own exceptions."""
    with pytest.raises(served.client.exceptions.NoSuchKey):
        served.client.get_object(Bucket=bucket, Key="none")
    with pytest.raises(served.client.exceptions.NoSuchBucket):
        served.client.get_object(Bucket="no-such-bucket", Key="none")
    with pytest.raises(ClientError) as caught:
        served.client.head_object(Bucket=bucket, Key="none")
    assert refused(caught) == ("404", 404)


def test_if_none_match_writes_only_what_is_not_there(served: Served, bucket: str) -> None:
    """The other's content stays."""
    served.client.put_object(Bucket=bucket, Key="k", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as caught:
        served.client.put_object(Bucket=bucket, Key="k", Body=b"second", IfNoneMatch="*")
    assert refused(caught) == ("PreconditionFailed", 412)
    assert served.storage.read(f"s3://{bucket}/k") == b"first"


def test_if_match_writes_only_over_what_was_read(served: Served, bucket: str) -> None:
    """And over nothing, when the object is gone."""
    tag = served.client.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
    served.client.put_object(Bucket=bucket, Key="k", Body=b"second", IfMatch=tag)
    with pytest.raises(ClientError) as caught:
        served.client.put_object(Bucket=bucket, Key="k", Body=b"third", IfMatch=tag)
    assert refused(caught) == ("PreconditionFailed", 412)
    served.client.delete_object(Bucket=bucket, Key="k")
    with pytest.raises(ClientError) as caught:
        served.client.put_object(Bucket=bucket, Key="k", Body=b"third", IfMatch=tag)
    assert refused(caught) == ("NoSuchKey", 404)


def test_of_writers_at_the_same_time_one_wins(served: Served, bucket: str) -> None:
    """However many try."""

    def write(number: int) -> bool:
        try:
            served.client.put_object(
                Bucket=bucket, Key="k", Body=str(number).encode(), IfNoneMatch="*"
            )
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(16)))
    assert won.count(True) == 1
    assert served.storage.read(f"s3://{bucket}/k") == str(won.index(True)).encode()


def test_an_object_is_read_only_if_it_changed(served: Served, bucket: str) -> None:
    """304 to who has it, 412 to who wants another."""
    tag = served.client.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
    with pytest.raises(ClientError) as caught:
        served.client.get_object(Bucket=bucket, Key="k", IfNoneMatch=tag)
    assert refused(caught) == ("304", 304)
    with pytest.raises(ClientError) as caught:
        served.client.get_object(Bucket=bucket, Key="k", IfMatch='"other"')
    assert refused(caught) == ("PreconditionFailed", 412)
    assert served.client.get_object(Bucket=bucket, Key="k", IfMatch=tag)["Body"].read() == b"first"


def test_a_big_file_goes_up_in_parts_and_down_again(served: Served, bucket: str) -> None:
    """As upload_file sends it from 8 MB on; no part stays in the bucket."""
    data = bytes(range(256)) * (17 * 4096)
    served.client.upload_fileobj(io.BytesIO(data), bucket, "big/file")
    target = io.BytesIO()
    served.client.download_fileobj(bucket, "big/file", target)
    assert target.getvalue() == data
    assert [entry["Key"] for entry in served.client.list_objects_v2(Bucket=bucket)["Contents"]] == [
        "big/file"
    ]


def test_an_upload_can_be_given_up(served: Served, bucket: str) -> None:
    """And is unknown afterwards, as one of another object always was."""
    upload = served.client.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part: Any = {"Bucket": bucket, "Key": "k", "UploadId": upload, "PartNumber": 1, "Body": b"x"}
    with pytest.raises(served.client.exceptions.NoSuchUpload):
        served.client.upload_part(**part | {"Key": "other"})
    tag = served.client.upload_part(**part)["ETag"]
    with pytest.raises(ClientError) as caught:
        served.client.complete_multipart_upload(
            Bucket=bucket, Key="k", UploadId=upload,
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"other"'}]},
        )  # fmt: skip
    assert refused(caught) == ("InvalidPart", 400)
    served.client.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload)
    with pytest.raises(served.client.exceptions.NoSuchUpload):
        served.client.upload_part(**part)
    assert tag
    assert "Contents" not in served.client.list_objects_v2(Bucket=bucket)


def test_an_object_is_copied(served: Served, bucket: str) -> None:
    """Its key may need encoding."""
    served.client.put_object(Bucket=bucket, Key="a b:ü%", Body=b"content")
    served.client.copy_object(
        Bucket=bucket, Key="c", CopySource={"Bucket": bucket, "Key": "a b:ü%"}
    )
    assert served.storage.read(f"s3://{bucket}/c") == b"content"


def test_what_is_in_the_fallback_is_read_and_listed_but_not_deleted(
    served: Served, bucket: str
) -> None:
    """It is the user's own data."""
    file = served.fallback / bucket / "texts" / "one.txt"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"text")
    served.client.put_object(Bucket=bucket, Key="two", Body=b"")
    keys = [entry["Key"] for entry in served.client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == ["texts/one.txt", "two"]
    assert served.client.get_object(Bucket=bucket, Key="texts/one.txt")["Body"].read() == b"text"
    with pytest.raises(ClientError) as caught:
        served.client.delete_object(Bucket=bucket, Key="texts/one.txt")
    assert refused(caught) == ("AccessDenied", 403)
    assert file.exists()


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("get_object_tagging", {"Key": "k"}),
        ("put_object_acl", {"Key": "k", "ACL": "private"}),
        ("get_bucket_versioning", {}),
        ("get_object", {"Key": "k", "VersionId": "x"}),
    ],
)
def test_what_is_not_there_is_refused_and_does_no_harm(
    served: Served, bucket: str, call: str, arguments: dict[str, str]
) -> None:
    """Above all it does not write an empty object."""
    served.client.put_object(Bucket=bucket, Key="k", Body=b"content")
    with pytest.raises(ClientError) as caught:
        getattr(served.client, call)(Bucket=bucket, **arguments)
    assert refused(caught) == ("NotImplemented", 501)
    assert served.storage.read(f"s3://{bucket}/k") == b"content"
