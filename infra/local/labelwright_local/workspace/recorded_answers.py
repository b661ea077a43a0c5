"""Recorded answers that stand in for workers.

JSON Lines, one an answer::

    {"datasetObjectId": "7", "workerId": "w3", "answerContent": {...},
     "submissionTime": "...", "timeSpentInSeconds": 41.2}

or a folder of the service's worker-response files
(``.../iteration-<k>/<datasetObjectId>/<time>.json``).
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from labelwright.contract.base import explain, load_json
from labelwright.contract.job_layout import copied_worker_response
from labelwright.contract.worker_response import WorkerAnswer, WorkerResponseFile
from labelwright.errors import LabelwrightError, PayloadError, UsageError
from labelwright_lambda.whole_job.answers import AnswerFault
from labelwright_local.workspace.task_folder import TaskFolder


class RecordedAnswers(NamedTuple):
    """Answers by datasetObjectId, what could not be read, and a hash of all that was."""

    answers: dict[str, list[WorkerAnswer]]
    faults: list[AnswerFault]
    digest: str


class _RecordedLine(WorkerAnswer):
    dataset_object_id: str | int


def read_answers(path: Path) -> RecordedAnswers:
    """Read recorded answers; what can't be read is named and costs nothing else.

    Raises:
        UsageError: there is nothing under ``path``, or it is out of reach.
    """
    if not path.exists():
        raise UsageError(
            f"{path}: no such file or folder; --answers takes a JSON Lines file of answers or a "
            "folder of worker-response files"
        )
    answers: dict[str, list[WorkerAnswer]] = {}
    faults: list[AnswerFault] = []
    digest = hashlib.sha256()
    try:
        for place, data in _pieces(path):
            digest.update(data + b"\n")
            try:
                for identifier, answer in _read_piece(path, place, data):
                    answers.setdefault(identifier, []).append(answer)
            except LabelwrightError as error:
                named = str(place) if isinstance(place, Path) else f"{path}:{place}"
                faults.append(AnswerFault(named, str(error).removeprefix(f"{named}: ")))
    except OSError as error:
        raise UsageError(
            f"{error.filename or path}: the file can't be read ({error.strerror})"
        ) from None
    return RecordedAnswers(answers, faults, digest.hexdigest())


def read_earlier(folder: TaskFolder | None, manifest: Path) -> RecordedAnswers | None:
    """Read what workers answered in the job that a folder continues; None where it continues none.

    They are about the folder's own manifest, and no other.

    Raises:
        UsageError: an answer can't be read; half of them would be mistaken for all.
    """
    if folder is None or folder.earlier_answers is None or manifest != folder.manifest:
        return None
    found = read_answers(folder.earlier_answers)
    for fault in found.faults:
        raise UsageError(f"{fault.place}: {fault.reason}; mend or delete that line")
    return found


def _pieces(path: Path) -> Iterator[tuple[Path | int, bytes]]:
    """Yield each file of a folder, or each line of a file, with its place."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            if file.is_file():
                yield file, file.read_bytes()
    else:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.strip()


def _read_piece(path: Path, place: Path | int, data: bytes) -> Iterator[tuple[str, WorkerAnswer]]:
    if isinstance(place, Path):
        name = copied_worker_response(place.as_posix())
        for answer in WorkerResponseFile.parse(data, str(place)).answers:
            yield name.dataset_object_id if name else "", answer
        return
    try:
        line = _RecordedLine.model_validate(load_json(data))
    except ValidationError as error:
        raise PayloadError(f"{path}:{place}: not a recorded answer: {explain(error)}") from None
    except ValueError as error:
        raise PayloadError(f"{path}:{place}: not a recorded answer: {error}") from None
    yield str(line.dataset_object_id), line
