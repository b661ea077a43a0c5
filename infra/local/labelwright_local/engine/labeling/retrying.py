"""What failed in a handler, tried again: when the job is opened, or when the requester asks for it.

All functions are called within a writing transaction; ``now`` is in milliseconds. The reason that
an object had is kept in the table ``failures``.
"""

import sqlite3

from labelwright_local.engine.labeling import batches
from labelwright_local.workspace.job_files import JobFiles

_KEEP_REASONS = (
    "INSERT INTO failures (object, failed_in, reason, tried_again_at) "
    "SELECT number, failed_in, reason, ? FROM objects WHERE state = 'failed' AND "
)


def pre_label_again(db: sqlite3.Connection, now: int) -> None:
    """Let the objects wait again that failed in pre-labeling."""
    db.execute(f"{_KEEP_REASONS}failed_in = 'pre-labeling' ORDER BY number", (now,))
    again = db.execute(
        "UPDATE objects SET state = 'waiting', tries = 0, retry_at = 0, reason = NULL, "
        "failed_in = NULL WHERE state = 'failed' AND failed_in = 'pre-labeling'"
    )
    if again.rowcount:
        db.execute("UPDATE job SET unwritten = 1, finished = 0")


def post_label_again(db: sqlite3.Connection, files: JobFiles, now: int) -> None:
    """Hand over anew the batches that post-labeling failed for, whole or in part.

    Labels that a batch has already stay until there are new ones. What post-labeling answered the
    last time is deleted before it is asked again: should this process end here, the next one finds
    a batch without its response, and asks for it.
    """
    for row in db.execute(
        "SELECT * FROM batches WHERE state = 'failed' OR (state = 'labeled' AND id IN "
        "(SELECT batch FROM objects WHERE state = 'failed' AND failed_in = 'post-labeling'))"
    ).fetchall():
        files.storage.delete(batches.of(files, row).response_uri)
        request_again(db, row["id"], now)


def request_again(db: sqlite3.Connection, batch: int, now: int) -> None:
    """Take a batch back to where it was before post-labeling, but for the labels it has."""
    db.execute(f"{_KEEP_REASONS}batch = ? ORDER BY number", (now, batch))
    db.execute(
        "UPDATE batches SET state = 'requested', tries = 0, retry_at = 0 WHERE id = ?", (batch,)
    )
    db.execute(
        "UPDATE objects SET state = 'answered', reason = NULL, failed_in = NULL "
        "WHERE batch = ? AND state = 'failed'",
        (batch,),
    )
    db.execute("UPDATE job SET unwritten = 1, finished = 0")
