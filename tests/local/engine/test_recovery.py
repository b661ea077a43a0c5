"""What a restart finds: files that lack, a damaged state, an older or newer one."""

import sqlite3
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.workspace.job_on_disk import JobOnDisk
from tests.local.engine.small_jobs import SmallJob, answer, work


def finished(tmp_path: Path, objects: int = 11) -> SmallJob:
    """Make a job that one worker did whole."""
    job = SmallJob(tmp_path, objects)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        for _ in range(objects):
            answer(engine, ann)
        work(engine)
        assert engine.progress().finished
    return job


def all_files(job: SmallJob) -> dict[str, bytes]:
    """Return every file of the service's layout."""
    uris = job.storage.keys(job.files.layout.prefix)
    return {uri: job.storage.read(uri) for uri in uris if not uri.endswith(".sqlite3")}


def state(job: SmallJob) -> Path:
    """Return where the job's state is."""
    return JobOnDisk(job.storage, job.files.layout).state


@pytest.mark.parametrize("lost", ["output.manifest", "consolidation-re", "2026-"])
def test_files_that_lack_are_made_again(tmp_path: Path, lost: str) -> None:
    """From the state, byte for byte; an empty one is what a power cut leaves."""
    job = finished(tmp_path)
    before = all_files(job)
    found = [uri for uri in before if lost in uri]
    for index, uri in enumerate(found):
        job.storage.path(uri).write_bytes(b"") if index % 2 else job.storage.path(uri).unlink()
    job.clock.passes(3_600)
    with job.open() as engine:
        assert engine.progress().finished
    assert all_files(job) == before


def test_a_response_that_is_there_is_not_asked_for_again(tmp_path: Path) -> None:
    """Post-labeling may have been paid for; a crash may come between it and the state."""
    job = finished(tmp_path)
    with sqlite3.connect(state(job)) as db:
        db.execute("UPDATE batches SET state = 'requested'")
        db.execute("UPDATE objects SET state = 'answered' WHERE state = 'labeled'")
        db.execute("DELETE FROM labels")
    db.close()
    calls = len(job.handlers.post_calls)
    with job.open() as engine:
        assert engine.progress().labeled == 11
    assert len(job.handlers.post_calls) == calls


def test_a_finished_job_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is written, the state included."""
    job = finished(tmp_path)
    before = state(job).read_bytes()
    with job.open() as engine:
        assert engine.progress().finished
    assert state(job).read_bytes() == before


def test_a_job_without_its_state_is_not_begun_anew(tmp_path: Path) -> None:
    """What people answered is there, and how to go on with it is told."""
    job = finished(tmp_path)
    state(job).unlink()
    with pytest.raises(UsageError, match=r"its state is not there; .* as --answers"), job.open():
        pass


def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    """With the file, and what to do."""
    job = finished(tmp_path)
    state(job).write_bytes(b"no database" * 1_000)
    with pytest.raises(UsageError, match=r"labelwright\.sqlite3: .* can't be used"), job.open():
        pass


def test_a_newer_state_is_left_alone(tmp_path: Path) -> None:
    """Whoever goes back to an older Labelwright loses nothing."""
    job = finished(tmp_path)
    with sqlite3.connect(state(job)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(UsageError, match="a newer version of Labelwright"), job.open():
        pass


def test_the_state_is_kept_as_it_must_be(tmp_path: Path) -> None:
    """Its foreign keys hold, and it is whole."""
    job = finished(tmp_path)
    with sqlite3.connect(state(job)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
