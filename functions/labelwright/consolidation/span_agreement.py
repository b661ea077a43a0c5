"""Krippendorff's alpha on spans, character by character.

K. Krippendorff (2004), "Measuring the Reliability of Qualitative Text Analysis Data",
https://doi.org/10.1007/s11135-004-8107-7: nominal values, each character a unit, any number of
workers a text.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

from labelwright.answers.columns import Column
from labelwright.answers.values import Span


def span_alphas(column: Column) -> dict[str, float | None]:
    """Return each label's alpha: does a character bear the label or not? Declared labels first.

    Where a text is unknown it is taken to end with its last span. See ``span_alpha``.
    """
    given = {span.label for values in column.values for value in values for span in value.value}
    labels = dict.fromkeys([*column.labels, *sorted(given)])
    texts = column.texts or (None,) * len(column.objects)
    lengths = [None if text is None else len(text) for text in texts]
    answers = [[value.value for value in values] for values in column.values]
    return {
        label: span_alpha(
            [[[span for span in spans if span.label == label] for spans in a] for a in answers],
            lengths,
        )
        for label in labels
    }


def span_alpha(
    answers: Sequence[Sequence[Iterable[Span]]], lengths: Sequence[int | None]
) -> float | None:
    """Return alpha, at most 1; a character's value is the set of labels it bears.

    ``answers`` are the spans of each worker, object by object; ``lengths`` the texts' in code
    points. 1 is agreement, 0 what chance would give. None where alpha is not defined: fewer than
    two workers an object, or one value alone in all that they said.
    """
    totals: Counter[Hashable] = Counter()
    disagreement = 0.0
    for workers, length in zip(answers, lengths, strict=True):
        if len(workers) < 2:
            continue
        for size, values in _stretches([list(spans) for spans in workers], length):
            counts = Counter(values)
            for value, count in counts.items():
                totals[value] += size * count
                disagreement += size * count * (len(values) - count) / (len(values) - 1)
    pairable = sum(totals.values())
    expected = sum(count * (pairable - count) for count in totals.values())
    return 1 - (pairable - 1) * disagreement / expected if expected else None


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
