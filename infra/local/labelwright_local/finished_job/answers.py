"""A finished Ground Truth job as a source of answers: its worker-response files, here or in S3."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from labelwright.answers.columns import Column, fields_of, read_column, read_object
from labelwright.contract.base import dump_json
from labelwright.contract.post_labeling import (
    Annotation,
    AnnotationData,
    ReceivedAnnotation,
    RequestObject,
)
from labelwright.errors import UsageError
from labelwright.task.definition import TaskDefinition
from labelwright_lambda.storage import S3Storage
from labelwright_local.workspace.recorded_answers import RecordedAnswers, read_answers

_READERS = 16


def answers_of_job(place: str) -> RecordedAnswers:
    """Read all answers of a job: a folder, or an ``s3://`` prefix, that has worker responses.

    Raises:
        UsageError: there are none below it.
    """
    if place.startswith("s3://"):
        with tempfile.TemporaryDirectory(prefix="labelwright-job-") as folder:
            _download(place.rstrip("/"), Path(folder))
            return _from_folder(Path(folder), place)
    return _from_folder(Path(place), place)


def _from_folder(folder: Path, place: str) -> RecordedAnswers:
    if not folder.is_dir():
        raise UsageError(f"{place}: no such folder; --job takes the folder of a finished job")
    inner = sorted(path for path in folder.rglob("worker-response") if path.is_dir())
    found = read_answers(inner[0] if inner else folder)
    if not found.answers:
        raise UsageError(f"{place}: there are no worker-response files below it")
    return found


def _download(prefix: str, folder: Path) -> None:
    """Copy the worker responses below a prefix, with the folders that tell their objects."""
    storage = S3Storage.connect()
    uris = [uri for uri in storage.keys(prefix) if "/worker-response/" in uri]

    def copy(uri: str) -> None:
        tail = uri.partition("/worker-response/")[2].replace(":", "%3A")
        target = folder / "worker-response" / tail
        if not target.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{uri}: a key with '..' can't be copied")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(storage.read(uri))

    with ThreadPoolExecutor(_READERS) as readers:
        list(readers.map(copy, uris))


def columns_of(answers: RecordedAnswers, definition: TaskDefinition | None) -> list[Column]:
    """Return one column for each field, over all objects of the job."""
    objects = [
        read_object(
            RequestObject(
                identifier,
                None,
                tuple(
                    ReceivedAnnotation(
                        None,
                        Annotation(
                            worker_id=answer.worker_id,
                            annotation_data=AnnotationData(
                                content=dump_json(answer.answer_content)
                            ),
                        ),
                        None,
                    )
                    for answer in given
                ),
                None,
            ),
            {},
        )
        for identifier, given in sorted(answers.answers.items(), key=_in_order)
    ]
    return [
        read_column(field, field.labels, objects, {}).column
        for field in fields_of(definition, objects)
    ]


def _in_order(item: tuple[str, object]) -> tuple[int, str]:
    return (int(item[0]) if item[0].isdigit() else 0, item[0])
