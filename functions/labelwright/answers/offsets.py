"""UTF-16 offsets, which browsers count in, to code points, which Python and we count in.

A text that stands in a page's markup is another one there: an HTML parser makes one line feed of
each CR LF and of each CR (https://html.spec.whatwg.org/multipage/parsing.html, "preprocessing the
input stream"). What counts in it counts those.
"""

import re
from bisect import bisect_left

_LINE_END = re.compile("\r\n?")


class Utf16Offsets:
    """Offsets of one text in both units.

    A character beyond U+FFFF takes two UTF-16 units; an offset between the two belongs to no
    character.
    """

    def __init__(self, text: str) -> None:
        astral = [index for index, character in enumerate(text) if character > "\uffff"]
        #: The UTF-16 offset at which each astral character begins, ascending.
        self._begins = [index + count for count, index in enumerate(astral)]
        self.length = len(text) + len(astral)

    def code_point(self, offset: int) -> int | None:
        """Return the code-point offset, or None inside a surrogate pair or outside the text."""
        if not 0 <= offset <= self.length:
            return None
        before = bisect_left(self._begins, offset)
        if before and self._begins[before - 1] == offset - 1:
            return None
        return offset - before


class ShownOffsets:
    """Offsets of one text as a page's markup shows it, to code points of the text itself."""

    def __init__(self, text: str) -> None:
        shown = _LINE_END.sub("\n", text) if "\r" in text else text
        ends = (match.start() for match in _LINE_END.finditer(text) if len(match[0]) > 1)
        #: Where in the shown text each CR LF stands as one character, ascending.
        self._joined = [index - count for count, index in enumerate(ends)]
        self.length = len(shown)
        self._utf16 = Utf16Offsets(shown)

    def code_point(self, offset: int, *, utf16: bool) -> int | None:
        """Return the code-point offset in the text, or None where there is none.

        ``offset`` counts in the shown text, in UTF-16 units or in code points.
        """
        point = self._utf16.code_point(offset) if utf16 else offset
        if point is None or not 0 <= point <= self.length:
            return None
        return point + bisect_left(self._joined, point)


def shown_offset(text: str, point: int) -> int:
    """Return where a code point of a text is in the text as a page shows it, in UTF-16 units."""
    # A line feed whose carriage return is cut off would be counted once more.
    before = text[:point].removesuffix("\r") if text[point : point + 1] == "\n" else text[:point]
    shown = _LINE_END.sub("\n", before)
    return len(shown) + sum(character > "\uffff" for character in shown)
