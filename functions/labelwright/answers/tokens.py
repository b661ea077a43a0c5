"""Spans that count tokens, as the page of 2019 gave them, to code points.

That page put the text into a hidden element, read it back as ``innerText.trim()``, cut it at every
single blank, and let its annotator (react-text-annotate's TokenAnnotator) count the pieces. A span
names its ``tokens``, by which it is recognised and checked.
"""

from collections.abc import Sequence
from itertools import accumulate

#: What JavaScript's ``trim`` takes away; Python's ``strip`` differs by a few control characters.
_BLANK = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


class TokenOffsets:
    """Tokens of one text, with where each begins, in code points."""

    def __init__(self, text: str) -> None:
        before = len(text) - len(text.lstrip(_BLANK))
        self._tokens = text.strip(_BLANK).split(" ")
        ends = accumulate(len(token) + 1 for token in self._tokens)
        self._begins = [before, *(before + end for end in ends)]

    def code_points(self, start: int, end: int, tokens: Sequence[str]) -> tuple[int, int] | None:
        """Return the code points from token ``start`` to before token ``end``, of at least one.

        None where the text has not just these ``tokens`` there. Line ends may differ: a browser
        makes one of each CR LF.
        """
        found = [
            token.replace("\r\n", "\n").replace("\r", "\n") for token in self._tokens[start:end]
        ]
        if not 0 <= start < end <= len(self._tokens) or found != list(tokens):
            return None
        return self._begins[start], self._begins[end] - 1
