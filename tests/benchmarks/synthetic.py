"""Synthetic votes that are as hard as real ones, so that EM needs as many iterations."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats, Indices, Votes

PER_TASK, WORKERS = 5, 1000
#: Workers who do not look: their answers say nothing of the task.
_CARELESS = 0.05
#: Answers to a hard task go the one way it misleads; tasks vary in how many do.
_MISLED = (0.4, 4.6)


def synthetic(annotations: int, n_labels: int, seed: int = 0) -> tuple[Votes, Indices]:
    """Return votes, five a task by 1,000 workers, and the true labels.

    - Labels are rare and frequent: shares fall with the square root of the rank.
    - Workers are right 60 to 95 times in 100, by worker and by label; one in twenty is careless and
      has favourite labels instead. Some answer a hundred times as much as others (log-normal).
    - Wrong answers are not even: near labels are mixed up (half as often with each step), and each
      worker has habits besides.
    - Tasks vary: each misleads a share of its answers, 8 in 100 in the mean, to the one label next
      to its true one.
    """
    rng = np.random.default_rng(seed)
    n_tasks = annotations // PER_TASK
    shares = 1 / np.sqrt(np.arange(1, n_labels + 1))
    truth = rng.choice(n_labels, n_tasks, p=shares / shares.sum())
    activity = rng.lognormal(0, 1, WORKERS)
    worker = rng.choice(WORKERS, annotations, p=activity / activity.sum())
    task = np.repeat(np.arange(n_tasks), PER_TASK)

    # One draw from all confusion rows at once: their cumulative sums, one after another.
    rows = np.cumsum(_confusion(rng, n_labels).reshape(-1, n_labels), axis=1)
    rows[:, -1] = 1
    rows += np.arange(len(rows))[:, None]
    place = worker * n_labels + truth[task]
    label = np.searchsorted(rows.reshape(-1), place + rng.random(annotations)) - place * n_labels
    misled = rng.random(annotations) < rng.beta(*_MISLED, n_tasks)[task]
    label = np.where(misled, (truth[task] + 1) % n_labels, np.clip(label, 0, n_labels - 1))

    _, kept = np.unique(worker * n_tasks + task, return_index=True)
    columns = [column[kept].astype(np.int32) for column in (task, worker, label)]
    return votes_of(columns, n_tasks, n_labels), truth.astype(np.int32)


def erring_together(n_labels: int, seed: int, n_tasks: int = 1000) -> tuple[Votes, Indices]:
    """Return votes of 60 workers, five a task, who err together, and the true labels.

    A quarter of the tasks mislead: there three workers in five, whoever they are, give the one
    label that the task looks like. Else workers are right 65 to 95 times in 100, by worker, and
    otherwise give any other label. What a model takes for skill is then in part the task's doing.
    """
    rng = np.random.default_rng([seed, n_labels])
    truth = rng.integers(n_labels, size=n_tasks)
    looks = (truth + rng.integers(1, n_labels, n_tasks)) % n_labels
    misleads = rng.random(n_tasks) < 0.25
    task = np.repeat(np.arange(n_tasks), PER_TASK)
    worker = np.argsort(rng.random((n_tasks, 60)), axis=1)[:, :PER_TASK].reshape(-1)
    right = rng.random(len(task)) < rng.uniform(0.65, 0.95, 60)[worker]
    other = (truth[task] + rng.integers(1, n_labels, len(task))) % n_labels
    label = np.where(right, truth[task], other)
    label = np.where(misleads[task] & (rng.random(len(task)) < 0.6), looks[task], label)
    rows = zip(task.tolist(), worker.tolist(), label.tolist(), strict=True)
    return Votes.from_rows(
        [tuple(map(str, row)) for row in rows], labels=[str(i) for i in range(n_labels)]
    ), truth.astype(np.int32)


def votes_of(columns: Sequence[Indices], n_tasks: int, n_labels: int) -> Votes:
    """Return votes, from task, worker and label, whose names are numbers."""
    tasks, workers, labels = (tuple(map(str, range(n))) for n in (n_tasks, WORKERS, n_labels))
    return Votes(tasks, workers, labels, *columns)


def _confusion(rng: np.random.Generator, n_labels: int) -> Floats:
    """Return what each worker answers, [worker, true, given]."""
    apart: NDArray[np.int64] = np.abs(np.arange(n_labels)[:, None] - np.arange(n_labels))
    near = np.where(apart > 0, 0.5**apart, 0)
    habits = rng.gamma(0.5, size=(WORKERS, n_labels, n_labels))
    wrong = near * habits
    wrong += 1e-6 * (apart > 0)
    wrong /= wrong.sum(axis=2, keepdims=True)
    skill = rng.uniform(0.6, 0.95, WORKERS)
    right = rng.beta(8 * skill[:, None], 8 * (1 - skill[:, None]), (WORKERS, n_labels))
    found: Floats = wrong * (1 - right)[:, :, None]
    diagonal = np.arange(n_labels)
    found[:, diagonal, diagonal] = right
    careless = np.flatnonzero(rng.random(WORKERS) < _CARELESS)
    found[careless] = rng.dirichlet(np.full(n_labels, 0.5), len(careless))[:, None, :]
    found /= found.sum(axis=2, keepdims=True)
    return found
