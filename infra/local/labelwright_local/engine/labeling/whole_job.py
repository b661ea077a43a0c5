"""Labels of the whole job, and labels ahead of their batch: what our own functions can do besides.

Neither changes what the service would have: the output manifest stays what post-labeling answered.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.manifest import labels_of
from labelwright.errors import UsageError
from labelwright_local.engine.labeling.calls import failure
from labelwright_local.engine.labeling.disagreement import confidences, disagreement
from labelwright_local.engine.labeling.postlabeling import request_objects
from labelwright_local.engine.model import WholeJobHandlers
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.job_files import JobFiles

_log = logging.getLogger("labelwright.engine")

#: Objects that are labeled ahead at once.
_AHEAD = 50


def is_due(db: sqlite3.Connection) -> bool:
    """Tell whether the job has ended and was not consolidated whole since."""
    job = db.execute("SELECT finished, refined FROM job").fetchone()
    labeled = db.execute("SELECT 1 FROM objects WHERE state = 'labeled' LIMIT 1").fetchone()
    return bool(job["finished"] and not job["refined"] and labeled)


def begin_anew(db: sqlite3.Connection) -> None:
    """Forget the labels of the whole job: some of it has changed."""
    db.execute("DELETE FROM refined_labels")
    db.execute("UPDATE job SET refined = 0, refine_fault = NULL")


def event_of(spec: JobSpec, files: JobFiles) -> dict[str, Json]:
    """Make the event of ``refine_labels``."""
    return {
        "labelingJobArn": spec.arn,
        "jobPrefix": files.layout.prefix,
        "labelAttributeName": spec.label_attribute,
    }


def refine(spec: JobSpec, files: JobFiles, handlers: WholeJobHandlers) -> str | None:
    """Consolidate the whole job; return why that failed, if it did."""
    try:
        handlers.refine(event_of(spec, files))
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - the labels of the batches are there all the same
        return failure("consolidating the whole job", error)
    return None


class Made(NamedTuple):
    """A label of the whole job: its object, its text, and how far workers differ on that."""

    number: int
    label: str
    disagreement: float | None


def read(db: sqlite3.Connection, files: JobFiles, spec: JobSpec) -> list[Made]:
    """Return the labels of the refined manifest; that takes its time, and no transaction waits."""
    found = []
    for number, label in _refined(db, files, spec):
        contents = db.execute("SELECT content FROM submissions WHERE object = ?", (number,))
        answers = [load_json(row["content"]) for row in contents]
        differ = disagreement(confidences(label, files.read_label_file), answers)
        found.append(Made(number, dump_json(label), differ))
    return found


def store(db: sqlite3.Connection, made: Sequence[Made]) -> bool:
    """Take up some labels of the whole job; False, and all are forgotten, where it has changed."""
    if _has_changed(db):
        return False
    db.executemany(
        "INSERT OR REPLACE INTO refined_labels VALUES (?, ?)",
        [(item.number, item.label) for item in made],
    )
    db.executemany(
        "UPDATE objects SET disagreement = ? WHERE number = ?",
        [(item.disagreement, item.number) for item in made],
    )
    return True


def end(db: sqlite3.Connection, fault: str | None) -> bool:
    """Note that all labels are taken up, or why there are none; False where the job has changed."""
    if _has_changed(db):
        return False
    db.execute("UPDATE job SET refined = 1, refine_fault = ?", (fault,))
    return True


def _has_changed(db: sqlite3.Connection) -> bool:
    (unwritten,) = db.execute("SELECT unwritten FROM job").fetchone()
    if unwritten:
        begin_anew(db)
    return bool(unwritten)


def delete_files(files: JobFiles) -> None:
    """Delete the refined manifest, and what tells of it."""
    files.storage.delete(files.layout.refined_manifest)
    files.storage.delete(files.layout.refined)


def take_up(db: sqlite3.Connection, files: JobFiles) -> None:
    """Keep the labels and the file both, or neither: whoever was killed may have left one alone."""
    job = db.execute("SELECT refined, refine_fault FROM job").fetchone()
    whole = job["refined"] and job["refine_fault"] is None
    if whole and files.holds(files.layout.refined_manifest):
        return
    delete_files(files)
    some = db.execute("SELECT 1 FROM refined_labels LIMIT 1").fetchone()
    if whole or some:
        begin_anew(db)


def _refined(db: sqlite3.Connection, files: JobFiles, spec: JobSpec) -> Iterator[tuple[int, Json]]:
    rows = db.execute("SELECT object FROM lines ORDER BY object").fetchall()
    lines = files.storage.read(files.layout.refined_manifest).splitlines()
    for row, text in zip(rows, lines, strict=True):
        for label in labels_of(load_json(text)):
            if label.attribute == spec.label_attribute and not label.failed:
                yield row["object"], label.value


class Waiting(NamedTuple):
    """A complete object without a provisional label: its answers, how often any was corrected."""

    number: int
    answers: int
    corrections: int


_WAITING = """
SELECT number, objects.answers, (
    SELECT count(*) FROM revisions JOIN submissions AS s ON s.id = submission
    WHERE s.object = number
) FROM objects
LEFT JOIN provisional_labels AS p ON p.object = number AND p.answers = objects.answers
WHERE state = 'answered' AND p.object IS NULL ORDER BY number LIMIT ?
"""
# A label is kept only if it is of the answers that there are by now.
_KEEP_AHEAD = """
INSERT OR REPLACE INTO provisional_labels SELECT number, answers, ? FROM objects
WHERE number = ? AND answers = ? AND (
    SELECT count(*) FROM revisions JOIN submissions AS s ON s.id = submission
    WHERE s.object = number
) = ?
"""


def waiting(db: sqlite3.Connection) -> list[Waiting]:
    """Return complete objects without a provisional label, some at a time."""
    rows = db.execute(_WAITING, (_AHEAD,))
    return [Waiting(*row) for row in rows]


def label_ahead(
    db: sqlite3.Connection,
    spec: JobSpec,
    files: JobFiles,
    handlers: WholeJobHandlers,
    asked: list[Waiting],
) -> dict[str, Json]:
    """Return what the answers of objects amount to by now; empty where that can't be said."""
    event = {
        **event_of(spec, files),
        "objects": request_objects(db, [item.number for item in asked]),
    }
    try:
        found = handlers.provisional(event)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - their batch's turn comes, and tells what is wrong
        _log.warning("no provisional labels", extra={"kind": type(error).__name__})
        return {}
    return dict(found)


def store_ahead(db: sqlite3.Connection, asked: list[Waiting], labels: dict[str, Json]) -> None:
    """Keep provisional labels, also that there is none, so that nobody asks again."""
    for item in asked:
        label = labels.get(str(item.number))
        db.execute(_KEEP_AHEAD, (None if label is None else dump_json(label), *item))
