"""What a finished job amounts to: what went wrong by reason, and each field with its agreement."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from labelwright.answers.columns import (
    AnsweredObject,
    Column,
    WorkerValue,
    fields_of,
    read_column,
)
from labelwright.contract.base import Json, load_json
from labelwright.errors import PayloadError
from labelwright.quality.agreement import pairwise_agreement
from labelwright.quality.reasons import Alike, Reason, alike
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_lambda.whole_job.answers import Requests, read_files
from labelwright_local.engine.spec import JobSpec, ObjectOutcome
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.job_files import JobFiles
from labelwright_local.workspace.recorded_answers import RecordedAnswers


class FieldSummary(NamedTuple):
    """One field over the whole job; shares are 0 to 1, None where they can't be told."""

    name: str
    kind: Kind
    method: str
    answered: int
    ties: int
    agreement: float | None
    confidence: float | None


class ProblemCount(NamedTuple):
    """Problems of one code in one field (None: in whole answers), and the first of them."""

    code: str
    field: str | None
    times: int
    reason: str
    object_id: str


class Undeclared(NamedTuple):
    """How many objects have labels that the task does not declare, and which, most given first."""

    objects: int
    labels: list[str]


def labels_by_id(
    outcomes: Sequence[ObjectOutcome], storage: FolderStorage
) -> dict[str, Mapping[str, Json]]:
    """Return every complete label by datasetObjectId."""
    return {
        outcome.dataset_object_id: _whole_label(outcome.label, storage)
        for outcome in outcomes
        if outcome.outcome == "labeled"
    }


def _whole_label(label: Json, storage: FolderStorage) -> Json:
    """Return the complete label, from its file when it moved out."""
    reference = label.get("annotationsRef")
    return load_json(storage.read(reference)) if reference else label


def without_label(outcomes: Iterable[ObjectOutcome]) -> list[Alike]:
    """Group the objects that have no label by outcome and reason."""
    return alike(
        Reason(outcome.outcome, outcome.reason or "", f"line {outcome.line_number}")
        for outcome in outcomes
        if outcome.outcome != "labeled"
    )


def with_error(labels: Mapping[str, Mapping[str, Json]]) -> list[Alike]:
    """Group the labels that hold an error by its code and reason."""
    return alike(
        Reason("with error", f"[{error['code']}] {error['reason']}", f"object {identifier}")
        for identifier, label in labels.items()
        if (error := label["error"]) is not None
    )


def problems(labels: Mapping[str, Mapping[str, Json]]) -> list[ProblemCount]:
    """Count what was wrong with answers by code and field, the most frequent first."""
    times = Counter[tuple[str, str | None]]()
    first: dict[tuple[str, str | None], tuple[str, str]] = {}
    for identifier, label in labels.items():
        for problem in label["problems"]:
            kind = (problem["code"], problem["field"])
            times[kind] += 1
            first.setdefault(kind, (problem["reason"], identifier))
    return [ProblemCount(*kind, count, *first[kind]) for kind, count in times.most_common()]


def undeclared(labels: Mapping[str, Mapping[str, Json]]) -> Undeclared:
    """Tell which labels were given that the task does not declare."""
    objects, given = 0, Counter[str]()
    for label in labels.values():
        found = {name for item in label["fields"].values() for name in item.get("undeclared", ())}
        objects += bool(found)
        given.update(sorted(found))
    return Undeclared(objects, [name for name, _ in given.most_common()])


def strangers(answers: RecordedAnswers, outcomes: Iterable[ObjectOutcome]) -> list[str]:
    """Return the ids of recorded answers that are of no object of the manifest."""
    known = {outcome.dataset_object_id for outcome in outcomes}
    return [identifier for identifier in answers.answers if identifier not in known]


def summarise_fields(
    spec: JobSpec, files: JobFiles, labels: Mapping[str, Mapping[str, Json]]
) -> list[FieldSummary]:
    """Summarise each field that the labels have.

    The requests are read one after the other, and only the fields' values are kept. Without a task
    definition all answers are needed at once: it takes all of them to recognise the fields.
    """
    answered: Iterable[Sequence[AnsweredObject]] = _answered(files)
    if spec.task:
        fields = spec.task.definition.fields
    else:
        whole = [item for batch in answered for item in batch]
        fields, answered = fields_of(None, whole), [whole]
    values: dict[str, list[tuple[WorkerValue, ...]]] = {field.name: [] for field in fields}
    for batch in answered:
        for field in fields:
            values[field.name] += read_column(field, field.labels, batch, {}).column.values
    return [_summary(field, values[field.name], labels) for field in fields]


def _answered(files: JobFiles) -> Iterator[list[AnsweredObject]]:
    for file in read_files(Requests(files.layout, files.storage)):
        for fault in file.faults:
            raise PayloadError(f"{fault.place}: {fault.reason}")
        yield file.answered()


def _summary(
    field: FieldDefinition,
    values: Sequence[tuple[WorkerValue, ...]],
    labels: Mapping[str, Mapping[str, Json]],
) -> FieldSummary:
    """Summarise one field.

    Agreement is that of the answers as they came: no text is read for it. Spans that do not fit
    their text, or that were marked on another one, count like any others, and UTF-16 offsets are
    compared unconverted, which makes no difference between workers who saw the same text. The
    labels that a definition declares play no part in it.
    """
    made = [
        label["fields"][field.name] for label in labels.values() if field.name in label["fields"]
    ]
    confidences = [item["confidence"] for item in made if item["confidence"] is not None]
    column = Column(field, field.labels, tuple(map(str, range(len(values)))), tuple(values))
    return FieldSummary(
        field.name,
        field.kind,
        made[0]["method"] if made else "",
        sum(item["value"] is not None for item in made),
        sum(item["tie"] for item in made),
        pairwise_agreement(column),
        sum(confidences) / len(confidences) if confidences else None,
    )
