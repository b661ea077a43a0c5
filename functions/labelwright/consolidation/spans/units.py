"""Span ends turned into tags: the units a text is cut into, and what each worker said of each.

Tags are BIO: 0 outside; ``1 + 2 * label`` the first unit of a span, ``2 + 2 * label`` a later one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter

from labelwright.answers.values import Span

#: Words and single punctuation marks.
_TOKEN = re.compile(r"\w+|[^\w\s]")

#: Code points of a word with its blank, on average.
WORD = 6

#: Of a stretch of unknown text: an offset can be any number.
_MOST_PIECES = 200


def count_units(text: str | None, spans: Iterable[Span]) -> dict[int, int]:
    """Return how many units of a text, or of what is known of it, lie before each of some places.

    The places, in code points and in order, are the ends of all spans and the text's own. A unit
    is a word or a punctuation mark, or the part of one between two places; a blank stretch is one
    only where a span begins or ends with it, so that each span has units. Without a text, it is a
    stretch between two places, a long one cut into equal pieces of about a word, so that what
    nobody marked counts for as much as it would with the text.
    """
    spans = list(spans)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    places = starts | ends
    if text is None:
        if not places:
            return {}
        ordered = sorted(places | {0})
        pieces = (
            min(max(1, round((end - start) / WORD)), _MOST_PIECES)
            for start, end in pairwise(ordered)
        )
        return dict(zip(ordered, accumulate(pieces, initial=0), strict=True))
    cuts = set(places)
    for token in _TOKEN.finditer(text):
        cuts.update(token.span())
    units = [
        start
        for start, end in pairwise(sorted(cuts))
        if start in starts or end in ends or start >= len(text) or not text[start:end].isspace()
    ]
    places |= {0, max(len(text), *places, 0)}
    return {place: bisect_left(units, place) for place in sorted(places)}


def tags_of(
    spans: Iterable[tuple[Span, int]],
    stretches: Sequence[tuple[int, int]],
    votes: Mapping[Span, int],
) -> list[int]:
    """Return a worker's tag of the first unit of each stretch ``(start, end)``, in order.

    ``spans`` come with the number of their label, and are runs of whole stretches. Where a worker's
    own overlap, the one with more votes (then the longer, the earlier) keeps its stretches, and the
    other the longest run of what is left.
    """
    tags = [0] * len(stretches)
    ranked = sorted(
        spans, key=lambda item: (-votes.get(item[0], 0), item[0].start - item[0].end, item)
    )
    for span, label in ranked:
        first = bisect_left(stretches, (span.start,))
        last = bisect_left(stretches, span.end, key=itemgetter(1)) + 1
        if any(tags[first:last]):
            first, last = _longest_free(tags, stretches, first, last)
        tags[first:last] = [2 * label + 2] * (last - first)
        tags[first : min(first + 1, last)] = [2 * label + 1] * min(1, last - first)
    return tags


def _longest_free(
    tags: Sequence[int], stretches: Sequence[tuple[int, int]], first: int, last: int
) -> tuple[int, int]:
    """Return the longest run of stretches without a tag, the first of several; may be empty."""
    taken = [first - 1, *(at for at in range(first, last) if tags[at]), last]
    free = [(before + 1, after) for before, after in pairwise(taken)]
    return max(free, key=lambda run: sum(end - start for start, end in stretches[slice(*run)]))
