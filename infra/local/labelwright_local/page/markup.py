"""A page's HTML as a list of start tags and scripts with their places, read by a parser."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple

#: The elements whose content HTML does not parse; Liquid in them is escaped as if it did.
RAW_TEXT = ("script", "style")


class Element(NamedTuple):
    """A start tag: ``start`` and ``end`` are character offsets of the tag, ``end`` exclusive.

    Of an element whose content is not parsed (script, style), ``content`` is that, and ``close`` is
    the offset behind its end tag, the text's length when it has none.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int
    content: str = ""
    close: int = 0


def read_elements(text: str) -> list[Element]:
    """Return the elements of a page in the order of their start tags.

    Names of elements and attributes are in lower case; an attribute without a value has "".
    """
    reader = _Reader(text)
    reader.feed(text)
    reader.close()
    reader.finish()
    return reader.elements


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._text = text
        self._lines = [0]
        for index, character in enumerate(text):
            if character == "\n":
                self._lines.append(index + 1)
        self._raw: Element | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no self-closing script: what follows is its content.
        self._begin(tag, attrs)
        if tag in RAW_TEXT:
            self.set_cdata_mode(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._raw is not None and tag == self._raw.name:
            start = self._offset()
            end = self._text.find(">", start)
            self._close_raw(start, len(self._text) if end < 0 else end + 1)

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002
        """Skip ``<![...]``, which is a comment in HTML; the library's reading of it can fail."""
        end = self._text.find(">", i)
        return -1 if end < 0 else end + 1

    def finish(self) -> None:
        """End what the page leaves open."""
        self._close_raw(len(self._text), len(self._text))

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._offset()
        end = start + len(self.get_starttag_text() or "")
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, value or "")
        element = Element(tag, attributes, start, end)
        if tag in RAW_TEXT and self._raw is None:
            self._raw = element
        self.elements.append(element)

    def _close_raw(self, start: int, close: int) -> None:
        if self._raw is None:
            return
        whole = self._raw._replace(content=self._text[self._raw.end : start], close=close)
        self.elements[self.elements.index(self._raw)] = whole
        self._raw = None

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
