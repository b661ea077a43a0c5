"""State files of earlier versions, made of a current one by undoing its migrations."""

import sqlite3
from contextlib import closing
from pathlib import Path

#: What each step to a version added, undone; the last one first.
_UNDONE = {
    7: "DROP TABLE revisions; ALTER TABLE workers DROP COLUMN join_code_until",
    6: "DROP TABLE refined_labels; DROP TABLE provisional_labels;"
    "ALTER TABLE job DROP COLUMN refined; ALTER TABLE job DROP COLUMN refine_fault",
    5: "ALTER TABLE job DROP COLUMN iteration; ALTER TABLE objects DROP COLUMN more;"
    "ALTER TABLE tasks DROP COLUMN version; ALTER TABLE assignments DROP COLUMN version;"
    "ALTER TABLE labels DROP COLUMN batch; DROP TABLE digests; DROP TABLE versions;"
    "DROP TABLE renames; DROP TABLE members; DROP TABLE history",
    4: "DROP TABLE sessions; DROP TABLE removed_workers",
    3: "DROP TABLE troubles",
    2: "DROP TABLE failures",
}


def make_older(path: Path, version: int) -> None:
    """Turn a state file into what an earlier version of its schema was."""
    with closing(sqlite3.connect(path)) as db:
        for step, script in _UNDONE.items():
            if step > version:
                db.executescript(script)
        db.executescript(f"PRAGMA user_version = {version}")
