"""How many labels of a job are right, against true labels in a file."""

import csv
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.own_label import OwnField, OwnLabel
from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.printable import counted


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


def read_truth(path: Path) -> dict[str, str]:
    """Read true labels: CSV with the columns ``task`` (datasetObjectId) and ``label``.

    Raises:
        UsageError: the file can't be read, or lacks the columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"task", "label"} <= set(rows.fieldnames or ()):
                raise UsageError(f"{path}: --truth needs a header line with 'task' and 'label'")
            return {row["task"].strip(): row["label"] or "" for row in rows if row["task"]}
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; --truth takes a CSV file with the columns task and label"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        fault = "not UTF-8" if isinstance(error, UnicodeDecodeError) else f"not CSV: {error}"
        raise UsageError(f"{path}: {fault}; save the table as CSV in UTF-8") from None


def accuracy(
    labels: Mapping[str, OwnLabel],
    truth: Mapping[str, str],
    field: str | None,
    objects: Collection[str],
) -> Accuracy:
    """Compare a choice field with true labels, object by object.

    ``objects`` are the ids of all objects of the job, labeled or not.

    Raises:
        UsageError: ``field`` is no choice field of the job, or is None where there are several; or
            the truth is about none of the objects.
    """
    field = _field(labels, field)
    if not truth.keys() & set(objects):
        raise UsageError(
            f"--truth is about none of this job's {counted(len(objects), 'object')}: 'task' must "
            "be the datasetObjectId: the line's number, counted from 0"
        )
    right, expected, ties, missing = 0, 0.0, 0, 0
    for task, true in truth.items():
        item = labels[task].fields.get(field) if task in labels else None
        if item is None or item.value is None:
            missing += 1
            continue
        right += item.value == true
        best = _best(item)
        ties += len(best) > 1
        expected += (true in best) / len(best)
    return Accuracy(field, len(truth) - missing, right, expected, ties, missing)


def _field(labels: Mapping[str, OwnLabel], field: str | None) -> str:
    choices: list[str] = sorted(
        {
            str(name)
            for label in labels.values()
            for name, item in label.fields.items()
            if item.kind == Kind.CHOICE
        }
    )
    if field is None and len(choices) == 1:
        return choices[0]
    if field is None or field not in choices:
        raise UsageError(
            f"--truth is compared with one choice field; name it with --truth-field "
            f"({', '.join(choices) or 'this job has none'})"
        )
    return field


def _best(item: OwnField) -> list[str]:
    """Return all labels that a tie left standing."""
    votes = item.votes
    if not item.tie or not votes:
        return [str(item.value)]
    most = max(votes.values())
    return [label for label, count in votes.items() if count == most]
