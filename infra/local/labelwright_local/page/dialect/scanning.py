"""Where Liquid is in a template, found in one pass: time grows as the template does, not faster.

python-liquid finds the same by one regular expression, which looks through the rest of a template
again for each ``{{`` that nothing closes.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_OPENING = re.compile(r"\{[{%]")
_TAG = re.compile(r"\{%-?\s*(#|\w+)\s*")
_VERBATIM = re.compile(r"\{%-?\s*(raw|doc)\s*(-?)%\}")
_ENDS = {name: re.compile(rf"\{{%-?\s*end{name}\s*(-?)%\}}") for name in ("raw", "doc")}


class Piece(NamedTuple):
    """A part of a template, from ``start`` to ``end``, exclusive.

    ``value`` is the expression of an output or a tag, without the white space around it, which
    begins at ``place``; of a verbatim block and of text it is what stands there. ``name`` is a
    tag's or a block's. ``trims`` says whether white space behind it goes (``-%}``); of a block,
    whether that behind its opening and behind its end goes.
    """

    kind: Literal["text", "output", "tag", "raw", "doc"]
    start: int
    end: int
    value: str
    place: int
    name: str = ""
    name_place: int = 0
    trims: bool = False


def scan(template: str) -> Iterator[Piece]:
    """Yield the parts of a template, in their order and without gaps.

    What opens like Liquid and is never closed is text.
    """
    scanner = _Scanner(template)
    position = 0
    while position < len(template):
        opening = _OPENING.search(template, position)
        start = opening.start() if opening else len(template)
        if start > position:
            yield Piece("text", position, start, template[position:start], position)
            position = start
            continue
        piece = scanner.liquid(start)
        if piece is None:
            following = _OPENING.search(template, start + 1)
            end = following.start() if following else len(template)
            piece = Piece("text", start, end, template[start:end], start)
        yield piece
        position = piece.end


class _Scanner:
    """Looks for what closes Liquid, and remembers what is nowhere further on."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._gone: set[str] = set()

    def liquid(self, start: int) -> Piece | None:
        """Return the output, the tag or the block that begins at ``start``, if one does."""
        if self._template.startswith("{{", start):
            return self._output(start)
        return self._block(start) or self._tag(start)

    def _output(self, start: int) -> Piece | None:
        close = self._find("}}", start + 2)
        if close < 0:
            return None
        inside = start + 2
        if inside < close and self._template[inside] == "-":
            inside += 1
        value, place, trims = self._inside(inside, close)
        return Piece("output", start, close + 2, value, place, trims=trims)

    def _block(self, start: int) -> Piece | None:
        opening = _VERBATIM.match(self._template, start)
        if opening is None:
            return None
        name = opening.group(1)
        if name in self._gone:
            return None
        closing = _ENDS[name].search(self._template, opening.end())
        if closing is None:
            self._gone.add(name)
            return None
        value = self._template[opening.end() : closing.start()]
        return Piece(
            "raw" if name == "raw" else "doc",
            start,
            closing.end(),
            value,
            opening.end(),
            name,
            trims=bool(opening.group(2)),
        )

    def _tag(self, start: int) -> Piece | None:
        opening = _TAG.match(self._template, start)
        if opening is None:
            return None
        close = self._find("%}", opening.end())
        if close < 0:
            return None
        value, place, trims = self._inside(opening.end(), close)
        return Piece(
            "tag", start, close + 2, value, place, opening.group(1), opening.start(1), trims
        )

    def _inside(self, start: int, close: int) -> tuple[str, int, bool]:
        """Return an expression without white space and ``-``, its place, and if it trims."""
        trims = start < close and self._template[close - 1] == "-"
        inside = self._template[start : close - trims]
        value = inside.strip()
        return value, start + len(inside) - len(inside.lstrip()), trims

    def _find(self, closing: str, start: int) -> int:
        if closing in self._gone:
            return -1
        found = self._template.find(closing, start)
        if found < 0:
            self._gone.add(closing)
        return found
