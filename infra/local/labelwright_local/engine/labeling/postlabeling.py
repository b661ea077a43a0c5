"""From answers to labels: a batch's files, post-labeling, and what it gave."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.manifest import ManifestLine
from labelwright.contract.worker_response import EmittedWorkerAnswer, EmittedWorkerResponseFile
from labelwright.errors import UsageError
from labelwright_local.engine.labeling.calls import (
    PostLabeled,
    failure,
    post_event,
    read_post_response,
)
from labelwright_local.engine.labeling.disagreement import confidences, disagreement
from labelwright_local.engine.model import Handlers
from labelwright_local.engine.settings import Retries
from labelwright_local.engine.spec import JobSpec
from labelwright_local.engine.troubles import Trouble, note
from labelwright_local.printable import storable
from labelwright_local.workspace.job_files import Batch, JobFiles
from labelwright_local.workspace.relative_paths import addressed


class _Answered(NamedTuple):
    number: int
    line: ManifestLine
    answers: list[EmittedWorkerAnswer]


class Labels(NamedTuple):
    """What post-labeling gave for a batch by datasetObjectId, or why it gave nothing.

    ``sure`` are the ``confidences`` in each label.
    """

    found: PostLabeled
    sure: Mapping[str, Sequence[float] | None]
    fault: str | None


def write_files(db: sqlite3.Connection, files: JobFiles, batch: Batch, identifier: int) -> None:
    """Write a batch's worker-response files and its consolidation request, the latter last.

    They follow from the state alone: after a crash the same files are written again.
    """
    request = []
    for item in _answered(db, _OF_BATCH, identifier):
        stored = EmittedWorkerResponseFile(answers=item.answers)
        files.write_json(files.worker_response(batch, str(item.number)), stored.wire())
        request.append(_request_object(item))
    files.write_json(batch.request_uri, request)


def request_objects(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Json]:
    """Return objects as a consolidation request has them, in the order of the manifest."""
    return [_request_object(item) for item in _answered(db, _OF_OBJECTS, dump_json(numbers))]


_OF_OBJECTS = (
    "SELECT number, line, s.* FROM objects JOIN lines AS l ON l.object = number "
    "JOIN submissions AS s ON s.object = number "
    "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number, s.id"
)
_OF_BATCH = (
    "SELECT m.object AS number, line, s.* FROM members AS m JOIN lines AS l USING (object) "
    "JOIN submissions AS s ON s.object = m.object AND s.id <= last_submission "
    "WHERE m.batch = ? ORDER BY m.object, s.id"
)


def _answered(db: sqlite3.Connection, query: str, value: int | str) -> Iterator[_Answered]:
    rows = db.execute(query, (value,))
    for number, given in groupby(rows, key=lambda row: int(row["number"])):
        answers = list(given)
        line = ManifestLine.parse(addressed(load_json(answers[0]["line"])))
        yield _Answered(number, line, [_answer(row) for row in answers])


def _answer(row: sqlite3.Row) -> EmittedWorkerAnswer:
    return EmittedWorkerAnswer(
        answer_content=load_json(row["content"]),
        worker_id=row["worker"],
        submission_time=row["submission_time"],
        acceptance_time=row["acceptance_time"],
        time_spent_in_seconds=row["seconds"],
        worker_metadata=None if row["metadata"] is None else load_json(row["metadata"]),
    )


def _request_object(item: _Answered) -> Json:
    line = item.line
    source = {"content": line.source} if line.source is not None else {"s3Uri": line.source_ref}
    return {
        "datasetObjectId": str(item.number),
        "dataObject": source,
        # An answer is an object in a worker-response file, and a string here.
        "annotations": [
            {
                "workerId": answer.worker_id,
                "annotationData": {"content": dump_json(answer.answer_content)},
            }
            for answer in item.answers
        ],
    }


def ask(
    spec: JobSpec, files: JobFiles, handlers: Handlers, batch: Batch, most_answers: int
) -> Labels:
    """Return a batch's labels, from its response if that is there, else from the handler.

    Raises:
        UsageError: the whole job can't go on.
    """
    try:
        response = files.read_response(batch)
        if response is None:
            response = _readable(handlers.post(post_event(spec, files, batch, most_answers)))
            found = read_post_response(response, spec.label_attribute)
            files.write_json(batch.response_uri, response)
        else:
            found = read_post_response(response, spec.label_attribute)
    except UsageError:
        raise  # not this batch's fault, but that of how the job was called
    except Exception as error:  # noqa: BLE001 - users' handlers raise anything
        return Labels(PostLabeled({}, {}, Counter()), {}, failure("post-labeling", error))
    # Here, since a label may lie in a file: storing keeps everybody else waiting.
    sure = {name: confidences(label, files.read_label_file) for name, label in found.labels.items()}
    return Labels(found, sure, None)


def _readable(response: Json) -> Json:
    """Leave out what could not be read from the file again: one object's label, not the batch."""
    if not isinstance(response, list):
        return response
    return [item for item in response if _is_readable([item])]


def _is_readable(value: Json) -> bool:
    try:
        load_json(dump_json(value))
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def store(
    db: sqlite3.Connection, batch: int, tries: int, found: Labels, retries: Retries, now: int
) -> None:
    """Give the objects of a batch their labels, or each the reason why it has none."""
    again = retries.again_at(tries + 1, now) if found.fault is not None else None
    state = "labeled" if found.fault is None else "requested" if again is not None else "failed"
    db.execute(
        "UPDATE batches SET state = ?, tries = ?, retry_at = ? WHERE id = ?",
        (state, tries + 1, again or 0, batch),
    )
    if state == "requested":
        return
    for number, state_before in db.execute(
        "SELECT number, state FROM objects WHERE batch = ? AND state IN ('answered', 'labeled')",
        (batch,),
    ).fetchall():
        label = found.found.labels.get(str(number))
        note(db, number, Trouble.LABEL, _repeated(found.found.entries[str(number)]))
        if label is not None:
            _label(db, number, batch, label, found.sure[str(number)])
        elif state_before == "answered":  # a label of an earlier time stays
            db.execute(
                "UPDATE objects SET state = 'failed', failed_in = 'post-labeling', reason = ? "
                "WHERE number = ?",
                (found.fault or _no_label(found.found.faults.get(str(number))), number),
            )
    db.execute("UPDATE job SET unwritten = 1")


def _no_label(fault: str | None) -> str:
    return storable(f"ClientError: post-labeling gave no label{f': {fault}' if fault else ''}")


def _repeated(entries: int) -> str | None:
    if entries < 2:
        return None
    return (
        f"post-labeling gave {entries:,} entries for this object, and its label is the last one; "
        "let it return one entry for each object, made of all its annotations"
    )


def _label(
    db: sqlite3.Connection, number: int, batch: int, label: Json, sure: Sequence[float] | None
) -> None:
    contents = db.execute("SELECT content FROM submissions WHERE object = ?", (number,))
    differ = disagreement(sure, [load_json(row["content"]) for row in contents])
    db.execute("INSERT OR REPLACE INTO labels VALUES (?, ?, ?)", (number, dump_json(label), batch))
    # What was made of fewer answers, or under other names, is no longer shown before it.
    db.execute("DELETE FROM provisional_labels WHERE object = ?", (number,))
    db.execute("DELETE FROM refined_labels WHERE object = ?", (number,))
    db.execute(
        "UPDATE objects SET state = 'labeled', disagreement = ? WHERE number = ?",
        (differ, number),
    )
