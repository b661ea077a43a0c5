"""What three or more agree on stands against one: a bound on what one worker can do to a label.

Methods that learn skill may let one worker prevail over several, and on real crowds they are right
to: others' answers show that these several are careless. But one worker alone can also teach a
model, by answers in other tasks, that it is right where all others are wrong. Say that honest
workers, who always agree, give ``l`` in many tasks and ``j`` in few. Whoever answers ``j`` to every
``l``, and ``k`` to every ``j``, makes maximum likelihood take the honest ``l`` for what they give
where ``j`` is true, and ``k`` for the name of what they call ``j``: Dawid-Skene from 10 such ``l``
and one ``j`` on. And where each honest worker has given one label only, nothing but the class prior
and that one worker's own matrix tells labels apart.

So where three or more workers give a task one label and at most one another, that label stands if
nobody else speaks against them: if the others' answers, without those of the one who differs, are
the same as theirs nine times in ten, on all tasks that they share. What all of three or more agree
on stands in any case. On the seven real crowds of the benchmarks the former never changes a label,
so that what is learnt of careless workers stays as good.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.crowd import CROWD
from labelwright.consolidation.votes import (
    ChoiceResult,
    Flags,
    Floats,
    Indices,
    Votes,
    sorted_places,
    sums,
)

#: Share of others' answers that must bear a crowd out.
_BORNE_OUT = 0.9

Result = TypeVar("Result", bound=ChoiceResult)
_Places = NDArray[np.intp]


def uphold(votes: Votes, known: Indices, found: Result) -> Result:
    """Return the result with the vote, its shares as probabilities, where it must stand.

    ``known`` has each task's label where it is known, else -1: these stay as they are.
    """
    crowds = _overruled(votes, known, found)
    stands = _borne_out(votes, crowds)
    if not stands.any():
        return found
    task, label, count = (column[stands] for column in crowds)
    answers = np.bincount(votes.task, minlength=len(votes.tasks))
    posteriors, labels, tie = found.posteriors.copy(), found.label.copy(), found.tie.copy()
    rows = np.flatnonzero(_flags(task, len(votes.tasks))[votes.task])
    posteriors[task] = 0
    np.add.at(posteriors, (votes.task[rows], votes.label[rows]), 1 / answers[votes.task[rows]])
    # To the bit what the vote says.
    posteriors[task, label] = count / answers[task]
    labels[task], tie[task] = label, False
    return replace(found, posteriors=posteriors, label=labels, tie=tie)


class _Crowds(NamedTuple):
    """Tasks, the label that a crowd gave each, and how many gave it."""

    task: _Places
    label: _Places
    votes: _Places


def _overruled(votes: Votes, known: Indices, found: ChoiceResult) -> _Crowds:
    """Return the tasks whose label is not that of a crowd with at most one against it."""
    n_tasks, n_labels = len(votes.tasks), len(votes.labels)
    answers = np.bincount(votes.task, minlength=n_tasks)
    own = np.bincount(votes.task[votes.label == found.label.take(votes.task)], minlength=n_tasks)
    # Against a crowd the label has one vote at most.
    doubtful = (answers >= CROWD) & (own <= 1) & (known < 0)
    rows = np.flatnonzero(doubtful[votes.task])
    cells, counts = np.unique(
        votes.task[rows].astype(np.int64) * n_labels + votes.label[rows], return_counts=True
    )
    task, label = np.divmod(cells, max(n_labels, 1))
    crowd = counts >= np.maximum(CROWD, answers[task] - 1)
    return _Crowds(task[crowd], label[crowd], counts[crowd])


def _borne_out(votes: Votes, crowds: _Crowds) -> Flags:
    """Tell for which crowds others speak, without the one who differs.

    Where nobody differs, nobody speaks against them.
    """
    answers = np.bincount(votes.task, minlength=len(votes.tasks))
    stands: Flags = crowds.votes == answers[crowds.task]
    if stands.all():
        return stands
    likeness = _Likeness(votes, answers)
    for number in np.flatnonzero(~stands).tolist():
        rows = likeness.of_task(int(crowds.task[number]))
        workers, agree = votes.worker[rows], votes.label[rows] == crowds.label[number]
        (one,) = workers[~agree].tolist()
        stands[number] = likeness.share(workers[agree].tolist(), one) >= _BORNE_OUT
    return stands


def _flags(places: _Places, size: int) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[places] = True
    return flags


class _Likeness:
    """How often workers' answers are the same as others' on the same tasks."""

    def __init__(self, votes: Votes, answers: NDArray[np.int64]) -> None:
        self._votes = votes
        self._order = sorted_places(votes.task)
        self._answers, self._ends = answers, np.cumsum(answers)
        per_worker = np.bincount(votes.worker, minlength=len(votes.workers))
        self._begins = np.concatenate(([0], np.cumsum(per_worker)))
        self._with: dict[int, tuple[Floats, Floats]] = {}

    def of_task(self, task: int) -> _Places:
        """Return the places of a task's votes."""
        return self._order[self._ends[task - 1] if task else 0 : self._ends[task]]

    def share(self, workers: Iterable[int], without: int) -> float:
        """Return how often others' answers are these workers', without those of one of them."""
        met = same = 0.0
        for worker in workers:
            tables = self._of(worker)
            met += float(tables[0].sum() - tables[0][without])
            same += float(tables[1].sum() - tables[1][without])
        return same / met if met else 1.0

    def _of(self, one: int) -> tuple[Floats, Floats]:
        """Return, by other worker, on how many tasks both answered, and how often the same."""
        if one not in self._with:
            votes = self._votes
            own = slice(self._begins[one], self._begins[one + 1])
            task = votes.task[own]
            size = self._answers[task]
            # Places of these tasks' votes, task after task.
            places = np.arange(size.sum()) + np.repeat(self._ends[task] - np.cumsum(size), size)
            rows = self._order[places]
            worker, same = (
                votes.worker[rows],
                votes.label[rows] == np.repeat(votes.label[own], size),
            )
            others = worker != one
            worker, same = worker[others], same[others]
            n = len(votes.workers)
            self._with[one] = sums(worker, np.ones(len(worker)), n), sums(worker, same, n)
        return self._with[one]
