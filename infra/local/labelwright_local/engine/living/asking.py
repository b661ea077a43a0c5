"""Objects that are asked again: one more answer, beside those that they have.

All functions are called within a writing transaction; times are in milliseconds.
"""

import sqlite3
from collections.abc import Iterable

from labelwright.errors import UsageError
from labelwright_local.engine.assignments.leases import STOPPED
from labelwright_local.engine.living.growth import open_again
from labelwright_local.engine.living.history import note

#: As many workers as Ground Truth lets answer an object.
MOST_WORKERS = 9


def ask_again(db: sqlite3.Connection, numbers: Iterable[int], now: int, availability: int) -> int:
    """Ask for one more answer to each of these objects; return how many can be asked.

    What nobody can answer is left out: a line that can't be read or was skipped by a rule, an
    object that pre-labeling failed for, or one that nine workers answer already. Labels stay until
    there are new ones; a job that was at its end is open again.

    Raises:
        UsageError: answers were recorded, and nobody is there to give more.
    """
    (recorded,) = db.execute("SELECT recorded FROM job").fetchone()
    if recorded:
        raise UsageError(
            "this job's answers were recorded; nobody is asked, so nobody can be asked again: "
            "give it more answers with --answers in a job of another name"
        )
    asked = sum(_ask(db, number, now + availability) for number in dict.fromkeys(numbers))
    if asked:
        note(db, "asked-again", now, objects=asked)
        open_again(db, now)
    return asked


def least_sure(db: sqlite3.Connection, most: int) -> list[int]:
    """Return the labeled objects whose labels are least sure: first those with a lone answer."""
    rows = db.execute(
        "SELECT number FROM objects WHERE state = 'labeled' AND answers < ? "
        "ORDER BY answers > 1, disagreement IS NULL, disagreement DESC, number LIMIT ?",
        (MOST_WORKERS, most),
    )
    return [int(row["number"]) for row in rows]


def _ask(db: sqlite3.Connection, number: int, until: int) -> bool:
    row = db.execute(
        "SELECT state, wanted, answers, reason, failed_in, more, "
        "EXISTS (SELECT 1 FROM tasks WHERE object = number) AS shown FROM objects "
        "WHERE number = ?",
        (number,),
    ).fetchone()
    if row is None or row["state"] == "unreadable" or row["failed_in"] == "pre-labeling":
        return False
    if row["state"] == "skipped" and row["reason"] != STOPPED:
        return False
    if row["state"] in ("waiting", "open"):
        wanted = row["wanted"] + 1
        state = row["state"]
    else:
        # Of those that went without an answer, one more is one.
        wanted = row["answers"] + 1
        state = "open" if row["shown"] else "waiting"
    if wanted > MOST_WORKERS:
        return False
    db.execute(
        "UPDATE objects SET state = ?, wanted = ?, more = more + 1, available_until = ?, "
        "answered_at = NULL, tries = 0, retry_at = 0, reason = NULL, failed_in = NULL, "
        # With the batch that it was in it has no more to do: the next one has all its answers.
        "batch = NULL, iteration = CASE WHEN batch IS NULL THEN iteration "
        "ELSE max(2, iteration, (SELECT iteration FROM job)) END WHERE number = ?",
        (state, wanted, until, number),
    )
    return True
