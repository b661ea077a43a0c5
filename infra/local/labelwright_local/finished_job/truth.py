"""How right a job's labels are, against true values in a file; and the one reader of such files."""

import csv
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from labelwright.answers.values import read_known
from labelwright.consolidation.result import Decision
from labelwright.contract.base import Json
from labelwright.contract.own_label import OwnField
from labelwright.errors import UsageError
from labelwright.quality.report import Labels
from labelwright.quality.truth import Compared, compare
from labelwright.task.definition import FieldDefinition, Kind, Rename
from labelwright_local.printable import counted

#: By objects whose label is a tie: the labels between which it is one.
Ties = Callable[[str, Collection[str]], Mapping[str, tuple[str, ...]]]


class JobTruth(NamedTuple):
    """How right the labels of a field are; None where no object has both.

    ``without_label`` is how many objects have a true value and no label.
    """

    field: str
    compared: Compared | None
    without_label: int


def read_truth(path: Path, option: str = "--truth") -> dict[str, str]:
    """Read true labels: CSV with the columns ``task`` (datasetObjectId) and ``label``.

    ``option`` is named in errors.

    Raises:
        UsageError: the file can't be read, or lacks the columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"task", "label"} <= set(rows.fieldnames or ()):
                raise UsageError(f"{path}: {option} needs a header line with 'task' and 'label'")
            return {row["task"].strip(): row["label"] or "" for row in rows if row["task"]}
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; {option} takes a CSV file with the columns task and label"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        fault = "not UTF-8" if isinstance(error, UnicodeDecodeError) else f"not CSV: {error}"
        raise UsageError(f"{path}: {fault}; save the table as CSV in UTF-8") from None


def read_values(
    field: FieldDefinition, texts: Mapping[str, str], option: str = "--truth"
) -> dict[str, Json]:
    """Read what ``read_truth`` found as values of a field, in the form that columns have.

    Raises:
        UsageError: one is none. Half a truth would be mistaken for the whole.
    """
    values = {}
    for task, text in texts.items():
        reading = read_known(field, text)
        if reading.value is None or reading.problems:
            reason = reading.problems[0] if reading.problems else "no value"
            raise UsageError(f"{option}: task {task}: {reason}; expected a value of {field.kind}")
        values[task] = reading.value
    return values


def compare_labels(
    labels: Labels,
    texts: Mapping[str, str],
    name: str | None,
    objects: Collection[str],
    ties: Ties,
    renames: Iterable[Rename] = (),
) -> JobTruth:
    """Compare one field of a job's labels with true values, object by object.

    ``texts`` are the true values as ``read_truth`` gives them. ``name`` may be None where the job
    has one choice field, or one field. ``objects`` are the ids of all its objects, labeled or not.
    By ``renames`` a true label of an old name is the present one.

    Raises:
        UsageError: ``name`` is no field of the job, or is None where there are several; or the
            truth is about none of the objects, or of another kind.
    """
    name, kind = _field(labels, name)
    if not texts.keys() & set(objects):
        raise UsageError(
            f"--truth is about none of this job's {counted(len(objects), 'object')}: 'task' must "
            "be the datasetObjectId: the line's number, counted from 0"
        )
    field = FieldDefinition(name=name, path=name, kind=kind).with_renames(renames)
    truth = read_values(field, texts)
    made = {
        task: item
        for task in truth
        if task in labels
        and (item := labels[task].fields.get(name)) is not None
        and item.value is not None
    }
    tied = {task for task, item in made.items() if item.tie}
    between = ties(name, tied) if kind is Kind.CHOICE else {}
    decisions = {task: _decision(field, item, between.get(task, ())) for task, item in made.items()}
    return JobTruth(name, compare(kind, decisions, truth), len(truth) - len(made))


def _decision(field: FieldDefinition, item: OwnField, tied: tuple[str, ...]) -> Decision:
    value = read_known(field, item.value).value
    # Not where the job was consolidated otherwise than it would be today.
    return Decision(value, item.confidence, tied if value in tied else ())


def _field(labels: Labels, name: str | None) -> tuple[str, Kind]:
    """Return the field to compare, and its kind."""
    kinds: dict[str, Kind] = {
        item.name: Kind(item.kind)
        for label in labels.values()
        for item in label.fields.values()
        if item.kind in set(Kind) - {Kind.UNKNOWN}
    }
    choices = [name for name, kind in kinds.items() if kind is Kind.CHOICE]
    if name is None:
        name = next((next(iter(some)) for some in (choices, kinds) if len(some) == 1), None)
    if name is None or name not in kinds:
        raise UsageError(
            f"--truth is compared with one field; name it with --truth-field "
            f"({', '.join(sorted(kinds)) or 'this job has none'})"
        )
    return name, kinds[name]
