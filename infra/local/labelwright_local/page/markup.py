"""A page's HTML as a list of start tags and scripts with their places, read in one pass.

The rules are those by which browsers cut a page into tags
(https://html.spec.whatwg.org/multipage/parsing.html#tokenization). Python's own reader looks
through the rest of a page again for each tag that nothing closes, and no other one tells places.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import NamedTuple

#: The elements whose content HTML does not parse; Liquid in them is escaped as if it did.
RAW_TEXT = ("script", "style")
#: Those in which nothing but their own end tag is markup.
_NO_MARKUP = frozenset(
    {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
)

_OPENING = re.compile(r"<(?:(?P<tag>[a-zA-Z])|(?P<end>/[a-zA-Z])|(?P<comment>!--)|[!?/])")
_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?:
      (?P<close>>)
    | (?P<name>[^\s/>][^\s/>=]*)
      (?P<equals>\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<open>["'])|(?P<bare>[^\s>]*)))?
    )""",
    re.VERBOSE,
)
_COMMENT_END = re.compile(r"--!?>")


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
    found: list[Element] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        start = opening.start()
        if opening["comment"]:
            position = _behind_comment(text, opening.end())
        elif opening["tag"] or opening["end"]:
            name_end = _behind(_NAME, text, opening.end() - 1)
            name = text[opening.end() - 1 : name_end].lower()
            attributes, position = _attributes(text, name_end)
            if position < 0:
                break  # The page ends within a tag, which is none then.
            if opening["end"]:
                continue
            element = Element(name, attributes, start, position)
            if name in _NO_MARKUP:
                end, position = _raw_end(text, name, position)
                if name in RAW_TEXT:
                    content = text[element.end : end]
                    element = element._replace(content=content, close=position)
            found.append(element)
        else:
            close = text.find(">", opening.end())
            position = len(text) if close < 0 else close + 1
    return found


def is_our_page(element: Element) -> bool:
    """Tell the element that a page of ``web/page`` fills."""
    return element.attributes.get("id") == "labelwright" and "data-task" in element.attributes


def is_comparison(element: Element) -> bool:
    """Tell the element of the page that compares responses."""
    return is_our_page(element) and element.attributes.get("data-page") == "comparison"


def _behind(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match is not None else position


def _behind_comment(text: str, inside: int) -> int:
    """Return where a comment ends; ``<!-->`` and ``<!--->`` are whole ones."""
    for short in (">", "->"):
        if text.startswith(short, inside):
            return inside + len(short)
    end = _COMMENT_END.search(text, inside)
    return end.end() if end is not None else len(text)


def _attributes(text: str, position: int) -> tuple[dict[str, str], int]:
    """Return a tag's attributes and the offset behind it, -1 when the page ends before that."""
    attributes: dict[str, str] = {}
    while (match := _ATTRIBUTE.match(text, position)) is not None:
        position = match.end()
        if match["close"]:
            return attributes, position
        if match["open"]:
            return attributes, -1
        value = match["double"] or match["single"] or match["bare"] or ""
        attributes.setdefault(match["name"].lower(), unescape(value))
    return attributes, -1


def _raw_end(text: str, name: str, position: int) -> tuple[int, int]:
    """Return where the content of an element without markup ends, and where its end tag does."""
    end_tag = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(text, position)
    if end_tag is None:
        return len(text), len(text)
    _, close = _attributes(text, end_tag.end())
    return end_tag.start(), len(text) if close < 0 else close
