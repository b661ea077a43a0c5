"""Span ends turned into tags: the units a text is cut into, and what each worker said of each.

Tags are BIO: 0 outside; ``1 + 2 * label`` the first unit of a span, ``2 + 2 * label`` a later one.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from labelwright.answers.values import Span

#: Words and single punctuation marks.
_TOKEN = re.compile(r"\w+|[^\w\s]")

#: Code points of a word with its blank, on average.
WORD = 6

#: Of a stretch of unknown text: an offset can be any number.
_MOST_PIECES = 200


def units_of(text: str | None, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Cut a text into units ``(start, end)``, in code points, in order, without overlap.

    The cuts are the ends of tokens (words and punctuation marks) and of all spans, so that each
    span is a run of whole units. Blank stretches are units only where a span begins or ends with
    them. Without a text, units are the stretches between all span ends, long ones cut into equal
    pieces of about a word, so that what nobody marked counts for as much as it would with the text.
    """
    spans = list(spans)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    cuts = starts | ends
    if text is None:
        return [
            piece
            for start, end in pairwise(sorted(cuts | {0} if cuts else cuts))
            for piece in _pieces(start, end)
        ]
    for token in _TOKEN.finditer(text):
        cuts.update(token.span())
    return [
        (start, end)
        for start, end in pairwise(sorted(cuts))
        if text[start:end].strip() or start >= len(text) or start in starts or end in ends
    ]


def _pieces(start: int, end: int) -> Iterable[tuple[int, int]]:
    count = min(max(1, round((end - start) / WORD)), _MOST_PIECES)
    return pairwise(start + (end - start) * i // count for i in range(count + 1))


def tags_of(
    spans: Iterable[tuple[Span, int]], units: Sequence[tuple[int, int]], votes: dict[Span, int]
) -> list[int]:
    """Return a worker's tag for each unit; ``spans`` come with the number of their label.

    Where a worker's own spans overlap, the one with more votes (then the longer, the earlier) keeps
    its units, and the other the longest run of what is left.
    """
    first = {start: index for index, (start, _) in enumerate(units)}
    last = {end: index for index, (_, end) in enumerate(units)}
    tags = [0] * len(units)
    ranked = sorted(spans, key=lambda item: (-votes[item[0]], item[0].start - item[0].end, item))
    for span, label in ranked:
        run: list[int] = []
        longest: list[int] = []
        for unit in range(first[span.start], last[span.end] + 1):
            run = [] if tags[unit] else [*run, unit]
            longest = max(longest, run, key=len)
        for place, unit in enumerate(longest):
            tags[unit] = 2 * label + (2 if place else 1)
    return tags
