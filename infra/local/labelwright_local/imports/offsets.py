"""Spans of other tools in code points, whatever their ends count.

Python's tools count code points. Label Studio counted UTF-16 units, as browsers do, and counts code
points in its newer versions (https://github.com/HumanSignal/label-studio/issues/1347,
https://github.com/HumanSignal/label-studio-frontend/pull/308); its regions say the text that they
cover, by which both can be told apart.
"""

from labelwright.answers.offsets import ShownOffsets, Utf16Offsets

ELSEWHERE = "its ends lie outside of the text"
OTHER_TEXT = "the text between its ends is not the one that it says"


def code_points(text: str, start: int, end: int, quote: str | None) -> tuple[int, int] | str:
    """Return the ends of a span in code points, or why it has none.

    Without a ``quote`` they count code points. With one, the first way to count that gives it is
    taken: code points, UTF-16 units, or either in the text as a page shows it, which has one
    character for each CR LF.
    """
    if quote is None:
        return (start, end) if 0 <= start < end <= len(text) else ELSEWHERE
    wanted = _lines(quote)
    ways = _ways(text, start, end)
    for first, last in ways:
        if _lines(text[first:last]) == wanted:
            return first, last
    return OTHER_TEXT if ways else ELSEWHERE


def _ways(text: str, start: int, end: int) -> list[tuple[int, int]]:
    units, shown = Utf16Offsets(text), ShownOffsets(text)
    ways = [
        (start, end),
        (units.code_point(start), units.code_point(end)),
        (shown.code_point(start, utf16=False), shown.code_point(end, utf16=False)),
        (shown.code_point(start, utf16=True), shown.code_point(end, utf16=True)),
    ]
    return [
        (first, last)
        for first, last in ways
        if first is not None and last is not None and 0 <= first < last <= len(text)
    ]


def _lines(text: str) -> str:
    # Label Studio writes a line end inside a quote as backslash and n.
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\\n", "\n")
