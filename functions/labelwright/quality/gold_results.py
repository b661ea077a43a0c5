"""How each worker did on objects whose true values are known."""

from collections.abc import Mapping
from typing import NamedTuple

from labelwright.answers.columns import Column
from labelwright.contract.base import Json
from labelwright.quality.likeness import EQUAL, LIKENESS, Hits


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
        return Hits(self.right, self.given, self.known).f1


def gold_results(column: Column, gold: Mapping[str, Json]) -> list[GoldResult]:
    """Compare workers' answers with known values, by datasetObjectId; sorted by worker.

    Labels of choices and spans are compared exactly, ends and label; boxes of one label hit from an
    intersection over union of one half on, one to one. Workers who answered none are left out.
    """
    likeness = LIKENESS.get(column.field.kind, EQUAL)
    found: dict[str, GoldResult] = {}
    for name, values in zip(column.objects, column.values, strict=True):
        if name not in gold:
            continue
        for worker, value, partial in values:
            old = found.get(worker, GoldResult(worker, 0, 0.0, 0, 0))
            right, given, known = likeness.hits(value, gold[name])
            if partial:
                # What it lacks may be among what was lost.
                known = int(right)
            found[worker] = GoldResult(
                worker, old.objects + 1, old.right + right, old.given + given, old.known + known
            )
    return [found[worker] for worker in sorted(found)]
