"""What one more answer on the least sure objects would be worth, before anybody is asked.

Where an object has the probabilities ``p`` and a worker with the confusion matrix ``C`` answers
``l``, the label that is then the most probable one is right with ``max_j p[j] C[j, l]``; over all
``l`` these add up to the expected accuracy with that answer. Workers are those of the job, each as
often as they answer. It is the value of sample information of decision theory (H. Raiffa and
R. Schlaifer, 1961, "Applied Statistical Decision Theory"), here of asking once more (V. S. Sheng,
F. Provost and P. G. Ipeirotis, 2008, https://doi.org/10.1145/1401890.1401965).

Objects that a crowd is unsure of are harder than others, and workers err on them more than their
matrices say: an answer there tells less, as much as the matrix with its probabilities raised to a
power below one. Held-back answers of real crowds, replayed, bear this out
(``tests/benchmarks/worth.py``).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.choice_column import ChoiceResults
from labelwright.consolidation.votes import ChoiceResult, Floats, Indices, Votes

#: The share of objects that are asked about once more.
SHARE = 0.1
#: The power of workers' matrices on objects that the crowd is unsure of.
_TELLS = 0.6
#: Answers of a worker's that say as much as the whole crowd's do.
_OF_CROWD = 2.0
#: Objects and workers that stand for all, and products of probabilities that are made at most.
_MOST_OBJECTS, _MOST_WORKERS, _MOST_STEPS = 1_000, 32, 10_000_000
#: With more labels a matrix is too large.
_MOST_LABELS = 1_000

_Places = NDArray[np.intp]


class Worth(NamedTuple):
    """Expected accuracy, 0 to 1, of all ``objects``, and of the ``asked`` ones, the least sure.

    ``now`` is with the answers there are, ``then`` with one more on each of those asked.
    """

    objects: int
    asked: int
    now: float
    then: float
    asked_now: float
    asked_then: float


def one_more_answer(results: ChoiceResults) -> Worth | None:
    """Tell what one more answer is worth on the least sure tenth of a column's objects."""
    answered = np.bincount(results.votes.task, minlength=len(results.votes.tasks)) > 0
    own = np.arange(len(answered)) < len(results)
    return worth_of(results.votes, results.found, answered & own & (results.known < 0))


def worth_of(votes: Votes, found: ChoiceResult, open_: NDArray[np.bool_]) -> Worth | None:
    """Tell what one more answer is worth on the least sure tenth, rounded up, of the open tasks.

    ``open_`` says which have answers and no known label, shape ``(n_tasks,)``. None where there is
    none, or where labels are more than 1,000. Of many tasks and workers some stand for all, chosen
    evenly, not by chance.
    """
    tasks = np.flatnonzero(open_)
    n_labels = len(votes.labels)
    if not len(tasks) or not n_labels or n_labels > _MOST_LABELS:
        return None
    of_all = found.confidence
    confidence = of_all[tasks]
    n_asked = int(np.ceil(SHARE * len(tasks)))
    # Of tasks that are as sure as each other but for rounding the first are asked about.
    asked = tasks[np.argsort(confidence.round(9), kind="stable")[:n_asked]]
    matrices, shares = _matrices(votes, found.posteriors)
    most = _MOST_STEPS // (len(matrices) * n_labels**2)
    some = asked[_evenly(n_asked, max(min(most, _MOST_OBJECTS), 1))]
    chances = found.posteriors[some]
    then = sum(
        share * float((chances[:, :, None] * matrix).max(axis=1).sum(axis=1).mean())
        for matrix, share in zip(matrices, shares.tolist(), strict=True)
    )
    gain = max(then - float(chances.max(axis=1).mean()), 0.0)
    now, asked_now = float(confidence.mean()), float(of_all[asked].mean())
    return Worth(
        len(tasks),
        n_asked,
        now,
        min(now + gain * n_asked / len(tasks), 1.0),
        asked_now,
        min(asked_now + gain, 1.0),
    )


def _evenly(size: int, most: int) -> _Places:
    """Return so many places at most, evenly from all below the size."""
    count = min(size, most)
    return ((np.arange(count) + 0.5) * size / max(count, 1)).astype(np.intp)


def _matrices(votes: Votes, posteriors: Floats) -> tuple[list[Floats], Floats]:
    """Return matrices of workers, [true, given], rows sum to 1, and how often each answers.

    Of workers by how much they answer: votes are in the order of workers.
    """
    n_labels = len(votes.labels)
    most = max(min(_MOST_WORKERS, _MOST_STEPS // n_labels**2), 1)
    workers: Indices
    workers, times = np.unique(votes.worker[_evenly(len(votes.worker), most)], return_counts=True)
    begins = np.searchsorted(votes.worker, workers)
    ends = np.searchsorted(votes.worker, workers, side="right")
    counts = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        given = np.zeros((n_labels, n_labels))
        np.add.at(given, votes.label[begin:end], posteriors[votes.task[begin:end]])
        counts.append(given.T)
    crowd = _rows(np.sum(counts, axis=0) + 1 / n_labels)
    tempered = [_rows(_rows(own + _OF_CROWD * crowd) ** _TELLS) for own in counts]
    return tempered, times / times.sum()


def _rows(matrix: Floats) -> Floats:
    """Return the matrix with rows that sum to 1."""
    scaled: Floats = matrix / matrix.sum(axis=1, keepdims=True)
    return scaled
