"""Which objects are handed over to post-labeling together, and when.

The first ten objects that went to workers are the first iteration, all others the second; what a
manifest grows by is one of its own each time, and what is asked again is of the latest. A batch is
handed over as soon as it is full (ten, or fifty), or nothing can be added to it any more. Objects
that are complete do not wait for it forever: they go when the oldest of them has waited five
minutes, or when nobody holds a task and a quarter of a minute has passed.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from labelwright_local.engine.settings import BATCH, FIRST_ITERATION
from labelwright_local.workspace.job_files import Batch, JobFiles

#: Milliseconds that complete objects wait for a full batch: while others work, and without.
_WAIT = 300_000
_WAIT_ALONE = 15_000


class _Outlook(NamedTuple):
    """Whether more objects can be completed: of the first iteration, and of any."""

    first: bool
    any: bool
    somebody_works: bool


def form(db: sqlite3.Connection, files: JobFiles, now: int) -> bool:
    """Make the batches that are due; their files and labels follow from them."""
    outlook = _outlook(db)
    groups = list(_groups(db, outlook, now))
    if not groups:
        return False
    last = db.execute("SELECT iteration, name FROM batches ORDER BY name DESC LIMIT 1").fetchone()
    there = [files.batch(last["iteration"], last["name"])] if last is not None else []
    moment = datetime.fromtimestamp(now // 1000, UTC)
    named = files.new_batches([iteration for iteration, _ in groups], there, moment)
    for batch, (iteration, numbers) in zip(named, groups, strict=True):
        made = db.execute(
            "INSERT INTO batches (iteration, name, state) VALUES (?, ?, 'requested')",
            (iteration, batch.name),
        )
        members = [(made.lastrowid, number) for number in numbers]
        db.executemany("UPDATE objects SET batch = ? WHERE number = ?", members)
        db.executemany(
            "INSERT INTO members SELECT ?, object, max(id) FROM submissions WHERE object = ?",
            members,
        )
    return True


def _outlook(db: sqlite3.Connection) -> _Outlook:
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM objects WHERE state = 'waiting') AS waiting, "
        "EXISTS (SELECT 1 FROM objects WHERE state = 'waiting' AND iteration IS NULL) AS new, "
        "EXISTS (SELECT 1 FROM objects WHERE state = 'open') AS open, "
        "(SELECT count(*) FROM objects WHERE iteration = 1) AS first, "
        "EXISTS (SELECT 1 FROM objects WHERE iteration = 1 AND state = 'open') AS open_first, "
        "EXISTS (SELECT 1 FROM assignments WHERE state = 'active') AS held"
    ).fetchone()
    return _Outlook(
        first=bool(found["open_first"] or (found["new"] and found["first"] < FIRST_ITERATION)),
        any=bool(found["waiting"] or found["open"]),
        somebody_works=bool(found["held"]),
    )


def _groups(db: sqlite3.Connection, outlook: _Outlook, now: int) -> Iterator[tuple[int, list[int]]]:
    """Yield iteration and objects of each batch that is due, in the order of completion."""
    (recorded,) = db.execute("SELECT recorded FROM job").fetchone()
    if recorded and outlook.any:
        return  # everything is complete soon, and batches are then as full as they can be
    waiting = db.execute(
        "SELECT DISTINCT iteration FROM objects WHERE state = 'answered' AND batch IS NULL "
        "ORDER BY iteration"
    ).fetchall()
    for (iteration,) in waiting:
        first = iteration == 1
        size, more = (FIRST_ITERATION, outlook.first) if first else (BATCH, outlook.any)
        complete = db.execute(
            "SELECT number, answered_at FROM objects "
            "WHERE state = 'answered' AND batch IS NULL AND iteration = ? "
            "ORDER BY answered_at, number",
            (iteration,),
        ).fetchall()
        for start in range(0, len(complete), size):
            group = complete[start : start + size]
            oldest, newest = group[0]["answered_at"], group[-1]["answered_at"]
            waited = now - oldest >= _WAIT
            alone = not outlook.somebody_works and now - newest >= _WAIT_ALONE
            if len(group) == size or not more or waited or alone:
                yield iteration, sorted(row["number"] for row in group)


def due(db: sqlite3.Connection, now: int) -> sqlite3.Row | None:
    """Return the next batch to be labeled: id, iteration, name, tries."""
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM batches WHERE state = 'requested' AND retry_at <= ? ORDER BY id LIMIT 1",
        (now,),
    ).fetchone()
    return found


def of(files: JobFiles, row: sqlite3.Row) -> Batch:
    """Return a batch by its files."""
    return files.batch(row["iteration"], row["name"])
