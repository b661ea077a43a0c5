"""A batch together with what earlier batches of its job said of the same field."""

from collections.abc import Container, Iterable, Sequence

import numpy as np

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import VALUE_KINDS
from labelwright.consolidation.budget import BEYOND, work_of_object
from labelwright.consolidation.choice_column import votes_of
from labelwright.consolidation.ledger import FieldLedger, revived
from labelwright.consolidation.votes import NONE, Flags, Votes, places_in
from labelwright.contract.base import load_json

#: How many earlier objects a method is given whose time grows faster than that of choices: skill is
#: known well from fewer, and a batch's time stays bounded.
MOST_EARLIER_OBJECTS = 2_000

#: Of earlier objects' labels that are not declared so many are learnt from, and so many pairs of an
#: object and such a label: time and memory grow with them, and a worker can write a new one each
#: time.
MOST_OTHER_LABELS, _MOST_CELLS = 1_000, 20_000_000

#: What teaches takes so many times less than what is decided.
_TEACHING = 3
#: One object may take such a part of the work, so that a few can't leave nothing to the others.
_SHARES = 50


def join_votes(column: Column, earlier: FieldLedger | None, known: Iterable[str] = ()) -> Votes:
    """Return the votes of a choice column and of all earlier objects, the column's tasks first.

    Of an object that earlier requests had too, this batch's votes alone count. Of labels that are
    neither declared, nor ``known`` of some object, nor given in this batch, the most given teach.
    """
    here = votes_of(column)
    if earlier is None or not len(earlier.task):
        return here
    own = set(column.objects)
    others = np.array([name not in own for name in earlier.tasks], dtype=np.bool_)
    values = [load_json(text) for text in earlier.values]
    rows = others[earlier.task]
    rows &= _teaching(values, {*here.labels, *known}, earlier, rows)[earlier.value]
    seen = np.flatnonzero(np.bincount(earlier.task[rows], minlength=len(earlier.tasks)))
    new_task = np.full(len(earlier.tasks), NONE, dtype=np.int64)
    new_task[seen] = np.arange(len(seen)) + len(column.objects)
    workers = tuple(dict.fromkeys([*earlier.workers, *here.workers]))
    labels = tuple(dict.fromkeys([*values, *here.labels]))
    return Votes.from_codes(
        ((*column.objects, *(earlier.tasks[i] for i in seen)), workers, labels),
        (
            np.append(new_task[earlier.task[rows]], here.task),
            np.append(earlier.worker[rows], places_in(here.workers, workers)[here.worker]),
            np.append(
                places_in(values, labels)[earlier.value[rows]],
                places_in(here.labels, labels)[here.label],
            ),
        ),
        column.labels,
    )


def _teaching(
    labels: Sequence[str], kept: Container[str], earlier: FieldLedger, rows: Flags
) -> Flags:
    """Tell which labels of earlier objects, by their number, are learnt from."""
    number = np.bincount(earlier.value[rows], minlength=len(labels)).tolist()
    others = [i for i, label in enumerate(labels) if number[i] and label not in kept]
    # Of those tasks alone: requests that came later must not count when a batch is asked again.
    tasks = int(np.count_nonzero(np.bincount(earlier.task[rows])))
    most = min(MOST_OTHER_LABELS, _MOST_CELLS // max(tasks, 1))
    others.sort(key=lambda i: (-number[i], labels[i]))
    teaching = np.ones(len(labels), dtype=np.bool_)
    teaching[others[most:]] = False
    return teaching


def join_column(
    column: Column,
    earlier: FieldLedger | None,
    gold: Container[str] = (),
    work: int | None = None,
) -> Column:
    """Return the column with earlier objects behind its own, without their texts.

    At most ``MOST_EARLIER_OBJECTS``: those in ``gold`` first, which teach best, then those that
    workers of this batch answered, then the others, each group from the latest backwards. One whose
    answers are beyond all measure, or that takes more than a fiftieth of ``work`` or than what is
    left of it, does not teach (``labelwright.consolidation.budget``).
    """
    if earlier is None:
        return column
    chosen = _chosen(column, earlier, gold)
    rows: dict[int, list[int]] = {task: [] for task in chosen}
    for row, task in reversed(list(enumerate(earlier.task.tolist()))):
        if task in rows:
            rows[task].append(row)
    revive = VALUE_KINDS[column.field.kind].revive
    left = BEYOND if work is None else work
    most = left // _SHARES
    found: dict[int, tuple[WorkerValue, ...]] = {}
    known: dict[int, WorkerValue] = {}

    def value_at(row: int) -> WorkerValue:
        number = int(earlier.value[row])
        if number not in known:
            known[number] = revived(earlier.values[number], revive)
        return known[number]._replace(worker=earlier.workers[earlier.worker[row]])

    for task in chosen:
        values = tuple(value_at(row) for row in rows[task])
        given = [(value.worker, value.value) for value in values]
        cost = work_of_object(column.field.kind, given) // _TEACHING
        if cost > min(left, most):
            continue
        left -= cost
        found[task] = values
    return column._replace(
        objects=(*column.objects, *(earlier.tasks[task] for task in found)),
        values=(*column.values, *found.values()),
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
