"""Spans by sequence consolidation: what the model says of each span, joined with the vote."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from labelwright.answers.columns import Column
from labelwright.answers.values import Span
from labelwright.consolidation.chain import Chains
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.span_emission import TagRows
from labelwright.consolidation.span_layers import Marked, Symbol, find_layers, with_depth
from labelwright.consolidation.span_model import combine_sequences
from labelwright.consolidation.span_units import tags_of, units_of
from labelwright.consolidation.spans import DEFAULT_THRESHOLD

#: Spans less probable than this are not looked at.
_LEAST = 0.01
#: Rows times tags beyond which texts are cut at span ends alone, to bound memory (8 bytes each).
_MAX_CELLS = 20_000_000


class _Answered(NamedTuple):
    """An object that somebody answered: text, each worker's name and spans, votes by span."""

    text: str | None
    workers: tuple[str, ...]
    spans: tuple[tuple[Marked, ...], ...]
    votes: Counter[Span]


def sequence(column: Column) -> list[Consolidated]:
    """Consolidate spans by Bayesian sequence combination (see ``span_model``).

    A worker who marked nothing has answered: "nothing here". A span's confidence joins two
    estimates of the probability that just this span is right: the model's, and the share of workers
    who marked it, half each, less one ``m``-th of the model's half where ``m`` workers answered:
    what one worker alone said can't be judged by others, and all of it is the vote's. Spans of a
    layer (labels that do not overlap, see ``span_layers``) exclude each other: the choice with the
    greatest sum of confidence above the threshold stands, ties going to the earlier end. The
    field's confidence is the mean, over all spans that anybody marked or that stand, of the
    confidence in keeping or leaving it, and 1 without any.
    """
    items = [_answered(column, index) for index in range(len(column.objects))]
    layers = find_layers([item.spans for item in items])
    scored = [_shares(item) for item in items]
    for layer in layers:
        for index, found in _layer_probabilities(items, layer).items():
            item = items[index]
            weight = 0.5 * (1 - 1 / len(item.workers))
            for span, probability in found.items():
                share = item.votes[span] / len(item.workers)
                score = weight * probability + (1 - weight) * share
                scored[index][span] = max(scored[index].get(span, 0.0), score)
    threshold = DEFAULT_THRESHOLD if column.field.threshold is None else column.field.threshold
    of_label = {symbol: i for i, layer in enumerate(layers) for symbol in layer}
    return [
        _decide(item, scores, of_label, threshold)
        for item, scores in zip(items, scored, strict=True)
    ]


def _answered(column: Column, index: int) -> _Answered:
    values = sorted(column.values[index], key=lambda value: value.worker)
    return _Answered(
        column.texts[index] if column.texts else None,
        tuple(value.worker for value in values),
        tuple(tuple(with_depth(value.value)) for value in values),
        Counter(span for value in values for span in set(value.value)),
    )


def _shares(item: _Answered) -> dict[Span, float]:
    """Return the vote's part of each marked span's confidence."""
    workers = len(item.workers)
    return {span: votes / workers * 0.5 * (1 + 1 / workers) for span, votes in item.votes.items()}


def _layer_probabilities(
    items: Sequence[_Answered], layer: Sequence[Symbol]
) -> dict[int, dict[Span, float]]:
    """Return the model's probability of each likely span of a layer, by object."""
    labels = {symbol: number for number, symbol in enumerate(layer)}
    units = {
        index: cut
        for index, item in enumerate(items)
        if item.workers and (cut := units_of(item.text, item.votes))
    }
    size = sum(len(cut) * len(items[index].workers) for index, cut in units.items())
    if size * (2 * len(layer) + 1) > _MAX_CELLS:
        units = {index: units_of(None, items[index].votes) for index in units}
        units = {index: cut for index, cut in units.items() if cut}
    if not units:
        return {}
    chains = Chains.of_lengths(np.array([len(cut) for cut in units.values()]))
    rows = _rows(items, units, labels, chains)
    result = combine_sequences(rows, chains)
    found: dict[int, dict[Span, float]] = {index: {} for index in units}
    places = [(index, start, end) for index, cut in units.items() for start, end in cut]
    states = result.chain.states
    for (label, _), number in labels.items():
        begin, later = 2 * number + 1, 2 * number + 2
        from_begin = result.chain.follow(result.transition, begin, later)
        from_later = result.chain.follow(result.transition, later, later)
        for first in np.flatnonzero(states[:, begin] >= _LEAST):
            index, start, _ = places[first]
            reached, last, onward = float(states[first, begin]), int(first), from_begin[first]
            while reached >= _LEAST:
                probability = reached * (1 - float(onward))
                if probability >= _LEAST:
                    span = Span(start, places[last][2], label)
                    found[index][span] = max(found[index].get(span, 0.0), min(probability, 1.0))
                reached *= float(onward)
                last += 1
                onward = from_later[last] if last < len(places) else 0.0
    return found


def _rows(
    items: Sequence[_Answered],
    units: Mapping[int, Sequence[tuple[int, int]]],
    labels: Mapping[Symbol, int],
    chains: Chains,
) -> TagRows:
    """Return all workers' tags of one layer, sorted by unit."""
    workers = {
        name: i
        for i, name in enumerate(sorted({w for index in units for w in items[index].workers}))
    }
    columns: list[list[np.ndarray[tuple[int], np.dtype[np.int64]]]] = [[], [], [], []]
    for (index, cut), start in zip(units.items(), chains.bounds, strict=False):
        item = items[index]
        for name, marked in zip(item.workers, item.spans, strict=True):
            own = [(span, labels[symbol]) for span, symbol in marked if symbol in labels]
            given = np.array(tags_of(own, cut, item.votes), dtype=np.int64)
            columns[0].append(start + np.arange(len(cut)))
            columns[1].append(np.full(len(cut), workers[name]))
            columns[2].append(np.concatenate([[0], given[:-1]]))
            columns[3].append(given)
    unit, worker, previous, given = (np.concatenate(column) for column in columns)
    order = np.argsort(unit, kind="stable")
    return TagRows(
        unit[order],
        worker[order],
        previous[order],
        given[order],
        int(chains.bounds[-1]),
        len(workers),
        len(labels),
    )


def _decide(
    item: _Answered,
    scores: Mapping[Span, float],
    layers: Mapping[Symbol, int],
    threshold: float,
) -> Consolidated:
    """Keep the best spans of each layer."""
    workers = len(item.workers)
    if not workers:
        return Consolidated(None, None, 0)
    by_layer: dict[int, list[Span]] = {}
    symbols = {span: symbol for marked in item.spans for span, symbol in sorted(marked)}
    for span, score in sorted(scores.items()):
        if score >= threshold - 1e-9:
            symbol = symbols.get(span, (span.label, 0))
            by_layer.setdefault(layers[symbol], []).append(span)
    kept = sorted(span for spans in by_layer.values() for span in _best(spans, scores, threshold))
    standing = set(kept)
    sure = [
        score if span in standing else 1 - score
        for span, score in sorted(scores.items())
        if span in standing or span in item.votes
    ]
    value = [
        {**span._asdict(), "confidence": scores[span], "votes": item.votes[span]} for span in kept
    ]
    return Consolidated(value, sum(sure) / len(sure) if sure else 1.0, workers)


def _best(spans: Sequence[Span], scores: Mapping[Span, float], threshold: float) -> list[Span]:
    """Return those of the spans, none overlapping another, with the greatest sum over threshold."""
    ranked = sorted(spans, key=lambda span: (span.end, span.start, span.label))
    ends = [span.end for span in ranked]
    best: list[tuple[float, list[Span]]] = [(0.0, [])]
    for index, span in enumerate(ranked):
        before, chosen = best[bisect_right(ends, span.start, 0, index)]
        # A little for each, so that a span at the very threshold is kept too.
        gain = before + scores[span] - threshold + 1e-6
        best.append((gain, [*chosen, span]) if gain > best[-1][0] else best[-1])
    return best[-1][1]
