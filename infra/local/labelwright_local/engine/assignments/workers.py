"""Workers of a job: by name, and where the portal is open to a network by join code."""

import hashlib
import hmac
import secrets
import sqlite3
import unicodedata

from labelwright.errors import UsageError
from labelwright_local.engine.model import JoinCode, WorkerProgress, WorkerView

#: Without letters and digits that look alike; ten of them are nearly 50 bits.
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 10
_MAX_NAME = 64


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
    """Return the worker's id; whoever is new is added."""
    identifier = worker_id(name)
    shown = " ".join(name.split())
    db.execute("INSERT OR IGNORE INTO workers (id, name) VALUES (?, ?)", (identifier, shown))
    return identifier


def add_worker(db: sqlite3.Connection, name: str) -> JoinCode:
    """Add a worker, or a new code for one who is there; the old one is worth nothing then."""
    identifier = sign_in(db, name)
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    db.execute(
        "UPDATE workers SET join_code_hash = ? WHERE id = ?", (_hash(identifier, code), identifier)
    )
    return JoinCode(identifier, code)


def join(db: sqlite3.Connection, name: str, code: str) -> str | None:
    """Return the worker's id if the code is theirs."""
    try:
        identifier = worker_id(name)
    except UsageError:
        return None
    found = db.execute("SELECT join_code_hash FROM workers WHERE id = ?", (identifier,)).fetchone()
    kept = found["join_code_hash"] if found is not None else None
    given = _hash(identifier, code.strip().lower())
    return identifier if kept is not None and hmac.compare_digest(kept, given) else None


def _hash(identifier: str, code: str) -> str:
    # Fifty random bits need no slow hash; the id is the salt.
    return hashlib.sha256(f"{identifier} {code}".encode("utf-8", "surrogatepass")).hexdigest()


def workers(db: sqlite3.Connection) -> list[WorkerView]:
    """Return all workers by name, with what they did."""
    rows = db.execute(
        "SELECT id, name, join_code_hash IS NOT NULL AS has_join_code, "
        "(SELECT count(*) FROM submissions WHERE worker = w.id) AS submitted, "
        "(SELECT count(*) FROM assignments WHERE worker = w.id AND state = 'declined') AS declined,"
        "(SELECT count(*) FROM assignments WHERE worker = w.id AND state = 'expired') AS expired, "
        "(SELECT id FROM assignments WHERE worker = w.id AND state = 'active') AS active "
        "FROM workers AS w ORDER BY name, id"
    ).fetchall()
    return [
        WorkerView(
            row["id"], row["name"], row["submitted"], row["declined"], row["expired"],
            _median_seconds(db, row["id"]), row["active"], bool(row["has_join_code"]),
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
    return WorkerProgress(submitted, left, active["id"] if active is not None else None)


def _left(db: sqlite3.Connection, worker: str) -> int:
    found = db.execute(
        "SELECT count(*) AS objects FROM objects "
        "WHERE state = 'open' AND answers + held < wanted AND NOT EXISTS ("
        "SELECT 1 FROM assignments WHERE object = objects.number AND worker = ? "
        "AND state IN ('active', 'submitted', 'declined'))",
        (worker,),
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
