"""Who is signed in, in which browsers; a session lasts until it is ended here.

The first three are called within a writing transaction; ``now`` is in milliseconds. Ids alone open
nothing: a browser's cookie is signed with the workspace's key, which is not in the state file.
"""

import sqlite3

from labelwright_local.engine.model import SessionOwner

#: Seconds that a session lasts; signing in again by the same name goes on where one was.
LIFETIME = 30 * 86_400


def begin(
    db: sqlite3.Connection, session: str, worker: str | None, *, requester: bool, now: int
) -> None:
    """Begin a session, or say anew who is signed in; those that are over are forgotten."""
    db.execute("DELETE FROM sessions WHERE begun_at < ?", (now - LIFETIME * 1000,))
    db.execute(
        "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)", (session, worker, requester, now)
    )


def end(db: sqlite3.Connection, session: str) -> None:
    """End a session."""
    db.execute("DELETE FROM sessions WHERE id = ?", (session,))


def end_all_of(db: sqlite3.Connection, worker: str) -> None:
    """End a worker's sessions; where the requester is signed in, too, they stay that."""
    db.execute("DELETE FROM sessions WHERE worker = ? AND NOT requester", (worker,))
    db.execute("UPDATE sessions SET worker = NULL WHERE worker = ?", (worker,))


def owner(db: sqlite3.Connection, session: str) -> SessionOwner | None:
    """Return who is signed in; None: nobody, or no more."""
    found = db.execute(
        "SELECT worker, name, requester FROM sessions AS s LEFT JOIN workers AS w "
        "ON w.id = s.worker WHERE s.id = ?",
        (session,),
    ).fetchone()
    if found is None:
        return None
    return SessionOwner(found["worker"], found["name"], bool(found["requester"]))
