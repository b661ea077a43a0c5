"""The output manifest, and beside it what stands in no manifest, line by line from the state."""

import sqlite3
from collections.abc import Iterator

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.manifest import (
    METADATA_SUFFIX,
    SOURCE,
    CustomLabelMetadata,
    FailedLabelMetadata,
    ManifestLine,
    format_date,
)
from labelwright_local.engine.labeling import batches, whole_job
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.workspace.job_files import JobFiles


def write_output(db: sqlite3.Connection, files: JobFiles, spec: JobSpec) -> None:
    """Write everything that tells what became of the objects.

    Objects without a label that did not fail keep their lines, as in the service; that skipped ones
    do is our choice, the service's is not documented. A line that is no JSON object has no place in
    a manifest and is told in ``unreadable.jsonl``; ``object-ids.txt`` then says whose lines the
    others are. Labels of the whole job that were made before are no longer those of the whole job.
    """
    whole_job.delete_files(files)
    _write_ids(db, files)
    for kind in ("skipped", "unreadable"):
        files.storage.write_parts(files.layout.own(f"{kind}.jsonl"), _told(db, kind))
    files.storage.write_parts(files.layout.intermediate(1), _intermediate(db))
    files.storage.write_parts(files.layout.output_manifest, _lines(db, files, spec))


def _write_ids(db: sqlite3.Connection, files: JobFiles) -> None:
    (count, last) = db.execute("SELECT count(*), max(object) FROM lines").fetchone()
    if count == 0 or count == last + 1:
        files.storage.delete(files.layout.object_ids)
        return
    rows = db.execute("SELECT object FROM lines ORDER BY object")
    parts = (f"{row['object']}\n".encode() for row in rows)
    files.storage.write_parts(files.layout.object_ids, parts)


def is_complete(db: sqlite3.Connection) -> bool:
    """Tell whether nothing more becomes of any object."""
    (left,) = db.execute(
        "SELECT EXISTS (SELECT 1 FROM objects WHERE state IN ('waiting', 'open', 'answered')) "
        # All of a batch that is handed over anew may have labels.
        "OR EXISTS (SELECT 1 FROM batches WHERE state = 'requested')"
    ).fetchone()
    return not left


def outcomes(db: sqlite3.Connection) -> Iterator[ObjectOutcome]:
    """Yield what became of each object of a finished job, in manifest order.

    Labels are those of the whole job, where it was consolidated whole.
    """
    for row in db.execute(
        "SELECT objects.*, coalesce(r.label, b.label) AS label FROM objects "
        "LEFT JOIN labels AS b ON b.object = number "
        "LEFT JOIN refined_labels AS r ON r.object = number ORDER BY number"
    ):
        label = load_json(row["label"]) if row["state"] == "labeled" else None
        yield ObjectOutcome(
            str(row["number"]), row["number"] + 1, row["state"], row["reason"], label
        )


def _lines(db: sqlite3.Connection, files: JobFiles, spec: JobSpec) -> Iterator[bytes]:
    for row in db.execute(
        "SELECT number, line, objects.state, reason, label, batches.iteration, name FROM objects "
        "JOIN lines AS l ON l.object = number LEFT JOIN labels AS b ON b.object = number "
        "LEFT JOIN batches ON batches.id = b.batch ORDER BY number"
    ):
        yield _json_line(_output_line(row, files, spec))


def _output_line(row: sqlite3.Row, files: JobFiles, spec: JobSpec) -> Json:
    line, attribute = load_json(row["line"]), spec.label_attribute
    # One that is asked again has its label, whatever becomes of it, until there is a new one.
    if row["label"] is None and row["state"] != "failed":
        return line
    kept = {k: v for k, v in line.items() if k not in (attribute, attribute + METADATA_SUFFIX)}
    if row["label"] is not None:
        batch, label = batches.of(files, row), load_json(row["label"])
        metadata = CustomLabelMetadata(
            job_name=spec.name,
            creation_date=format_date(batch.moment),
            # A label that a function gave before the job went on without one stays as it is.
            worker_response_ref=(
                files.worker_response(batch, str(row["number"]))
                if label == {} and not spec.post_labeled
                else None
            ),
        )
        return {**kept, attribute: label, attribute + METADATA_SUFFIX: metadata.wire()}
    failure = FailedLabelMetadata(failure_reason=row["reason"] or "")
    return {**kept, attribute + METADATA_SUFFIX: failure.wire()}


def _told(db: sqlite3.Connection, kind: str) -> Iterator[bytes]:
    for row in db.execute(
        "SELECT number, reason FROM objects WHERE state = ? ORDER BY number", (kind,)
    ):
        number = row["number"]
        yield _json_line(
            {"datasetObjectId": str(number), "line": number + 1, "reason": row["reason"]}
        )


def _intermediate(db: sqlite3.Connection) -> Iterator[bytes]:
    for row in db.execute(
        "SELECT number, line FROM objects JOIN lines ON object = number "
        "WHERE batch IS NOT NULL OR number IN (SELECT object FROM labels) ORDER BY number"
    ):
        source = ManifestLine.parse(load_json(row["line"])).source_ref or SOURCE
        yield f"{row['number']}\t{source}\t0\n".encode("utf-8", "surrogatepass")


def _json_line(value: Json) -> bytes:
    return (dump_json(value) + "\n").encode()
