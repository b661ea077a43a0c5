"""Answers out of all proportion: one worker's is left out before it can cost the others anything.

Who gives ten times as much as the others do has not done the task better; a page that went wrong,
or a worker who means harm, does so. Such an answer counts as none in this field of this object; it
stays among the label's answers.
"""

from collections.abc import Sequence

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Span
from labelwright.consolidation.spans.layers import most_at_once, with_depth
from labelwright.contract.base import Json
from labelwright.task.definition import Kind

#: Spans, boxes or labels that anybody may give; and how many times those of the others, of whom the
#: median counts, the upper one of two.
FEW, TIMES = 200, 10

#: An object with more spans, or with more by one worker on top of each other (of one label, or of
#: any), is not what annotators make.
MOST_SPANS, _MOST_DEPTH, _MOST_AT_ONCE = 2_000, 8, 20

#: Workers whose answers were left out, by object.
LeftOut = tuple[tuple[str, ...], ...]


def without_outliers(column: Column) -> tuple[Column, LeftOut]:
    """Take out answers out of all proportion to the others'; an object's only answer stays."""
    kind = column.field.kind
    if kind not in (Kind.SPANS, Kind.BOXES, Kind.CHOICES):
        return column, ((),) * len(column.objects)
    left_out = tuple(_outliers(kind, values) for values in column.values)
    if not any(left_out):
        return column, left_out
    kept = tuple(
        tuple(value for value in values if value.worker not in out)
        for values, out in zip(column.values, left_out, strict=True)
    )
    return column._replace(values=kept), left_out


def tangled(spans: Sequence[Span]) -> bool:
    """Tell whether one worker's spans lie on top of each other as no annotator's do."""
    return most_at_once(spans) > _MOST_AT_ONCE or any(
        depth > _MOST_DEPTH for _, (_, depth) in with_depth(spans)
    )


def _outliers(kind: Kind, values: Sequence[WorkerValue]) -> tuple[str, ...]:
    sizes = [_size(kind, value.value) for value in values]
    found = [
        size > FEW and size > TIMES * _upper_median(sizes[:place] + sizes[place + 1 :], size)
        for place, size in enumerate(sizes)
    ]
    if kind is Kind.SPANS:
        knots = [tangled(value.value) for value in values]
        if not all(knots):
            found = [many or knot for many, knot in zip(found, knots, strict=True)]
    return tuple(value.worker for value, out in zip(values, found, strict=True) if out)


def _size(kind: Kind, value: Json) -> int:
    return len(value.boxes) if kind is Kind.BOXES else len(value)


def _upper_median(sizes: Sequence[int], alone: int) -> int:
    """Return the upper median; of no others, what leaves the only answer in."""
    return sorted(sizes)[len(sizes) // 2] if sizes else alone
