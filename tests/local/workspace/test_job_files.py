"""A local job's files lie in whatever storage it is given."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labelwright.contract.job_layout import RequestName
from labelwright.errors import PayloadError
from labelwright_local.workspace.job_files import BUCKET, JobFiles
from tests.fakes import FakeStorage
from tests.storages import KINDS, storage_of

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


@pytest.fixture(params=KINDS)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JobFiles]:
    """Return a job's files in a storage of each kind."""
    with storage_of(request.param, tmp_path, BUCKET) as storage:
        yield JobFiles(storage, "Job")


def test_batches_are_found_in_the_order_of_time(files: JobFiles) -> None:
    """Only those that were requested, and nothing that lies beside them."""
    made = files.new_batches([1, 2, 10], [], NOW)
    for batch in reversed(made):
        files.write_json(batch.request_uri, [])
    files.write_json(files.layout.request(RequestName(3, "notes")), [])
    files.write_json(made[0].response_uri, [])
    assert files.batches() == made
    assert [batch.name[-2:] for batch in made] == ["03", "04", "05"]
    assert made[-1].moment == NOW.replace(microsecond=0)


def test_a_file_without_content_is_not_held(files: JobFiles) -> None:
    """It is what a power cut leaves."""
    uri = files.layout.output_manifest
    assert not files.holds(uri)
    files.storage.write(uri, b"")
    assert not files.holds(uri)
    files.storage.write_parts(uri, [b"x"])
    assert files.holds(uri)
    files.storage.delete(uri)
    assert not files.holds(uri)


def test_a_response_is_read_once_it_is_there(files: JobFiles) -> None:
    """A damaged one is told by its address."""
    (batch,) = files.new_batches([1], [], NOW)
    assert files.read_response(batch) is None
    files.write_json(batch.response_uri, [{"datasetObjectId": "0"}])
    assert files.read_response(batch) == [{"datasetObjectId": "0"}]
    files.storage.write(batch.response_uri, b"{")
    with pytest.raises(PayloadError, match=batch.response_uri):
        files.read_response(batch)


def test_worker_responses_are_as_old_as_their_batch() -> None:
    """The names of a batch's files begin and end alike."""
    files = JobFiles(FakeStorage(), "Job")
    (batch,) = files.new_batches([2], [], NOW)
    assert files.worker_response(batch, "7") == (
        f"s3://{BUCKET}/output/Job/annotations/worker-response/iteration-2/7/2026-01-02_03:04:05.json"
    )


def test_a_batch_is_named_by_a_time() -> None:
    """Labels are dated by it."""
    with pytest.raises(ValueError, match="named by a time"):
        JobFiles(FakeStorage(), "Job").batch(1, "first")
