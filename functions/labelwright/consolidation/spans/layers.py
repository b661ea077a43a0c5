"""Layers of spans: labels that workers mean to overlap are consolidated apart from each other."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import accumulate, count

from labelwright.answers.values import Span

#: A label, and how many spans of the same label the span lies within or overlaps, by one worker.
Symbol = tuple[str, int]
Marked = tuple[Span, Symbol]


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
        places: dict[tuple[Symbol, Symbol], list[tuple[int, int, int]]] = defaultdict(list)
        for worker, marked in enumerate(item):
            for pair, start, end in _own_overlaps(marked):
                places[pair].append((worker, start, end))
        for pair, found in places.items():
            for worker, start, end in found:
                confirmed = not whole - {worker} or any(
                    other != worker and start < other_end and other_start < end
                    for other, other_start, other_end in found
                )
                balance[pair] += 1 if confirmed else -1
    return balance


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
