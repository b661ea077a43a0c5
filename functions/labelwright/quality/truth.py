"""Consolidated values of any kind against true ones, wherever they come from."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from labelwright.answers.columns import Column
from labelwright.answers.values import read_known
from labelwright.consolidation.choice_column import ChoiceResults
from labelwright.consolidation.result import Consolidated, Decision
from labelwright.contract.base import Json
from labelwright.quality.calibration import expected_calibration_error
from labelwright.quality.likeness import EQUAL, LIKENESS, Hits
from labelwright.task.definition import Kind


class Compared(NamedTuple):
    """How right decisions are in the ``compared`` objects whose true value is known.

    ``exact`` have just the true value. ``expected`` counts a tie among ``n`` labels as ``1/n`` when
    the true one is among them: as many as are right on average when ties are broken at random;
    ``ties`` is how many there are. ``items`` adds up what values consist of. ``distance`` is the
    mean one of numbers from the true ones, None for other kinds. ``by_label`` has the F1 of each
    label of ``choices``, 0 to 1. ``calibration`` is how far confidences are off
    (``expected_calibration_error``), None where a method has none.
    """

    kind: Kind
    compared: int
    exact: int
    expected: float
    ties: int
    items: Hits
    distance: float | None
    by_label: Mapping[str, float]
    calibration: float | None


def compare(
    kind: Kind, decisions: Mapping[str, Decision], truth: Mapping[str, Json]
) -> Compared | None:
    """Compare what was decided with true values, both by datasetObjectId as columns have them.

    Objects without a value and those without a true one are left out; None if none is left.
    """
    found = [
        (decision, truth[name])
        for name, decision in decisions.items()
        if name in truth and decision.value is not None
    ]
    if not found:
        return None
    likeness = LIKENESS.get(kind, EQUAL)
    pairs = [(decision.value, true) for decision, true in found]
    hits = [likeness.hits(value, true) for value, true in pairs]
    right = [value == true for value, true in pairs]
    distance = None
    if likeness.distance:
        distance = sum(likeness.distance(value, true) for value, true in pairs) / len(pairs)
    return Compared(
        kind,
        len(found),
        sum(right),
        sum(_credit(decision, true) for decision, true in found),
        sum(bool(decision.tied) for decision, _ in found),
        Hits(*(sum(column) for column in zip(*hits, strict=True))),
        distance,
        _label_f1(pairs) if likeness.labels else {},
        _calibration([decision.confidence for decision, _ in found], right),
    )


def decisions_of(
    column: Column, results: Sequence[Consolidated], wanted: Container[str] | None = None
) -> dict[str, Decision]:
    """Return what was decided by datasetObjectId, of the objects ``wanted`` (default: all).

    Values are as columns have them.
    """
    places = (
        (place, name)
        for place, name in enumerate(column.objects)
        if wanted is None or name in wanted
    )
    if isinstance(results, ChoiceResults):
        return {name: results.decision(place) for place, name in places}
    return {
        name: Decision(
            read_known(column.field, results[place].value).value, results[place].confidence
        )
        for place, name in places
    }


def _credit(decision: Decision, true: Json) -> float:
    if not decision.tied:
        return float(decision.value == true)
    return (true in decision.tied) / len(decision.tied)


def _calibration(confidences: Sequence[float | None], right: Sequence[bool]) -> float | None:
    known = [confidence for confidence in confidences if confidence is not None]
    if len(known) < len(confidences):
        return None
    return expected_calibration_error(np.array(known), np.array(right))


def _label_f1(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    right, given = Counter[str](), Counter[str]()
    for value, true in pairs:
        right.update(set(value) & set(true))
        given.update([*set(value), *set(true)])
    return {label: 2 * right[label] / given[label] for label in sorted(given)}
