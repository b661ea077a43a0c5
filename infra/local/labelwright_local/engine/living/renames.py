"""Labels that get another name while a job lives; answers keep the one they were given.

All functions are called within a writing transaction; ``now`` is in milliseconds.
"""

import sqlite3
from typing import NamedTuple

from labelwright.errors import UsageError
from labelwright.task.definition import LABELLED_KINDS, FieldDefinition, TaskDefinition
from labelwright_local.engine.labeling.retrying import request_again
from labelwright_local.engine.living import versions
from labelwright_local.engine.living.history import note
from labelwright_local.workspace.job_files import JobFiles

_MAX_LABEL = 256


class Renamed(NamedTuple):
    """What was renamed, and how many objects get their label anew at the job's next start."""

    field: str
    old: str
    new: str
    objects: int


def rename(
    db: sqlite3.Connection,
    files: JobFiles,
    names: tuple[str, str],
    field: str | None,
    now: int,
    *,
    merge: bool = False,
) -> Renamed:
    """Let a label have another name; with ``merge`` it may become one with a label that is there.

    Raises:
        UsageError: there is no such label, or several fields have it, or the new name can't be one.
    """
    old, new = names
    found = _field_with(_definition(db), old, field)
    if not new or new != new.strip() or len(new) > _MAX_LABEL or not _is_text(new):
        raise UsageError(
            f"a label has 1 to {_MAX_LABEL} characters, and no blanks at its ends; choose another "
            "name"
        )
    if old == new:
        raise UsageError("both names are the same; name what the label is to be called")
    merged = new in found.labels
    if merged and not merge:
        raise UsageError(
            f"field '{found.name}' has a label of the new name; with --merge the two become one"
        )
    db.execute(
        "INSERT INTO renames (field, old, new, renamed_at) VALUES (?, ?, ?, ?)",
        (found.name, old, new, now),
    )
    number = _show_anew(db, now)
    note(
        db, "renamed", now, version=number, field=found.name, old=old, new=new, merged=merged
    )  # fmt: skip
    return Renamed(found.name, old, new, _label_anew(db, files, now))


def undo(db: sqlite3.Connection, files: JobFiles, names: tuple[str, str], now: int) -> Renamed:
    """Take the last rename back, as if it had never been.

    Raises:
        UsageError: the last one was another.
    """
    last = db.execute("SELECT * FROM renames ORDER BY id DESC LIMIT 1").fetchone()
    if last is None:
        raise UsageError("no label of this job was renamed; there is nothing to take back")
    if (last["old"], last["new"]) != names:
        raise UsageError(
            f"the last label that was renamed is '{last['old']}', to '{last['new']}'; only that "
            "can be taken back: name these two"
        )
    db.execute("DELETE FROM renames WHERE id = ?", (last["id"],))
    number = _show_anew(db, now)
    note(
        db, "rename-undone", now, version=number, field=last["field"], old=names[0], new=names[1]
    )  # fmt: skip
    return Renamed(last["field"], *names, _label_anew(db, files, now))


def recorded(db: sqlite3.Connection) -> list[dict[str, str]]:
    """Return all renames in their order: field, old, new."""
    rows = db.execute("SELECT field, old, new FROM renames ORDER BY id")
    return [dict(row) for row in rows]


def _definition(db: sqlite3.Connection) -> TaskDefinition:
    version = versions.latest(db)
    definition = version and versions.present_definition(db, version.definition)
    if not definition:
        raise UsageError(
            "this job has no task.toml, which would say what its labels are; start it with --task "
            "(or, where an earlier version left it, start it once more) before renaming"
        )
    return definition


def _field_with(definition: TaskDefinition, label: str, name: str | None) -> FieldDefinition:
    labelled = [field for field in definition.fields if field.kind in LABELLED_KINDS]
    having = [field for field in labelled if label in field.labels and name in (None, field.name)]
    if len(having) == 1:
        return having[0]
    if having:
        names = ", ".join(f"'{field.name}'" for field in having)
        raise UsageError(f"fields {names} have this label; say with --field which is meant")
    known = "; ".join(f"'{field.name}': {', '.join(field.labels)}" for field in labelled)
    raise UsageError(f"'{label}' is no label of this job; its labels are, by field, {known}")


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return text.isprintable()


def _show_anew(db: sqlite3.Connection, now: int) -> int:
    version = versions.latest(db)
    return versions.keep(db, version, now) if version else 0


def _label_anew(db: sqlite3.Connection, files: JobFiles, now: int) -> int:
    """Let post-labeling answer anew what it has answered; labels stay until it does."""
    db.execute("DELETE FROM provisional_labels")
    for row in db.execute("SELECT * FROM batches WHERE state = 'labeled'").fetchall():
        batch = files.batch(row["iteration"], row["name"])
        files.storage.delete(batch.response_uri)
        request_again(db, row["id"], now)
    (labels,) = db.execute("SELECT count(*) FROM labels").fetchone()
    return int(labels)
