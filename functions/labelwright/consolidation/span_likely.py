"""What the sequence model says of spans: from answers to rows of tags, from tags back to spans."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from labelwright.answers.values import Span
from labelwright.consolidation.chain import Chains
from labelwright.consolidation.span_emission import Integers, TagRows
from labelwright.consolidation.span_layers import Marked, Symbol
from labelwright.consolidation.span_model import combine_sequences
from labelwright.consolidation.span_units import tags_of, units_of

#: Spans less probable than this are not looked at.
_LEAST = 0.01
#: Labels of a layer that are modelled, the most used first; time and memory grow with their square.
_MOST_LABELS = 50
#: Rows times tags beyond which texts are cut at span ends alone, to bound memory (8 bytes each).
_MAX_CELLS = 20_000_000


class AnsweredText(NamedTuple):
    """An object that somebody answered: text, each worker's name and spans, votes by span."""

    text: str | None
    workers: tuple[str, ...]
    spans: tuple[tuple[Marked, ...], ...]
    votes: Counter[Span]


def likely_spans(
    items: Sequence[AnsweredText], layer: Sequence[Symbol]
) -> dict[int, dict[Span, float]]:
    """Return the model's probability of each likely span of a layer, by object."""
    given = Counter(
        symbol for item in items for marked in item.spans for _, symbol in marked if symbol in layer
    )
    modelled = sorted(sorted(given), key=lambda symbol: -given[symbol])[:_MOST_LABELS]
    labels = {symbol: number for number, symbol in enumerate(sorted(modelled))}
    units = {
        index: cut
        for index, item in enumerate(items)
        if item.workers and (cut := units_of(item.text, item.votes))
    }
    size = sum(len(cut) * len(items[index].workers) for index, cut in units.items())
    if size * (2 * len(layer) + 1) > _MAX_CELLS:
        units = {index: units_of(None, items[index].votes) for index in units}
        units = {index: cut for index, cut in units.items() if cut}
    if not units or not labels:
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
    items: Sequence[AnsweredText],
    units: Mapping[int, Sequence[tuple[int, int]]],
    labels: Mapping[Symbol, int],
    chains: Chains,
) -> TagRows:
    """Return all workers' tags of one layer, sorted by unit."""
    workers = {
        name: i
        for i, name in enumerate(sorted({w for index in units for w in items[index].workers}))
    }
    columns: list[list[Integers]] = [[], [], [], []]
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
