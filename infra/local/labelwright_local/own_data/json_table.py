"""JSON Lines, a JSON array, and manifests."""

import json
from collections.abc import Iterator
from pathlib import Path

from labelwright.contract.base import Json, load_json
from labelwright.errors import UsageError
from labelwright_local.manifest.lines import RawLine, read_lines
from labelwright_local.own_data.encodings import encoding_of, is_damaged
from labelwright_local.own_data.rows import LeftOut, Row, Table

_DECODER = json.JSONDecoder()
_NO_OBJECT = "no JSON object"


def read_json(path: Path) -> Table:
    """Read a file of JSON objects, one a line, or as one array.

    Raises:
        UsageError: the file can't be read, or holds one JSON value that is no array.
    """
    try:
        encoding = encoding_of(path)
        with path.open(encoding=encoding.codec, errors=encoding.errors) as file:
            start = file.read(4_096).lstrip()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if start.startswith("["):

        def elements(left_out: LeftOut) -> Iterator[Row]:
            with path.open(encoding=encoding.codec, errors=encoding.errors) as file:
                yield from _elements(path, file.read(), left_out)

        return Table(elements, path.parent, f"a JSON array, {encoding.name}", "element")

    def rows(left_out: LeftOut) -> Iterator[Row]:
        if encoding.codec.startswith("utf-8"):
            with path.open("rb") as file:
                yield from (row for raw in read_lines(file) if (row := _row(raw, left_out)))
        else:
            with path.open(encoding=encoding.codec, errors=encoding.errors) as file:
                for number, line in enumerate(file, 1):
                    raw = RawLine(number, line.encode("utf-8", "replace"), len(line))
                    if row := _row(raw, left_out):
                        yield row

    return Table(rows, path.parent, f"JSON Lines, {encoding.name}")


def _row(raw: RawLine, left_out: LeftOut) -> Row | None:
    if raw.data is None:
        left_out.add("a line that is longer than any a job takes", str(raw.number))
        return None
    data = raw.data.removeprefix(b"\xef\xbb\xbf") if raw.number == 1 else raw.data
    if not data.strip():
        return None
    try:
        value = load_json(data)
    except ValueError:
        left_out.add("no JSON", str(raw.number))
        return None
    return _checked(raw.number, value, left_out)


def _checked(place: int, value: Json, left_out: LeftOut) -> Row | None:
    if not isinstance(value, dict):
        left_out.add(_NO_OBJECT, str(place))
        return None
    if is_damaged(json.dumps(value, ensure_ascii=False)):
        left_out.add("half a character (a surrogate on its own)", str(place))
        return None
    return Row(place, value)


def _elements(path: Path, text: str, left_out: LeftOut) -> Iterator[Row]:
    """Read one element after the other: a damaged end costs what stands there alone."""
    position, place = text.index("[") + 1, 0
    while True:
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        if position >= len(text) or text[position] == "]":
            return
        place += 1
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            if place == 1:
                raise UsageError(f"{path}: neither JSON Lines nor a JSON array") from None
            left_out.add("no JSON from here to the end of the file", str(place))
            return
        row = None
        try:
            load_json(text[position:end])
        except ValueError:
            left_out.add("no JSON that a manifest can hold", str(place))
        else:
            row = _checked(place, value, left_out)
        position = end
        if row is not None:
            yield row
