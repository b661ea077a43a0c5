"""Dawid-Skene: the true labels and each worker's confusion matrix, learnt together by EM.

A. P. Dawid and A. M. Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the
EM Algorithm", https://doi.org/10.2307/2346806.

Model: task ``t`` has a true label ``j`` with probability ``class_prior[j]``; worker ``w`` then
gives label ``l`` with probability ``confusion[w, j, l]``, independently of all else. Maximum
likelihood as published, without any prior: with few labels a worker it overfits.
"""

from dataclasses import dataclass

import numpy as np

from labelwright.consolidation.majority import majority
from labelwright.consolidation.votes import ChoiceResult, Floats, Votes, decide

#: Stands in for a probability of zero under a logarithm.
_TINY = 1e-300


@dataclass(frozen=True)
class DawidSkeneResult(ChoiceResult):
    """Labels with what was learnt of workers.

    ``confusion`` has shape ``(n_workers, n_labels, n_labels)``, indexed [worker, true, given], rows
    summing to 1 (uniform where a worker never met that true label). ``log_likelihood`` is that of
    the votes before each M step, and never falls.
    """

    class_prior: Floats
    confusion: Floats
    log_likelihood: tuple[float, ...]
    converged: bool


def dawid_skene(
    votes: Votes, max_iterations: int = 100, tolerance: float = 1e-6
) -> DawidSkeneResult:
    """Run EM from the vote shares until the log-likelihood gains less than ``tolerance`` a vote."""
    posteriors = majority(votes).posteriors
    trace: list[float] = []
    converged = False
    prior, confusion = _maximise(votes, posteriors)
    for _ in range(max_iterations):
        posteriors, log_likelihood = _expect(votes, prior, confusion)
        trace.append(log_likelihood)
        if len(trace) > 1 and trace[-1] - trace[-2] < tolerance * max(len(votes.task), 1):
            converged = True
            break
        prior, confusion = _maximise(votes, posteriors)
    result = decide(posteriors)
    return DawidSkeneResult(
        result.posteriors, result.label, result.tie, prior, confusion, tuple(trace), converged
    )


def _maximise(votes: Votes, posteriors: Floats) -> tuple[Floats, Floats]:
    """Return class prior and confusion matrices that fit the posteriors best."""
    n_workers, n_labels = len(votes.workers), len(votes.labels)
    cell = votes.worker.astype(np.int64) * n_labels + votes.label
    confusion = np.empty((n_workers, n_labels, n_labels))
    for true in range(n_labels):
        weights = posteriors[votes.task, true]
        counts = np.bincount(cell, weights=weights, minlength=n_workers * n_labels)
        confusion[:, true, :] = counts.reshape(n_workers, n_labels)
    totals = confusion.sum(axis=2, keepdims=True)
    uniform = np.full_like(confusion, 1 / max(n_labels, 1))
    confusion = np.divide(confusion, totals, out=uniform, where=totals > 0)
    mass = posteriors.sum(axis=0)
    prior = mass / mass.sum() if mass.sum() > 0 else mass
    return prior, confusion


def _expect(votes: Votes, prior: Floats, confusion: Floats) -> tuple[Floats, float]:
    """Return the tasks' posteriors and the log-likelihood of all votes."""
    n_tasks, n_labels = len(votes.tasks), len(votes.labels)
    logs = np.empty((n_tasks, n_labels))
    log_confusion = np.log(np.maximum(confusion, _TINY))
    for true in range(n_labels):
        terms = log_confusion[votes.worker, true, votes.label]
        logs[:, true] = np.bincount(votes.task, weights=terms, minlength=n_tasks)
    logs += np.log(np.maximum(prior, _TINY))
    voted = np.bincount(votes.task, minlength=n_tasks) > 0
    posteriors = np.zeros((n_tasks, n_labels))
    if not voted.any():
        return posteriors, 0.0
    rows = logs[voted]
    peak = rows.max(axis=1, keepdims=True)
    weights = np.exp(rows - peak)
    totals = weights.sum(axis=1, keepdims=True)
    posteriors[voted] = weights / totals
    return posteriors, float((np.log(totals) + peak).sum())
