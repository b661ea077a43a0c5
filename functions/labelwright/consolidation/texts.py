"""Free text: the most central answer."""

from collections.abc import Hashable, Sequence
from functools import cache

import numpy as np

from labelwright.consolidation.result import Consolidated

#: Longer texts are compared by words, and by their first words when those are many: the distance
#: takes time in the product of lengths, and one worker's text must not use up a batch's time.
_MAX_CHARACTERS = 1_000
_MAX_WORDS = 1_000


def medoid(answers: Sequence[str]) -> Consolidated:
    """Return the answer that is most like all the others; ties go to the first in sorted order.

    Likeness is one minus the edit distance over the longer length. The confidence is the mean
    likeness of the other answers to it; 1 for an only answer.
    """
    if not answers:
        return Consolidated(None, None, 0)
    if len(answers) == 1:
        return Consolidated(answers[0], 1.0, 1)
    likeness = cache(_likeness)
    means = {}
    for candidate in sorted(set(answers)):
        others = list(answers)
        others.remove(candidate)
        pairs = ((min(candidate, other), max(candidate, other)) for other in others)
        means[candidate] = sum(likeness(*pair) for pair in pairs) / len(others)
    best = max(means.values())
    central = [text for text, mean in means.items() if mean >= best - 1e-9]
    return Consolidated(central[0], best, len(answers), tie=len(central) > 1)


def _likeness(first: str, second: str) -> float:
    if first == second:
        return 1.0
    if max(len(first), len(second)) > _MAX_CHARACTERS:
        return _share(first.split()[:_MAX_WORDS], second.split()[:_MAX_WORDS])
    return _share(first, second)


def _share(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    longer = max(len(first), len(second))
    return 1 - edit_distance(first, second) / longer if longer else 1.0


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return the Levenshtein distance: insertions, deletions and replacements, one each.

    V. I. Levenshtein (1966), Soviet Physics Doklady 10, 707-710. A row of the table is made at
    once: what insertions add along a row is a running minimum.
    """
    codes: dict[Hashable, int] = {}
    a = [codes.setdefault(item, len(codes)) for item in first]
    b = np.array([codes.setdefault(item, len(codes)) for item in second], dtype=np.int64)
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for i, item in enumerate(a, start=1):
        best = np.empty_like(row)
        best[0] = i
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (b != item))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])
