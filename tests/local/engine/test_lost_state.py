"""A state file that is damaged, deleted or replaced under a running job."""

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.engine.model import StateLost
from labelwright_local.engine.work import Work
from labelwright_local.workspace.job_on_disk import JobOnDisk
from tests.local.engine.small_jobs import SmallJob, answer, take

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="an open file can't be deleted there"
)


def state(job: SmallJob) -> Path:
    """Return where the job's state is."""
    return JobOnDisk(job.storage, job.files.layout).state


def delete(path: Path) -> None:
    """Delete the file."""
    path.unlink()


def replace(path: Path) -> None:
    """Put a copy in its place, as a backup program may."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)


def delete_log(path: Path) -> None:
    """Delete the log of the latest commits."""
    path.with_name(f"{path.name}-wal").unlink()


def delete_folder(path: Path) -> None:
    """Move away all that is there."""
    path.parent.rename(path.parent.with_name("elsewhere"))


def cut(path: Path) -> None:
    """Cut the file, as a copy in the same place that is not done yet does."""
    os.truncate(path, path.stat().st_size // 2)


def cut_log(path: Path) -> None:
    """Cut the log of the latest commits."""
    log = path.with_name(f"{path.name}-wal")
    os.truncate(log, log.stat().st_size // 2)


@pytest.mark.parametrize("ending", [cut, cut_log])
def test_no_answer_is_accepted_into_a_file_that_was_cut(
    tmp_path: Path, ending: Callable[[Path], None]
) -> None:
    """What is said to be rescued is whole; where nothing is, nothing is said to be."""
    job = SmallJob(tmp_path, 3)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        assert answer(engine, ann) == "0"
        task = take(engine, ann)
        ending(state(job))
        with pytest.raises(StateLost, match="cut off while the job ran") as told:
            engine.submit(task.id, ann, "t", {})
    rescued = state(job).with_name(f"{state(job).name}.rescued")
    assert rescued.exists() == (rescued.name in str(told.value))
    if rescued.exists():
        rescued.replace(state(job))
        with job.open() as engine:
            assert engine.progress().answers == 1


def test_what_was_rescued_before_is_not_written_over(tmp_path: Path) -> None:
    """Whoever starts again without it can still give it back."""
    job = SmallJob(tmp_path, 3)
    name = f"{state(job).name}.rescued"
    state(job).parent.mkdir(parents=True)
    state(job).with_name(name).write_bytes(b"earlier")
    with job.open() as engine:
        delete(state(job))
        with pytest.raises(StateLost, match=rf"{name}-2: give that"):
            engine.sign_in("Ann")
    assert state(job).with_name(name).read_bytes() == b"earlier"


@pytest.mark.parametrize("ending", [delete, replace, delete_log])
def test_no_answer_is_accepted_into_a_file_that_is_gone(
    tmp_path: Path, ending: Callable[[Path], None]
) -> None:
    """What was accepted before is in the copy that the error names, and can be gone on with."""
    job = SmallJob(tmp_path, 3)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        assert answer(engine, ann) == "0"
        task = take(engine, ann)
        ending(state(job))
        for _ in range(2):
            with pytest.raises(StateLost, match=r"deleted or replaced.*\.rescued: give that"):
                engine.submit(task.id, ann, "t", {})
            with pytest.raises(StateLost):
                engine.progress()
    state(job).with_name(f"{state(job).name}.rescued").replace(state(job))
    with job.open() as engine:
        assert engine.progress().answers == 1
        assert engine.submit(task.id, ann, "t", {}).accepted


def test_a_folder_that_is_gone_ends_the_work_with_one_error(tmp_path: Path) -> None:
    """No copy can be made then."""
    job = SmallJob(tmp_path, 3)
    with job.open() as engine:
        delete_folder(state(job))
        over: list[bool] = []
        work = Work(engine, lambda: over.append(True))
        work.start()
        work.join(30)
        assert over == [True]
        assert isinstance(work.failure, UsageError)
        assert "put a copy of it back" in str(work.failure)


def pages_of(path: Path, table: str) -> tuple[int, int]:
    """Return a page's size and the number, from 1, of the root page of a table."""
    with sqlite3.connect(path) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        (root,) = db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
    db.close()
    return size, root


def damage(path: Path, table: str) -> None:
    """Write over a page of a table, as a failing disk does."""
    size, root = pages_of(path, table)
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize(
    "table", ["job", "objects", "lines", "workers", "submissions", "nobody_twice", "sessions"]
)
def test_a_damaged_page_is_one_error_that_says_what_to_do(tmp_path: Path, table: str) -> None:
    """At the start, whichever table or index it is of."""
    job = SmallJob(tmp_path, 3)
    with job.open() as engine:
        answer(engine, engine.sign_in("Ann"))
    damage(state(job), table)
    with pytest.raises(UsageError, match=r"can't be used .*put a copy of it back"), job.open():
        pass


def test_a_page_that_is_damaged_meanwhile_ends_the_work_with_that_error(tmp_path: Path) -> None:
    """Whoever meets it first; nothing is read or accepted afterwards."""
    job = SmallJob(tmp_path, 3)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        with engine._state.reading() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA cache_size = 0")
            db.execute("PRAGMA shrink_memory")
        damage(state(job), "workers")
        with pytest.raises(StateLost, match="can't be used"):
            engine.workers()
        with pytest.raises(StateLost):
            engine.next_assignment(ann, "t")
        work = Work(engine, lambda: None)
        work.run()
        assert isinstance(work.failure, StateLost)
