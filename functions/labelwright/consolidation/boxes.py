"""Boxes: matched across workers, then merged; existence is voted on, labels are by skill."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import floor, log10
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes
from labelwright.consolidation.box_match import TRUTH, match_within
from labelwright.consolidation.choice.agreed import uphold
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.crowd import CROWD_AND_ONE, agreed
from labelwright.consolidation.presence import presence
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.votes import ChoiceResult, Floats, Indices, Votes
from labelwright.contract.base import Json

MAJORITY = 0.5

#: A worker's precision is shrunk to the average one's as by this many boxes more.
_SHRINKAGE = 2
#: Weights and merged boxes depend on each other; they settle in a few rounds.
_ROUNDS = 5
#: Of a box's width or height: nobody draws more exactly than this.
_FINEST = 0.005

#: Merged boxes are rounded to thousandths of a pixel. A side below 1 is none of pixels: of the
#: shorter one so many digits are kept.
_DECIMALS = 3
_DIGITS = 6


class _Group(NamedTuple):
    """Boxes that show the same thing: at most one a worker, sorted by worker.

    ``true`` is the known box of that thing, where there is one.
    """

    item: int
    workers: tuple[int, ...]
    boxes: tuple[Box, ...]
    true: Box | None = None


class _Found(NamedTuple):
    """What is said of a group: ``there`` and ``probability``, of the label, are 0 to 1."""

    group: _Group
    asked: int
    edges: Floats
    there: float
    label: str
    probability: float
    tie: bool


_NO_GOLD: Mapping[int, Boxes] = {}


def matched(
    column: Column,
    gold: Mapping[int, Boxes] = _NO_GOLD,
    label_method: Callable[[Votes, Indices], ChoiceResult] = skill,
) -> list[Consolidated]:
    """Consolidate boxes.

    Boxes of different workers that show the same thing form a group (see ``box_match``). A group
    stands when at least ``threshold`` of the workers who answered drew it (default: half); who
    drew none there and whose answer was read in part has no say on it. Its edges are means of
    theirs, the outermost drawn in, each worker weighted by how well it agrees with the others in
    all objects. The label is ``label_method``'s, which sees each group as a task, but what three or
    more agree on stands against one (``choice.agreed``). A box's confidence is the probability that
    it is there (``presence``) times that of its label; the field's is the mean, over all groups, of
    that, or of the probability that what is left is not there; 1 without any. It is a tie where two
    labels of a box are as good, or by default just half of the workers drew one.

    ``gold`` has the known boxes of some objects, by index: a group that one of them matches teaches
    by its edges and its label.
    """
    names = sorted({value.worker for values in column.values for value in values})
    numbers = {name: i for i, name in enumerate(names)}
    found = [_groups(column, item, numbers, gold.get(item)) for item in range(len(column.objects))]
    groups = [group for own, _ in found for group in own]
    merged = _merge(groups, len(names))
    tasks = [str(index) for index in range(len(groups))]
    votes = Votes.from_rows(
        (
            (task, names[worker], box.label)
            for task, group in zip(tasks, groups, strict=True)
            for worker, box in zip(group.workers, group.boxes, strict=True)
        ),
        tasks,
        column.labels,
    )
    true = {task: group.true.label for task, group in zip(tasks, groups, strict=True) if group.true}
    votes, known = votes.known(true)
    labels = uphold(votes, known, label_method(votes, known))
    decided = _labels(votes, labels)
    asked = [_asked(column, group, names) for group in groups]
    drawn = np.array([len(group.workers) for group in groups], dtype=np.int64)
    there = presence(drawn, np.array(asked, dtype=np.int64)).tolist()
    by_item: list[list[int]] = [[] for _ in column.objects]
    for index, group in enumerate(groups):
        by_item[group.item].append(index)
    return [
        _decide(
            column,
            item,
            [_Found(groups[i], asked[i], merged[i], there[i], *decided[i]) for i in indices],
        )._replace(simplified=not found[item][1])
        for item, indices in enumerate(by_item)
    ]


def as_drawn(column: Column) -> list[Consolidated]:
    """Merge nothing: every worker's boxes stand, in the order of the workers' annotations."""
    return [
        Consolidated(
            [wire_boxes(v.value.boxes, v.value.image) for v in values] or None, None, len(values)
        )
        for values in column.values
    ]


def _groups(
    column: Column, item: int, numbers: Mapping[str, int], true: Boxes | None
) -> tuple[list[_Group], bool]:
    """Return an object's groups, and whether there was room to match all of its boxes."""
    drawn = sorted(
        (value.worker, box) for value in column.values[item] for box in value.value.boxes
    )
    # The truth is matched like one more worker, who comes last.
    ranked = [*drawn, *((TRUTH, box) for box in (true.boxes if true else ()))]
    found, complete = match_within([box for _, box in ranked], [worker for worker, _ in ranked])
    groups = []
    for members in found:
        known = ranked[members[-1]][1] if members[-1] >= len(drawn) else None
        given = [ranked[i] for i in members if i < len(drawn)]
        if given:
            workers = tuple(numbers[worker] for worker, _ in given)
            groups.append(_Group(item, workers, tuple(box for _, box in given), known))
    return sorted(groups, key=lambda group: group[:3]), complete


def _merge(groups: Sequence[_Group], n_workers: int) -> Floats:
    """Return the merged edges of each group: left, top, right, bottom, shape ``(n_groups, 4)``.

    Where four or more drew, an edge beyond the second outermost on its side counts as if it lay
    there (winsorized, W. J. Dixon 1960, https://doi.org/10.1214/aoms/1177705900): however far off
    one worker's box is, and whatever it weighs, each merged edge is among the others'.

    A worker's variance is that of its edges from what the others in the group say, in units of the
    box's size: from the others alone, so that nobody gains weight by agreeing with itself; where
    the true box is known, from that.
    """
    group = np.repeat(np.arange(len(groups)), [len(group.boxes) for group in groups])
    worker = np.array([w for group in groups for w in group.workers], dtype=np.int64)
    drawn = [box[:4] for group in groups for box in group.boxes]
    sides = np.array(drawn, dtype=np.float64).reshape(-1, 4)
    edges = _edges(sides)
    true = _edges(np.array([(g.true or g.boxes[0])[:4] for g in groups], dtype=np.float64))[group]
    known = np.array([g.true is not None for g in groups], dtype=np.bool_)[group]
    count = np.bincount(group, minlength=len(groups))
    size = _sums(sides[:, 2:], group, len(groups)) / count[:, None]
    low, high = _range(edges, group, count)
    within = np.clip(edges, low[group], high[group])
    shared = count[group] > 1
    judged = shared | known
    weight = np.ones(len(group))
    for _ in range(_ROUNDS):
        total, sums = _totals(within, weight, group, len(groups))
        others = total[group] - weight
        away = np.zeros_like(edges)
        np.divide(
            sums[group] - weight[:, None] * within, others[:, None], out=away, where=shared[:, None]
        )
        away = np.where(known[:, None], true, away)
        distance = np.where(judged[:, None], (edges - away) / np.tile(size[group], 2), 0)
        square = np.maximum((distance**2).mean(axis=1), _FINEST**2) * judged
        mean = square.sum() / max(judged.sum(), 1) or 1.0
        seen = np.bincount(worker[judged], minlength=n_workers)
        variance = np.bincount(worker, square, minlength=n_workers) + _SHRINKAGE * mean
        weight = ((seen + _SHRINKAGE) / variance)[worker]
        weight /= weight.max(initial=1.0)
    total, sums = _totals(within, weight, group, len(groups))
    merged: Floats = sums / total[:, None]
    # A mean of equal edges may differ from them by rounding.
    return np.clip(merged, low, high)


def _edges(sides: Floats) -> Floats:
    sides = sides.reshape(-1, 4)
    return np.hstack([sides[:, :2], sides[:, :2] + sides[:, 2:]])


def _totals(
    edges: Floats, weight: Floats, group: NDArray[np.int64], n: int
) -> tuple[Floats, Floats]:
    total: Floats = np.bincount(group, weight, minlength=n).astype(np.float64)
    return total, _sums(edges * weight[:, None], group, n)


def _sums(rows: Floats, group: NDArray[np.int64], n: int) -> Floats:
    return np.stack([np.bincount(group, column, minlength=n) for column in rows.T], axis=1)


def _range(
    edges: Floats, group: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the least and the largest of each group's edges, the outermost left out of four."""
    low, high = np.empty((2, len(count), 4))
    first = np.cumsum(count) - count
    spare = count >= CROWD_AND_ONE
    for side, column in enumerate(edges.T):
        ranked = column[np.lexsort((column, group))]
        low[:, side] = ranked[first + spare]
        high[:, side] = ranked[first + count - 1 - spare]
    return low, high


def _labels(votes: Votes, found: ChoiceResult) -> list[tuple[str, float, bool]]:
    """Return each group's label, its probability, and whether another is as good."""
    # What the result tells is worked out for all groups at once.
    chances = np.minimum(found.confidence, 1.0).tolist()
    names = [votes.labels[label] for label in found.label.tolist()]
    return list(zip(names, chances, found.tie.tolist(), strict=True))


def _asked(column: Column, group: _Group, names: Sequence[str]) -> int:
    """Return how many workers have a say on a group: who drew it, and whose answer is whole."""
    whole = {value.worker for value in column.values[group.item] if not value.partial}
    return len(whole.union(names[worker] for worker in group.workers))


def _decide(column: Column, item: int, found: Sequence[_Found]) -> Consolidated:
    values = column.values[item]
    if not values:
        return Consolidated(None, None, 0)
    given = column.field.threshold
    threshold = MAJORITY if given is None else given
    boxes: list[dict[str, Json]] = []
    sure, tie = [], False
    for one in found:
        share = len(one.group.workers) / one.asked
        keep = share >= threshold - 1e-9
        # Half of the workers without a threshold of one's own: leaving it would be as good.
        tie = tie or (keep and one.tie) or (given is None and abs(share - MAJORITY) < 1e-9)
        if not keep:
            sure.append(1 - one.there)
            continue
        box = _box(one.edges, one.label, one.group.boxes)
        # Further decimals differ between processors.
        certainty = round(one.there * one.probability, 6)
        sure.append(certainty)
        votes = len(one.group.workers)
        boxes.append({**box._asdict(), "confidence": certainty, "votes": votes})
    boxes.sort(key=lambda box: (box["top"], box["left"], box["height"], box["width"], box["label"]))
    value = {"boundingBoxes": boxes, "inputImageProperties": _size(image_size(values))}
    return Consolidated(value, sum(sure) / len(sure) if sure else 1.0, len(values), tie=tie)


def image_size(values: Sequence[WorkerValue]) -> tuple[float, float] | None:
    """Return the size of the image that most workers' pages gave, None where more gave none."""
    sizes = Counter(value.value.image for value in values)
    none = sizes.pop(None, 0)
    best = max(sorted(sizes), key=sizes.__getitem__, default=None)
    return best if best is not None and sizes[best] >= none else None


def _box(edges: Floats, label: str, drawn: Sequence[Box]) -> Box:
    places = [box[:4] for box in drawn]
    same = places[0] if len(set(places)) == 1 else agreed(places)
    if same is not None:
        # To the bit: a width is not what remains of left + width - left.
        return Box(*same, label)
    left, top, right, bottom = (float(edge) for edge in edges)
    width, height = right - left, bottom - top
    # The rest is the machine's arithmetic.
    side = min(width, height)
    decimals = _DECIMALS if side >= 1 else _DIGITS - 1 - floor(log10(side))
    left, top, width, height = (round(length, decimals) for length in (left, top, width, height))
    return Box(left, top, width, height, label)


def wire_boxes(boxes: Sequence[Box], image: tuple[float, float] | None) -> dict[str, Json]:
    """Return boxes as JSON, in the shape in which crowd-bounding-box gives them."""
    return {
        "boundingBoxes": [box._asdict() for box in boxes],
        "inputImageProperties": _size(image),
    }


def _size(image: tuple[float, float] | None) -> dict[str, Json] | None:
    return None if image is None else {"height": image[1], "width": image[0]}
