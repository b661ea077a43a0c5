"""A manifest with relative paths, and its files, on their way to Ground Truth."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from labelwright_cli.main import app

NAMES = ["a b.png", "sub/ü#1%20?.png", "c.txt"]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make a bucket in an S3 of this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Make a job's folder whose data lie beside it."""
    folder = tmp_path / "job"
    (tmp_path / "data" / "sub").mkdir(parents=True)
    folder.mkdir()
    for name in NAMES:
        (tmp_path / "data" / name).write_text(f"content of {name}", "utf-8")
    (folder / "task.toml").write_text('data = "../data"')
    rows: list[dict[str, Any]] = [
        {"source-ref": NAMES[0], "text-file-s3-uri": NAMES[2], "n": 1.0},
        {"source-ref": NAMES[1], "other": "é"},
        {"source-ref": "s3://elsewhere/x.png"},
        {"source-ref": NAMES[0]},
    ]
    write(folder, rows)
    return folder


def write(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Write the manifest."""
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (folder / "manifest.jsonl").write_text(text, "utf-8")


def upload(job: Path, *more: object) -> Result:
    """Call the command."""
    place = "s3://bucket/my jobs/one/"
    return CliRunner().invoke(app, ["manifest", "upload", str(job), place, *map(str, more)])


def objects(bucket: Any) -> dict[str, str]:
    """Return what is in the bucket, by key."""
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket="bucket").get("Contents", ())]
    return {
        key: bucket.get_object(Bucket="bucket", Key=key)["Body"].read().decode() for key in keys
    }


def test_files_keep_their_paths_and_lines_name_them(job: Path, bucket: Any, tmp_path: Path) -> None:
    """All else in the lines stays; the manifest goes there, too, and where it is wanted."""
    done = upload(job, "--out", tmp_path / "copy.jsonl")
    assert done.exit_code == 0, done.output
    found = objects(bucket)
    manifest = found.pop("my jobs/one/manifest.jsonl")
    assert found == {f"my jobs/one/{name}": f"content of {name}" for name in NAMES}
    assert [json.loads(line) for line in manifest.splitlines()] == [
        {
            "source-ref": f"s3://bucket/my jobs/one/{NAMES[0]}",
            "text-file-s3-uri": f"s3://bucket/my jobs/one/{NAMES[2]}",
            "n": 1.0,
        },
        {"source-ref": f"s3://bucket/my jobs/one/{NAMES[1]}", "other": "é"},
        {"source-ref": "s3://elsewhere/x.png"},
        {"source-ref": f"s3://bucket/my jobs/one/{NAMES[0]}"},
    ]
    assert (tmp_path / "copy.jsonl").read_text("utf-8") == manifest
    checked = CliRunner().invoke(app, ["manifest", "check", str(tmp_path / "copy.jsonl")])
    assert checked.exit_code == 0
    assert "3 files sent" in done.stderr
    assert "s3://bucket/my jobs/one/manifest.jsonl" in done.stdout


def test_what_is_there_is_not_sent_again(job: Path, bucket: Any, tmp_path: Path) -> None:
    """But for what changed, also where its size is the same."""
    upload(job)
    before = bucket.head_object(Bucket="bucket", Key=f"my jobs/one/{NAMES[0]}")["LastModified"]
    assert "0 files sent (0 bytes), 3 there already" in upload(job).stderr
    after = bucket.head_object(Bucket="bucket", Key=f"my jobs/one/{NAMES[0]}")["LastModified"]
    assert before == after
    (tmp_path / "data" / NAMES[0]).write_text(f"CONTENT of {NAMES[0]}")
    assert "1 file sent" in upload(job).stderr
    assert objects(bucket)[f"my jobs/one/{NAMES[0]}"].startswith("CONTENT")


def test_under_a_key_of_kms_content_is_known_too(job: Path, bucket: Any) -> None:
    """There an ETag is no digest of it."""
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    bucket.put_bucket_encryption(
        Bucket="bucket", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    upload(job)
    assert "0 files sent (0 bytes), 3 there already" in upload(job).stderr


def test_bad_lines_are_told_and_cost_no_other(job: Path, bucket: Any, tmp_path: Path) -> None:
    """By number; nothing outside of the data folder is sent."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "data" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "data" / "manifest.jsonl").write_text("x")
    (tmp_path / "data" / ("x" * 200)).write_text("x")
    names = ["../secret", "link", "none.png", "manifest.jsonl", NAMES[0]]
    write(job, [{"source-ref": name} for name in names])
    done = upload(job)
    assert done.exit_code == 1
    for number in (1, 2, 3, 4):
        assert f"manifest.jsonl:{number}: error:" in done.stderr
    assert set(objects(bucket)) == {f"my jobs/one/{NAMES[0]}", "my jobs/one/manifest.jsonl"}
    write(job, [{"source-ref": "../secret"}])
    done = upload(job)
    assert (done.exit_code, "no line in it can be used" in done.stderr) == (2, True)


@pytest.mark.parametrize("place", ["s3://bucket", "bucket/prefix", "s3://none/prefix"])
def test_a_place_that_cannot_be_used_is_told(job: Path, bucket: Any, place: str) -> None:
    """Before anything is sent."""
    done = CliRunner().invoke(app, ["manifest", "upload", str(job), place])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert objects(bucket) == {}
