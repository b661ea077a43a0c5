"""Krippendorff's alpha on spans, character by character.

K. Krippendorff (2004), "Measuring the Reliability of Qualitative Text Analysis Data",
https://doi.org/10.1007/s11135-004-8107-7: nominal values, each character a unit, any number of
workers a text.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Span


def span_alphas(column: Column) -> dict[str, float | None]:
    """Return each label's alpha: does a character bear the label or not? Declared labels first.

    Where a text is unknown it is taken to end with its last span. Answers read in part are left
    out. See ``span_alpha``.
    """
    given = {span.label for values in column.values for value in values for span in value.value}
    labels = dict.fromkeys([*column.labels, *sorted(given)])
    lengths = _lengths(column)
    answers = [[value.value for value in values] for values in _whole(column)]
    return {
        label: span_alpha(
            [[[span for span in spans if span.label == label] for spans in a] for a in answers],
            lengths,
        )
        for label in labels
    }


def _whole(column: Column) -> list[list[WorkerValue]]:
    return [[value for value in values if not value.partial] for values in column.values]


def _lengths(column: Column) -> list[int | None]:
    texts = column.texts or (None,) * len(column.objects)
    return [None if text is None else len(text) for text in texts]


def span_alpha(
    answers: Sequence[Sequence[Iterable[Span]]], lengths: Sequence[int | None]
) -> float | None:
    """Return alpha, at most 1; a character's value is the set of labels it bears.

    ``answers`` are the spans of each worker, object by object; ``lengths`` the texts' in code
    points. 1 is agreement, 0 what chance would give. None where alpha is not defined: fewer than
    two workers an object, or one value alone in all that they said.
    """
    found = _tally(answers, lengths)
    if not found.chance:
        return None
    return 1 - sum(sum(apart) for apart in found.apart) / found.characters / found.chance


def worker_span_alphas(column: Column) -> dict[str, float | None]:
    """Return each worker's alpha by characters, sorted by worker, whatever the labels.

    As ``span_alpha`` of the pairs of answers that the worker is part of; the mean over workers,
    each weighted by the characters they share with others, is the alpha of all. None for who
    shares no object, and where alpha is not defined.
    """
    whole = _whole(column)
    answers = [[value.value for value in values] for values in whole]
    found = _tally(answers, _lengths(column))
    totals: dict[str, list[float]] = {}
    for values, size, apart in zip(whole, found.sizes, found.apart, strict=True):
        for value, disagreement in zip(values, apart, strict=True):
            total = totals.setdefault(value.worker, [0.0, 0.0])
            total[0] += disagreement
            total[1] += size
    return {
        worker: 1 - disagreement / size / found.chance if size and found.chance else None
        for worker, (disagreement, size) in sorted(totals.items())
    }


class _Tally(NamedTuple):
    """What alpha is made of.

    For each object the characters that can be compared, ``sizes``, and for each worker on it in how
    many of them the others differ (in the mean over them), ``apart``; ``chance`` is the share of
    unequal pairs to be expected, 0 where there is nothing to tell apart.
    """

    sizes: list[int]
    apart: list[list[float]]
    chance: float

    @property
    def characters(self) -> int:
        """How many characters of how many workers can be compared."""
        pairs = zip(self.sizes, self.apart, strict=True)
        return sum(size * len(workers) for size, workers in pairs)


def _tally(answers: Sequence[Sequence[Iterable[Span]]], lengths: Sequence[int | None]) -> _Tally:
    totals: Counter[Hashable] = Counter()
    sizes: list[int] = []
    apart: list[list[float]] = []
    for workers, length in zip(answers, lengths, strict=True):
        differ = [0.0] * len(workers)
        compared = 0
        if len(workers) > 1:
            for size, values in _stretches([list(spans) for spans in workers], length):
                counts = Counter(values)
                for number, value in enumerate(values):
                    differ[number] += size * (len(values) - counts[value]) / (len(values) - 1)
                for value, count in counts.items():
                    totals[value] += size * count
                compared += size
        sizes.append(compared)
        apart.append(differ)
    whole = sum(totals.values())
    unequal = sum(count * (whole - count) for count in totals.values())
    return _Tally(sizes, apart, unequal / (whole * (whole - 1)) if unequal else 0.0)


def _stretches(
    workers: Sequence[Sequence[Span]], length: int | None
) -> Iterable[tuple[int, list[frozenset[str]]]]:
    """Yield the stretches in which nobody's value changes: their length and the values."""
    ends = {0, length or 0}
    ends.update(place for spans in workers for span in spans for place in (span.start, span.end))
    for start, end in pairwise(sorted(ends)):
        yield (
            end - start,
            [
                frozenset(span.label for span in spans if span.start <= start < span.end)
                for spans in workers
            ],
        )
