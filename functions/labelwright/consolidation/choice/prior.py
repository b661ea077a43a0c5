"""What the method ``skill`` takes for granted before it learns, and how far it may learn.

Everything here is in closed form from the votes, and stays as it is while EM runs.
"""

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats, Votes, sums

#: Tasks in which all workers' accuracy outweighs the worker's own.
_POOLED = 10.0
#: What a crowd's accuracy is taken to be before any two workers met, and the weight of that.
_CROWD_ACCURACY, _CROWD_WEIGHT = 0.75, 10.0
#: With so many answers to each task, or fewer, class prior and confusions explain each other.
_UNTOLD = 2


def worker_accuracy(
    votes: Votes, counts: NDArray[np.int64], answers: NDArray[np.int64], label: NDArray[np.int64]
) -> Floats:
    """Return each worker's accuracy as told by agreement with others, shape ``(n_workers,)``.

    ``counts`` are the votes by task and label, ``answers`` those by task, ``label`` each vote's.
    If wrong answers fell on all other labels alike, two workers of accuracy ``a`` would agree with
    probability ``a² + (1 - a)² / (K - 1)``: solved for the crowd's ``a`` from all pairs, then for
    each worker's own from the pairs with that worker, who is drawn toward the crowd by a few tasks.
    Between 0 and 1, exclusive.
    """
    n_workers = len(votes.workers)
    worker, task = votes.worker.astype(np.intp), votes.task.astype(np.intp)
    # Shares of the other answers to the task that are the same; none alone there is 0 of 1.
    same = counts.reshape(-1).take(task * counts.shape[1] + label) - 1
    others = (answers - 1).take(task)
    agreed = sums(worker, same / np.maximum(others, 1), n_workers)
    met = sums(worker, others > 0, n_workers)
    n_labels = max(counts.shape[1], 2)
    expected = _CROWD_ACCURACY**2 + (1 - _CROWD_ACCURACY) ** 2 / (n_labels - 1)
    agreement = (agreed.sum() + _CROWD_WEIGHT * expected) / (met.sum() + _CROWD_WEIGHT)
    root = max((n_labels - 1) * (n_labels * agreement - 1), 0.0) ** 0.5
    # At chance nothing could be told of anybody: workers are taken to be better than that.
    crowd = min(max((1 + root) / n_labels, 1 / n_labels + 0.05), 0.99)
    by_chance = (1 - crowd) / (n_labels - 1)
    right = (agreed - by_chance * met) / (crowd - by_chance)
    accuracy: Floats = (right + _POOLED * crowd) / (met + _POOLED)
    return np.clip(accuracy, 0.5 / n_labels, 0.99)


def log_class_prior(counts: NDArray[np.int64], known: NDArray[np.int64], power: float) -> Floats:
    """Return the log class prior over seen labels, shape ``(n_labels,)``."""
    n_labels = counts.shape[1]
    if not n_labels:
        return np.zeros(0)
    top = counts.max(axis=1, keepdims=True)
    winner = (counts == top) & (top > 0)
    winner[known >= 0] = False
    won = np.count_nonzero(winner, axis=1)
    task, label = np.nonzero(winner)
    shares = 1 + sums(label, 1 / won[task], n_labels)
    shares += np.bincount(known[known >= 0], minlength=n_labels)
    tempered = shares**power
    log_prior: Floats = np.log(tempered / tempered.sum())
    return log_prior


def identified(
    votes: Votes, answers: NDArray[np.int64], known: NDArray[np.int64], n_labels: int
) -> float:
    """Return how far the votes alone can tell class prior and confusion matrices, 0 up to below 1.

    Two answers a task have many explanations that are as good, and only from the third on there is
    one (E. S. Allman, C. Matias and J. A. Rhodes, 2009, https://doi.org/10.1214/09-AOS689); where
    the label is known, every answer tells. These answers stand against the entries of confusion
    matrices that they have to tell: the share is that of answers in both together.
    """
    telling = np.where(known >= 0, answers, np.maximum(answers - _UNTOLD, 0)).sum()
    workers = np.count_nonzero(np.bincount(votes.worker))
    entries = workers * n_labels * (n_labels - 1)
    return float(telling / (telling + entries)) if entries else 0.0
