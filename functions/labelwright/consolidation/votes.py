"""Votes in columns: who gave which label to which task."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Votes:
    """``n`` votes as integer columns with their vocabularies.

    ``task[i]``, ``worker[i]`` and ``label[i]`` (all of shape ``(n,)``) index ``tasks``, ``workers``
    and ``labels``. A worker has at most one vote a task. A task may have none.
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
        rows: Iterable[tuple[str, str, str]],
        tasks: Sequence[str] | None = None,
        labels: Sequence[str] = (),
    ) -> "Votes":
        """Make columns from ``(task, worker, label)`` rows.

        The last of several rows of one task and worker counts. ``tasks`` fixes the tasks and their
        order (default: as they come). ``labels`` are the declared ones, in their order; others that
        occur follow, sorted, so that the order of rows never matters.

        Raises:
            KeyError: a row's task is not among ``tasks``.
        """
        cells = {(task, worker): label for task, worker, label in rows}
        names = tuple(tasks) if tasks is not None else tuple(dict.fromkeys(t for t, _ in cells))
        workers = tuple(sorted({worker for _, worker in cells}))
        others = sorted(set(cells.values()) - set(labels))
        vocabulary = (*dict.fromkeys(labels), *others)
        places = [{name: i for i, name in enumerate(v)} for v in (names, workers, vocabulary)]
        columns = np.array(
            [
                (places[0][task], places[1][worker], places[2][label])
                for (task, worker), label in cells.items()
            ],
            dtype=np.int32,
        ).reshape(-1, 3)
        return cls(names, workers, vocabulary, columns[:, 0], columns[:, 1], columns[:, 2])

    def counts(self) -> Floats:
        """Return how often each task was given each label, shape ``(n_tasks, n_labels)``."""
        width = max(len(self.labels), 1)
        cells = np.bincount(
            self.task.astype(np.int64) * width + self.label, minlength=len(self.tasks) * width
        )
        return cells.reshape(len(self.tasks), width).astype(np.float64)[:, : len(self.labels)]


@dataclass(frozen=True)
class ChoiceResult:
    """One label for each task.

    ``posteriors`` has shape ``(n_tasks, n_labels)`` and rows that sum to 1, or to 0 for a task
    without votes. ``label`` is the index of the most probable label, the first of several in the
    order of labels, -1 without votes; ``tie`` says that there were several.
    """

    posteriors: Floats
    label: Indices
    tie: NDArray[np.bool_]

    @property
    def confidence(self) -> Floats:
        """The probability of each task's label, shape ``(n_tasks,)``; 0 without votes."""
        if not self.posteriors.shape[1]:
            return np.zeros(len(self.posteriors))
        best: Floats = self.posteriors.max(axis=1)
        return best


def decide(posteriors: Floats) -> ChoiceResult:
    """Take each task's most probable label; equal within rounding is a tie."""
    if not posteriors.shape[1]:
        none = np.full(len(posteriors), -1, dtype=np.int32)
        return ChoiceResult(posteriors, none, np.zeros(len(posteriors), dtype=np.bool_))
    best = posteriors.max(axis=1, keepdims=True)
    at_best = posteriors >= best - 1e-9
    seen = best[:, 0] > 0
    label = np.where(seen, at_best.argmax(axis=1), -1).astype(np.int32)
    return ChoiceResult(posteriors, label, seen & (at_best.sum(axis=1) > 1))
