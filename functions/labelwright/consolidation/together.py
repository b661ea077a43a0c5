"""Do workers err together? Then a model in which each errs alone does not fit the crowd's answers.

All methods of a choice but ``ebcc`` take workers' errors to be independent, given the true label.
Where some tasks mislead many workers alike, or are beyond all of them, that is wrong, and shows:
how many of a task's votes differ from its label varies more from task to task than errors of each
worker's own rate would make it. The ratio of both variances is 1 where workers err alone, on
average, and below where answers are few, since the label is made of them: so what it shows is
there, but what it does not show may be, too.
"""

from typing import NamedTuple

import numpy as np

from labelwright.consolidation.votes import Indices, Votes, sums

#: A task tells with so many answers; with fewer they make its label between them.
_LEAST_ANSWERS = 3
#: Fewer tasks tell too little.
_LEAST_TASKS = 100
#: A ratio from here on means that labels and confidence suffer, and so many standard errors of it
#: above 1 that it is no chance.
_STRONG, _ERRORS = 1.25, 3.0
#: Answers by which a worker's rate is drawn to the crowd's, and that of a label to the worker's.
_POOLED = 5.0


class ErrorsTogether(NamedTuple):
    """How much more errors vary from task to task than if each worker erred alone.

    ``ratio`` is that of the variances, ``error`` its standard error, over ``tasks`` tasks; ratio
    and error are 0 where no task tells.
    """

    ratio: float
    error: float
    tasks: int

    @property
    def misfit(self) -> bool:
        """Whether a model of workers who err alone clearly does not fit."""
        beyond = self.ratio - _ERRORS * self.error > 1
        return self.tasks >= _LEAST_TASKS and self.ratio >= _STRONG and beyond


def errors_together(votes: Votes, label: Indices) -> ErrorsTogether:
    """Compare votes with the labels made of them, -1 where a task has none."""
    n_tasks, n_workers, n_labels = len(votes.tasks), len(votes.workers), max(len(votes.labels), 1)
    answers = np.bincount(votes.task, minlength=n_tasks)
    telling = (answers >= _LEAST_ANSWERS) & (label >= 0)
    rows = np.flatnonzero(telling[votes.task])
    task, worker = votes.task[rows], votes.worker[rows]
    true = label[task].astype(np.int64)
    right = (votes.label[rows] == true).astype(np.float64)
    if not len(rows):
        return ErrorsTogether(0.0, 0.0, 0)
    own = sums(worker, right, n_workers) + _POOLED * float(right.mean())
    own /= np.bincount(worker, minlength=n_workers) + _POOLED
    row = worker.astype(np.int64) * n_labels + true
    rate = sums(row, right, n_workers * n_labels) + _POOLED * np.repeat(own, n_labels)
    rate /= np.bincount(row, minlength=n_workers * n_labels) + _POOLED
    expected = rate.take(row)
    squares = sums(task, right - expected, n_tasks)[telling] ** 2
    variances = sums(task, expected * (1 - expected), n_tasks)[telling]
    alone = float(variances.sum())
    if alone <= 0:
        return ErrorsTogether(0.0, 0.0, len(squares))
    ratio = float(squares.sum()) / alone
    error = float(np.sqrt(((squares - ratio * variances) ** 2).sum())) / alone
    return ErrorsTogether(ratio, error, len(squares))
