"""Whether what some workers marked is there: a share of workers is no probability.

A thing that is there is marked by each worker with one chance, whoever it is. What is none, one
worker made up, and each other takes it for a thing, too, with another, smaller chance. What nobody
marked is not seen, so that the chances are those given that somebody did (truncated, as in
capture and recapture: M. Sanathanan 1972, https://doi.org/10.1214/aoms/1177692709). Both chances
and the share of things that are there are learnt by EM from how many of how many workers marked
each; a prior of 50 things keeps a small batch near what is usual.
"""

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats

#: What is usual: how often a worker marks a thing, takes nothing for one as another does, and how
#: many of what is marked are things.
_MARKS, _ALSO, _THERE = 0.8, 0.1, 0.8
#: So many things speak for it.
_PRIOR = 50.0
_STEPS = 100
_SETTLED = 1e-7


def presence(marked: NDArray[np.int64], asked: NDArray[np.int64]) -> Floats:
    """Return the probability that each thing is there, 0 to 1.

    ``marked`` of ``asked`` workers marked it: ``1 <= marked <= asked``. Their order is no matter.
    """
    # By how many of how many, so that sums don't depend on the order of things.
    pairs, place, count = np.unique(
        np.stack([marked, asked], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    k, n = pairs.T.astype(np.float64)
    marks, also, there = _MARKS, _ALSO, _THERE
    chance: Floats = np.ones(len(pairs))
    for _ in range(_STEPS):
        seen = 1 - (1 - marks) ** n
        # Of k among n, and of k - 1 further ones among n - 1: n / k times as many ways.
        true = there * n / k * marks**k * (1 - marks) ** (n - k) / seen
        false = (1 - there) * also ** (k - 1) * (1 - also) ** (n - k)
        chance = true / (true + false)
        things, others = count * chance, count * (1 - chance)
        learnt = (
            ((things * k).sum() + _PRIOR * _MARKS) / ((things * n / seen).sum() + _PRIOR),
            ((others * (k - 1)).sum() + _PRIOR * _ALSO) / ((others * (n - 1)).sum() + _PRIOR),
            (things.sum() + _PRIOR * _THERE) / (count.sum() + _PRIOR),
        )
        moved = np.abs(np.subtract(learnt, (marks, also, there))).max()
        marks, also, there = map(float, learnt)
        # One more worker makes a thing no less probable: k / (k + 1) times the ratio of the odds.
        also = min(also, marks / (2 - marks))
        if moved < _SETTLED:
            break
    found: Floats = chance[place.reshape(-1)]
    return found
