"""Which boxes of different workers show the same thing."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from labelwright.answers.values import Box
from labelwright.consolidation.votes import Flags, Floats, Indices

#: Two boxes that each cover a true one by half (the usual measure of a hit) may have as little as a
#: third in common.
SAME = 1 / 3

#: Stands for a worker's name where the truth is matched like one; Ground Truth gives no such name.
TRUTH = "\0"

#: More boxes of one image are matched only where they are equal: time and memory grow with the
#: square. So are those of an island (see ``_islands``) of more: there time grows with the third
#: power. Nine workers who draw the same crowd of people stay far below both.
MOST_BOXES, MOST_IN_ISLAND = 1_000, 400


def overlaps(boxes: Sequence[Box]) -> Floats:
    """Return intersection over union of all pairs, shape ``(n, n)``, 0 to 1."""
    left, top, width, height = (
        np.array([box[i] for box in boxes], dtype=np.float64) for i in range(4)
    )
    across = np.minimum.outer(left + width, left + width) - np.maximum.outer(left, left)
    down = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    common = np.maximum(across, 0) * np.maximum(down, 0)
    area = width * height
    union: Floats = np.add.outer(area, area) - common
    share: Floats = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return share


def match_boxes(boxes: Sequence[Box], workers: Sequence[str]) -> list[list[int]]:
    """Group the indices of boxes that show the same thing, at most one box a worker.

    The two groups most alike are joined again and again (average linkage: R. R. Sokal and C. D.
    Michener 1958) until no two share at least a third. Boxes with different labels count for half
    as alike. Ties go to the first boxes in sorted order, so that the order of input never matters.
    """
    order = sorted(range(len(boxes)), key=lambda index: (boxes[index], workers[index]))
    if not order:
        return []
    if len(order) > MOST_BOXES:
        return _match_equal(boxes, workers, order)
    alike = _likeness([boxes[index] for index in order], [workers[index] for index in order])
    groups: list[list[int]] = []
    for island in _islands(alike >= SAME):
        if len(island) > MOST_IN_ISLAND:
            groups += _match_equal(boxes, workers, [order[place] for place in island])
        else:
            joined = _join(alike[np.ix_(island, island)])
            groups += [[order[island[place]] for place in members] for members in joined]
    return [sorted(group) for group in groups]


def largest_island(boxes: Sequence[Box], workers: Sequence[str]) -> int:
    """Return how many boxes hang together at most, each as like another as to be the same."""
    return max(map(len, _islands(_likeness(boxes, workers) >= SAME)), default=0)


def _likeness(boxes: Sequence[Box], workers: Sequence[str]) -> Floats:
    """Return how like each box is to each other, shape ``(n, n)``; -inf where one worker's."""
    label, worker = _numbers([box.label for box in boxes]), _numbers(workers)
    alike = overlaps(boxes)
    alike[label[:, None] != label] /= 2
    # Rounded: what differs by rounding alone must not decide.
    alike = np.round(alike, 9)
    alike[worker[:, None] == worker] = -np.inf
    return alike


def _numbers(names: Sequence[str]) -> Indices:
    """Return a number for each name, equal where names are: an array takes room for the longest."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int32)


def _islands(near: Flags) -> Iterator[list[int]]:
    """Yield the sets of what hangs together, each sorted; groups never grow beyond one.

    They are small where boxes are many, and time grows with the third power of their size.
    """
    left = np.ones(len(near), dtype=np.bool_)
    for first in range(len(near)):
        if not left[first]:
            continue
        island, reached = left.copy(), np.array([first])
        while len(reached):
            left[reached] = False
            reached = np.flatnonzero(near[reached].any(axis=0) & left)
        yield np.flatnonzero(island & ~left).tolist()


def _join(alike: Floats) -> list[list[int]]:
    """Join the two groups most alike again and again; ``alike`` is used up."""
    sizes = np.ones(len(alike))
    groups = [[index] for index in range(len(alike))]
    while True:
        first, second = np.unravel_index(int(alike.argmax()), alike.shape)
        if alike[first, second] < SAME:
            return [group for group in groups if group]
        merged = (sizes[first] * alike[first] + sizes[second] * alike[second]) / (
            sizes[first] + sizes[second]
        )
        alike[first], alike[:, first] = merged, merged
        alike[second], alike[:, second] = -np.inf, -np.inf
        alike[first, first] = -np.inf
        sizes[first] += sizes[second]
        groups[first] += groups[second]
        groups[second] = []


def match_pairs(first: Sequence[Box], second: Sequence[Box]) -> list[tuple[int, int]]:
    """Return which boxes of two lists show the same thing, as pairs of indices, each at most once.

    Boxes of one list never match each other.
    """
    sides = ["first"] * len(first) + ["second"] * len(second)
    groups = match_boxes([*first, *second], sides)
    return sorted((group[0], group[1] - len(first)) for group in groups if len(group) > 1)


def _match_equal(
    boxes: Sequence[Box], workers: Sequence[str], order: Sequence[int]
) -> list[list[int]]:
    """Group equal boxes; a worker's repeated ones stay apart."""
    groups: dict[tuple[Box, int], list[int]] = {}
    seen: Counter[tuple[Box, str]] = Counter()
    for index in order:
        key = boxes[index], workers[index]
        groups.setdefault((boxes[index], seen[key]), []).append(index)
        seen[key] += 1
    return [sorted(group) for group in groups.values()]
