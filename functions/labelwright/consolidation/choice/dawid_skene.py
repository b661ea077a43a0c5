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

from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.votes import Flags, Floats, Indices, ModelResult, Votes, decide, sums

#: The least expected count of a label that the worker gave, and the least class prior: a
#: probability of zero could never rise again. The same as in crowd-kit.
_LEAST = 1e-10


@dataclass(frozen=True)
class DawidSkeneResult(ModelResult):
    """Labels with what was learnt of workers; ``objective`` is the log-likelihood of the votes.

    A *kind* of vote is a worker with a label that the worker gave: kind ``k`` is ``worker[k]`` with
    ``given[k]``, and has probability ``rates[j, k]`` where the true label is ``seen[j]``. ``seen``
    are the labels that somebody gave or gold has.
    """

    rates: Floats
    worker: NDArray[np.intp]
    given: NDArray[np.intp]
    seen: NDArray[np.intp]
    n_workers: int

    @property
    def confusion(self) -> Floats:
        """Confusion matrices, shape ``(n_workers, n_labels, n_labels)``: [worker, true, given].

        Rows sum to 1: even over the labels that the worker gave where the worker never met that
        true label. What a worker never gave has probability 0. Made on demand: labels may be many.
        """
        n_labels = len(self.class_prior)
        rates = np.empty((n_labels, len(self.worker)))
        rates[:] = 1 / np.bincount(self.worker)[self.worker]
        rates[self.seen] = self.rates
        full = np.zeros((self.n_workers, n_labels, n_labels))
        full[self.worker, :, self.given] = rates.T
        return full

    @property
    def log_likelihood(self) -> tuple[float, ...]:
        """The objective by its own name."""
        return self.objective


@dataclass(frozen=True)
class _Data:
    """Votes as EM uses them, by seen label.

    ``kind`` is that of each vote, ``worker`` has each kind's worker, ``answered`` a flag a task.
    ``pinned`` are the tasks whose label is known, ``known`` these labels.
    """

    task: NDArray[np.intp]
    kind: NDArray[np.intp]
    worker: NDArray[np.intp]
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
    pinned = np.flatnonzero(gold >= 0) if gold is not None else np.zeros(0, dtype=np.intp)
    known = gold[pinned].astype(np.intp) if gold is not None else pinned
    given = votes.worker.astype(np.intp) * n_labels + votes.label
    occurs = np.bincount(given, minlength=n_workers * n_labels) > 0
    worker, label = np.divmod(np.flatnonzero(occurs), max(n_labels, 1))
    seen = np.unique(np.append(label, known))
    data = _Data(
        task,
        (np.cumsum(occurs) - 1).take(given),
        worker,
        np.bincount(task, minlength=n_tasks) > 0,
        pinned,
        np.searchsorted(seen, known),
    )
    posteriors = np.ascontiguousarray(majority(votes, gold).posteriors.T[seen])
    trace: list[float] = []
    converged = not len(task)
    prior, rates = _maximise(data, posteriors)
    for _ in range(0 if converged else max_iterations):
        posteriors, log_likelihood = _expect(data, prior, rates)
        trace.append(log_likelihood)
        if len(trace) > 1 and trace[-1] - trace[-2] < tolerance * len(task):
            converged = True
            break
        prior, rates = _maximise(data, posteriors)
    of_all = np.zeros((n_tasks, n_labels))
    of_all[:, seen] = posteriors.T
    class_prior = np.zeros(n_labels)
    class_prior[seen] = prior
    result = decide(of_all)
    return DawidSkeneResult(
        result.posteriors,
        result.label,
        result.tie,
        class_prior,
        tuple(trace),
        converged,
        rates,
        worker,
        label,
        seen,
        n_workers,
    )


def _maximise(data: _Data, posteriors: Floats) -> tuple[Floats, Floats]:
    """Return class prior, and rates of true label and kind of vote, that fit best."""
    rates = np.empty((len(posteriors), len(data.worker)))
    for true, shares in enumerate(posteriors):
        counts = sums(data.kind, shares.take(data.task), len(data.worker))
        np.maximum(counts, _LEAST, out=counts)
        rates[true] = counts / np.bincount(data.worker, counts).take(data.worker)
    mass = posteriors[:, data.answered].sum(axis=1)
    if mass.sum() > 0:
        mass = np.maximum(mass / mass.sum(), _LEAST)
    return mass, rates


def _expect(data: _Data, prior: Floats, rates: Floats) -> tuple[Floats, float]:
    """Return posteriors, ``(n_labels, n_tasks)``, and the log-likelihood of votes and gold."""
    logs = np.empty((len(prior), len(data.answered)))
    for true, probabilities in enumerate(rates):
        terms = np.log(np.maximum(probabilities, _LEAST)).take(data.kind)
        logs[true] = sums(data.task, terms, len(data.answered))
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
