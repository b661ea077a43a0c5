"""What is known of each worker after consolidation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import ChoiceResult, Floats, Indices, Votes, sums

#: Standard errors to either side of an interval that holds 95 times in 100.
_Z95 = 1.959964


@dataclass(frozen=True)
class WorkerSkill:
    """One entry a worker, in the order of ``votes.workers``.

    ``answers`` is the number of votes, ``right`` how many of them are expected to be right,
    ``accuracy`` the share, ``low`` and ``high`` its 95 % interval, all within 0 to 1.
    """

    answers: Indices
    right: Floats
    accuracy: Floats
    low: Floats
    high: Floats


def worker_skill(votes: Votes, result: ChoiceResult) -> WorkerSkill:
    """Return how often each worker is right, as far as the consolidated labels can tell.

    A vote is right with the posterior probability of its label, which the vote itself had a part
    in: with few answers a task it flatters, with known labels it does not. Intervals by ``wilson``.
    """
    n_workers = len(votes.workers)
    answers = np.bincount(votes.worker, minlength=n_workers)
    chances = result.posteriors[votes.task, votes.label]
    right = np.minimum(sums(votes.worker, chances, n_workers), answers)
    accuracy, low, high = wilson(right, answers)
    return WorkerSkill(answers.astype(np.int32), right, accuracy, low, high)


def wilson(right: Floats, answers: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Return the shares of right answers, and the lower and upper ends of their 95 % intervals.

    E. B. Wilson (1927, https://doi.org/10.1080/01621459.1927.10502953): it holds for few answers
    and near 0 and 1. Without answers the interval is all from 0 to 1.
    """
    n = np.maximum(answers, 1)
    share: Floats = right / n
    middle = (share + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    reach = _Z95 * np.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    reach /= 1 + _Z95**2 / n
    none = np.asarray(answers) == 0
    low: Floats = np.where(none, 0, np.clip(middle - reach, 0, 1))
    high: Floats = np.where(none, 1, np.clip(middle + reach, 0, 1))
    return share, low, high
