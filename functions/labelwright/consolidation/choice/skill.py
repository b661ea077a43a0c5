"""Skill: labels weighted by what each worker is good at, learnt from the votes themselves.

The model is that of Dawid and Skene (1979, https://doi.org/10.2307/2346806): task ``t`` has a true
label ``j`` with probability ``class_prior[j]``; worker ``w`` then gives label ``l`` with
probability ``confusion[w, j, l]``. By maximum likelihood it overfits workers with few answers and
drifts where answers are few a task, so here it is maximum a posteriori, with three restraints.

1. *Workers.* Each row ``confusion[w, j]`` has a Dirichlet prior, as in Kim and Ghahramani (2012,
   "Bayesian Classifier Combination", PMLR 22), worth these answers: one for every label, but no
   more than ``_MOST_WRONG`` in all for the wrong ones, so that many labels do not drown the few
   answers that there are; ``_RIGHT`` more for the right one; and ``_OWN`` shared out by the
   worker's own accuracy. That comes from how often the worker agrees with the others on the same
   task, in closed form, so it is there before the first iteration and stays as it is.
2. *Class prior.* With few answers a task nothing tells a rare label from workers' errors, and
   estimates run away. So it has a Dirichlet prior, too, around the winners' shares of the vote,
   drawn toward even shares by a power below 1.
3. *Nothing to learn from.* With one answer a task and no known labels, skill can't be told apart
   from luck: every vote stands, and its confidence is that of the prior.

What restrains also biases, and what the votes alone can tell needs no restraint. ``identified``
says how far they can: the share ``s`` of answers that tell in these and the unknowns together.
Workers' priors are worth ``1 - s`` of the above, and the class prior's is worth ``(1 - s) / s``
tasks for every task, so that ``1 - s`` of the estimate is the vote's. With two answers a task ``s``
is 0 and the class prior stays; with thousands a worker, the method comes down to Dawid and Skene's.

Where labels are many, EM runs over those that somebody gave for the task. What all others together
say of the votes is held at its first value, a fixed component of the mixture, so the log-posterior
never falls.

*When to stop.* The model is no more than near the truth: tasks differ in more than their label, and
workers err together. What EM gains first are differences that all votes share; what it gains last,
step after step by a ten-thousandth of a nat a vote, are small ones that a richer model would
explain otherwise, and with which the shares of labels drift. So it stops there, as iterative
methods are regularised by stopping (T. Zhang and B. Yu, 2005,
https://doi.org/10.1214/009053605000000255). Where the model does hold and rare labels are missed
often, that costs: the shares come near their estimate last.

*Own votes.* In the end each task is judged by what its votes have taught, too, and so they look too
likely. Without that share they would look too unlikely, by as much: the two halves of Akaike's
correction (1974, https://doi.org/10.1109/TAC.1974.1100705). So its half is left out. That matters
where a worker's error is rare, and fades as answers grow.

*Label and confidence.* The label is the most probable one of those that somebody gave for the task
(``choice.given``). How sure it is, is judged by what is known of workers without the priors that
are there to find labels, and by what votes are worth when workers err together
(``choice.confidence``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.choice.cells import Cells, Judged, cells_of
from labelwright.consolidation.choice.confidence import (
    OWN,
    calibrate,
    design_effect,
    most_correlation,
)
from labelwright.consolidation.choice.given import best_of, eligible, favour
from labelwright.consolidation.choice.grid import Grid, grid_of
from labelwright.consolidation.choice.prior import identified, log_class_prior, worker_accuracy
from labelwright.consolidation.choice.table import Table
from labelwright.consolidation.votes import NONE, Floats, Indices, ModelResult, Votes, decide, sums

#: Prior answers for the right label beyond the one that every label has.
_RIGHT = 2.0
#: The most prior answers for wrong labels, together.
_MOST_WRONG = 6.0
#: Prior answers shared out by the worker's accuracy.
_OWN = 2.0
_TEMPER = 2 / 3
#: So many labels are all kept for every task: up to here it takes no more time than leaving out.
_FEW = 8
#: Stands in for a probability of zero under a logarithm.
_TINY = 1e-300


@dataclass(frozen=True)
class SkillResult(ModelResult):
    """Labels with what was learnt of workers; ``objective`` is the log-posterior, less a constant.

    ``posteriors`` are calibrated (see the module). ``accuracy`` is each worker's accuracy by
    agreement, shape ``(n_workers,)``, which shaped the prior.
    """

    accuracy: Floats
    table: Table

    @property
    def confusion(self) -> Floats:
        """Confusion matrices, shape ``(n_workers, n_labels, n_labels)``: [worker, true, given].

        Rows sum to 1; labels that nobody gave and no gold has are 0 as rows and as columns. Made on
        demand: the table behind it holds only what occurred.
        """
        seen = self.table.seen
        n_labels = len(self.class_prior)
        full = np.zeros((len(self.accuracy), n_labels, n_labels))
        full[:, seen[:, None], seen] = np.exp(self.table.logs(0, len(self.accuracy)))
        return full


def skill(
    votes: Votes,
    gold: Indices | None = None,
    max_iterations: int = 100,
    tolerance: float = 1e-4,
    prior_power: float = _TEMPER,
) -> SkillResult:
    """Consolidate by EM from the vote shares until a step gains less than ``tolerance`` a vote.

    ``gold`` has each task's label where it is known, else -1, shape ``(n_tasks,)``, as
    ``Votes.known`` makes it: such a task's posterior is that label, and teaches workers' skill.
    ``prior_power``, 0 to 1, is how far the class prior follows the vote: 0 is even shares.
    """
    n_tasks = len(votes.tasks)
    known = np.full(n_tasks, NONE) if gold is None else gold.astype(np.int64)
    seen, label, known = _of_seen(votes, known)
    n_labels = len(seen)
    counts = np.bincount(
        votes.task.astype(np.int64) * n_labels + label, minlength=n_tasks * n_labels
    ).reshape(n_tasks, n_labels)
    answers = np.bincount(votes.task, minlength=n_tasks)
    accuracy = worker_accuracy(votes, counts, answers, label)
    learnable = bool((answers > 1).any() or ((known >= 0) & (answers > 0)).any())
    log_prior = log_class_prior(counts, known, prior_power if learnable else 0.0)
    told = identified(votes, answers, known, n_labels)

    off = min(1.0, _MOST_WRONG / max(n_labels - 1, 1))
    prior = ((1 - told) * np.array([_OWN, _RIGHT, off])).tolist()
    layout: Grid | Cells = (grid_of if n_labels <= _FEW else cells_of)(votes, label, counts, known)
    table = Table.of(layout.used, seen, accuracy, prior)
    trace: list[float] = []
    if learnable:
        shares = _Shares.around(np.exp(log_prior), told, len(layout.task))
        weights = layout.start_weights(counts)
        table = table.count(layout.count(weights))
        others = np.zeros(0)
        if not layout.whole:
            others = _rest(votes, label, table, n_tasks, shares.centre)[layout.task]
        for _ in range(max_iterations):
            found = layout.expect(table.log_values, np.exp(log_prior), others)
            trace.append(found.log_likelihood + table.log_density + shares.log_density(log_prior))
            if _settled(trace, tolerance * len(label)):
                break
            weights = found.weights
            table = table.count(layout.count(weights))
            log_prior = shares.learn(layout.expected(found, np.exp(log_prior)), log_prior)
    sure = table.under((OWN, 0.0, 0.0))
    whole = learnable and layout.whole
    stands = eligible(counts, known)
    if learnable:
        stands = best_of(_by_task(layout.judge(table, weights), log_prior, counts.shape), stands)
        judged = layout.judge(sure, weights)
    # The layout takes more memory than all else.
    del layout
    posteriors = np.zeros((n_labels, n_tasks)).T if whole else _dense(votes, label, sure, n_tasks)
    if learnable:
        posteriors[judged.task, judged.label] = judged.logs
    posteriors += log_prior
    most = most_correlation(votes, label, known, posteriors, sure.right)
    calibrate(posteriors, answers, known, design_effect(answers, most))
    favour(posteriors, stands)
    class_prior = np.zeros(len(votes.labels))
    class_prior[seen] = np.exp(log_prior)
    if n_labels < len(votes.labels):
        seen_only, posteriors = posteriors, np.zeros((n_tasks, len(votes.labels)))
        posteriors[:, seen] = seen_only
    result = decide(posteriors)
    return SkillResult(
        posteriors,
        result.label,
        result.tie,
        class_prior,
        tuple(trace),
        not learnable or _settled(trace, tolerance * len(label)),
        accuracy,
        table,
    )


def _of_seen(
    votes: Votes, known: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels that votes or gold have, and both in terms of these."""
    given = np.bincount(votes.label, minlength=len(votes.labels)) > 0
    given[known[known >= 0]] = True
    place = np.cumsum(given) - 1
    of_known = np.where(known >= 0, place[known], NONE) if len(place) else known
    return np.flatnonzero(given), place[votes.label], of_known


def _settled(trace: list[float], least: float) -> bool:
    """Tell whether the last step gained less than that."""
    return len(trace) > 1 and trace[-1] - trace[-2] < least


def _by_task(judged: Judged, log_prior: Floats, shape: tuple[int, int]) -> Floats:
    """Return log-posteriors less a constant by task and label, -inf where there is none."""
    logs = np.full(shape, -np.inf)
    logs[judged.task, judged.label] = judged.logs
    logs += log_prior
    return logs


def _dense(votes: Votes, label: NDArray[np.int64], table: Table, n_tasks: int) -> Floats:
    """Return the log-likelihood of each task's votes under each seen label."""
    n_labels = len(table.seen)
    logs = np.zeros((n_labels, n_tasks))
    for first, last, begin, end in table.blocks(votes.worker):
        rows = np.ascontiguousarray(table.logs(first, last).transpose(1, 0, 2)).reshape(
            n_labels, -1
        )
        place = (votes.worker[begin:end] - np.int64(first)) * n_labels + label[begin:end]
        task = votes.task[begin:end].astype(np.intp)
        for true in range(n_labels):
            logs[true] += sums(task, rows[true].take(place), n_tasks)
    return logs.T


def _rest(
    votes: Votes, label: NDArray[np.int64], table: Table, n_tasks: int, prior: Floats
) -> Floats:
    """Return the log-likelihood of each task's votes if all of them were wrong.

    How often a worker gives a label wrongly is taken over all true labels, weighed by the prior.
    """
    logs = np.zeros(n_tasks)
    n_labels = len(prior)
    diagonal = np.arange(n_labels)
    for first, last, begin, end in table.blocks(votes.worker):
        confusion = np.exp(table.logs(first, last))
        right = confusion[:, diagonal, diagonal] * prior
        wrong = np.tensordot(confusion, prior, axes=(1, 0)) - right
        wrong = np.log(np.maximum(wrong, _TINY) / np.maximum(1 - prior, _TINY)).reshape(-1)
        place = (votes.worker[begin:end] - np.int64(first)) * n_labels + label[begin:end]
        logs += sums(votes.task[begin:end], wrong.take(place), n_tasks)
    return logs


@dataclass(frozen=True)
class _Shares:
    """The class prior's own prior: as if ``weight`` tasks had been seen with shares ``centre``."""

    centre: Floats
    weight: float

    @classmethod
    def around(cls, centre: Floats, told: float, n_tasks: int) -> "_Shares":
        return cls(centre, np.inf if told == 0 else n_tasks * (1 - told) / told)

    def log_density(self, log_prior: Floats) -> float:
        """Return the log density of a class prior, less a constant."""
        return 0.0 if np.isinf(self.weight) else float(self.weight * (self.centre @ log_prior))

    def learn(self, tasks: Floats, log_prior: Floats) -> Floats:
        """Return the log class prior that is the most probable, given tasks by label."""
        if np.isinf(self.weight):
            return log_prior
        total = tasks + self.weight * self.centre
        log_shares: Floats = np.log(np.maximum(total, _TINY) / total.sum())
        return log_shares
