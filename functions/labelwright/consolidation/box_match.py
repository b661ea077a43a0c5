"""Which boxes of different workers show the same thing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from labelwright.answers.values import Box
from labelwright.consolidation.crowd import CROWD_AND_ONE
from labelwright.consolidation.votes import Flags, Floats, Indices

#: Two boxes that each cover a true one by half (the usual measure of a hit) may have as little as a
#: third in common.
SAME = 1 / 3

#: Stands for a worker's name where the truth is matched like one; Ground Truth gives no such name.
TRUTH = "\0"

#: Boxes of one image that are matched, and of an island (see ``_islands``) of it: time and memory
#: grow with the square, in an island time with the third power. Nine workers who draw the same
#: crowd of people stay far below both.
MOST_BOXES, _MOST_IN_ISLAND = 1_000, 400


class Matched(NamedTuple):
    """Groups of indices of boxes, each sorted, and whether all of them were matched.

    Not ``complete``: of some workers' boxes it was only asked which are equal to others.
    """

    groups: list[list[int]]
    complete: bool


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
    as alike. What one worker alone tells apart, with boxes in two groups that hang together
    otherwise, is joined all the same where four or more drew: else one who draws on each other's
    box would leave nobody's in common. Ties go to the first boxes in sorted order, so that the
    order of input never matters.
    """
    return match_within(boxes, workers).groups


def match_within(boxes: Sequence[Box], workers: Sequence[str]) -> Matched:
    """Group boxes as ``match_boxes`` does, and tell whether there was room for all.

    Where boxes are too many, those of the workers who drew the most are matched with equal ones
    alone.
    """
    order = sorted(range(len(boxes)), key=lambda index: (boxes[index], workers[index]))
    groups, complete = _fewest(order, boxes, workers, MOST_BOXES)
    return Matched([sorted(group) for group in groups], complete)


def _fewest(
    order: Sequence[int], boxes: Sequence[Box], workers: Sequence[str], most: int
) -> Matched:
    """Match boxes of the workers with the fewest, together at most so many, then equal ones."""
    counts = Counter(workers[index] for index in order)
    ranked = sorted(counts, key=lambda worker: (counts[worker], worker))
    reached = accumulate(counts[worker] for worker in ranked)
    matching = {worker for worker, n in zip(ranked, reached, strict=True) if n <= most}
    matched = _match([i for i in order if workers[i] in matching], boxes, workers)
    rest = [i for i in order if workers[i] not in matching]
    groups = _with_equal(matched.groups, rest, boxes, workers)
    return Matched(groups, matched.complete and not rest)


def _match(order: Sequence[int], boxes: Sequence[Box], workers: Sequence[str]) -> Matched:
    if not order:
        return Matched([], complete=True)
    names = [workers[index] for index in order]
    alike = _likeness([boxes[index] for index in order], names)
    worker, truth = _numbers(names), np.array([name == TRUTH for name in names], dtype=np.bool_)
    groups: list[list[int]] = []
    complete = True
    for island in _islands(alike >= SAME):
        if len(island) > _MOST_IN_ISLAND:
            members = [order[place] for place in island]
            groups += _fewest(members, boxes, workers, _MOST_IN_ISLAND).groups
            complete = False
        else:
            found = _grouped(alike[np.ix_(island, island)], worker[island], truth[island])
            groups += [[order[island[place]] for place in members] for members in found]
    return Matched(groups, complete)


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


def _grouped(alike: Floats, worker: Indices, truth: Flags) -> list[list[int]]:
    """Group what hangs together; ``alike`` is minus infinity between boxes of one worker."""
    groups = _join(alike.copy())
    if len(groups) > 1 and len(set(worker.tolist())) >= CROWD_AND_ONE:
        groups = _join_groups(_rejoin(groups, alike, truth), alike)
    return groups


def _join_groups(groups: list[list[int]], alike: Floats) -> list[list[int]]:
    """Join whole groups that are alike: what was set aside may be what another one drew."""
    sizes = np.array([len(group) for group in groups], dtype=np.float64)
    member = np.zeros((len(groups), len(alike)))
    member[np.repeat(np.arange(len(groups)), sizes.astype(int)), np.concatenate(groups)] = 1
    same = np.isinf(alike)
    near = member @ np.where(same, 0.0, alike) @ member.T / np.outer(sizes, sizes)
    near = near.round(9)
    near[member @ same @ member.T > 0] = -np.inf
    return [[i for number in joined for i in groups[number]] for joined in _join(near, sizes)]


def _join(alike: Floats, sizes: Floats | None = None) -> list[list[int]]:
    """Join the two groups most alike again and again; ``alike`` and ``sizes`` are used up."""
    sizes = np.ones(len(alike)) if sizes is None else sizes
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


def _rejoin(groups: list[list[int]], alike: Floats, truth: Flags) -> list[list[int]]:
    """Join groups that are alike, and apart only because one worker has a box in both.

    Of that worker's two boxes the one that is more like the others' stays; the other stands alone.
    A group of one box is no sign that others see one thing, and the truth is never set aside.
    """
    same = np.isinf(alike)
    close = np.where(same, 0.0, alike)
    shared = same * np.where(truth, 2.0, 1.0)
    np.fill_diagonal(shared, 0.0)
    n = len(groups)
    sizes = np.array([len(group) for group in groups])
    group_of = np.repeat(np.arange(n), sizes)[np.argsort(np.concatenate(groups))]

    def scores(number: int) -> Floats:
        """Return how alike the group is to each one that it may be joined with; else 0."""
        own = groups[number]
        near, in_both = (
            np.bincount(group_of, table[own].sum(axis=0), minlength=n) for table in (close, shared)
        )
        may = (in_both == 1) & (np.minimum(sizes, len(own)) > 1)
        may[number] = False
        pairs = sizes * len(own) - in_both
        found: Floats = np.divide(near, pairs, out=np.zeros(n), where=may)
        # Rounded: what differs by rounding alone must not decide.
        return found.round(9)

    table = np.stack([scores(number) for number in range(n)])
    while True:
        first, second = (int(place) for place in np.unravel_index(table.argmax(), table.shape))
        if table[first, second] < SAME:
            return groups
        both = groups[first] + groups[second]
        twice = [index for index in both if shared[index, both].any()]
        left_out = min(twice, key=lambda index: (round(float(close[index, both].sum()), 9), -index))
        groups[first] = [index for index in both if index != left_out]
        groups[second] = [left_out]
        for number in (first, second):
            sizes[number] = len(groups[number])
            group_of[groups[number]] = number
        for number in (first, second):
            table[number] = table[:, number] = scores(number)


def match_pairs(first: Sequence[Box], second: Sequence[Box]) -> list[tuple[int, int]]:
    """Return which boxes of two lists show the same thing, as pairs of indices, each at most once.

    Boxes of one list never match each other.
    """
    sides = ["first"] * len(first) + ["second"] * len(second)
    groups = match_boxes([*first, *second], sides)
    return sorted((group[0], group[1] - len(first)) for group in groups if len(group) > 1)


def _with_equal(
    groups: list[list[int]], rest: Sequence[int], boxes: Sequence[Box], workers: Sequence[str]
) -> list[list[int]]:
    """Add the ``rest`` to groups with equal boxes; a worker's repeated ones stay apart."""
    places: dict[Box, list[int]] = {}
    for number, group in enumerate(groups):
        for box in {boxes[index] for index in group}:
            places.setdefault(box, []).append(number)
    taken: set[tuple[int, str]] = set()
    looked: Counter[tuple[Box, str]] = Counter()
    for index in rest:
        own, key = places.setdefault(boxes[index], []), (boxes[index], workers[index])
        while looked[key] < len(own) and (own[looked[key]], workers[index]) in taken:
            looked[key] += 1
        if looked[key] == len(own):
            own.append(len(groups))
            groups.append([])
        number = own[looked[key]]
        groups[number].append(index)
        taken.add((number, workers[index]))
    return groups
