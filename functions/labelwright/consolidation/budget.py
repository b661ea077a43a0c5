"""What a batch's answers cost, by what is in them, and which of it there is time for.

Never by the clock: a label must not depend on the machine that makes it. Costs are estimates, in
microseconds of one core of 2020, of what the whole method takes for an object; what costs most is
left to the simple method of its kind first, so that hostile content costs its own object and field.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from labelwright.answers.columns import Column
from labelwright.answers.values import Boxes, Span
from labelwright.consolidation.box_match import MOST_BOXES
from labelwright.consolidation.outliers import MOST_SPANS, LeftOut, tangled, without_outliers
from labelwright.consolidation.spans.layers import MOST_CELLS
from labelwright.contract.base import Json
from labelwright.task.definition import Kind

#: For all own objects of a batch, and for the earlier ones that teach: of the 60 seconds in which a
#: batch is to be done, the rest is for reading, and for the sequence model
#: (``spans.layers.MOST_CELLS``). Batches of real jobs take a twentieth.
BATCH_WORK, EARLIER_WORK = 15_000_000, 8_000_000
#: More than there ever is time for.
BEYOND = 10**12

#: The sequence model of a whole corpus has at most so many times the cells of a batch's.
_MOST_TIMES_CELLS = 8

#: Longer texts are compared by so many words at most.
_MOST_COMPARED = 1_000

#: Kinds whose whole method learns what workers do, at a cost.
_LEARNING = (Kind.SPANS, Kind.BOXES)

Key = TypeVar("Key", bound=Hashable)


class Allowance(NamedTuple):
    """What a method may take: the work of earlier objects that teach, and cells of the model."""

    earlier_work: int | None = None
    cells: int = _MOST_TIMES_CELLS * MOST_CELLS


class Planned(NamedTuple):
    """A field's column without answers out of all proportion, and what there is time for.

    ``left_out`` are the workers whose answers were taken out, by object. ``simple`` are the objects
    for which there is the simple method alone.
    """

    column: Column
    left_out: LeftOut
    simple: frozenset[int]
    allowance: Allowance


def plan_whole(column: Column) -> Planned:
    """Plan without a bound on the whole: only what is beyond all measure in one object is left."""
    taken, left_out = without_outliers(column)
    costs = work_of(taken)
    return Planned(taken, left_out, _beyond(costs), Allowance())


#: A whole job, which no page waits for, may take so many batches' time at most: five minutes.
_MOST_BATCHES = 20


def plan_batch(
    columns: Sequence[Column], few: Collection[str] = (), batches: int = 1
) -> list[Planned]:
    """Plan a batch, field by field: what costs most, of all objects and fields, stays simple.

    ``few`` are names of fields that a minority gave: with nobody to compare a worker with, costly
    kinds are left to their simple method. Where the columns are those of several ``batches``, there
    is so much more time, within bounds.
    """
    times = min(max(batches, 1), _MOST_BATCHES)
    taken = [without_outliers(column) for column in columns]
    costs = {
        (number, index): cost
        for number, (column, _) in enumerate(taken)
        for index, cost in work_of(column).items()
    }
    alone = {
        number
        for number, column in enumerate(columns)
        if column.field.name in few and column.field.kind in _LEARNING
    }
    costs |= {place: BEYOND for place in costs if place[0] in alone and costs[place]}
    done = affordable(costs, BATCH_WORK * times)
    simple: list[set[int]] = [set() for _ in columns]
    for number, index in costs.keys() - done:
        simple[number].add(index)
    sharing = Counter(column.field.kind for column in columns if column.field.name not in few)
    return [
        Planned(column, left_out, frozenset(own), _share(sharing, column.field.kind, times))
        for (column, left_out), own in zip(taken, simple, strict=True)
    ]


def all_simple(planned: Planned) -> Planned:
    """Return the plan with every object left to the simple method, where its kind has one."""
    costly = frozenset(index for index, cost in work_of(planned.column).items() if cost)
    return planned._replace(simple=costly)


def _share(sharing: Mapping[Kind, int], kind: Kind, times: int) -> Allowance:
    costly = sum(sharing[kind] for kind in _LEARNING)
    cells = min(times, _MOST_TIMES_CELLS) * MOST_CELLS
    return Allowance(times * EARLIER_WORK // max(costly, 1), cells // max(sharing[kind], 1))


def affordable(costs: Mapping[Key, int], budget: int) -> set[Key]:
    """Return the keys whose costs together stay within the budget, the smallest first."""
    done: set[Key] = set()
    spent = 0
    for key in sorted(costs, key=lambda key: (costs[key], key)):
        spent += costs[key]
        if spent > budget:
            break
        done.add(key)
    return done


def work_of(column: Column) -> dict[int, int]:
    """Return what the whole method costs, by object, for the kinds of which it may cost much."""
    kind = column.field.kind
    if kind not in (Kind.SPANS, Kind.BOXES, Kind.TEXT):
        return {}
    return {
        index: work_of_object(kind, [(value.worker, value.value) for value in values])
        for index, values in enumerate(column.values)
    }


def work_of_object(kind: Kind, values: Sequence[tuple[str, Json]]) -> int:
    """Return what the whole method costs for one object, given workers with their values."""
    if kind is Kind.SPANS:
        return _work_of_spans([value for _, value in values])
    if kind is Kind.BOXES:
        return _work_of_boxes([value for _, value in values])
    return _work_of_texts([value for _, value in values]) if kind is Kind.TEXT else 0


def _work_of_spans(values: Sequence[Sequence[Span]]) -> int:
    spans = sum(map(len, values))
    if spans > MOST_SPANS or any(map(tangled, values)):
        return BEYOND
    # What overlaps, one by another, is compared with each other.
    squares = size = reach = 0
    for start, end, _ in sorted(span for value in values for span in value):
        if start >= reach:
            squares, size = squares + size**2, 0
        size, reach = size + 1, max(reach, end)
    return 70 * spans + (squares + size**2) // 10


def _work_of_boxes(values: Sequence[Boxes]) -> int:
    # Of very many the matching itself leaves some out.
    drawn = sum(len(value.boxes) for value in values)
    return 20 * drawn + min(drawn, MOST_BOXES) ** 2 // 10


def _work_of_texts(texts: Sequence[str]) -> int:
    different = set(texts)
    longest = min(max(map(len, different), default=0), _MOST_COMPARED)
    return len(different) * (len(different) - 1) // 2 * longest * 12


def _beyond(costs: Mapping[int, int]) -> frozenset[int]:
    return frozenset(index for index, cost in costs.items() if cost >= BEYOND)
