"""Majority vote: the label that most workers gave."""

import numpy as np

from labelwright.consolidation.votes import ChoiceResult, Votes, decide


def majority(votes: Votes) -> ChoiceResult:
    """Return vote shares as posteriors; ties go to the first label and are flagged."""
    counts = votes.counts()
    totals = counts.sum(axis=1, keepdims=True)
    return decide(np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0))
