"""Majority vote: the label that most workers gave."""

import numpy as np

from labelwright.consolidation.votes import ChoiceResult, Floats, Indices, Votes, decide


def majority(votes: Votes, gold: Indices | None = None) -> ChoiceResult:
    """Return vote shares as posteriors; ties go to the first label and are flagged.

    ``gold`` has each task's label where it is known, else -1: that is its label.
    """
    counts = votes.counts()
    totals = counts.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    if gold is not None:
        pinned = np.flatnonzero(gold >= 0)
        shares[pinned] = 0
        shares[pinned, gold[pinned]] = 1
    return decide(shares)
