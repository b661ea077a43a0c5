"""Dawid-Skene: the true labels and each worker's confusion matrix, learnt together by EM.

A. P. Dawid and A. M. Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the
EM Algorithm", https://doi.org/10.2307/2346806.

Model: task ``t`` has a true label ``j`` with probability ``class_prior[j]``; worker ``w`` then
gives label ``l`` with probability ``confusion[w, j, l]``, independently of all else. Maximum
likelihood as published, without any prior: with few answers a worker it overfits. The method
``skill`` is the same model with restraints.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.majority import majority
from labelwright.consolidation.votes import Flags, Floats, Indices, ModelResult, Votes, decide, sums

#: The least expected count of a label that the worker gave, and the least class prior: a
#: probability of zero could never rise again. The same as in crowd-kit.
_LEAST = 1e-10


@dataclass(frozen=True)
class DawidSkeneResult(ModelResult):
    """Labels with what was learnt of workers; ``objective`` is the log-likelihood of the votes.

    ``confusion`` has shape ``(n_workers, n_labels, n_labels)``, indexed [worker, true, given], rows
    summing to 1: even over the labels that the worker gave where the worker never met that true
    label. What a worker never gave has probability 0.
    """

    confusion: Floats

    @property
    def log_likelihood(self) -> tuple[float, ...]:
        """The objective by its own name."""
        return self.objective


@dataclass(frozen=True)
class _Data:
    """Votes as EM uses them; ``given`` is ``worker * n_labels + label``, ``possible`` where any is.

    ``pinned`` are the tasks whose label is known, ``known`` these labels.
    """

    task: NDArray[np.intp]
    given: NDArray[np.intp]
    possible: Flags
    answered: Flags
    pinned: NDArray[np.intp]
    known: NDArray[np.intp]

    def pin(self, posteriors: Floats) -> None:
        posteriors[:, self.pinned] = 0
        posteriors[self.known, self.pinned] = 1


def dawid_skene(
    votes: Votes,
    gold: Indices | None = None,
    max_iterations: int = 100,
    tolerance: float = 1e-5,
) -> DawidSkeneResult:
    """Run EM from the vote shares until the log-likelihood gains less than ``tolerance`` a vote.

    The default tolerance is crowd-kit's. ``gold`` has each task's label where it is known, else -1,
    shape ``(n_tasks,)``: it is that task's posterior.
    """
    n_tasks, n_workers, n_labels = len(votes.tasks), len(votes.workers), len(votes.labels)
    task = votes.task.astype(np.intp)
    given = votes.worker.astype(np.intp) * n_labels + votes.label
    pinned = np.flatnonzero(gold >= 0) if gold is not None else np.zeros(0, dtype=np.intp)
    data = _Data(
        task,
        given,
        np.bincount(given, minlength=n_workers * n_labels) > 0,
        np.bincount(task, minlength=n_tasks) > 0,
        pinned,
        gold[pinned].astype(np.intp) if gold is not None else pinned,
    )
    posteriors = np.ascontiguousarray(majority(votes, gold).posteriors.T)
    trace: list[float] = []
    converged = not len(task)
    prior, confusion = _maximise(data, posteriors)
    for _ in range(0 if converged else max_iterations):
        posteriors, log_likelihood = _expect(data, prior, confusion)
        trace.append(log_likelihood)
        if len(trace) > 1 and trace[-1] - trace[-2] < tolerance * len(task):
            converged = True
            break
        prior, confusion = _maximise(data, posteriors)
    result = decide(np.ascontiguousarray(posteriors.T))
    by_worker = confusion.reshape(n_labels, n_workers, n_labels).transpose(1, 0, 2)
    return DawidSkeneResult(
        result.posteriors, result.label, result.tie, prior, tuple(trace), converged, by_worker
    )


def _maximise(data: _Data, posteriors: Floats) -> tuple[Floats, Floats]:
    """Return class prior, and confusion as ``(n_labels, n_workers * n_labels)``, that fit best."""
    n_labels = len(posteriors)
    confusion = np.zeros((n_labels, len(data.possible)))
    for true in range(n_labels):
        counts = sums(data.given, posteriors[true].take(data.task), len(data.possible))
        confusion[true, data.possible] = np.maximum(counts[data.possible], _LEAST)
    n_workers = len(data.possible) // max(n_labels, 1)
    rows = confusion.reshape(n_labels, n_workers, n_labels)
    totals = rows.sum(axis=2, keepdims=True)
    np.divide(rows, totals, out=rows, where=totals > 0)
    mass = posteriors[:, data.answered].sum(axis=1)
    if mass.sum() > 0:
        occurs: Flags = np.asarray(data.possible.reshape(n_workers, n_labels).any(axis=0))
        occurs[data.known] = True
        mass = np.where(occurs, np.maximum(mass / mass.sum(), _LEAST), 0)
    return mass, confusion


def _expect(data: _Data, prior: Floats, confusion: Floats) -> tuple[Floats, float]:
    """Return posteriors, ``(n_labels, n_tasks)``, and the log-likelihood of votes and gold."""
    logs = np.empty((len(prior), len(data.answered)))
    for true, probabilities in enumerate(confusion):
        terms = np.log(np.maximum(probabilities, _LEAST)).take(data.given)
        logs[true] = sums(data.task, terms, len(data.answered))
    with np.errstate(divide="ignore"):
        logs += np.log(prior)[:, None]
    kept = logs[data.known, data.pinned]
    logs[:, data.pinned] = -np.inf
    logs[data.known, data.pinned] = kept
    peak = logs.max(axis=0)
    logs -= peak
    np.exp(logs, out=logs)
    totals = logs.sum(axis=0)
    logs /= totals
    log_likelihood = float((np.log(totals) + peak)[data.answered].sum())
    logs[:, ~data.answered] = 0
    data.pin(logs)
    return logs, log_likelihood
