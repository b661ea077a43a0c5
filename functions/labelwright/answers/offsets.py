"""UTF-16 offsets, which browsers count in, to code points, which Python and we count in."""

from bisect import bisect_left


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
