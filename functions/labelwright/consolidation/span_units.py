"""Span ends turned into tags: the units a text is cut into, and what each worker said of each.

Tags are BIO: 0 outside; ``1 + 2 * label`` the first unit of a span, ``2 + 2 * label`` a later one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

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
    spans: Iterable[tuple[Span, int]], units: Sequence[tuple[int, int]], votes: Mapping[Span, int]
) -> NDArray[np.int64]:
    """Return a worker's tag for each unit; ``spans`` come with the number of their label.

    Where a worker's own spans overlap, the one with more votes (then the longer, the earlier) keeps
    its units, and the other the longest run of what is left.
    """
    tags = np.zeros(len(units), dtype=np.int64)
    ranked = sorted(
        spans, key=lambda item: (-votes.get(item[0], 0), item[0].start - item[0].end, item)
    )
    for span, label in ranked:
        first = bisect_left(units, (span.start,))
        last = bisect_left(units, span.end, key=itemgetter(1)) + 1
        if tags[first:last].any():
            first, last = _longest_free(tags, first, last)
        tags[first:last] = 2 * label + 2
        tags[first : min(first + 1, last)] = 2 * label + 1
    return tags


def _longest_free(tags: NDArray[np.int64], first: int, last: int) -> tuple[int, int]:
    """Return the longest stretch without a tag, the first of several; it may be empty."""
    taken = [first - 1, *(np.flatnonzero(tags[first:last]) + first).tolist(), last]
    before, after = max(pairwise(taken), key=lambda pair: pair[1] - pair[0])
    return before + 1, after
