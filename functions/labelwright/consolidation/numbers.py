"""Numbers: the median, plain or weighted by how close each worker tends to be."""

from collections.abc import Mapping, Sequence
from math import inf, isclose
from statistics import median as fmedian
from statistics import median_high, median_low

from labelwright.consolidation.crowd import CROWD_AND_ONE
from labelwright.consolidation.result import Consolidated

#: What each worker of an object answered.
Answers = Sequence[tuple[str, float]]

#: A worker's distance is drawn toward the crowd's as if seen in so many more objects.
_POOLED = 4.0
#: With fewer answers an object does not tell who was far off.
_ENOUGH = 3
#: Of a weight: just less.
_LESS = 1 - 1e-6


def median(answers: Sequence[float]) -> Consolidated:
    """Return the median; between the two middle ones when their number is even.

    The confidence is the share of workers who gave just that number.
    """
    if not answers:
        return Consolidated(None, None, 0)
    low, high = median_low(answers), median_high(answers)
    # Halved first: the sum of two large numbers may be infinite.
    value = low if low == high else low / 2 + high / 2
    same = sum(isclose(answer, value, rel_tol=1e-9) for answer in answers)
    return Consolidated(value, same / len(answers), len(answers), tie=low != high)


def skilled_median(answers: Sequence[Answers], gold: Mapping[int, float]) -> list[Consolidated]:
    """Return weighted medians: a worker weighs as much as the inverse of the usual distance.

    The median is the maximum-likelihood centre of answers spread as Laplace's distribution, and the
    weighted one that of workers with different spreads. A worker's spread is the mean distance from
    the median of the *other* workers, so that nobody comes to dictate, in units of the object's own
    mean distance, so that objects with large numbers do not count more. ``gold`` has known values
    by the object's index, taken instead of medians and results. A value is always one that a worker
    gave, or half-way between two; where four or more answered, nobody weighs as much as all others
    together, so that it lies among theirs, whatever one of them gave. The confidence is the
    weighted share of who gave just that.
    """
    spread = _spreads(answers, gold)
    results = []
    for index, found in enumerate(answers):
        if not found:
            results.append(Consolidated(None, None, 0))
            continue
        weights = _bounded([1 / spread.get(worker, 1.0) for worker, _ in found])
        low, high = _weighted_median([number for _, number in found], weights)
        value = gold.get(index, low if low == high else low / 2 + high / 2)
        same = sum(
            weight
            for (_, number), weight in zip(found, weights, strict=True)
            if isclose(number, value, rel_tol=1e-9)
        )
        # Further decimals depend on the order of the answers.
        confidence = 1.0 if index in gold else min(1.0, round(same / sum(weights), 6))
        tie = low != high and index not in gold
        results.append(Consolidated(value, confidence, len(found), tie=tie))
    return results


def _bounded(weights: list[float]) -> list[float]:
    """Return the weights, the largest made smaller than the sum of three or more others."""
    heaviest = max(range(len(weights)), key=weights.__getitem__)
    others = sum(weights) - weights[heaviest]
    if len(weights) >= CROWD_AND_ONE:
        weights[heaviest] = min(weights[heaviest], _LESS * others)
    return weights


def _weighted_median(numbers: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    """Return the lower and the upper weighted median, most often the same."""
    ordered = sorted(zip(numbers, weights, strict=True))
    half = sum(weights) / 2
    below = 0.0
    for place, (number, weight) in enumerate(ordered):
        below += weight
        if isclose(below, half, rel_tol=1e-9) and place + 1 < len(ordered):
            return number, ordered[place + 1][0]
        if below > half:
            return number, number
    return ordered[-1][0], ordered[-1][0]


def _spreads(answers: Sequence[Answers], gold: Mapping[int, float]) -> dict[str, float]:
    """Return each worker's usual distance, around 1 for the crowd, never 0."""
    distances: dict[str, list[float]] = {}
    for index, found in enumerate(answers):
        numbers = [number for _, number in found]
        if not numbers or (len(numbers) < _ENOUGH and index not in gold):
            continue
        away = []
        for place, number in enumerate(numbers):
            others = numbers[:place] + numbers[place + 1 :]
            middle = gold[index] if index in gold else fmedian(others)
            away.append(abs(number - middle))
        scale = sum(away) / len(away)
        if 0 < scale < inf:
            for (worker, _), distance in zip(found, away, strict=True):
                distances.setdefault(worker, []).append(distance / scale)
    return {
        worker: (sum(seen) + _POOLED) / (len(seen) + _POOLED) for worker, seen in distances.items()
    }
