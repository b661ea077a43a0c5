"""Workers of a job: by name, and where the portal is open to a network by join code."""

import hashlib
import secrets
import sqlite3
import unicodedata

from labelwright.errors import UsageError
from labelwright_local.engine.assignments import sessions
from labelwright_local.engine.assignments.correction import correctable
from labelwright_local.engine.assignments.leases import end_lease, settle
from labelwright_local.engine.model import JoinCode, Joined, WorkerProgress, WorkerView
from labelwright_local.engine.state.database import to_datetime
from labelwright_local.engine.state.slow_hash import is_hash_of, slow_hash

#: Without letters and digits that look alike; ten of them are nearly 50 bits.
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 10
_MAX_NAME = 64

#: Days that a join code can be good for, the usual number first.
CODE_DAYS = (7, 1, 30)
_DAY = 86_400_000


def worker_id(name: str) -> str:
    """Return the id of whoever has this name: ``private.local.<16 hexadecimal digits>``.

    Case, width, spaces and characters without a shape of their own make no difference.

    Raises:
        UsageError: it is empty, too long, or holds what can't be seen.
    """
    shaped = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    key = " ".join(unicodedata.normalize("NFKC", shaped).casefold().split())
    unseen = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    if not key or len(name) > _MAX_NAME or unseen:
        raise UsageError(
            f"a worker's name has 1 to {_MAX_NAME} characters, none of them a control character"
        )
    return f"private.local.{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def sign_in(db: sqlite3.Connection, name: str) -> str:
    """Return the worker's id; whoever is new is added.

    Raises:
        UsageError: nobody can have this name, or the requester took its worker out of the job.
    """
    identifier = _known(db, name)
    if db.execute("SELECT 1 FROM removed_workers WHERE worker = ?", (identifier,)).fetchone():
        raise UsageError(
            "the requester has taken this name out of the job; ask them to let it in again"
        )
    return identifier


def _known(db: sqlite3.Connection, name: str) -> str:
    identifier = worker_id(name)
    shown = " ".join(name.split())
    db.execute("INSERT OR IGNORE INTO workers (id, name) VALUES (?, ?)", (identifier, shown))
    # Of whoever answered in an earlier job only the id is known until they come.
    db.execute("UPDATE workers SET name = ? WHERE id = ? AND name = id", (shown, identifier))
    return identifier


def add_worker(db: sqlite3.Connection, name: str, now: int, days: int = CODE_DAYS[0]) -> JoinCode:
    """Add a worker, or let one in anew: an old code is worth nothing then, and sessions end."""
    until = now + days * _DAY
    identifier = _known(db, name)
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    db.execute(
        "UPDATE workers SET join_code_hash = ?, join_code_until = ? WHERE id = ?",
        (slow_hash(_quick_hash(identifier, code)), until, identifier),
    )
    db.execute("DELETE FROM removed_workers WHERE worker = ?", (identifier,))
    sessions.end_all_of(db, identifier)
    return JoinCode(identifier, code, to_datetime(until))


def revoke_code(db: sqlite3.Connection, identifier: str) -> None:
    """Forget a worker's join code."""
    db.execute("UPDATE workers SET join_code_hash = NULL WHERE id = ?", (identifier,))


def name_of(db: sqlite3.Connection, identifier: str) -> str:
    """Return the name that a worker is shown by.

    Raises:
        UsageError: there is no such worker.
    """
    found = db.execute("SELECT name FROM workers WHERE id = ?", (identifier,)).fetchone()
    if found is None:
        raise UsageError("there is no such worker in this job")
    return str(found["name"])


def remove_worker(db: sqlite3.Connection, identifier: str, now: int) -> None:
    """Take a worker out of the job: no task, no session, no code; their answers stay.

    A task in their hands is open for others again, and objects that only they were left for go on
    with the answers they have.
    """
    db.execute("INSERT OR IGNORE INTO removed_workers VALUES (?)", (identifier,))
    revoke_code(db, identifier)
    sessions.end_all_of(db, identifier)
    for lease in db.execute(
        "SELECT id, object FROM assignments WHERE worker = ? AND state = 'active'", (identifier,)
    ).fetchall():
        end_lease(db, lease["id"], lease["object"], "returned")
    for (number,) in db.execute(
        "SELECT number FROM objects WHERE state = 'open' AND declined AND held = 0"
    ).fetchall():
        settle(db, number, now)


def kept_code(db: sqlite3.Connection, name: str, now: int) -> Joined | None:
    """Return whom a name belongs to, and what is kept of their code; None: nobody can have it."""
    try:
        return kept_code_of(db, worker_id(name), now)
    except UsageError:
        return None


def kept_code_of(db: sqlite3.Connection, identifier: str, now: int) -> Joined:
    """Return a worker's id with what is kept of their join code, as long as that is good."""
    # Codes of before they had an end have none.
    found = db.execute(
        "SELECT join_code_hash FROM workers WHERE id = ? AND coalesce(join_code_until > ?, 1)",
        (identifier, now),
    ).fetchone()
    return Joined(identifier, found["join_code_hash"] if found is not None else None)


def is_code(kept: Joined, code: str) -> bool:
    """Tell whether a join code is the worker's; it takes as long where there is no such worker.

    Slow by intent, so outside of any transaction.
    """
    given = _quick_hash(kept.worker_id, code.strip().lower())
    return is_hash_of(given, kept.code_hash or _NOBODYS) and kept.code_hash is not None


#: What no code is the one of.
_NOBODYS = f"scrypt$16384${'0' * 32}${'0' * 64}"


def _quick_hash(identifier: str, code: str) -> str:
    # Version 0.1.0 kept this; the slow hash is made of it, so that its codes go on being good.
    return hashlib.sha256(f"{identifier} {code}".encode("utf-8", "surrogatepass")).hexdigest()


def workers(db: sqlite3.Connection, now: int) -> list[WorkerView]:
    """Return all workers by name, with what they did."""
    rows = db.execute(
        "SELECT id, name, "
        "join_code_hash IS NOT NULL AND coalesce(join_code_until > ?, 1) AS has_join_code, "
        "(SELECT count(*) FROM sessions WHERE worker = w.id) AS sessions, "
        "(SELECT count(*) FROM removed_workers WHERE worker = w.id) AS removed, "
        "(SELECT count(*) FROM submissions WHERE worker = w.id) AS submitted, "
        "(SELECT count(*) FROM assignments WHERE worker = w.id AND state = 'declined') AS declined,"
        "(SELECT count(*) FROM assignments WHERE worker = w.id AND state = 'expired') AS expired, "
        "(SELECT id FROM assignments WHERE worker = w.id AND state = 'active') AS active "
        "FROM workers AS w ORDER BY name, id",
        (now,),
    ).fetchall()
    return [
        WorkerView(
            row["id"], row["name"], row["submitted"], row["declined"], row["expired"],
            _median_seconds(db, row["id"]), row["active"], bool(row["has_join_code"]),
            row["sessions"], bool(row["removed"]),
        )
        for row in rows
    ]  # fmt: skip


def worker_progress(db: sqlite3.Connection, worker: str) -> WorkerProgress:
    """Return what one worker did, and how many objects there are for them now."""
    (submitted,) = db.execute(
        "SELECT count(*) FROM submissions WHERE worker = ?", (worker,)
    ).fetchone()
    active = db.execute(
        "SELECT id FROM assignments WHERE worker = ? AND state = 'active'", (worker,)
    ).fetchone()
    left = 0 if any(db.execute("SELECT paused, stopped FROM job").fetchone()) else _left(db, worker)
    held = active["id"] if active is not None else None
    return WorkerProgress(submitted, left, held, correctable(db, worker))


def _left(db: sqlite3.Connection, worker: str) -> int:
    found = db.execute(
        "SELECT count(*) AS objects FROM objects "
        "WHERE state = 'open' AND answers + held < wanted AND NOT EXISTS ("
        "SELECT 1 FROM assignments WHERE object = objects.number AND worker = ? "
        "AND state IN ('active', 'submitted', 'declined')) AND NOT EXISTS ("
        "SELECT 1 FROM submissions WHERE object = objects.number AND worker = ?)",
        (worker, worker),
    ).fetchone()
    return int(found["objects"])


def _median_seconds(db: sqlite3.Connection, worker: str) -> float | None:
    """Return the middle one of a worker's times; of an even number, the lower middle one."""
    found = db.execute(
        "SELECT seconds FROM submissions WHERE worker = :worker AND seconds IS NOT NULL "
        "ORDER BY seconds LIMIT 1 OFFSET max(0, ((SELECT count(*) FROM submissions "
        "WHERE worker = :worker AND seconds IS NOT NULL) - 1) / 2)",
        {"worker": worker},
    ).fetchone()
    return None if found is None else float(found["seconds"])
