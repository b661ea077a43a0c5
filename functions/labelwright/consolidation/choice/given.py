"""Only a label that somebody gave for a task can be its label, whatever a model makes of the votes.

A model of confusions weighs every label of every task: whoever says ``b`` often where ``a`` is true
makes ``a`` likely, though nobody said so. What speaks for a label that nobody gave is a rate at
which a worker errs, learnt elsewhere, and least certain where the label is rare; what speaks
against it is that all who saw this object, and could have given it, did not. On real crowds such
labels are right about once in three times where labels are many and hardly ever where they are few,
and nobody could be told why one stands.

So the choice is among labels given. Where gold shows otherwise, it says so: if nobody gave a known
label and somebody gave another for it, that other may stand for it elsewhere, too.

What all other labels are thought to be worth stays in the probabilities, since a sole vote is no
certainty. Only where that would make another label more probable than the one that stands, the two
meet: the row becomes the nearest one in which none is, by least squares, as in isotonic regression.
"""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import (
    ROUNDING,
    ChoiceResult,
    Flags,
    Floats,
    Indices,
    Votes,
    decide,
)

#: A label that does not stand is less probable than one that does, by this share at least.
_LESS = 1e-6

Result = TypeVar("Result", bound=ChoiceResult)


def eligible(counts: NDArray[np.int64], known: NDArray[np.int64]) -> Flags:
    """Tell which labels a task may have, by task and label; of a known one none but that.

    ``counts`` are the votes by task and label, ``known`` each task's label or -1.
    """
    may: Flags = counts > 0
    pinned = np.flatnonzero(known >= 0)
    missed = pinned[counts[pinned, known[pinned]] == 0]
    missed = missed[may[missed].any(axis=1)]
    if len(missed):
        # [given, true], where nobody gave the true one.
        meant = np.zeros((counts.shape[1], counts.shape[1]))
        np.add.at(meant.T, known[missed], may[missed])
        may |= may @ meant > 0
    may[pinned] = False
    may[pinned, known[pinned]] = True
    return may


def best_of(values: Floats, may: Flags) -> Flags:
    """Tell which labels have the highest value of those that may stand, both by task and label.

    Equal within rounding is a tie.
    """
    if not may.size:
        return may
    best = values.max(axis=1, keepdims=True, where=may, initial=-np.inf)
    stands: Flags = may & (values >= best - ROUNDING)
    return stands


def favour(posteriors: Floats, stands: Flags) -> None:
    """Let no label be as probable as those that stand, and these be alike, in place.

    Both are of shape ``(n_tasks, n_labels)``; of a task where none stands, nothing changes.
    """
    if not posteriors.size:
        return
    number = np.count_nonzero(stands, axis=1)
    first = np.take_along_axis(posteriors, stands.argmax(axis=1)[:, None], axis=1)
    rivals = np.count_nonzero(posteriors >= first * (1 - _LESS), axis=1)
    rows = np.flatnonzero((number > 0) & ((rivals > 1) | (number > 1)))
    some, own = posteriors[rows], stands[rows]
    # Pooled with those that are ahead of it, the most there is: further ones would lower it.
    others = -np.sort(-np.where(own, 0, some), axis=1)
    alone = np.where(own, some, 0).sum(axis=1, keepdims=True)
    size = number[rows, None]
    pooled = (alone + others.cumsum(axis=1)) / (size + np.arange(1, some.shape[1] + 1))
    level = np.maximum(alone / size, pooled.max(axis=1, keepdims=True))
    lowered = np.where(own, 0, np.minimum(some, level * (1 - _LESS)))
    left = (some.sum(axis=1, keepdims=True) - lowered.sum(axis=1, keepdims=True)) / size
    posteriors[rows] = np.where(own, left, lowered)


def only_given(votes: Votes, known: Indices, found: Result) -> Result:
    """Return the result with labels that somebody gave for the task.

    ``known`` has each task's label where it is known, else -1: these stay as they are.
    """
    may = eligible(votes.counts().astype(np.int64), known.astype(np.int64))
    top = found.posteriors >= found.confidence[:, None] - ROUNDING
    rows = np.flatnonzero((top & ~may).any(axis=1) & may.any(axis=1))
    if not len(rows):
        return found
    posteriors = found.posteriors.copy()
    some = posteriors[rows]
    favour(some, best_of(some, may[rows]))
    posteriors[rows] = some
    decided = decide(posteriors)
    return replace(found, posteriors=posteriors, label=decided.label, tie=decided.tie)
