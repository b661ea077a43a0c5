"""How each worker did on objects whose true values are known."""

from collections.abc import Callable, Mapping
from math import isclose
from typing import NamedTuple

from labelwright.answers.columns import Column
from labelwright.answers.values import Boxes
from labelwright.consolidation.box_match import match_pairs, overlaps
from labelwright.consolidation.texts import likeness_of
from labelwright.contract.base import Json
from labelwright.task.definition import Kind

#: Intersection over union from which on a box is a hit, as in detection benchmarks.
_HIT = 0.5


class GoldResult(NamedTuple):
    """What a worker answered in ``objects`` objects with known values.

    Of ``given`` items ``right`` are so, of ``known`` ones: labels of ``choices``, spans and boxes;
    of other kinds each object is one item, and a text is right as far as it is like the true one.
    """

    worker: str
    objects: int
    right: float
    given: int
    known: int

    @property
    def score(self) -> float:
        """The F1 of the items, 0 to 1: the accuracy where each object is one; 1 without any."""
        items = self.given + self.known
        return 2 * self.right / items if items else 1.0


def gold_results(column: Column, gold: Mapping[str, Json]) -> list[GoldResult]:
    """Compare workers' answers with known values, by datasetObjectId; sorted by worker.

    Labels of choices and spans are compared exactly, ends and label; boxes of one label hit from an
    intersection over union of one half on, one to one. Workers who answered none are left out.
    """
    judge = _JUDGES.get(column.field.kind, _same)
    found: dict[str, GoldResult] = {}
    for name, values in zip(column.objects, column.values, strict=True):
        if name not in gold:
            continue
        for worker, value in values:
            old = found.get(worker, GoldResult(worker, 0, 0.0, 0, 0))
            right, given, known = judge(value, gold[name])
            found[worker] = GoldResult(
                worker, old.objects + 1, old.right + right, old.given + given, old.known + known
            )
    return [found[worker] for worker in sorted(found)]


_Judged = tuple[float, int, int]


def _same(value: Json, true: Json) -> _Judged:
    return float(value == true), 1, 1


def _close(value: float, true: float) -> _Judged:
    return float(isclose(value, true, rel_tol=1e-9)), 1, 1


def _alike(value: str, true: str) -> _Judged:
    return likeness_of(value, true), 1, 1


def _in_common(value: Json, true: Json) -> _Judged:
    given, known = set(value), set(true)
    return float(len(given & known)), len(given), len(known)


def box_hits(value: Boxes, true: Boxes) -> tuple[float, int, int]:
    """Return how many boxes hit a true one, how many there are, and how many true ones."""
    right = 0
    for label in {box.label for box in true.boxes}:
        drawn = [box for box in value.boxes if box.label == label]
        known = [box for box in true.boxes if box.label == label]
        pairs = match_pairs(drawn, known)
        right += sum(overlaps([drawn[i], known[j]])[0, 1] >= _HIT for i, j in pairs)
    return float(right), len(value.boxes), len(true.boxes)


_JUDGES: Mapping[Kind, Callable[[Json, Json], _Judged]] = {
    Kind.CHOICES: _in_common,
    Kind.SPANS: _in_common,
    Kind.BOXES: box_hits,
    Kind.NUMBER: _close,
    Kind.TEXT: _alike,
}
