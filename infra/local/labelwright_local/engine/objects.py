"""The objects of a job: from the manifest into the state, and out of it for the requester."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.manifest import labels_of
from labelwright_local.engine import troubles
from labelwright_local.engine.model import (
    AnswerView,
    FailureView,
    JobProgress,
    ObjectDetail,
    ObjectView,
    RevisionView,
)
from labelwright_local.engine.state.database import to_datetime
from labelwright_local.workspace.batch_csv import is_batch, read_batch


class RawLine(NamedTuple):
    """A line of a manifest that is not empty: its number from 0, its bytes without its end."""

    number: int
    data: bytes


def raw_lines(manifest: Path) -> Iterator[RawLine]:
    """Yield the lines of a manifest, or of a batch's rows as lines."""
    if is_batch(manifest):
        for number, row in enumerate(read_batch(manifest)):
            yield RawLine(number, dump_json(row).encode("utf-8", "surrogatepass"))
        return
    with manifest.open("rb") as lines:
        for number, raw in enumerate(lines):
            data = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
            if data.strip():
                yield RawLine(number, data.removesuffix(b"\n").removesuffix(b"\r"))


def load(
    db: sqlite3.Connection,
    lines: Iterable[RawLine],
    label_attribute: str,
    wanted: int,
    iteration: int | None,
) -> None:
    """Take lines of a manifest in; ``iteration`` is theirs where it is known already.

    A line that can't be read is ``unreadable``; one that has the label already is ``skipped``, as
    the service itself keeps it away from pre-labeling.
    """
    for number, data in lines:
        state, reason = "waiting", None
        line, fault = _read(data)
        if line is None:
            state, reason = "unreadable", fault
        elif any(la.attribute == label_attribute and not la.failed for la in labels_of(line)):
            state = "skipped"
            reason = f"already has a label '{label_attribute}'; Ground Truth sends only the others"
        db.execute(
            "INSERT INTO objects (number, state, wanted, reason, iteration) VALUES (?, ?, ?, ?, ?)",
            (number, state, wanted, reason, iteration if state == "waiting" else None),
        )
        if line is not None:
            # Written anew: SQLite's texts are UTF-8, which holds no lone surrogate.
            db.execute("INSERT INTO lines VALUES (?, ?)", (number, dump_json(line)))


def _read(data: bytes) -> tuple[dict[str, Json] | None, str | None]:
    """Return what a line holds, or why it can't be read."""
    try:
        line = load_json(data)
    except ValueError as error:
        return None, str(error)
    return (line, None) if isinstance(line, dict) else (None, "not a JSON object")


def progress(db: sqlite3.Connection) -> JobProgress:
    """Count the objects by state, and tell how the job stands."""
    counts = dict(db.execute("SELECT state, count(*) FROM objects GROUP BY state").fetchall())
    job = db.execute("SELECT * FROM job").fetchone()
    (answers,) = db.execute("SELECT count(*) FROM submissions").fetchone()
    # Who signed in and has answered nothing yet is no part of "answers of workers".
    (workers,) = db.execute(
        "SELECT count(*) FROM workers AS w "
        "WHERE EXISTS (SELECT 1 FROM submissions AS s WHERE s.worker = w.id)"
    ).fetchone()
    (without_label,) = db.execute(
        "SELECT count(*) FROM objects WHERE state = 'failed' AND failed_in = 'post-labeling'"
    ).fetchone()
    return JobProgress(
        waiting=counts.get("waiting", 0),
        open=counts.get("open", 0),
        answered=counts.get("answered", 0),
        labeled=counts.get("labeled", 0),
        failed=counts.get("failed", 0),
        skipped=counts.get("skipped", 0),
        unreadable=counts.get("unreadable", 0),
        without_label=without_label,
        answers=answers,
        workers=workers,
        workers_per_object=job["workers_per_object"],
        paused=bool(job["paused"]),
        stopped=bool(job["stopped"]),
        finished=bool(job["finished"]),
        version=job["version"],
        troubled=troubles.count(db),
        # What is not written yet has changed since.
        refined=bool(job["refined"] and not job["unwritten"]) and job["refine_fault"] is None,
        refine_fault=job["refine_fault"],
    )


#: A label of the whole job before that of its batch; before both what new answers amount to.
_VIEW = (
    "SELECT objects.*, coalesce(p.label, r.label, b.label) AS label, p.label IS NOT NULL AS early "
    "FROM objects LEFT JOIN labels AS b ON b.object = number "
    "LEFT JOIN refined_labels AS r ON r.object = number "
    "LEFT JOIN provisional_labels AS p "
    "ON p.object = number AND p.answers = objects.answers AND state = 'answered' "
)


def views(
    db: sqlite3.Connection, offset: int, limit: int, state: str | None, *, troubled: bool = False
) -> list[ObjectView]:
    """Return a page of the objects in the order of the manifest, all or those of one state.

    Or those with which something is wrong (``troubled``), whatever their state.
    """
    where, values = ("WHERE state = ? ", [state]) if state is not None else ("", [])
    if troubled:
        where, values = "WHERE number IN (SELECT object FROM troubles) ", []
    rows = db.execute(
        f"{_VIEW}{where}ORDER BY number LIMIT ? OFFSET ?", [*values, limit, offset]
    ).fetchall()
    return [_view(db, row) for row in rows]


def detail(db: sqlite3.Connection, identifier: str) -> ObjectDetail | None:
    """Return one object with its line, its task input and every answer, refused ones last."""
    if not (identifier.isascii() and identifier.isdecimal() and len(identifier) <= 18):
        return None
    number = int(identifier)
    row = db.execute(f"{_VIEW}WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    line = db.execute("SELECT line FROM lines WHERE object = ?", (number,)).fetchone()
    task = db.execute("SELECT input FROM tasks WHERE object = ?", (number,)).fetchone()
    answers = db.execute(
        "SELECT s.id, s.worker, name, content, submission_time, seconds, NULL AS refused, version "
        "FROM submissions AS s JOIN workers AS w ON w.id = s.worker "
        "LEFT JOIN assignments AS a ON a.id = s.assignment WHERE s.object = :number "
        "UNION ALL "
        "SELECT NULL, worker, name, content, submission_time, NULL, reason, version "
        "FROM refusals AS r "
        "JOIN assignments AS a ON a.id = r.assignment JOIN workers AS w ON w.id = a.worker "
        "WHERE r.object = :number",
        {"number": number},
    ).fetchall()
    return ObjectDetail(
        _view(db, row),
        load_json(line["line"]) if line is not None else None,
        load_json(task["input"]) if task is not None else None,
        [
            AnswerView(
                answer["worker"], answer["name"],
                None if answer["content"] is None else load_json(answer["content"]),
                answer["submission_time"], answer["seconds"], answer["refused"], answer["version"],
                _corrected(db, answer["id"]),
            )
            for answer in answers
        ],
        [
            FailureView(failure["reason"], to_datetime(failure["tried_again_at"]))
            for failure in db.execute(
                "SELECT * FROM failures WHERE object = ? ORDER BY id", (number,)
            )
        ],
        row["failed_in"] == "post-labeling",
    )  # fmt: skip


def _corrected(db: sqlite3.Connection, submission: int | None) -> tuple[RevisionView, ...]:
    rows = db.execute("SELECT * FROM revisions WHERE submission = ? ORDER BY id", (submission,))
    return tuple(RevisionView(load_json(row["content"]), row["submission_time"]) for row in rows)


def _view(db: sqlite3.Connection, row: sqlite3.Row) -> ObjectView:
    return ObjectView(
        str(row["number"]),
        row["number"] + 1,
        row["state"],
        row["answers"],
        row["wanted"],
        row["reason"],
        None if row["label"] is None else load_json(row["label"]),
        row["disagreement"],
        tuple(troubles.of(db, row["number"])),
        bool(row["early"]),
    )
