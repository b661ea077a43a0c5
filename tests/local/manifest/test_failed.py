"""``labelwright manifest failed``: the objects a job failed on, as input of a new one."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from labelwright.contract.manifest import EXPIRED
from labelwright_cli.main import app

OLD = '"old": 9, "old-metadata": {"job-name": "labeling-job/old", "confidence": 0.50}'
DONE = '"bird": {"a": 1}, "bird-metadata": {"job-name": "labeling-job/bird"}'


def failure(attribute: str, reason: str = EXPIRED) -> str:
    """Write the metadata of a failed object, as the service writes it."""
    metadata = {"retry-count": 1, "failure-reason": reason, "human-annotated": "true"}
    return f'"{attribute}-metadata":{json.dumps(metadata)}'


def own_label(error: dict[str, str] | None) -> str:
    """Write a label of ours under ``bird``."""
    label = {"schema": "labelwright/1", "fields": {}, "error": error}
    return f'"bird": {json.dumps(label)}, "bird-metadata": {{"job-name": "labeling-job/bird"}}'


def manifest(path: Path, *lines: str) -> Path:
    """Write an output manifest; each line gets a source first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f'{{"source": "{number}", {line}}}\n' for number, line in enumerate(lines))
    path.write_text(text, encoding="utf-8")
    return path


def failed(*arguments: str | Path) -> tuple[int, str, str]:
    """Call the command; return exit status, standard output and standard error."""
    result = CliRunner().invoke(app, ["manifest", "failed", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_failed_objects_come_without_the_failure_and_otherwise_as_they_were(tmp_path: Path) -> None:
    """Earlier labels stay to the letter; the new job may use the same label attribute."""
    path = manifest(tmp_path / "m", DONE, f"{OLD}, {failure('bird')}", f'{DONE}, "é": 1.50')
    status, out, told = failed(path)
    assert (0, f'{{"source": "1", {OLD}}}\n') == (status, out)
    assert "1 of 3 objects failed" in told
    assert "1 x ClientError: Annotation tasks expired. Probable Reasons are" in told


def test_what_is_written_passes_the_check(tmp_path: Path) -> None:
    """The result is ready to be a job's input."""
    path = manifest(tmp_path / "m", failure("bird"), f"{OLD}, {failure('bird')}")
    again = tmp_path / "again.jsonl"
    assert failed(path, "--out", again)[0] == 0
    result = CliRunner().invoke(app, ["manifest", "check", str(again)])
    assert (result.exit_code, result.stdout) == (0, "")


def test_reasons_are_counted(tmp_path: Path) -> None:
    """The most frequent reason is told first, control characters spelled out."""
    reasons = ["ClientError: \x1b[31m[bold]", "other", "other"]
    _, _, told = failed(manifest(tmp_path / "m", *(failure("bird", text) for text in reasons)))
    lines = told.splitlines()
    assert lines[-2] == "      2 x other"
    assert lines[-1] == "      1 x ClientError: \\x1b[31m[bold]"


def test_no_failure_is_said_and_is_no_error(tmp_path: Path) -> None:
    """A job without failures leaves an empty manifest."""
    out = tmp_path / "out"
    status, _, told = failed(manifest(tmp_path / "m", DONE), "--out", out)
    assert (status, out.read_bytes()) == (0, b"")
    assert "no object failed (1 object)" in told


def test_an_attribute_chooses_among_several_jobs(tmp_path: Path) -> None:
    """Without one, all failures are taken, and that several jobs had some is said."""
    path = manifest(tmp_path / "m", f"{OLD}, {failure('bird')}", f"{failure('old')}, {DONE}")
    _, out, told = failed(path)
    assert [list(json.loads(line)) for line in out.splitlines()] == [
        ["source", "old", "old-metadata"],
        ["source", "bird", "bird-metadata"],
    ]
    assert "labels of several jobs failed" in told
    _, out, told = failed(path, "--attribute", "old")
    assert f'{{"source": "1", {DONE}}}\n' == out
    assert "several" not in told


def test_an_object_that_two_jobs_failed_on_is_written_once(tmp_path: Path) -> None:
    """Both failures are taken out of its line."""
    path = manifest(tmp_path / "m", f"{failure('old')}, {failure('bird')}")
    assert failed(path)[1] == '{"source": "0"}\n'


def test_an_attribute_that_no_object_has_is_an_error(tmp_path: Path) -> None:
    """A slip in the name is not taken for a job without failures."""
    out = tmp_path / "out"
    status, _, told = failed(manifest(tmp_path / "m", DONE), "--attribute", "brid", "--out", out)
    assert status == 2
    assert "no object has a label 'brid'; there are labels of: bird" in told
    assert not out.exists()


def test_labels_with_only_an_error_are_taken_on_demand(tmp_path: Path) -> None:
    """The service counts them as labeled; their label goes, so that they are sent again."""
    error = {"code": "no-answers", "reason": "none of 3 annotations could be read"}
    path = manifest(tmp_path / "m", own_label(error), own_label(None), failure("bird"))
    assert failed(path)[1] == '{"source": "2"}\n'
    status, out, told = failed(path, "--with-errors")
    assert (status, out) == (0, '{"source": "0"}\n{"source": "2"}\n')
    assert "label with error 'no-answers': none of 3 annotations could be read" in told


def test_a_failure_beside_an_older_value_takes_both_out(tmp_path: Path) -> None:
    """A value left under the attribute would keep the object from workers."""
    path = manifest(tmp_path / "m", f'"bird": 1, {failure("bird")}')
    assert failed(path)[1] == '{"source": "0"}\n'


def test_an_unreadable_line_is_told_and_the_others_are_written(tmp_path: Path) -> None:
    """The exit status is 1 then."""
    path = manifest(tmp_path / "m", failure("bird"))
    path.write_bytes(b"{'source': 1}\n" + path.read_bytes())
    status, out, told = failed(path)
    assert (status, out) == (1, '{"source": "0"}\n')
    assert f"{path}:1: error: not JSON but Python" in told


@pytest.mark.parametrize("start", ["", "job", "job/manifests"])
def test_the_output_manifest_is_found_below_a_folder(tmp_path: Path, start: str) -> None:
    """The job's folder will do, and any folder that holds one job only."""
    manifest(tmp_path / "job" / "manifests" / "output" / "output.manifest", failure("bird"))
    status, out, _ = failed(tmp_path / start)
    expected = (2, "") if start == "job/manifests" else (0, '{"source": "0"}\n')
    assert expected == (status, out)


def test_of_several_jobs_one_must_be_named(tmp_path: Path) -> None:
    """The error lists them."""
    for name in ("a", "b"):
        manifest(tmp_path / name / "manifests" / "output" / "output.manifest", DONE)
    status, _, told = failed(tmp_path)
    assert status == 2
    assert f"{tmp_path / 'a'}, {tmp_path / 'b'}" in told


def test_a_manifest_is_not_written_over_itself(tmp_path: Path) -> None:
    """Input and output must be two files."""
    path = manifest(tmp_path / "m", failure("bird"))
    before = path.read_bytes()
    assert failed(path, "--out", path)[0] == 2
    assert before == path.read_bytes()


@pytest.mark.parametrize("job", ["s3://bucket/job", "s3://bucket/job/", "the manifest"])
def test_a_job_in_s3_is_read_there(monkeypatch: pytest.MonkeyPatch, job: str) -> None:
    """The job's prefix will do, as the console shows it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    key = "job/manifests/output/output.manifest"
    with mock_aws():
        client: Any = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        body = f'{{"source": "0", {failure("bird")}}}\n'.encode()
        client.put_object(Bucket="bucket", Key=key, Body=body)
        address = f"s3://bucket/{key}" if job == "the manifest" else job
        assert failed(address)[:2] == (0, '{"source": "0"}\n')
        status, _, told = failed("s3://bucket/other")
    assert status == 2
    assert "s3://bucket/other/manifests/output/output.manifest: there is no such object" in told
