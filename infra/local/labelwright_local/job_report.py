"""What a finished job amounts to: counts, failures by reason, agreement, accuracy."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from labelwright.answers.columns import AnsweredObject, fields_of, read_column, read_object
from labelwright.consolidation.agreement import pairwise_agreement
from labelwright.contract.base import Json, load_json
from labelwright.errors import EventError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.folder_storage import FolderStorage
from labelwright_local.job_files import JobFiles
from labelwright_local.job_model import JobSpec, ObjectOutcome


class FieldSummary(NamedTuple):
    """One field over the whole job; shares are 0 to 1, None where they can't be told."""

    name: str
    kind: Kind
    method: str
    answered: int
    ties: int
    agreement: float | None
    confidence: float | None


class Accuracy(NamedTuple):
    """How many labels are right.

    ``right`` takes each tie as it was decided, ``expected`` counts a tie among ``n`` labels as
    ``1/n`` when the true one is among them: what random tie-breaking gives on average.
    """

    field: str
    compared: int
    right: int
    expected: float
    ties: int
    without_label: int


def whole_label(label: Json, storage: FolderStorage) -> Json:
    """Return the complete label, from its file when it moved out."""
    reference = label.get("annotationsRef")
    return load_json(storage.read(reference)) if reference else label


def labels_by_id(
    outcomes: Sequence[ObjectOutcome], storage: FolderStorage
) -> dict[str, Mapping[str, Json]]:
    """Return every complete label by datasetObjectId."""
    return {
        outcome.dataset_object_id: whole_label(outcome.label, storage)
        for outcome in outcomes
        if outcome.outcome == "labeled"
    }


def summarise_fields(
    spec: JobSpec, files: JobFiles, labels: Mapping[str, Mapping[str, Json]]
) -> list[FieldSummary]:
    """Summarise each field that the labels have."""
    answered = [
        read_object(entry, {})
        for batch in files.batches()
        for entry in files.read_batch(batch).objects
    ]
    fields = fields_of(spec.task.definition if spec.task else None, answered)
    return [_summary(field, answered, labels) for field in fields]


def _summary(
    field: FieldDefinition,
    answered: Sequence[AnsweredObject],
    labels: Mapping[str, Mapping[str, Json]],
) -> FieldSummary:
    column = read_column(field, field.labels, answered, {}).column
    made = [
        label["fields"][field.name] for label in labels.values() if field.name in label["fields"]
    ]
    confidences = [item["confidence"] for item in made if item["confidence"] is not None]
    return FieldSummary(
        field.name,
        field.kind,
        made[0]["method"] if made else "",
        sum(item["value"] is not None for item in made),
        sum(item["tie"] for item in made),
        pairwise_agreement(column),
        sum(confidences) / len(confidences) if confidences else None,
    )


def failures(outcomes: Sequence[ObjectOutcome]) -> Counter[tuple[str, str]]:
    """Count outcomes that are no label by outcome and reason."""
    return Counter(
        (outcome.outcome, outcome.reason or "")
        for outcome in outcomes
        if outcome.outcome != "labeled"
    )


def read_truth(path: Path) -> dict[str, str]:
    """Read true labels: CSV with the columns ``task`` (datasetObjectId) and ``label``.

    Raises:
        EventError: the file can't be read, or lacks the columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"task", "label"} <= set(rows.fieldnames or ()):
                raise EventError(f"{path}: --truth needs a header line with 'task' and 'label'")
            return {row["task"]: row["label"] for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EventError(f"{path}: can't be read as CSV ({type(error).__name__})") from None


def accuracy(
    labels: Mapping[str, Mapping[str, Json]], truth: Mapping[str, str], field: str | None
) -> Accuracy:
    """Compare a choice field with true labels, object by object.

    Raises:
        EventError: ``field`` is no choice field of the job, or is None where there are several.
    """
    choices = sorted(
        {
            name
            for label in labels.values()
            for name, item in label["fields"].items()
            if item["kind"] == Kind.CHOICE
        }
    )
    if field is None and len(choices) == 1:
        field = choices[0]
    if field is None or field not in choices:
        raise EventError(
            f"--truth is compared with one choice field; name it with --truth-field "
            f"({', '.join(choices) or 'this job has none'})"
        )
    right, expected, ties, missing = 0, 0.0, 0, 0
    for task, true in truth.items():
        item = labels[task]["fields"].get(field) if task in labels else None
        if item is None or item["value"] is None:
            missing += 1
            continue
        right += item["value"] == true
        best = _best(item)
        ties += len(best) > 1
        expected += (true in best) / len(best)
    return Accuracy(field, len(truth) - missing, right, expected, ties, missing)


def _best(item: Mapping[str, Json]) -> list[str]:
    """Return all labels that a tie left standing."""
    if not item["tie"]:
        return [item["value"]]
    most = max(item["votes"].values())
    return [label for label, count in item["votes"].items() if count == most]
