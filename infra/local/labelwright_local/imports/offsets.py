"""Spans of other tools in code points, whatever their ends count.

Python's tools count code points. So does Label Studio's editor (``charsToCodePoints`` in its
selection-tools.js); older versions counted UTF-16 units, as browsers do
(https://github.com/HumanSignal/label-studio/issues/1347). Its regions say the text that they cover,
by which both can be told apart.
"""

from collections.abc import Iterable

from labelwright.answers.offsets import ShownOffsets, Utf16Offsets

ELSEWHERE = "its ends lie outside of the text"
OTHER_TEXT = "the text between its ends is not the one that it says"


def code_points(
    text: str, start: int, end: int, quote: str | None, way: int = 0
) -> tuple[int, int] | str:
    """Return the ends of a span in code points, or why it has none.

    Without a ``quote`` they count code points. With one, the first way to count that gives it is
    taken, before all others the one of this number: code points, UTF-16 units, or either in the
    text as a page shows it, which has one character for each CR LF.
    """
    if quote is None:
        return (start, end) if 0 <= start < end <= len(text) else ELSEWHERE
    ways = _ways(text, start, end)
    for found in (ways[way], *ways):
        if found is not None and _lines(text[found[0] : found[1]]) == _lines(quote):
            return found
    return OTHER_TEXT if any(ways) else ELSEWHERE


def common_way(text: str, spans: Iterable[tuple[int, int, str]]) -> int:
    """Return the number of the first way to count by which all spans cover the texts they say.

    One span alone may fit by several, where its words are there twice. Without such a way it is
    that of code points.
    """
    all_ways = [(_ways(text, start, end), _lines(quote)) for start, end, quote in spans]
    for number in range(_WAYS):
        found = [(ways[number], quote) for ways, quote in all_ways]
        if all(at is not None and _lines(text[at[0] : at[1]]) == quote for at, quote in found):
            return number
    return 0


_WAYS = 4


def _ways(text: str, start: int, end: int) -> list[tuple[int, int] | None]:
    units, shown = Utf16Offsets(text), ShownOffsets(text)
    ways = (
        (start, end),
        (units.code_point(start), units.code_point(end)),
        (shown.code_point(start, utf16=False), shown.code_point(end, utf16=False)),
        (shown.code_point(start, utf16=True), shown.code_point(end, utf16=True)),
    )
    return [
        (first, last)
        if first is not None and last is not None and 0 <= first < last <= len(text)
        else None
        for first, last in ways
    ]


def _lines(text: str) -> str:
    # Label Studio writes a line end inside a quote as backslash and n.
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")
