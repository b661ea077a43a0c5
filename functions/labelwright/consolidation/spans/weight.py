"""How far to believe the model beside the share of workers, learnt by leaving out answers.

Workers are not independent given the truth, as the model supposes: they err together in the same
places, in one crowd more than in another, and then what the model makes of a few votes is too sure.
Its own evidence cannot tell how much of it to believe; answers that it has not seen can (stacking:
D. H. Wolpert (1992), https://doi.org/10.1016/S0893-6080(05)80023-1; L. Breiman (1996),
https://doi.org/10.1007/BF00117832). One worker of every text is left out, the model learns anew
from the others, and both foretell which of the others' spans that worker marked, too.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.spans.answered import AnsweredText
from labelwright.consolidation.spans.groups import Group
from labelwright.consolidation.spans.likely import LeftOut

#: The weight of the model where nothing tells: half. The others that are tried are judged with a
#: prior: so many trials that only the model foretold, and as many that only the share did.
_HALF, _PRIOR = 0.5, 3.0
_WEIGHTS = tuple(number / 20 for number in range(1, 20))
#: No worker's answer is foretold better than this: 19 in 20.
_LEAST = 0.05
#: A worker's leaning, in log-odds, has a standard deviation of 1 before anything is known of it.
_SHRINKAGE = 1.0
_STEPS = 4


class Trial(NamedTuple):
    """A label of the others' spans in one place, and whether the worker left out marked it.

    ``model`` and ``share`` are probabilities that it is there, of the model that knows the others
    and as a share of them. ``told``, 0 to 1, is the part of the weight that the model has by how
    many workers answered.
    """

    worker: str
    model: float
    share: float
    told: float
    marked: bool


def told_by(workers: int) -> float:
    """Return what part of its weight the model has: what one alone said nobody can judge."""
    return 1 - 1 / workers if workers else 0.0


def trials(item: AnsweredText, groups: Iterable[Group], left_out: LeftOut) -> Iterator[Trial]:
    """Try what can be foretold of the worker who was left out, in one layer of a text."""
    others = {item.workers[place] for place in item.whole} - {left_out.worker}
    for group in groups:
        marked = list(zip(group.workers, group.spans, strict=True))
        kept = [span for name, span in marked if name in others]
        if not kept:
            continue
        places = Counter(span[:2] for span in kept)
        start, end = max(places, key=lambda at: (places[at], at[1] - at[0], -at[0]))
        there = left_out.modelled.there(start, end)
        own = {span.label for name, span in marked if name == left_out.worker}
        for label, votes in sorted(Counter(span.label for span in kept).items()):
            if label in left_out.modelled.labels:
                model = min(1.0, there.get(label, 0.0))
                told = told_by(len(others) + 1)
                yield Trial(left_out.worker, model, votes / len(others), told, label in own)


def learn_weight(made: Sequence[Trial]) -> float:
    """Return the weight of the model, 0 to 1, with which left-out answers are likeliest.

    The odds that a worker marks something are those that it is there, by model and share, times a
    factor of the worker's: some mark more and some less, which is nobody's error here. It is a
    logistic regression with that factor shrunk to 1, for each weight that is tried.
    """
    if not made:
        return _HALF
    # Sorted, so that sums do not depend on the order of rows.
    names, model, share, told, marked = zip(*sorted(made), strict=True)
    _, worker = np.unique(names, return_inverse=True)
    base, step = np.array(share), (np.array(model) - share) * told
    yes = np.array(marked, dtype=np.float64)
    leaning = np.zeros(worker.max() + 1)
    found = []
    for weight in _WEIGHTS:
        there = np.clip(base + weight * step, _LEAST, 1 - _LEAST)
        log_odds = np.log(there / (1 - there))
        for _ in range(_STEPS):
            chance = 1 / (1 + np.exp(-log_odds - leaning[worker]))
            slope = np.bincount(worker, yes - chance) - _SHRINKAGE * leaning
            bend = np.bincount(worker, chance * (1 - chance)) + _SHRINKAGE
            leaning = leaning + np.clip(slope / bend, -1, 1)
        total = log_odds + leaning[worker]
        likely = (yes * total - np.logaddexp(0, total)).sum() - _SHRINKAGE * (leaning @ leaning) / 2
        # Rounded: what differs by the machine's arithmetic alone must not decide.
        found.append(round(float(likely) + _PRIOR * math.log(weight * (1 - weight)), 6))
    return _WEIGHTS[max(range(len(found)), key=lambda at: (found[at], -abs(_WEIGHTS[at] - _HALF)))]
