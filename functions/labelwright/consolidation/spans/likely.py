"""What the sequence model says of spans: from answers to rows of tags, from tags back to spans."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.answers.values import Span
from labelwright.consolidation.box_match import SAME
from labelwright.consolidation.spans.answered import AnsweredText, take_turns
from labelwright.consolidation.spans.chain import Chains
from labelwright.consolidation.spans.layers import MOST_CELLS, Marked, Symbol
from labelwright.consolidation.spans.model import (
    MOVES,
    STEP,
    SequenceResult,
    all_work,
    combine_sequences,
    foretell,
)
from labelwright.consolidation.spans.rows import Answers, TagRows
from labelwright.consolidation.spans.units import tags_of
from labelwright.consolidation.votes import NONE

#: Spans less probable than this are not looked at.
_LEAST = 0.01
#: Labels of a layer that are modelled, the most used first; time and memory grow with their square.
_MOST_LABELS = 50

#: ``(start, end)`` of each stretch, and how many units it has.
_Stretches = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Modelled:
    """What the model says of a text: the probability of each likely span of the labels it knows.

    ``complete``: false where there was no room to model the text.
    """

    spans: dict[Span, float]
    labels: frozenset[str]
    complete: bool = True

    @cached_property
    def _edges(self) -> NDArray[np.int64]:
        return np.array([span[:2] for span in self.spans], dtype=np.int64).reshape(-1, 2).T

    @cached_property
    def _listed(self) -> list[tuple[Span, float]]:
        return list(self.spans.items())

    def alike(self, start: int, end: int) -> list[tuple[Span, float]]:
        """Return the spans, in order, that have a third or more in common with this stretch."""
        starts, ends = self._edges
        common = np.minimum(ends, end) - np.maximum(starts, start)
        whole = np.maximum(ends, end) - np.minimum(starts, start)
        return [self._listed[i] for i in np.flatnonzero(common >= SAME * whole).tolist()]

    def there(self, start: int, end: int) -> dict[str, float]:
        """Return the probability that a span of each label means this stretch."""
        found: dict[str, float] = {}
        for span, probability in self.alike(start, end):
            found[span.label] = found.get(span.label, 0.0) + probability
        return found


#: A text that the model has not seen.
NOT_MODELLED = Modelled({}, frozenset())
#: A text that there was no room for.
_LEFT_OUT = Modelled({}, frozenset(), complete=False)


class LeftOut(NamedTuple):
    """What the model says of a text where it does not know the answer of one worker."""

    worker: str
    modelled: Modelled


class Likely(NamedTuple):
    """What the model says of each text, by object: knowing all answers, and without one of each.

    ``modelled`` has the objects that results are wanted of; ``left_out`` earlier ones, too.
    """

    modelled: dict[int, Modelled]
    left_out: dict[int, LeftOut]


class Room:
    """How many cells may still be modelled in this batch's field, layer after layer."""

    def __init__(self, cells: int = MOST_CELLS) -> None:
        self.left = cells


def likely_spans(
    items: Sequence[AnsweredText], layer: Container[Symbol], wanted: int, room: Room
) -> Likely:
    """Return what the model says of a layer, by object, from the answers that were read whole.

    Of the first ``wanted`` items, the shortest if they are too long together; the others only teach
    how workers tag, those that there is still room for. ``room`` is taken from. Of every text that
    several workers answered, it is said, too, without the answer of one of them.
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
    found = {i: _stretches(item, labels) for i, item in enumerate(items) if item.whole}
    cuts = {i: cut for i, cut in found.items() if cut}
    kept = _fitting(
        {i: len(cut) for i, cut in cuts.items()},
        {i: _cells(len(items[i].whole), len(labels)) for i in cuts},
        wanted,
        room,
    )
    left_out = {i: _LEFT_OUT for i in cuts if i < wanted and i not in kept}
    cuts = {i: cut for i, cut in cuts.items() if i in kept}
    if not cuts or not labels:
        return Likely(left_out, {})
    chains = Chains.of_lengths(np.array([len(cut) for cut in cuts.values()]))
    names = sorted({items[i].workers[place] for i in cuts for place in items[i].whole})
    rows = _rows(items, cuts, labels, names)
    result = combine_sequences(rows, chains)
    own = {i: cut for i, cut in cuts.items() if i < wanted}
    turns = take_turns(items, cuts)
    blind: dict[int, Modelled] = {}
    if turns:
        absent = np.array([names.index(turns[i]) if i in turns else NONE for i in cuts])
        part = rows.without(absent[chains.chain])
        blind = _decode(foretell(part, chains, result), cuts, labels)
    return Likely(
        left_out | _decode(result, own, labels),
        {i: LeftOut(name, blind[i]) for i, name in turns.items()},
    )


def _cells(workers: int, n_labels: int) -> int:
    """Return how many cells a stretch takes: its runs, by worker and tag, and how states follow."""
    return 2 * workers * (2 * n_labels + 1) + (3 * n_labels + 1) ** 2 // MOVES


def _fitting(
    lengths: Mapping[int, int], cells: Mapping[int, int], wanted: int, room: Room
) -> set[int]:
    """Return the texts that there is room for: own ones, the shortest first, then earlier ones.

    ``lengths`` are their stretches, ``cells`` what each stretch of them takes.
    """
    own = sorted((length, index) for index, length in lengths.items() if index < wanted)
    earlier = [(length, index) for index, length in lengths.items() if index >= wanted]
    kept, used, longest = set(), 0, 0
    for length, index in (*own, *earlier):
        more, steps = used + length * cells[index], max(longest, length)
        if all_work(more + STEP * steps) <= room.left:
            kept.add(index)
            used, longest = more, steps
    room.left -= all_work(used + STEP * longest) if kept else 0
    return kept


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
    items: Sequence[AnsweredText],
    cuts: Mapping[int, _Stretches],
    labels: Mapping[Symbol, int],
    names: Sequence[str],
) -> TagRows:
    """Return the tags of one layer in all answers that were read whole, run by run."""
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
