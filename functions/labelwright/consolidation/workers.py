"""What is known of each worker after consolidation."""

from dataclasses import dataclass

import numpy as np

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
    in: with few answers a task it flatters, with known labels it does not. The interval is
    E. B. Wilson's (1927, https://doi.org/10.1080/01621459.1927.10502953), which holds for few
    answers and near 0 and 1.
    """
    n_workers = len(votes.workers)
    answers = np.bincount(votes.worker, minlength=n_workers)
    chances = result.posteriors[votes.task, votes.label]
    right = np.minimum(sums(votes.worker, chances, n_workers), answers)
    n = np.maximum(answers, 1)
    accuracy = right / n
    middle = (accuracy + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    reach = _Z95 * np.sqrt(accuracy * (1 - accuracy) / n + _Z95**2 / (4 * n**2))
    reach /= 1 + _Z95**2 / n
    low, high = np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
    return WorkerSkill(answers.astype(np.int32), right, accuracy, low, high)
