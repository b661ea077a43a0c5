"""Consolidated labels against true ones."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.votes import ChoiceResult, Flags, Floats, Votes


class Compared(NamedTuple):
    """Labels of the tasks whose true label is known, in the order of tasks.

    ``right`` and ``confidence`` have shape ``(compared,)``. ``expected`` is the accuracy that
    random tie-breaking gives on average, 0 to 1; ``ties`` is how many tasks are tied.
    """

    compared: int
    right: Flags
    confidence: Floats
    expected: float
    ties: int


def compare(votes: Votes, result: ChoiceResult, truth: Mapping[str, str]) -> Compared:
    """Compare labels with true ones; tasks without a label or without truth are left out."""
    places = [
        index
        for index, task in enumerate(votes.tasks)
        if task in truth and result.label[index] >= 0
    ]
    true = [truth[votes.tasks[index]] for index in places]
    right = np.array(
        [votes.labels[result.label[i]] == label for i, label in zip(places, true, strict=True)],
        dtype=np.bool_,
    )
    place_of = {label: i for i, label in enumerate(votes.labels)}
    credit = 0.0
    for index, label in zip(places, true, strict=True):
        row = result.posteriors[index]
        best = np.flatnonzero(row >= row.max() - 1e-9)
        credit += (place_of.get(label, -1) in best) / len(best)
    tied = result.tie[places] if places else np.zeros(0, dtype=np.bool_)
    expected = credit / len(places) if places else 0.0
    return Compared(len(places), right, result.confidence[places], expected, int(tied.sum()))
