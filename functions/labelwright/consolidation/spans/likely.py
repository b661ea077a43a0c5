"""What the sequence model says of spans: from answers to rows of tags, from tags back to spans."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from labelwright.answers.values import Span
from labelwright.consolidation.spans.chain import Chains
from labelwright.consolidation.spans.layers import Marked, Symbol
from labelwright.consolidation.spans.model import SequenceResult, combine_sequences
from labelwright.consolidation.spans.rows import Answers, TagRows
from labelwright.consolidation.spans.units import count_units, tags_of
from labelwright.consolidation.spans.vote import Said
from labelwright.consolidation.votes import NONE

#: Spans less probable than this are not looked at.
_LEAST = 0.01
#: Labels of a layer that are modelled, the most used first; time and memory grow with their square.
_MOST_LABELS = 50
#: Stretches times states beyond which no more texts are modelled: bounds time, and memory, which is
#: 100 bytes each.
_MAX_CELLS = 8_000_000

#: ``(start, end)`` of each stretch, and how many units it has.
_Stretches = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class AnsweredText:
    """An object that somebody answered: text, each worker's name and spans, votes by span.

    ``partial`` are the places of workers whose answer was read in part: they say nothing where they
    have no span. ``true`` are its spans where they are known.
    """

    text: str | None
    workers: tuple[str, ...]
    spans: tuple[tuple[Marked, ...], ...]
    votes: Counter[Span]
    partial: frozenset[int] = frozenset()
    true: tuple[Marked, ...] | None = None

    @cached_property
    def whole(self) -> tuple[int, ...]:
        """The places of the workers whose answer was read whole."""
        return tuple(i for i in range(len(self.workers)) if i not in self.partial)

    def said(self, layer: Container[Symbol] | None = None) -> list[Said]:
        """Return where each answer read in part says anything, in a layer or at all."""
        return [
            Said(span for span, symbol in self.spans[place] if layer is None or symbol in layer)
            for place in self.partial
        ]

    def voters(self, spans: Sequence[Span], partly: Sequence[Said]) -> int:
        """Return how many workers say whether spans are there; ``partly`` is from ``said``."""
        return len(self.whole) + sum(any(map(said.of, spans)) for said in partly)

    def everything(self) -> tuple[tuple[Marked, ...], ...]:
        """Return all workers' spans, and the true ones as two more workers would give them."""
        return self.spans if self.true is None else (*self.spans, self.true, self.true)

    @cached_property
    def places(self) -> dict[int, int]:
        """Return how many units lie before each span's ends, see ``count_units``."""
        return count_units(self.text, [*self.votes, *(span for span, _ in self.true or ())])


class Modelled(NamedTuple):
    """What the model says of a text: the probability of each likely span of the labels it knows."""

    spans: dict[Span, float]
    labels: frozenset[str]


#: A text that the model has not seen.
NOT_MODELLED = Modelled({}, frozenset())


def likely_spans(
    items: Sequence[AnsweredText], layer: Container[Symbol], wanted: int
) -> dict[int, Modelled]:
    """Return what the model says of a layer, by object, from the answers that were read whole.

    Of the first ``wanted`` items, the shortest if they are too long together; the others only teach
    how workers tag.
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
    own = {i: _stretches(item, labels) for i, item in enumerate(items[:wanted]) if item.whole}
    room = _MAX_CELLS // (3 * len(labels) + 1)
    cuts = _fitting(own, room)
    room -= sum(map(len, cuts.values()))
    for index, item in enumerate(items[wanted:], wanted):
        stretches = _stretches(item, labels) if item.whole else {}
        room -= len(stretches)
        if room < 0:
            break
        if stretches:
            cuts[index] = stretches
    if not cuts or not labels:
        return {}
    chains = Chains.of_lengths(np.array([len(cut) for cut in cuts.values()]))
    result = combine_sequences(_rows(items, cuts, labels), chains)
    return _decode(result, {i: cut for i, cut in cuts.items() if i < wanted}, labels)


def _fitting(cuts: Mapping[int, _Stretches], room: int) -> dict[int, _Stretches]:
    """Return those texts, in order, that together have at most so many stretches: the shortest."""
    by_length = sorted(cuts, key=lambda index: (len(cuts[index]), index))
    reached = accumulate(len(cuts[index]) for index in by_length)
    fit = {index for index, total in zip(by_length, reached, strict=True) if total <= room}
    return {index: cut for index, cut in cuts.items() if cut and index in fit}


def _stretches(item: AnsweredText, labels: Container[Symbol]) -> dict[tuple[int, int], int]:
    """Cut a text at the ends of the layer's spans; blank stretches without units are left out."""
    places = item.places
    ends = {
        place
        for marked in item.everything()
        for span, symbol in marked
        if symbol in labels
        for place in span[:2]
    }
    ends |= {min(places), max(places)} if places else set()
    return {
        (start, end): units
        for start, end in pairwise(sorted(ends))
        if (units := places[end] - places[start])
    }


def _decode(
    result: SequenceResult, cuts: Mapping[int, _Stretches], labels: Mapping[Symbol, int]
) -> dict[int, Modelled]:
    """Return each likely span of these texts, which are the first that the model saw."""
    known = frozenset(label for label, _ in labels)
    found = {index: Modelled({}, known) for index in cuts}
    places = [(index, start, end) for index, cut in cuts.items() for start, end in cut]
    states = result.chain.states[: len(places)]
    for (label, _), number in labels.items():
        begin, later = 2 * number + 1, 2 * number + 2
        candidates = np.flatnonzero(states[:, begin] >= _LEAST)
        if not len(candidates):
            continue
        from_begin = result.chain.follow(begin, later, len(places)).tolist()
        from_later = result.chain.follow(later, later, len(places)).tolist()
        for first in candidates.tolist():
            index, start, _ = places[first]
            reached, last, onward = float(states[first, begin]), first, from_begin[first]
            while reached >= _LEAST:
                probability = reached * (1 - onward)
                if probability >= _LEAST:
                    span = Span(start, places[last][2], label)
                    spans = found[index].spans
                    spans[span] = max(spans.get(span, 0.0), min(probability, 1.0))
                reached *= onward
                last += 1
                onward = from_later[last] if last < len(places) else 0.0
    return found


def _rows(
    items: Sequence[AnsweredText], cuts: Mapping[int, _Stretches], labels: Mapping[Symbol, int]
) -> TagRows:
    """Return the tags of one layer in all answers that were read whole, run by run."""
    names = sorted({items[i].workers[place] for i in cuts for place in items[i].whole})
    numbers = {name: i for i, name in enumerate(names)}
    # Text by text, worker by worker: the tag of the first unit of each stretch.
    given: list[int] = []
    units: list[int] = []
    workers: list[int] = []
    known: list[int] = []
    for index, cut in cuts.items():
        item = items[index]
        for place in item.whole:
            given += _tags(item.spans[place], cut, item.votes, labels)
        workers += [numbers[item.workers[place]] for place in item.whole]
        units += cut.values()
        unknown = [NONE] * len(cut)
        known += unknown if item.true is None else _tags(item.true, cut, item.votes, labels)
    return TagRows.of_stretches(
        Answers(
            np.array([len(cut) for cut in cuts.values()]),
            np.array([len(items[index].whole) for index in cuts]),
            np.array(workers),
            np.array(given),
        ),
        np.array(units),
        np.array(known),
        n_workers=len(names),
        n_labels=len(labels),
    )


def _tags(
    marked: Iterable[Marked],
    cut: _Stretches,
    votes: Mapping[Span, int],
    labels: Mapping[Symbol, int],
) -> list[int]:
    own = [(span, labels[symbol]) for span, symbol in marked if symbol in labels]
    return tags_of(own, list(cut), votes) if own else [0] * len(cut)
