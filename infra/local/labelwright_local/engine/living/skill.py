"""Workers' skill from another job: its votes of the same fields join, its objects get no labels.

They are written as consolidation requests of iteration 0, which is before all of this job: so
post-labeling learns from them as from the job's own earlier batches, and labels none of them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from labelwright.answers.columns import AnsweredObject
from labelwright.answers.decode import ABSENT
from labelwright.answers.raw import raw_value
from labelwright.answers.values import read_value
from labelwright.contract.base import Json, dump_json, load_json
from labelwright.contract.job_layout import RequestName
from labelwright.contract.post_labeling import DataObject
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind, parse_definition
from labelwright_lambda.whole_job.answers import Requests, read_files
from labelwright_local.engine.living.history import note
from labelwright_local.engine.settings import BATCH
from labelwright_local.engine.spec import JobSpec
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import BUCKET, JobFiles
from labelwright_local.workspace.named_job import named_job

#: Kinds of which the value is the label's name, and is carried over as it is called now.
_NAMES = frozenset({Kind.CHOICE, Kind.CHOICES})


class _Other(NamedTuple):
    """The job that is named: its files, and its fields that are the same, each beside ours."""

    name: str
    files: JobFiles
    fields: list[tuple[FieldDefinition, FieldDefinition]]


def borrow(db: sqlite3.Connection, spec: JobSpec, files: JobFiles, named: Path, now: int) -> None:
    """Let the answers of a job of this machine tell the skill of workers; once for each job.

    Raises:
        UsageError: there is no such job, or it has no field that is the same.
    """
    other = _other(spec, files, named)
    done = db.execute("SELECT detail FROM history WHERE kind = 'skill-from'").fetchall()
    if any(load_json(row["detail"])["job"] == other.name for row in done):
        return
    count = 0
    objects = _objects(other)
    number = 0
    while some := list(islice(objects, BATCH)):
        number += 1
        count += sum(len(item["annotations"]) for item in some)
        name = RequestName(0, f"{other.name}.{number:06}")
        files.write_json(files.layout.request(name), some)
    fields = [own.name for own, _ in other.fields]
    note(db, "skill-from", now, job=other.name, answers=count, fields=fields)


def _other(spec: JobSpec, files: JobFiles, named: Path) -> _Other:
    storage, name = named_job(named)
    others = JobFiles(storage, name)
    if _same(storage, files, name):
        raise UsageError(f"{named}: this is the job itself; --skill-from names another one")
    fields = _fields(storage, name)
    if spec.task is None or fields is None:
        raise UsageError(
            f"{named}: --skill-from compares the fields of both jobs, so both need a task.toml"
        )
    pairs = [
        (own, fields[own.name])
        for own in spec.task.definition.fields
        if own.name in fields and _is_same(own, fields[own.name])
    ]
    if not pairs:
        raise UsageError(
            f"{named}: no field of that job has the same name, kind and labels as one of this job, "
            "so its answers say nothing about skill here"
        )
    return _Other(name, others, pairs)


def _same(storage: FolderStorage, files: JobFiles, name: str) -> bool:
    prefix = JobFiles(storage, name).layout.prefix
    own = files.storage
    if prefix != files.layout.prefix or not isinstance(own, FolderStorage):
        return False
    return own.path(prefix).resolve() == storage.path(prefix).resolve()


def _fields(storage: FolderStorage, name: str) -> dict[str, FieldDefinition] | None:
    uri = f"s3://{BUCKET}/tasks/{name}/task.toml"
    if not storage.exists(uri):
        return None
    definition = parse_definition(storage.read(uri), uri)
    return {field.name: field for field in definition.fields}


def _is_same(own: FieldDefinition, other: FieldDefinition) -> bool:
    return own.kind is other.kind and set(own.labels) == set(other.labels)


def _objects(other: _Other) -> Iterator[dict[str, Json]]:
    """Yield the other job's objects as a request has them, ids and answers such as they join."""
    latest: dict[str, tuple[DataObject | None, AnsweredObject]] = {}
    for file in read_files(Requests(other.files.layout, other.files.storage)):
        for entry, answered in zip(file.objects, file.answered(), strict=True):
            latest[entry.dataset_object_id] = entry.data_object, answered
    for identifier, (source, answered) in latest.items():
        annotations = [
            {
                "workerId": answer.worker,
                "annotationData": {"content": dump_json(_content(other.fields, answer.content))},
            }
            for answer in answered.answers
        ]
        data = source.model_dump(mode="json", by_alias=True, exclude_none=True) if source else {}
        yield {
            "datasetObjectId": f"{other.name}:{identifier}",
            "dataObject": data,
            "annotations": annotations,
        }


def _content(
    fields: Sequence[tuple[FieldDefinition, FieldDefinition]], answer: dict[str, Json]
) -> dict[str, Json]:
    """Return of an answer what is of the fields that are the same, each where it is read here."""
    content: dict[str, Json] = {}
    for own, other in fields:
        try:
            raw = raw_value(answer, other)
        except ValueError:
            continue
        if raw is not ABSENT and other.kind in _NAMES:
            raw = read_value(other, raw).value
            raw = list(raw) if isinstance(raw, tuple) else raw
        if raw is ABSENT or raw is None:
            continue
        place = content
        *path, last = own.path.split(".")
        for key in path:
            place = place.setdefault(key, {})
        place[last] = raw
    return content
