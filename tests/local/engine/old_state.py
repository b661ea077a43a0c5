"""A state file as earlier versions left it, for tests of what becomes of it."""

import sqlite3

_BACK = (
    "",
    "DROP TABLE failures;",
    "DROP TABLE troubles;",
    "DROP TABLE sessions; DROP TABLE removed_workers;",
    "ALTER TABLE job DROP COLUMN iteration; ALTER TABLE objects DROP COLUMN more; "
    "ALTER TABLE tasks DROP COLUMN version; ALTER TABLE assignments DROP COLUMN version; "
    "ALTER TABLE labels DROP COLUMN batch; DROP TABLE digests; DROP TABLE versions; "
    "DROP TABLE renames; DROP TABLE members; DROP TABLE history;",
)


def back_to(db: sqlite3.Connection, version: int) -> None:
    """Take out of a state file what came after one of its versions."""
    (now,) = db.execute("PRAGMA user_version").fetchone()
    for number in range(now, version, -1):
        db.executescript(_BACK[number - 1])
    db.execute(f"PRAGMA user_version = {version}")
