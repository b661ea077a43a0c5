"""Votes in columns: who gave which label to which task."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_COLUMNS = 3
#: In a column of labels: none, or not known.
NONE = -1
#: Probabilities that differ by less are equal.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Votes:
    """``n`` votes as integer columns with their vocabularies.

    ``task[i]``, ``worker[i]`` and ``label[i]`` (all of shape ``(n,)``) index ``tasks``, ``workers``
    and ``labels``. A worker has at most one vote a task. A task may have none. Votes are in the
    order of workers, then of tasks: the tables of one worker stay in the processor's cache.
    """

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    labels: tuple[str, ...]
    task: Indices
    worker: Indices
    label: Indices

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Sequence[str]],
        tasks: Sequence[str] | None = None,
        labels: Sequence[str] = (),
    ) -> "Votes":
        """Make columns from ``(task, worker, label)`` rows, as they come from ``csv.reader``.

        The last of several rows of one task and worker counts. ``tasks`` fixes the tasks and their
        order (default: as they come). ``labels`` are the declared ones, in their order; others that
        count follow, sorted, so that the order of rows never matters.

        Raises:
            KeyError: a row's task is not among ``tasks``.
            ValueError: a row has not three columns.
        """
        listed = rows if isinstance(rows, list | tuple) else list(rows)
        if any(len(row) != _COLUMNS for row in listed):
            raise ValueError("a row has not three columns")
        task, worker, label = zip(*listed, strict=True) if listed else ((), (), ())
        return cls.from_columns(task, worker, label, tasks, labels)

    @classmethod
    def from_columns(
        cls,
        task: Sequence[str],
        worker: Sequence[str],
        label: Sequence[str],
        tasks: Sequence[str] | None = None,
        labels: Sequence[str] = (),
    ) -> "Votes":
        """Make columns from three parallel sequences, by the rules of ``from_rows``.

        Raises:
            KeyError: a task is not among ``tasks``.
            ValueError: the sequences are not of one length.
        """
        if not len(task) == len(worker) == len(label):
            raise ValueError("task, worker and label are not of one length")
        task_names = tuple(tasks) if tasks is not None else tuple(dict.fromkeys(task))
        worker_names, label_names = tuple(set(worker)), tuple(set(label))
        return cls.from_codes(
            (task_names, worker_names, label_names),
            (
                places_in(task, task_names),
                places_in(worker, worker_names),
                places_in(label, label_names),
            ),
            labels,
        )

    @classmethod
    def from_codes(
        cls,
        names: tuple[Sequence[str], Sequence[str], Sequence[str]],
        codes: tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]],
        declared: Sequence[str] = (),
    ) -> "Votes":
        """Make votes from index columns (task, worker, label) and their vocabularies.

        The rules are those of ``from_rows``. Tasks keep their order, workers are sorted, labels are
        the declared ones and then, sorted, the others that occur.
        """
        task_names, workers, labels = names
        task_of, worker_of, label_of = (column.astype(np.int32, copy=False) for column in codes)
        worker_names = tuple(sorted(workers))
        label_names = (*dict.fromkeys(declared), *sorted(set(labels) - set(declared)))
        worker_of = places_in(workers, worker_names).take(worker_of) if len(workers) else worker_of
        label_of = places_in(labels, label_names).take(label_of) if len(labels) else label_of
        order = sorted_places(worker_of, sorted_places(task_of))
        task_of, worker_of, label_of = (c.take(order) for c in (task_of, worker_of, label_of))
        last = np.ones(len(order), dtype=np.bool_)
        last[:-1] = (task_of[1:] != task_of[:-1]) | (worker_of[1:] != worker_of[:-1])
        if not last.all():
            task_of, worker_of, label_of = task_of[last], worker_of[last], label_of[last]
        votes = cls(
            tuple(task_names),
            worker_names,
            label_names,
            task_of,
            worker_of,
            label_of,
        )
        return votes._without_unused(len(dict.fromkeys(declared)))

    def _without_unused(self, declared: int) -> "Votes":
        """Drop undeclared labels that only rows gave which do not count."""
        used = np.bincount(self.label, minlength=len(self.labels)) > 0
        used[:declared] = True
        if used.all():
            return self
        label = (np.cumsum(used) - 1)[self.label].astype(np.int32)
        labels = tuple(name for name, use in zip(self.labels, used, strict=True) if use)
        return replace(self, labels=labels, label=label)

    def known(self, truth: Mapping[str, str]) -> tuple["Votes", Indices]:
        """Return the votes, and for each task the index of its label in ``truth``, else -1.

        Labels that nobody gave are added to the vocabulary; tasks without any vote are left out.
        """
        if not truth:
            return self, np.full(len(self.tasks), NONE, dtype=np.int32)
        known = {task: truth[task] for task in self.tasks if task in truth}
        labels = (*self.labels, *sorted(set(known.values()) - set(self.labels)))
        places = {name: i for i, name in enumerate(labels)}
        places_or_none = (places[known[t]] if t in known else NONE for t in self.tasks)
        return replace(self, labels=labels), np.fromiter(places_or_none, np.int32, len(self.tasks))

    def counts(self) -> Floats:
        """Return how often each task was given each label, shape ``(n_tasks, n_labels)``."""
        n_tasks, n_labels = len(self.tasks), len(self.labels)
        cells = np.bincount(
            self.task.astype(np.int64) * n_labels + self.label, minlength=n_tasks * n_labels
        )
        return cells.astype(np.float64).reshape(n_tasks, n_labels)


def places_in(column: Sequence[str], names: Sequence[str]) -> Indices:
    """Return the place of each value among the names. A dict is four times faster than sorting."""
    places = dict(zip(names, range(len(names)), strict=True))
    return np.fromiter(map(places.__getitem__, column), np.int32, len(column))


def sorted_places(column: Indices, order: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """Return the order that sorts the column; equal values stay in the ``order`` given.

    Sixteen bits at a time, for which numpy has a radix sort.
    """
    if order is None and (column[1:] >= column[:-1]).all():
        return np.arange(len(column))
    most = int(column.max(initial=0))
    for shift in range(0, max(most.bit_length(), 1), 16):
        digit = (column >> shift).astype(np.uint16)
        if order is None:
            order = np.argsort(digit, kind="stable")
        else:
            order = order.take(np.argsort(digit.take(order), kind="stable"))
    return order if order is not None else np.arange(len(column))


@dataclass(frozen=True)
class ChoiceResult:
    """One label for each task.

    ``posteriors`` has shape ``(n_tasks, n_labels)`` and rows that sum to 1, or to 0 for a task
    of which nothing is known. ``label`` is the index of the most probable label, the first of
    several in the order of labels, -1 where nothing is known; ``tie`` says that there were several.
    """

    posteriors: Floats
    label: Indices
    tie: Flags

    def best(self, task: int) -> Indices:
        """Return the labels that are the most probable of a task: several where there is a tie."""
        row = self.posteriors[task]
        return np.flatnonzero(row >= row.max() - ROUNDING).astype(np.int32)

    @property
    def confidence(self) -> Floats:
        """The probability of each task's label, shape ``(n_tasks,)``; 0 where there is none."""
        if not self.posteriors.shape[1]:
            return np.zeros(len(self.posteriors))
        best: Floats = self.posteriors.max(axis=1)
        return best


@dataclass(frozen=True)
class ModelResult(ChoiceResult):
    """Labels with what was learnt on the way.

    ``class_prior`` has shape ``(n_labels,)`` and sums to 1. ``objective`` is what the model
    maximises, before each step that improves the parameters, in nats; it never falls. ``converged``
    says that it had stopped rising before the iterations ran out.
    """

    class_prior: Floats
    objective: tuple[float, ...]
    converged: bool


def sums(place: NDArray[Any], weights: NDArray[Any], size: int) -> Floats:
    """Add up the weights by place, shape ``(size,)``."""
    return np.bincount(place, weights, minlength=size).astype(np.float64, copy=False)


def decide(posteriors: Floats) -> ChoiceResult:
    """Take each task's most probable label; equal within rounding is a tie."""
    if not posteriors.shape[1]:
        none = np.full(len(posteriors), NONE, dtype=np.int32)
        return ChoiceResult(posteriors, none, np.zeros(len(posteriors), dtype=np.bool_))
    best = posteriors.max(axis=1, keepdims=True)
    at_best = posteriors >= best - ROUNDING
    seen = best[:, 0] > 0
    label = np.where(seen, at_best.argmax(axis=1), NONE).astype(np.int32)
    return ChoiceResult(posteriors, label, seen & (np.count_nonzero(at_best, axis=1) > 1))
