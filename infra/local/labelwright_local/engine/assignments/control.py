"""What the requester changes while a job runs; all within a writing transaction."""

import sqlite3

from labelwright_local.engine.assignments.leases import settle
from labelwright_local.engine.settings import check_limit


def pause(db: sqlite3.Connection, *, paused: bool) -> None:
    """Give out no new tasks, or again; those that are held can be submitted in any case."""
    db.execute("UPDATE job SET paused = ? WHERE paused != ?", (paused, paused))


def set_workers_per_object(db: sqlite3.Connection, workers: int, now: int) -> None:
    """Change how many workers answer each object that is not complete yet.

    Raises:
        UsageError: not within the service's limits.
    """
    check_limit("workers per object", workers, 1, 9)
    db.execute("UPDATE job SET workers_per_object = ?", (workers,))
    db.execute(
        # What was asked for one more answer is not to lose it.
        "UPDATE objects SET wanted = CASE WHEN more THEN max(wanted, ?) ELSE ? END "
        "WHERE state IN ('waiting', 'open')",
        (workers, workers),
    )
    enough = db.execute(
        "SELECT number FROM objects WHERE state = 'open' AND answers >= wanted"
    ).fetchall()
    for (number,) in enough:
        settle(db, number, now)
