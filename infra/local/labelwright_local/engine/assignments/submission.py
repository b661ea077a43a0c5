"""Answers on their way in: of people, and recorded ones.

All functions are called within a writing transaction; ``now`` is in milliseconds.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright_local.engine.assignments.leases import end_lease, expire, settle
from labelwright_local.engine.model import Recorded, RecordedAnswer, Submitted
from labelwright_local.engine.settings import MAX_ANSWER_CHARACTERS, MAX_DRAFT_CHARACTERS
from labelwright_local.engine.state.database import service_time
from labelwright_local.printable import storable

#: So many refused answers to one task are kept: no worker can fill the disk with them.
MAX_REFUSED = 10

#: What is said of a task that was never given to whoever answers it.
NOT_YOURS = "There is no such task of yours."
_ALREADY = "This task was submitted before; the first answer counts."
_LATE = {
    "expired": "The time for this task had run out, so that others may do it.",
    "declined": "You declined this task.",
    "returned": "You gave this task back.",
    "stopped": "The job was finished before you submitted.",
}


class AnswerText(NamedTuple):
    """An answer as JSON, or None and why it is none that post-labeling could read.

    ``draft`` is what its page would go on from, for whoever corrects the answer.
    """

    content: str | None
    fault: str | None
    draft: str | None = None


def submit(
    db: sqlite3.Connection, assignment: str, worker: str, token: str, answer: AnswerText, now: int
) -> Submitted:
    """Take an answer in, or say why it does not count.

    Only what is submitted while the lease lasts counts, as in the service. An answer that comes
    too late is kept beside the others, ``MAX_REFUSED`` of a task at most. Whatever was said to a
    token is said to it again.
    """
    expire(db, now)
    task = db.execute(
        "SELECT * FROM assignments WHERE id = ? AND worker = ?", (assignment, worker)
    ).fetchone()
    if task is None:
        return Submitted(False, NOT_YOURS)
    before = _before(db, assignment, token)
    if before is not None:
        return before
    content, fault = answer.content, answer.fault
    if task["state"] == "active" and content is not None:
        db.execute(
            "INSERT INTO submissions (object, worker, assignment, token, content, "
            "submission_time, acceptance_time, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                task["object"], worker, assignment, token, content,
                service_time(now), service_time(task["taken_at"]), (now - task["taken_at"]) / 1000,
            ),
        )  # fmt: skip
        keep_draft(db, task["object"], worker, answer.draft)
        end_lease(db, assignment, task["object"], "submitted")
        settle(db, task["object"], now)
        return Submitted(True, None)
    # A task that is still held can be submitted again once the answer is right.
    reason = fault if task["state"] == "active" else _LATE[task["state"]]
    return refuse(db, assignment, token, task["object"], reason or "", answer, now)


def keep_draft(db: sqlite3.Connection, number: int, worker: str, draft: str | None) -> None:
    """Keep what an answer was made of, as long as it is the worker's last; forget those before."""
    db.execute(
        "DELETE FROM drafts WHERE worker = ? AND object IN "
        "(SELECT object FROM submissions WHERE worker = ?)",
        (worker, worker),
    )
    if draft is not None:
        db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (number, worker, draft))


def refuse(  # noqa: PLR0913, PLR0917 - a row has as many columns as it has
    db: sqlite3.Connection,
    assignment: str,
    token: str,
    number: int,
    reason: str,
    answer: AnswerText,
    now: int,
) -> Submitted:
    """Say why an answer does not count, and keep it beside the others."""
    db.execute(
        "INSERT INTO refusals SELECT ?, ?, ?, ?, ?, ? "
        "WHERE (SELECT count(*) FROM refusals WHERE assignment = ?) < ?",
        (
            assignment, token, number, reason, answer.content, service_time(now),
            assignment, MAX_REFUSED,
        ),
    )  # fmt: skip
    return Submitted(False, reason)


def _before(db: sqlite3.Connection, assignment: str, token: str) -> Submitted | None:
    taken = db.execute(
        "SELECT id, token FROM submissions WHERE assignment = ?", (assignment,)
    ).fetchone()
    if taken is not None:
        said = taken["token"] == token or was_corrected(db, taken["id"], token)
        return Submitted(True, None) if said else Submitted(False, _ALREADY)
    refused = db.execute(
        "SELECT reason FROM refusals WHERE assignment = ? AND token = ?", (assignment, token)
    ).fetchone()
    return None if refused is None else Submitted(False, refused["reason"])


def was_corrected(db: sqlite3.Connection, submission: int, token: str) -> bool:
    """Tell whether this token brought what a submission was before it was corrected."""
    found = db.execute(
        "SELECT 1 FROM revisions WHERE submission = ? AND token = ?", (submission, token)
    ).fetchone()
    return found is not None


def as_text(answer: Json, draft: str | None = None) -> AnswerText:
    """Return an answer as it is kept; it may take its time, so outside of any transaction.

    A ``draft`` that is too long is not kept.
    """
    if not isinstance(answer, dict):
        return AnswerText(None, "The answer is not a JSON object.")
    try:
        text = dump_json(answer)
        if len(text) <= MAX_ANSWER_CHARACTERS:
            load_json(text)
            kept = draft is not None and len(draft) <= MAX_DRAFT_CHARACTERS
            return AnswerText(text, None, dump_json(draft) if kept else None)
    except (ValueError, TypeError, RecursionError):
        return AnswerText(None, "The answer is not JSON that can be read again.")
    return AnswerText(None, f"The answer is longer than {MAX_ANSWER_CHARACTERS:,} characters.")


def import_recorded(db: sqlite3.Connection, recorded: Recorded) -> None:
    """Take recorded answers in; those of objects that the manifest does not have stay out.

    As many answers as an object has are wanted of it.
    """
    for number, answers in _imported(db, recorded):
        db.execute("UPDATE objects SET wanted = ? WHERE number = ?", (answers, number))


def import_earlier(db: sqlite3.Connection, recorded: Recorded) -> None:
    """Take in what workers answered in another job; of each worker the last answer counts.

    Objects with as many answers as are wanted, or more, ask nobody any more.
    """
    for number, answers in _imported(db, ((name, _last(given)) for name, given in recorded)):
        db.execute("UPDATE objects SET wanted = max(wanted, ?) WHERE number = ?", (answers, number))


def _last(answers: Iterable[RecordedAnswer]) -> list[RecordedAnswer]:
    return list({answer.worker_id: answer for answer in answers}.values())


def _imported(db: sqlite3.Connection, recorded: Recorded) -> Iterator[tuple[int, int]]:
    """Take answers in; yield each object's number and how many answers it has now."""
    for identifier, answers in recorded:
        if not _is_number(identifier):
            continue
        rows = [
            (
                int(identifier), storable(answer.worker_id), dump_json(answer.content),
                _text(answer.submission_time), _text(answer.acceptance_time), answer.seconds,
                None if answer.metadata is None else dump_json(answer.metadata),
            )
            for answer in answers
        ]  # fmt: skip
        known = db.execute(
            "UPDATE objects SET answers = ? WHERE number = ? AND state = 'waiting'",
            (len(rows), int(identifier)),
        )
        if known.rowcount:
            db.executemany(
                "INSERT OR IGNORE INTO workers (id, name) VALUES (?, ?)",
                [(row[1], row[1]) for row in rows],
            )
            db.executemany(
                "INSERT INTO submissions (object, worker, content, submission_time, "
                "acceptance_time, seconds, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            yield int(identifier), len(rows)


def _text(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _is_number(identifier: str) -> bool:
    """Tell whether it is the number of a line, written as we write it."""
    return identifier.isascii() and identifier.isdecimal() and str(int(identifier)) == identifier
