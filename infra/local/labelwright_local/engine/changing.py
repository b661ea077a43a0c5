"""A job that is not at work, opened to rename its labels or to ask for more answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from labelwright.errors import UsageError
from labelwright_local.engine.clock import JobTime
from labelwright_local.engine.living import asking, renames, versions
from labelwright_local.engine.living.record import write_record
from labelwright_local.engine.living.renames import Renamed
from labelwright_local.engine.settings import JobSettings, check_limit
from labelwright_local.engine.state.database import Database
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET, JobFiles
from labelwright_local.workspace.job_on_disk import JobOnDisk


class Change(NamedTuple):
    """What is to be renamed: ``merge`` lets two labels become one, ``undo`` takes it back."""

    old: str
    new: str
    field: str | None = None
    merge: bool = False
    undo: bool = False


def rename_label(
    storage: FolderStorage, job: str, change: Change, now: Callable[[], datetime]
) -> Renamed:
    """Rename a label of a job; its objects get their labels anew when it is started next.

    Raises:
        UsageError: the job is at work, or the label can't be renamed so.
    """
    with _opened(storage, job) as (state, files):
        with state.writing() as db:
            names, time = (change.old, change.new), JobTime(now)()
            if change.undo:
                found = renames.undo(db, files, names, time)
            else:
                found = renames.rename(db, files, names, change.field, time, merge=change.merge)
        with state.snapshot() as db:
            write_record(db, files)
            version = versions.latest(db)
            data = versions.with_renames(db, version.definition) if version else None
        if data is not None:
            storage.write(f"s3://{BUCKET}/tasks/{job}/task.toml", data)
    return found


def ask_again(
    storage: FolderStorage,
    job: str,
    objects: list[str],
    least_sure: int,
    now: Callable[[], datetime],
) -> int:
    """Ask for one more answer to objects, and to so many of those whose labels are least sure.

    Return how many can be asked; workers get them when the job is served next.

    Raises:
        UsageError: the job is at work, an id is none, or answers were recorded.
    """
    for text in objects:
        if not (text.isascii() and text.isdecimal()):
            raise UsageError(f"{text}: no id of an object; it is the number of its line, from 0")
    if least_sure:
        check_limit("how many of the least sure", least_sure, 1, 1_000_000)
    with _opened(storage, job) as (state, files):
        with state.writing() as db:
            numbers = [*map(int, objects), *asking.least_sure(db, least_sure)]
            available = JobSettings().availability * 1000
            asked = asking.ask_again(db, numbers, JobTime(now)(), available)
        with state.snapshot() as db:
            write_record(db, files)
    return asked


@contextmanager
def _opened(storage: FolderStorage, job: str) -> Iterator[tuple[Database, JobFiles]]:
    files = JobFiles(storage, job)
    disk = JobOnDisk(storage, files.layout)
    with disk.alone():
        state = Database(disk.state)
        try:
            yield state, files
        finally:
            state.close()
