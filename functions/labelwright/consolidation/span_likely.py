"""What the sequence model says of spans: from answers to rows of tags, from tags back to spans."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from labelwright.answers.values import Span
from labelwright.consolidation.chain import Chains
from labelwright.consolidation.span_emission import Integers, TagRows
from labelwright.consolidation.span_layers import Marked, Symbol
from labelwright.consolidation.span_model import SequenceResult, combine_sequences
from labelwright.consolidation.span_units import tags_of, units_of
from labelwright.consolidation.votes import NONE

#: Spans less probable than this are not looked at.
_LEAST = 0.01
#: Labels of a layer that are modelled, the most used first; time and memory grow with their square.
_MOST_LABELS = 50
#: Units times tags beyond which no more texts teach, and those of the batch are cut at span ends
#: alone, to bound memory (80 bytes each) and time.
_MAX_CELLS = 8_000_000

#: The units of each text, by the object's index.
_Units = Mapping[int, Sequence[tuple[int, int]]]


class AnsweredText(NamedTuple):
    """An object that somebody answered: text, each worker's name and spans, votes by span.

    ``true`` are its spans where they are known.
    """

    text: str | None
    workers: tuple[str, ...]
    spans: tuple[tuple[Marked, ...], ...]
    votes: Counter[Span]
    true: tuple[Marked, ...] | None = None

    def everything(self) -> tuple[tuple[Marked, ...], ...]:
        """Return all workers' spans, and the true ones as two more workers would give them."""
        return self.spans if self.true is None else (*self.spans, self.true, self.true)

    def units(self, text: str | None) -> list[tuple[int, int]]:
        """Cut the text, or what is known of it, at the ends of all spans."""
        return units_of(text, [*self.votes, *(span for span, _ in self.true or ())])


def likely_spans(
    items: Sequence[AnsweredText], layer: Sequence[Symbol], wanted: int
) -> dict[int, dict[Span, float]]:
    """Return the model's probability of each likely span of a layer, by object.

    Of the first ``wanted`` items; the others only teach how workers tag.
    """
    given = Counter(
        symbol
        for item in items
        for marked in item.everything()
        for _, symbol in marked
        if symbol in layer
    )
    modelled = sorted(sorted(given), key=lambda symbol: -given[symbol])[:_MOST_LABELS]
    labels = {symbol: number for number, symbol in enumerate(sorted(modelled))}
    units: dict[int, Sequence[tuple[int, int]]] = {}
    room = _MAX_CELLS // (2 * len(labels) + 1)
    for index, item in enumerate(items):
        cut = item.units(item.text) if item.workers else []
        if len(cut) > room and index < wanted:
            cut = item.units(None)
        room -= len(cut)
        if room < 0 and index >= wanted:
            break
        if cut:
            units[index] = cut
    if not units or not labels:
        return {}
    chains = Chains.of_lengths(np.array([len(cut) for cut in units.values()]))
    result = combine_sequences(_rows(items, units, labels, chains), chains)
    return _decode(result, {i: cut for i, cut in units.items() if i < wanted}, labels)


def _decode(
    result: SequenceResult, units: _Units, labels: Mapping[Symbol, int]
) -> dict[int, dict[Span, float]]:
    """Return each likely span of these texts, which are the first that the model saw."""
    found: dict[int, dict[Span, float]] = {index: {} for index in units}
    places = [(index, start, end) for index, cut in units.items() for start, end in cut]
    states = result.chain.states[: len(places)]
    for (label, _), number in labels.items():
        begin, later = 2 * number + 1, 2 * number + 2
        candidates = np.flatnonzero(states[:, begin] >= _LEAST)
        if not len(candidates):
            continue
        from_begin = result.chain.follow(result.transition, begin, later).tolist()
        from_later = result.chain.follow(result.transition, later, later).tolist()
        for first in candidates.tolist():
            index, start, _ = places[first]
            reached, last, onward = float(states[first, begin]), first, from_begin[first]
            while reached >= _LEAST:
                probability = reached * (1 - onward)
                if probability >= _LEAST:
                    span = Span(start, places[last][2], label)
                    found[index][span] = max(found[index].get(span, 0.0), min(probability, 1.0))
                reached *= onward
                last += 1
                onward = from_later[last] if last < len(places) else 0.0
    return found


def _rows(
    items: Sequence[AnsweredText], units: _Units, labels: Mapping[Symbol, int], chains: Chains
) -> TagRows:
    """Return all workers' tags of one layer, run by run."""
    names = sorted({name for index in units for name in items[index].workers})
    numbers = {name: i for i, name in enumerate(names)}

    def tags(
        item: AnsweredText, marked: Iterable[Marked], cut: Sequence[tuple[int, int]]
    ) -> Integers:
        own = [(span, labels[symbol]) for span, symbol in marked if symbol in labels]
        return tags_of(own, cut, item.votes)

    columns: list[list[Integers]] = [[] for _ in range(7)]
    runs = 0
    for (index, cut), begin in zip(units.items(), chains.bounds.tolist(), strict=False):
        item = items[index]
        given = np.stack([tags(item, marked, cut) for marked in item.spans])
        known = np.full(len(cut), NONE) if item.true is None else tags(item, item.true, cut)
        previous = np.zeros_like(given)
        previous[:, 1:] = given[:, :-1]
        same = (given[:, 1:] == previous[:, 1:]) & (previous[:, 1:] == previous[:, :-1])
        goes_on = same.all(axis=0) & (known[1:] == known[:-1])
        starts = np.flatnonzero(np.append(True, ~goes_on))
        workers = np.array([numbers[name] for name in item.workers])
        found = (
            np.repeat(runs + np.arange(len(starts)), len(workers)),
            np.tile(workers, len(starts)),
            previous[:, starts].T.ravel(),
            given[:, starts].T.ravel(),
            begin + starts,
            np.diff(starts, append=len(cut)),
            known[starts],
        )
        for column, values in zip(columns, found, strict=True):
            column.append(values)
        runs += len(starts)
    run, worker, before, given, starts, lengths, known = map(np.concatenate, columns)
    return TagRows(run, worker, before, given, starts, lengths, known, len(names), len(labels))
