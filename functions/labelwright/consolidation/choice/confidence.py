"""How sure a label is: probabilities that are as often right as they say.

The model that finds labels is not the one that says how sure they are. Two things differ.

*Skill.* What the votes tell of a worker is drawn toward what the crowd and the worker's agreement
with it tell (``prior.worker_accuracy``), by ``_OWN`` answers, and by nothing else: a hierarchical
model, as in Paun et al. (2018, https://doi.org/10.1162/tacl_a_00040), its upper level in closed
form. The priors by which labels are found also say that any label may be given for any other: that
keeps matrices from running away, but with many labels and few answers it is most of what is known,
and a worker who agrees with others on nine birds in ten would be taken to know half of them.

*Votes that are worth fewer.* Workers err together on hard tasks, so that the product of independent
likelihoods claims far too much. Where being right correlates by ``r`` between two votes on a task,
``n`` of them are worth ``n / (1 + (n - 1) r)`` (Kish's design effect, 1965, "Survey Sampling",
8.2). The log-posterior is divided by that effect, which leaves the order of labels as it is; a
single answer keeps its weight. How large ``r`` is the votes cannot tell: workers who are wrong
together look as those do who are right together. Two things are known of it.

1. What is usual: on real crowds with 5 to 39 answers a task, ``n`` answers are worth about the cube
   root of ``n`` independent ones, an effect of ``n ** (2 / 3)``.
2. How large it can be in this crowd: if all votes on a task together told no more than one of them
   does (``r`` = 1), they would correlate by a certain amount on average over the labels that would
   then be thought of. Two labels on which workers agree leave little room;
   many labels, or such as workers confuse, leave much.

The effect is taken to be half-way between both. What the crowd's own bound adds is the difference
between crowds: where workers confuse labels, they are more often wrong together than is usual.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Flags, Floats, Votes, sums

#: Answers by which what is known of a worker's matrix is drawn toward the worker's accuracy.
OWN = 5.0
#: ``n`` answers are usually worth so high a power of ``n`` less.
_USUAL = 2 / 3
#: So many tasks tell how far votes correlate, more or less.
_TASKS = 4_000


def calibrate(
    logs: Floats, answers: NDArray[np.int64], known: NDArray[np.int64], effect: Floats
) -> None:
    """Turn log-posteriors into probabilities, in place.

    ``answers``, ``known`` (each task's label where it is known, else -1) and ``effect``, how many
    of its answers are worth one, are by task. A task without answers and label has none.
    """
    if not logs.size:
        return
    logs /= effect[:, None]
    _normalise(logs)
    logs[(answers == 0) | (known >= 0)] = 0
    pinned = np.flatnonzero(known >= 0)
    logs[pinned, known[pinned]] = 1


def usual_effect(answers: NDArray[np.int64]) -> Floats:
    """Return how many answers are usually worth one, by the number of answers to a task."""
    effect: Floats = np.maximum(answers, 1) ** _USUAL
    return effect


def design_effect(answers: NDArray[np.int64], most: float) -> Floats:
    """Return the same of a crowd whose votes can correlate by ``most``, 0 to 1, at most."""
    effect: Floats = (usual_effect(answers) + 1 + (np.maximum(answers, 1) - 1) * most) / 2
    return effect


def most_correlation(
    votes: Votes, label: NDArray[np.int64], known: NDArray[np.int64], logs: Floats, right: Floats
) -> float:
    """Return how far being right correlates between votes, 0 to 1, if a task's tell as one does.

    The covariance of two votes on a task over the product of their standard deviations, both summed
    over all pairs, and over labels by their probability; 0 where no task has two votes. ``label``
    is each vote's, ``known`` each task's where it is known, else -1. ``logs`` are log-posteriors
    less a constant, shape ``(n_tasks, n_labels)``; ``right`` is the probability that a worker gives
    a label where it is true, shape ``(n_workers, n_labels)``.
    """
    n_tasks, n_labels = logs.shape
    # Where tasks are many, some of them do, which do not depend on the order of rows.
    chosen = _sample(votes, known < 0)
    rows = np.flatnonzero(chosen[votes.task])
    task, worker, given = votes.task[rows], votes.worker[rows], label[rows]
    answers = np.bincount(task, minlength=n_tasks)
    if not chosen.any() or not n_labels:
        return 0.0
    believed = logs[chosen] / np.maximum(answers[chosen], 1)[:, None]
    _normalise(believed)
    together = apart = 0.0
    for true in range(n_labels):
        hit = right[:, true].take(worker)
        error = (given == true) - hit
        variance = hit * (1 - hit)
        pairs = sums(task, error, n_tasks) ** 2 - sums(task, error**2, n_tasks)
        most = sums(task, np.sqrt(variance), n_tasks) ** 2 - sums(task, variance, n_tasks)
        together += float(believed[:, true] @ pairs[chosen])
        apart += float(believed[:, true] @ most[chosen])
    return min(max(together / apart, 0.0), 1.0) if apart > 0 else 0.0


def _normalise(logs: Floats) -> None:
    """Make logs sum to one as probabilities, row by row, in place."""
    logs -= logs.max(axis=1, keepdims=True)
    np.exp(logs, out=logs)
    logs /= logs.sum(axis=1, keepdims=True)


def _sample(votes: Votes, eligible: Flags) -> Flags:
    """Return some tasks, by their names alone: all where they are few."""
    parts = len(votes.tasks) // _TASKS
    if parts < 2:
        return eligible
    places = (zlib.crc32(name.encode(errors="surrogatepass")) % parts for name in votes.tasks)
    chosen: Flags = np.fromiter(places, np.int64, len(votes.tasks)) == 0
    return chosen & eligible
