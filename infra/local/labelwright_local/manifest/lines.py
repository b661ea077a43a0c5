"""Manifest files as lines: read one by one, and changed without being rewritten."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from labelwright.contract.base import Json, load_json
from labelwright.contract.manifest import MAX_LINE_CHARACTERS

#: A longer line has over 100,000 characters: UTF-8 has at most four bytes a character; beside them
#: are the line end and, in the first line, a byte order mark.
MAX_KEPT_BYTES = 4 * MAX_LINE_CHARACTERS + 5

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class RawLine(NamedTuple):
    """A line as it stands in the file, with its end.

    ``number`` counts from 1. ``data`` is None where the line is longer than ``MAX_KEPT_BYTES``;
    ``size`` is its length in bytes in any case.
    """

    number: int
    data: bytes | None
    size: int


class Member(NamedTuple):
    """A key of a JSON object with its value, and where both stand in the object's text."""

    key: str
    value: Json
    start: int
    value_start: int
    end: int


def read_lines(file: BinaryIO) -> Iterator[RawLine]:
    r"""Yield the lines of a file, which end in ``\n`` alone, in memory that no file can exhaust."""
    number = 0
    while data := file.readline(MAX_KEPT_BYTES + 1):
        number += 1
        if len(data) <= MAX_KEPT_BYTES:
            yield RawLine(number, data, len(data))
            continue
        size, part = len(data), data
        while part and not part.endswith(b"\n"):
            part = file.readline(MAX_KEPT_BYTES)
            size += len(part)
        yield RawLine(number, None, size)


def object_of(raw: RawLine) -> dict[str, Json] | None:
    """Return the object that a job reads from a line, None where it reads none.

    A byte order mark is passed over.
    """
    try:
        line = load_json((raw.data or b"").removeprefix(codecs.BOM_UTF8))
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def members(text: str) -> Iterator[Member]:
    """Yield the members of a JSON object that is known to be valid, repeated keys included."""
    position = _after_space(text, text.index("{") + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        value_start = _after_space(text, _after_space(text, end) + 1)
        value, end = _DECODER.raw_decode(text, value_start)
        yield Member(key, value, position, value_start, end)
        position = _after_space(text, end)
        if text[position] == ",":
            position = _after_space(text, position + 1)


def without(text: str, keys: set[str]) -> str:
    """Return a valid JSON object's text without some keys, every other member as it was written."""
    kept = [text[member.start : member.end] for member in members(text) if member.key not in keys]
    return "{" + ", ".join(kept) + "}"


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position
