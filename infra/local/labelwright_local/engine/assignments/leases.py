"""What time does to a job: leases and availability run out, objects are complete.

All functions are called within a writing transaction; ``now`` is in milliseconds.
"""

import sqlite3
from typing import Literal

from labelwright.contract.manifest import EXPIRED

#: What is told of objects that nobody had answered when the job was finished early. As in a job
#: that is stopped in the service, their lines stay as they were.
STOPPED = "the job was finished before a worker answered it"

Ending = Literal["submitted", "declined", "returned", "expired", "stopped"]


def expire(db: sqlite3.Connection, now: int) -> None:
    """End the leases that have run out, then the objects whose availability has."""
    for lease in db.execute(
        "SELECT id, object FROM assignments WHERE state = 'active' AND deadline <= ?", (now,)
    ).fetchall():
        end_lease(db, lease["id"], lease["object"], "expired")
        settle(db, lease["object"], now)
    for (number,) in db.execute(
        "SELECT number FROM objects WHERE state = 'open' AND available_until <= ?", (now,)
    ).fetchall():
        complete(db, number, now)


def bound(db: sqlite3.Connection, now: int, limit: int, availability: int) -> None:
    """Let no time that is kept lie where this job could not have put it; called at each start.

    The machine's clock may have been wrong when the job was left, or be now. Nobody could work
    meanwhile, so objects are on offer for their whole time again; what would be waited for longer
    than a start from now would wait is waited for as long as that. In milliseconds.
    """
    db.execute(
        "UPDATE objects SET available_until = ? WHERE state = 'open' AND available_until != ?",
        (now + availability, now + availability),
    )
    db.execute(
        "UPDATE assignments SET deadline = ? WHERE state = 'active' AND deadline > ?",
        (now + limit, now + limit),
    )
    db.execute(
        "UPDATE objects SET answered_at = ? WHERE state = 'answered' AND answered_at > ?",
        (now, now),
    )
    db.execute("UPDATE objects SET retry_at = 0 WHERE state = 'waiting' AND retry_at")
    db.execute("UPDATE batches SET retry_at = 0 WHERE state = 'requested' AND retry_at")


def end_lease(db: sqlite3.Connection, assignment: str, number: int, ending: Ending) -> None:
    """Take a task out of a worker's hands."""
    db.execute("UPDATE assignments SET state = ? WHERE id = ?", (ending, assignment))
    answers, declined = int(ending == "submitted"), int(ending == "declined")
    db.execute(
        "UPDATE objects SET held = held - 1, answers = answers + ?, declined = declined + ? "
        "WHERE number = ?",
        (answers, declined, number),
    )


def settle(db: sqlite3.Connection, number: int, now: int) -> None:
    """Complete an object if nobody is to answer it any more.

    That is so when it has its answers, or when as many workers as it lacks have declined it and
    nobody else is there. A worker who holds it is always waited for.
    """
    found = db.execute("SELECT * FROM objects WHERE number = ?", (number,)).fetchone()
    if found["state"] != "open" or found["held"]:
        return
    answered = found["answers"] >= found["wanted"]
    declined = found["declined"] and found["answers"] + found["declined"] >= found["wanted"]
    if answered or (declined and _nobody_left(db, number)):
        complete(db, number, now)


def _nobody_left(db: sqlite3.Connection, number: int) -> bool:
    left = db.execute(
        "SELECT 1 FROM workers WHERE id NOT IN (SELECT worker FROM removed_workers) "
        "AND NOT EXISTS (SELECT 1 FROM assignments "
        "WHERE object = ? AND worker = workers.id AND state IN ('submitted', 'declined')) "
        "AND NOT EXISTS (SELECT 1 FROM submissions WHERE object = ? AND worker = workers.id) "
        "LIMIT 1",
        (number, number),
    ).fetchone()
    return left is None


def complete(db: sqlite3.Connection, number: int, now: int) -> None:
    """Send an object on with the answers it has; without any, it failed in the service's words."""
    db.execute(
        "UPDATE objects SET state = 'answered', answered_at = ? WHERE number = ? AND answers > 0",
        (now, number),
    )
    failed = db.execute(
        "UPDATE objects SET state = 'failed', failed_in = 'workers', reason = ? "
        "WHERE number = ? AND answers = 0",
        (EXPIRED, number),
    )
    if failed.rowcount:
        db.execute("UPDATE job SET unwritten = 1")


def stop(db: sqlite3.Connection, now: int) -> None:
    """End all leases; what has answers goes on with them, and nothing else is done any more.

    What has answers from an earlier job, and was not on offer yet, is pre-labeled still.
    """
    for lease in db.execute("SELECT id, object FROM assignments WHERE state = 'active'").fetchall():
        end_lease(db, lease["id"], lease["object"], "stopped")
    db.execute(
        "UPDATE objects SET state = 'answered', answered_at = ? WHERE state = 'open' AND answers",
        (now,),
    )
    db.execute(
        "UPDATE objects SET state = 'skipped', reason = ? "
        "WHERE state IN ('waiting', 'open') AND NOT answers",
        (STOPPED,),
    )
    db.execute("UPDATE job SET stopped = 1, unwritten = 1, finished = 0")
