"""Who is given which object, as the service does it.

All functions are called within a writing transaction; ``now`` and ``limit`` are in milliseconds.
"""

import secrets
import sqlite3

from labelwright.contract.base import dump_json, load_json
from labelwright.errors import UsageError
from labelwright_local.engine.assignments.correction import correctable
from labelwright_local.engine.assignments.leases import end_lease, expire, settle
from labelwright_local.engine.model import Assignment
from labelwright_local.engine.settings import MAX_DRAFT_CHARACTERS, MAX_DRAFTS_OF_WORKER
from labelwright_local.engine.state.database import to_datetime

# The rule: nobody answers an object twice, and who declined it never sees it again. What a worker
# gave back or let time out can come to the same worker again, last of all (``_AGAIN``). The unique
# index ``nobody_twice`` in ``schema.py`` backs it: one assignment of an object that is active,
# submitted or declined for each worker.
# The partial index of this very condition is walked from its beginning; what is passed over are
# the worker's own objects that still want others' answers, at most as many as are open at once.
_TO_GIVE = """
SELECT number, available_until FROM objects
WHERE state = 'open' AND answers + held < wanted AND NOT EXISTS (
    SELECT 1 FROM assignments
    WHERE object = objects.number AND worker = :worker AND state IN {states}
) AND NOT EXISTS (
    -- In an earlier job, without an assignment in this one.
    SELECT 1 FROM submissions WHERE object = objects.number AND worker = :worker
)
ORDER BY answers DESC, number LIMIT 1
"""
_NEW = _TO_GIVE.format(
    states="('active', 'submitted', 'declined', 'returned', 'expired', 'stopped')"
)
_AGAIN = _TO_GIVE.format(states="('active', 'submitted', 'declined')")

_FORGET = """
DELETE FROM drafts WHERE worker = ? AND object IN (
    SELECT object FROM drafts AS d WHERE worker = ? ORDER BY (
        SELECT max(taken_at) FROM assignments WHERE object = d.object AND worker = d.worker
    ) DESC, object DESC LIMIT -1 OFFSET ?
)
"""


def next_assignment(
    db: sqlite3.Connection, worker: str, token: str, now: int, limit: int
) -> Assignment | None:
    """Give a worker the task that is in their hands, else a new one.

    Objects that have answers come first, then those of earlier lines; those that the worker gave
    back, or let expire, come last. A token that was used gives nothing new.

    Raises:
        UsageError: there is no such worker.
    """
    there = db.execute(
        "SELECT 1 FROM workers WHERE id = ? AND id NOT IN (SELECT worker FROM removed_workers)",
        (worker,),
    ).fetchone()
    if there is None:
        raise UsageError(f"{worker}: there is no such worker in this job; sign in again")
    expire(db, now)
    held = db.execute(
        "SELECT id FROM assignments WHERE worker = ? AND state = 'active'", (worker,)
    ).fetchone()
    if held is not None:
        return find(db, held["id"], worker, now)
    used = db.execute(
        "SELECT 1 FROM assignments WHERE worker = ? AND token = ?", (worker, token)
    ).fetchone()
    job = db.execute("SELECT paused, stopped, recorded FROM job").fetchone()
    if used is not None or any(job):
        return None
    chosen = (
        db.execute(_NEW, {"worker": worker}).fetchone()
        or db.execute(_AGAIN, {"worker": worker}).fetchone()
    )
    if chosen is None:
        return None
    assignment = secrets.token_hex(16)
    deadline = min(now + limit, chosen["available_until"])
    db.execute(
        "INSERT INTO assignments VALUES (?, ?, ?, ?, 'active', ?, ?, "
        "(SELECT version FROM tasks WHERE object = ?))",
        (assignment, chosen["number"], worker, token, now, deadline, chosen["number"]),
    )
    db.execute("UPDATE objects SET held = held + 1 WHERE number = ?", (chosen["number"],))
    return find(db, assignment, worker, now)


def find(db: sqlite3.Connection, assignment: str, worker: str, now: int) -> Assignment | None:
    """Return a task to the worker who holds it, while the lease lasts."""
    found = db.execute(
        "SELECT object, deadline, input, draft FROM assignments AS a "
        "JOIN tasks USING (object) LEFT JOIN drafts USING (object, worker) "
        "WHERE a.id = ? AND a.worker = ? AND a.state = 'active' AND a.deadline > ?",
        (assignment, worker, now),
    ).fetchone()
    if found is None:
        return None
    return Assignment(
        assignment,
        str(found["object"]),
        worker,
        load_json(found["input"]),
        to_datetime(found["deadline"]),
        None if found["draft"] is None else load_json(found["draft"]),
    )


def note_shown(db: sqlite3.Connection, assignment: str) -> None:
    """Keep which version of the task a worker is shown, when a page is opened anew."""
    db.execute(
        "UPDATE assignments SET version = (SELECT version FROM tasks WHERE object = a.object) "
        "FROM assignments AS a WHERE assignments.id = ? AND a.id = assignments.id "
        "AND assignments.version != (SELECT version FROM tasks WHERE object = a.object)",
        (assignment,),
    )


def is_theirs(db: sqlite3.Connection, assignment: str, worker: str) -> bool:
    """Tell whether a worker was ever given this task, whatever became of it."""
    found = db.execute(
        "SELECT 1 FROM assignments WHERE id = ? AND worker = ?", (assignment, worker)
    ).fetchone()
    return found is not None


def save_draft(db: sqlite3.Connection, assignment: str, worker: str, draft: str, now: int) -> bool:
    """Keep a draft; False where the task is not in the worker's hands or the draft is too long.

    Who corrects their last answer has it in their hands.

    Of more than ``MAX_DRAFTS_OF_WORKER``, those of the tasks that were taken first are forgotten.
    """
    number = _held(db, assignment, worker, now)
    if number is None and correctable(db, worker) == assignment:
        number = _object_of(db, assignment)
    if number is None or len(draft) > MAX_DRAFT_CHARACTERS:
        return False
    text = dump_json(draft)
    changed = db.execute(
        "UPDATE drafts SET draft = ? WHERE object = ? AND worker = ?", (text, number, worker)
    )
    if changed.rowcount == 0:
        db.execute("INSERT INTO drafts VALUES (?, ?, ?)", (number, worker, text))
        db.execute(_FORGET, (worker, worker, MAX_DRAFTS_OF_WORKER))
    return True


def _object_of(db: sqlite3.Connection, assignment: str) -> int:
    (number,) = db.execute("SELECT object FROM assignments WHERE id = ?", (assignment,)).fetchone()
    return int(number)


def decline(db: sqlite3.Connection, assignment: str, worker: str, now: int) -> None:
    """Never offer the object to this worker again; nothing, where the task is in other hands."""
    number = _held(db, assignment, worker, now)
    if number is not None:
        end_lease(db, assignment, number, "declined")
        db.execute("DELETE FROM drafts WHERE object = ? AND worker = ?", (number, worker))
        settle(db, number, now)


def give_back(db: sqlite3.Connection, assignment: str, worker: str, now: int) -> None:
    """Open the object for all again; nothing, where the task is in other hands."""
    number = _held(db, assignment, worker, now)
    if number is not None:
        end_lease(db, assignment, number, "returned")
        settle(db, number, now)


def _held(db: sqlite3.Connection, assignment: str, worker: str, now: int) -> int | None:
    """Return the object of a task that is in the worker's hands."""
    found = db.execute(
        "SELECT object FROM assignments "
        "WHERE id = ? AND worker = ? AND state = 'active' AND deadline > ?",
        (assignment, worker, now),
    ).fetchone()
    return None if found is None else int(found["object"])
