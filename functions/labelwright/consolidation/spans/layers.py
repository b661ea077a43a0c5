"""Layers of spans: labels that workers mean to overlap are consolidated apart from each other."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import accumulate, count

from labelwright.answers.values import Span

#: A label, and how many spans of the same label the span lies within or overlaps, by one worker.
Symbol = tuple[str, int]
Marked = tuple[Span, Symbol]

#: Cells beyond which no more texts are modelled: bounds time, and memory, of which each takes some
#: 50 bytes. A cell is a tag of a worker's answer in a stretch; 2,000 abstracts have 5 million.
MOST_CELLS = 10_000_000

#: A worker's number, and from where to where two of its spans overlap.
_Place = tuple[int, int, int]
#: A worker's number, and how far a place of it goes.
_Reach = tuple[int, int]


def with_depth(spans: Iterable[Span]) -> list[Marked]:
    """Return one worker's spans with their symbols: overlapping ones of a label get other depths.

    The outer span, or else the earlier, comes first.
    """
    ends: dict[str, list[int]] = defaultdict(list)
    found = []
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end, span.label)):
        taken = ends[span.label]
        depth = next((i for i, end in enumerate(taken) if end <= span.start), len(taken))
        taken[depth : depth + 1] = [span.end]
        found.append((span, (span.label, depth)))
    return found


def most_at_once(spans: Iterable[Span]) -> int:
    """Return how many of one worker's spans, of any labels, lie on one character at most."""
    steps = sorted(step for span in spans for step in ((span.start, 1), (span.end, -1)))
    return max(accumulate(change for _, change in steps), default=0)


def find_layers(
    answers: Sequence[Sequence[Sequence[Marked]]], partial: Sequence[Container[int]] = ()
) -> list[tuple[Symbol, ...]]:
    """Return the symbols of each layer; ``answers`` are each worker's spans, object by object.

    ``partial`` has the places of each object's answers that were read in part (default: none).
    Two symbols lie in different layers when most overlaps between them (in one worker's answer) are
    meant: another worker's overlap there too, or nobody else says what is there. The others are
    slips, and the labels still exclude each other. So are disjoint labels kept together, where the
    model sees that workers confuse them. Symbols are coloured greedily in sorted order.
    """
    symbols = sorted({symbol for item in answers for marked in item for _, symbol in marked})
    apart: dict[Symbol, set[Symbol]] = defaultdict(set)
    for (one, other), meant in _overlaps(answers, partial or [()] * len(answers)).items():
        if meant >= 0:
            apart[one].add(other)
            apart[other].add(one)
    layers: list[list[Symbol]] = []
    layer_of: dict[Symbol, int] = {}
    for symbol in symbols:
        label, depth = symbol
        taken = {layer_of.get(other) for other in apart[symbol]}
        taken |= {layer_of.get((label, shallower)) for shallower in range(depth)}
        layer = next(number for number in count() if number not in taken)
        layer_of[symbol] = layer
        if layer == len(layers):
            layers.append([])
        layers[layer].append(symbol)
    return [tuple(layer) for layer in layers]


def _overlaps(
    answers: Sequence[Sequence[Sequence[Marked]]], partial: Sequence[Container[int]]
) -> Mapping[tuple[Symbol, Symbol], int]:
    """Return, for each pair of symbols that overlap, meant overlaps less slips."""
    balance: Counter[tuple[Symbol, Symbol]] = Counter()
    for item, lost in zip(answers, partial, strict=True):
        whole = {worker for worker in range(len(item)) if worker not in lost}
        places: dict[tuple[Symbol, Symbol], list[_Place]] = defaultdict(list)
        for worker, marked in enumerate(item):
            for pair, start, end in _own_overlaps(marked):
                places[pair].append((worker, start, end))
        for pair, found in places.items():
            met = _met_by_others(found)
            for place in found:
                balance[pair] += 1 if not whole - {place[0]} or met(place) else -1
    return balance


def _met_by_others(places: Sequence[_Place]) -> Callable[[_Place], bool]:
    """Return what tells whether another worker has a place that overlaps this one.

    A worker can have thousands: each is looked up, not compared with all others.
    """
    ordered = sorted(places, key=lambda place: place[1])
    starts = [start for _, start, _ in ordered]
    # Of the places up to each, how far the one that reaches farthest goes, and the farthest of
    # another worker than that one's.
    reach: list[tuple[_Reach, _Reach]] = [((-1, 0), (-1, 0))]
    for worker, _, end in ordered:
        first, second = reach[-1]
        if worker == first[0]:
            first = (worker, max(end, first[1]))
        elif end > first[1]:
            first, second = (worker, end), first
        elif end > second[1]:
            second = (worker, end)
        reach.append((first, second))

    def met(place: _Place) -> bool:
        worker, start, end = place
        first, second = reach[bisect_left(starts, end)]
        return (second if first[0] == worker else first)[1] > start

    return met


def _own_overlaps(marked: Sequence[Marked]) -> list[tuple[tuple[Symbol, Symbol], int, int]]:
    """Return the overlaps in one worker's answer: the pair of symbols, and where."""
    found = []
    open_spans: list[Marked] = []
    for span, symbol in sorted(marked):
        open_spans = [other for other in open_spans if other[0].end > span.start]
        for other, other_symbol in open_spans:
            pair = (min(symbol, other_symbol), max(symbol, other_symbol))
            found.append((pair, span.start, min(span.end, other.end)))
        open_spans.append((span, symbol))
    return found
