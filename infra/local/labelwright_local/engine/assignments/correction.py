"""A worker's last answer, taken back and corrected: an answer counts until a better one is there.

It can be corrected until the worker's next answer is in, or its object is handed over. The service
has nothing like it, so what it would have is the last revision; earlier ones are kept here alone.
All functions but reading ones are called within a writing transaction; ``now`` is in milliseconds.
"""

import sqlite3

from labelwright.contract.base import load_json
from labelwright_local.engine.assignments.submission import (
    NOT_YOURS,
    AnswerText,
    keep_draft,
    refuse,
    was_corrected,
)
from labelwright_local.engine.model import Assignment, Submitted
from labelwright_local.engine.state.database import service_time, to_datetime

_ANSWERED_SINCE = "You have answered another task since; only the last answer can be corrected."
_HANDED_OVER = "The answers to this object were handed over meanwhile; yours counts as it was."
#: So many revisions of an answer are kept, and no further ones are taken.
_MOST_REVISIONS = 100
_REMOVED = "You were taken out of this job; your answer counts as it was."
_TOO_OFTEN = f"This answer was corrected {_MOST_REVISIONS} times; it stays as it is now."

_LAST = (
    "SELECT s.id, s.assignment, s.object, s.token, a.deadline, "
    "o.state IN ('open', 'answered') AND NOT EXISTS (SELECT 1 FROM members "
    "WHERE members.object = s.object AND last_submission >= s.id) AS free, "
    "s.worker IN (SELECT worker FROM removed_workers) AS removed "
    "FROM submissions AS s JOIN assignments AS a ON a.id = s.assignment "
    "JOIN objects AS o ON o.number = s.object "
    "WHERE s.worker = ? ORDER BY s.id DESC LIMIT 1"
)


def correctable(db: sqlite3.Connection, worker: str) -> str | None:
    """Return the assignment of the worker's last answer, where that can still be corrected."""
    last = db.execute(_LAST, (worker,)).fetchone()
    if last is None or last["removed"] or not last["free"]:
        return None
    return str(last["assignment"])


def find(db: sqlite3.Connection, assignment: str, worker: str) -> Assignment | None:
    """Return the task of the worker's last answer, with the draft that it was made of."""
    if correctable(db, worker) != assignment:
        return None
    found = db.execute(
        "SELECT object, deadline, input, draft FROM assignments AS a "
        "JOIN tasks USING (object) LEFT JOIN drafts USING (object, worker) WHERE a.id = ?",
        (assignment,),
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


def correct(
    db: sqlite3.Connection, assignment: str, worker: str, token: str, answer: AnswerText, now: int
) -> Submitted:
    """Put a correction in the place of the worker's last answer, or say why it comes too late.

    Whatever was said to a token is said to it again.
    """
    task = db.execute(
        "SELECT object FROM assignments WHERE id = ? AND worker = ?", (assignment, worker)
    ).fetchone()
    given = db.execute("SELECT * FROM submissions WHERE assignment = ?", (assignment,)).fetchone()
    if task is None or given is None:
        return Submitted(False, NOT_YOURS)
    if given["token"] == token or was_corrected(db, given["id"], token):
        return Submitted(True, None)
    before = db.execute(
        "SELECT reason FROM refusals WHERE assignment = ? AND token = ?", (assignment, token)
    ).fetchone()
    if before is not None:
        return Submitted(False, before["reason"])
    reason = answer.fault or _too_late(db, assignment, worker) or _too_often(db, given["id"])
    if reason is not None:
        return refuse(db, assignment, token, task["object"], reason, answer, now)
    db.execute(
        "INSERT INTO revisions (submission, token, content, submission_time) "
        "SELECT id, token, content, submission_time FROM submissions WHERE id = ?",
        (given["id"],),
    )
    db.execute(
        "UPDATE submissions SET token = ?, content = ?, submission_time = ? WHERE id = ?",
        (token, answer.content, service_time(now), given["id"]),
    )
    keep_draft(db, task["object"], worker, answer.draft)
    # What it said of the object is said of it no more.
    db.execute("DELETE FROM provisional_labels WHERE object = ?", (task["object"],))
    return Submitted(True, None)


def _too_late(db: sqlite3.Connection, assignment: str, worker: str) -> str | None:
    last = db.execute(_LAST, (worker,)).fetchone()
    if last["removed"]:
        return _REMOVED
    if last["assignment"] != assignment:
        return _ANSWERED_SINCE
    return None if last["free"] else _HANDED_OVER


def _too_often(db: sqlite3.Connection, submission: int) -> str | None:
    (number,) = db.execute(
        "SELECT count(*) FROM revisions WHERE submission = ?", (submission,)
    ).fetchone()
    return _TOO_OFTEN if number >= _MOST_REVISIONS else None
