"""A batch together with what earlier batches of its job said of the same field."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import numpy as np

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.ledger import FieldLedger
from labelwright.consolidation.votes import Flags, Votes
from labelwright.contract.base import Json, load_json
from labelwright.task.definition import Kind

#: How many earlier objects a method is given whose time grows faster than that of choices: skill is
#: known well from fewer, and a batch's time stays bounded.
MOST_EARLIER_OBJECTS = 2_000

#: Of earlier objects' labels that are not declared so many are learnt from, and so many pairs of an
#: object and such a label: time and memory grow with them, and a worker can write a new one each
#: time.
MOST_OTHER_LABELS, _MOST_CELLS = 1_000, 20_000_000


def join_votes(column: Column, earlier: FieldLedger | None, known: Iterable[str] = ()) -> Votes:
    """Return the votes of a choice column and of all earlier objects, the column's tasks first.

    Of an object that earlier requests had too, this batch's votes alone count. Of labels that are
    neither declared, nor ``known`` of some object, nor given in this batch, the most given teach.
    """
    tasks = [
        task for task, values in zip(column.objects, column.values, strict=True) for _ in values
    ]
    here = [value for values in column.values for value in values]
    workers = [value.worker for value in here]
    labels = [value.value for value in here]
    if earlier is None or not len(earlier.task):
        return Votes.from_columns(tasks, workers, labels, column.objects, column.labels)
    own = set(column.objects)
    others = np.array([name not in own for name in earlier.tasks], dtype=np.bool_)
    values = [load_json(text) for text in earlier.values]
    rows = others[earlier.task]
    rows &= _teaching(values, {*column.labels, *known, *labels}, earlier, rows)[earlier.value]
    seen = np.flatnonzero(np.bincount(earlier.task[rows], minlength=len(earlier.tasks)))
    new_task = np.full(len(earlier.tasks), -1, dtype=np.int64)
    new_task[seen] = np.arange(len(seen)) + len(column.objects)
    names = list(dict.fromkeys([*earlier.workers, *workers]))
    given = list(dict.fromkeys([*values, *labels]))
    task_place = {name: i for i, name in enumerate(column.objects)}
    worker_place = {name: i for i, name in enumerate(names)}
    label_place = {name: i for i, name in enumerate(given)}
    value_label = np.array([label_place[value] for value in values], dtype=np.int64)
    return Votes.from_codes(
        ((*column.objects, *(earlier.tasks[i] for i in seen)), names, given),
        (
            np.append(new_task[earlier.task[rows]], [task_place[task] for task in tasks]),
            np.append(earlier.worker[rows], [worker_place[name] for name in workers]),
            np.append(value_label[earlier.value[rows]], [label_place[name] for name in labels]),
        ),
        column.labels,
    )


def _teaching(
    labels: Sequence[str], kept: Container[str], earlier: FieldLedger, rows: Flags
) -> Flags:
    """Tell which labels of earlier objects, by their number, are learnt from."""
    number = np.bincount(earlier.value[rows], minlength=len(labels)).tolist()
    others = [i for i, label in enumerate(labels) if number[i] and label not in kept]
    most = min(MOST_OTHER_LABELS, _MOST_CELLS // max(len(earlier.tasks), 1))
    others.sort(key=lambda i: (-number[i], labels[i]))
    teaching = np.ones(len(labels), dtype=np.bool_)
    teaching[others[most:]] = False
    return teaching


def join_column(column: Column, earlier: FieldLedger | None, gold: Container[str] = ()) -> Column:
    """Return the column with earlier objects behind its own, without their texts.

    At most ``MOST_EARLIER_OBJECTS``: those in ``gold`` first, which teach best, then those that
    workers of this batch answered, then the others, each group from the latest backwards.
    """
    if earlier is None:
        return column
    chosen = _chosen(column, earlier, gold)
    revive = _REVIVERS[column.field.kind]
    found: dict[int, list[WorkerValue]] = {task: [] for task in chosen}
    revived: dict[int, Json] = {}
    for task, worker, value in zip(
        reversed(earlier.task.tolist()),
        reversed(earlier.worker.tolist()),
        reversed(earlier.value.tolist()),
        strict=True,
    ):
        if task in found:
            if value not in revived:
                revived[value] = revive(load_json(earlier.values[value]))
            found[task].append(WorkerValue(earlier.workers[worker], revived[value]))
    return column._replace(
        objects=(*column.objects, *(earlier.tasks[task] for task in found)),
        values=(*column.values, *(tuple(values) for values in found.values())),
        texts=(*column.texts, *(None for _ in found)) if column.texts else (),
    )


def _chosen(column: Column, earlier: FieldLedger, gold: Container[str]) -> list[int]:
    """Return the earlier objects that are to teach, as indices of ``earlier.tasks``."""
    own = set(column.objects)
    here = {value.worker for values in column.values for value in values}
    familiar = np.array([name in here for name in earlier.workers], dtype=np.bool_)
    tasks, last = np.unique(earlier.task[::-1], return_index=True)
    met = np.bincount(earlier.task, familiar[earlier.worker], minlength=len(earlier.tasks)) > 0
    known = np.array([name in gold for name in earlier.tasks], dtype=np.bool_)
    order = np.lexsort((last, ~met[tasks], ~known[tasks]))
    ranked = [task for task in tasks[order].tolist() if earlier.tasks[task] not in own]
    return ranked[:MOST_EARLIER_OBJECTS]


def _spans(value: Json) -> tuple[Span, ...]:
    return tuple(Span(*item) for item in value)


def _boxes(value: Json) -> Boxes:
    boxes, image = value
    return Boxes(tuple(Box(*item) for item in boxes), tuple(image) if image else None)


def _as_it_is(value: Json) -> Json:
    return value


#: From the JSON of the ledger back to the values that columns have.
_REVIVERS: Mapping[Kind, Callable[[Json], Json]] = {
    Kind.CHOICE: _as_it_is,
    Kind.CHOICES: tuple,
    Kind.SPANS: _spans,
    Kind.BOXES: _boxes,
    Kind.NUMBER: _as_it_is,
    Kind.TEXT: _as_it_is,
    Kind.UNKNOWN: _as_it_is,
}
