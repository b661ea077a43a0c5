"""What is wrong with single objects while people work: told to the requester, in nobody's way.

All functions are called within a transaction.
"""

import sqlite3
from enum import StrEnum

from labelwright_local.printable import storable


class Trouble(StrEnum):
    """What something is wrong with; an object has at most one reason of each kind."""

    PAGE = "page"
    FILES = "files"
    LABEL = "label"


def note(db: sqlite3.Connection, number: int, kind: Trouble, reason: str | None) -> None:
    """Keep what is wrong with an object now; None: nothing any more."""
    if reason is None:
        db.execute("DELETE FROM troubles WHERE object = ? AND kind = ?", (number, kind))
        return
    db.execute(
        "INSERT INTO troubles (object, kind, reason) VALUES (:object, :kind, :reason) "
        "ON CONFLICT (object, kind) DO UPDATE SET reason = :reason WHERE reason <> :reason",
        {"object": number, "kind": kind, "reason": storable(reason)},
    )


def of(db: sqlite3.Connection, number: int) -> list[str]:
    """Return what is wrong with an object."""
    rows = db.execute("SELECT reason FROM troubles WHERE object = ? ORDER BY kind", (number,))
    return [row["reason"] for row in rows]


def count(db: sqlite3.Connection) -> int:
    """Tell with how many objects something is wrong."""
    (found,) = db.execute("SELECT count(DISTINCT object) FROM troubles").fetchone()
    return int(found)
