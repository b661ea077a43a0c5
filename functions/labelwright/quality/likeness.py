"""How alike two values of a field are: one table by kind, for whatever compares values."""

from collections.abc import Callable, Mapping, Sequence
from math import isclose
from operator import eq
from typing import NamedTuple

from labelwright.answers.values import Boxes
from labelwright.consolidation.box_match import match_pairs, overlaps
from labelwright.consolidation.texts import likeness_of
from labelwright.contract.base import Json
from labelwright.task.definition import Kind

#: Intersection over union from which on a box is a hit, as in detection benchmarks.
_HIT = 0.5


class Hits(NamedTuple):
    """Of ``given`` items ``right`` are among ``known`` ones."""

    right: float
    given: int
    known: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, 0 to 1; 1 where there are no items."""
        items = self.given + self.known
        return 2 * self.right / items if items else 1.0


class Likeness(NamedTuple):
    """How values of one kind are compared.

    ``hits`` compares a value with the true one, both as columns have them; where a value is no
    collection, it is one item. ``same`` is how workers' values are compared with each other
    instead, where that is stricter: equal or not. ``items`` says that a value has items to count,
    ``condition`` when one is a hit, where that is not plain. ``distance`` is how far off a value
    is. ``labels`` says that a value is just its labels, so that each of them can be judged.
    """

    hits: Callable[[Json, Json], Hits]
    same: Callable[[Json, Json], bool] | None = None
    items: bool = False
    condition: str = ""
    distance: Callable[[Json, Json], float] | None = None
    labels: bool = False

    def agreement(self, one: Json, other: Json) -> float:
        """Return how far two workers agree, 0 to 1."""
        return float(self.same(one, other)) if self.same else self.hits(one, other).f1


def _equal(value: Json, true: Json) -> Hits:
    return Hits(float(value == true), 1, 1)


def _close(value: float, true: float) -> Hits:
    return Hits(float(isclose(value, true, rel_tol=1e-9)), 1, 1)


def _nearly(value: str, true: str) -> Hits:
    return Hits(likeness_of(value, true), 1, 1)


def _in_common(value: Sequence[Json], true: Sequence[Json]) -> Hits:
    given, known = set(value), set(true)
    return Hits(float(len(given & known)), len(given), len(known))


def _overlapping(value: Boxes, true: Boxes) -> Hits:
    right = 0
    for label in {box.label for box in true.boxes}:
        drawn = [box for box in value.boxes if box.label == label]
        known = [box for box in true.boxes if box.label == label]
        pairs = match_pairs(drawn, known)
        right += sum(overlaps([drawn[i], known[j]])[0, 1] >= _HIT for i, j in pairs)
    return Hits(float(right), len(value.boxes), len(true.boxes))


#: Kinds that are passed through have no likeness.
LIKENESS: Mapping[Kind, Likeness] = {
    Kind.CHOICE: Likeness(_equal),
    Kind.CHOICES: Likeness(_in_common, items=True, labels=True),
    Kind.NUMBER: Likeness(_close, distance=lambda value, true: abs(value - true)),
    Kind.TEXT: Likeness(_nearly, same=eq),
    Kind.SPANS: Likeness(_in_common, items=True),
    Kind.BOXES: Likeness(_overlapping, items=True, condition="hits overlap by half"),
}

#: For a kind that has none: equal or not.
EQUAL = Likeness(_equal)
