"""Consolidated values of any kind against true ones."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import MarkedSpan, Reading, read_value
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Json
from labelwright.quality.gold_results import GoldResult, gold_results
from labelwright.task.definition import FieldDefinition, Kind


def read_known(field: FieldDefinition, raw: Json) -> Reading:
    """Read a value as ``read_value`` does, in the form that columns have where texts are unknown.

    It takes workers' answers, true values, and the values of results alike.
    """
    reading = read_value(field, raw)
    if field.kind is not Kind.SPANS or reading.value is None:
        return reading
    marked: Sequence[MarkedSpan] = reading.value
    return reading._replace(value=tuple(item.span for item in marked))


def values_of(column: Column, results: Iterable[Consolidated]) -> dict[str, Json]:
    """Return the consolidated values by datasetObjectId, in the form that columns have."""
    values = {}
    for name, result in zip(column.objects, results, strict=True):
        value = read_known(column.field, result.value).value
        if value is not None:
            values[name] = value
    return values


class FieldTruth(NamedTuple):
    """How right values are in the ``compared`` objects that have one and whose true one is known.

    ``exact`` have just the true one. ``items`` counts what values consist of, as for workers:
    labels, spans, boxes. ``error`` is the mean distance of numbers, None for other kinds.
    ``by_label`` has the F1 of each label of ``choices``, 0 to 1.
    """

    compared: int
    exact: int
    items: GoldResult
    error: float | None
    by_label: Mapping[str, float]


def compare_field(
    column: Column, values: Mapping[str, Json], truth: Mapping[str, Json]
) -> FieldTruth | None:
    """Compare values with true ones, both in the form that columns have; None if none can be."""
    names = [name for name in column.objects if name in values and name in truth]
    if not names:
        return None
    as_answers = column._replace(
        objects=tuple(names), values=tuple((WorkerValue("", values[name]),) for name in names)
    )
    (items,) = gold_results(as_answers, truth)
    pairs = [(values[name], truth[name]) for name in names]
    error = None
    if column.field.kind is Kind.NUMBER:
        error = sum(abs(value - true) for value, true in pairs) / len(pairs)
    by_label = _label_f1(pairs) if column.field.kind is Kind.CHOICES else {}
    exact = sum(value == true for value, true in pairs)
    return FieldTruth(len(names), exact, items, error, by_label)


def _label_f1(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    right, given = Counter[str](), Counter[str]()
    for value, true in pairs:
        right.update(set(value) & set(true))
        given.update([*set(value), *set(true)])
    return {label: 2 * right[label] / given[label] for label in sorted(given)}
