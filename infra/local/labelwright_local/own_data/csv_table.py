"""CSV and TSV as spreadsheets and libraries write them: any separator, quotes, line ends.

How a file is written is found out by reading its beginning in each way that its first line allows,
and taking the one in which the rows agree with the names of the columns.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright_local.own_data.encodings import Encoding, encoding_of, is_damaged
from labelwright_local.own_data.rows import LeftOut, Row, Table

#: Separators, the likelier first.
_SEPARATORS = ",;\t|"
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
#: A character that is in no text: the separator of a file with one column.
_NONE = "\x1f"
#: So many rows, and characters of the file, are tried in each way.
_TRIED = 200
_SAMPLE = 262_144
#: What is longer, in characters or in lines, is a quote that nobody closed.
_LONGEST = 2_000_000
_MOST_LINES = 1_000


class Way(NamedTuple):
    """How a file is written."""

    separator: str
    quote: str
    escape: str | None
    blanks: bool

    def cells(self, lines: Iterable[str], *, strict: bool) -> list[list[str]]:
        """Read lines, their ends included, as rows.

        Raises:
            csv.Error: they are against the rules of quotes.
        """
        return list(
            csv.reader(
                lines,
                delimiter=self.separator,
                quotechar=self.quote,
                escapechar=self.escape,
                doublequote=self.escape is None,
                skipinitialspace=self.blanks,
                strict=strict,
            )
        )

    def records(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str] | str]]:
        """Yield each row with the number of its first line, or why it can't be read.

        A quote that is never closed costs its own line, and none of those behind it.
        """
        coming = _Lines(lines)
        while (line := coming.next()) is not None:
            number = coming.number
            if self.quote not in line and (self.escape is None or self.escape not in line):
                yield number, (self.cells([line], strict=False) or [[]])[0]
                continue
            taken, size = [line], len(line)
            while (found := self._whole(taken)) is None:
                more = coming.next() if len(taken) < _MOST_LINES and size < _LONGEST else None
                if more is None:
                    found = "a quote that is never closed"
                    break
                taken.append(more)
                size += len(more)
            if isinstance(found, str) and len(taken) > 1:
                coming.back(taken[1:])
            yield number, found

    def _whole(self, lines: list[str]) -> list[str] | str | None:
        """Read the lines of one row; None where it goes on in the next one."""
        try:
            return (self.cells(lines, strict=True) or [[]])[0]
        except csv.Error as error:
            if "unexpected end" in str(error):
                return None
        if len(lines) > 1:
            return "a quote that is never closed"
        try:
            # As people write them: "so-called" words, at the beginning of a cell.
            return (self.cells(lines, strict=False) or [[]])[0]
        except csv.Error as error:
            return f"no row of CSV ({error})"


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        self.number = 0

    def next(self) -> str | None:
        """Return the next line, None at the end."""
        line = self._again.pop() if self._again else next(self._lines, None)
        self.number += line is not None
        return line

    def back(self, lines: list[str]) -> None:
        """Give back the lines that were taken last."""
        self._again += reversed(lines)
        self.number -= len(lines)


def read_csv(path: Path) -> Table:
    """Read a CSV file whose first row names the columns.

    Raises:
        UsageError: the file can't be read, is empty, or its first row names no columns.
    """
    try:
        encoding = encoding_of(path)
        with path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as file:
            sample = file.read(_SAMPLE)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if not sample.strip():
        raise UsageError(f"{path}: an empty file; its first row names the columns")
    with _long_cells():
        way = find_way(sample, whole=len(sample) < _SAMPLE)
        _, names = next(way.records(_lines(sample)), (1, []))
        columns = _columns(path, names)
    form = f"CSV, {encoding.name}"
    if way.separator in _NAMES:
        form += f", cells parted by {_NAMES[way.separator]}"

    def rows(left_out: LeftOut) -> Iterator[Row]:
        return _rows(path, encoding, way, columns, left_out)

    return Table(rows, path.parent, form)


def find_way(sample: str, *, whole: bool) -> Way:
    """Find out how a file is written by its beginning; ``whole``: there is no more of it."""
    lines = _lines(sample)
    if not whole and len(lines) > 1:
        lines = lines[:-1]
    first = lines[0]
    quotes = "\"'" if first.lstrip()[:1] == "'" or re.search(r"[,;\t|]\s*'", sample) else '"'
    escapes = (None, "\\") if '\\"' in sample or "\\'" in sample else (None,)
    ways = [
        Way(separator, quote, escape, blanks)
        for separator in [mark for mark in _SEPARATORS if mark in first] or [_NONE]
        for quote in quotes
        for escape in escapes
        for blanks in ((False, True) if f"{separator} {quote}" in sample else (False,))
    ]
    # The first of the best: what is more usual stands first.
    best = max(ways, key=lambda way: _fit(way, lines))
    _, names = next(best.records(lines))
    return best._replace(separator=_NONE) if len(names) < 2 else best


def _fit(way: Way, lines: list[str]) -> tuple[float, bool, int, int]:
    """Say how well a way fits: the share of rows that have as many cells as there are columns.

    Then whether the quotes are the usual ones, or around all names; then how few cells have in them
    what another escape, or blanks before quotes, would explain; then how many columns there are.
    """
    rows = list(islice((cells for _, cells in way.records(lines)), _TRIED + 1))
    names, others = rows[0], [cells for cells in rows[1:] if cells]
    if isinstance(names, str) or len(names) < 2:
        return (-1.0, False, 0, 0)
    fitting = sum(len(cells) == len(names) and not isinstance(cells, str) for cells in others)
    usual = way.quote == (
        "'" if lines[0].startswith("'") and lines[0].rstrip()[-1:] == "'" else '"'
    )
    stray = sum(
        f"\\{way.quote}" in cell or (cell[:1] == " " and cell.lstrip()[:1] == way.quote)
        for row in others
        for cell in row
    )
    return (fitting / max(len(others), 1), usual, -stray, len(names))


def _columns(path: Path, names: list[str] | str) -> list[str]:
    if isinstance(names, str):
        raise UsageError(f"{path}:1: {names}; the first row names the columns")
    columns = [name.strip().removeprefix("\ufeff") for name in names]
    if not any(columns):
        raise UsageError(f"{path}:1: no column has a name; the first row names the columns")
    columns = [name or f"column-{number}" for number, name in enumerate(columns, 1)]
    taken = Counter(columns)
    if twice := next((name for name, count in taken.items() if count > 1), None):
        raise UsageError(f"{path}:1: two columns are named '{twice}'; rename one of them")
    return columns


def _rows(
    path: Path, encoding: Encoding, way: Way, columns: list[str], left_out: LeftOut
) -> Iterator[Row]:
    with (
        path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as file,
        _long_cells(),
    ):
        records = way.records(file)
        next(records, None)  # the names of the columns
        for number, cells in records:
            if isinstance(cells, str):
                left_out.add(cells, str(number))
            elif (row := _row(number, columns, cells, left_out)) is not None:
                yield row


def _row(number: int, columns: list[str], cells: list[str], left_out: LeftOut) -> Row | None:
    if not any(cell.strip() for cell in cells):
        if cells:
            left_out.add("an empty row", str(number))
        return None
    if len(cells) > len(columns):
        if any(cells[len(columns) :]):
            left_out.add(
                "more cells than there are columns (put quotes around a cell that holds the "
                "separator)",
                str(number),
            )
            return None
        cells = cells[: len(columns)]
    if any(map(is_damaged, cells)):
        left_out.add("bytes that are no text in the file's encoding", str(number))
        return None
    # Rows that are cut off lack the last cells, as spreadsheets save empty ones.
    cells = [*cells, *[""] * (len(columns) - len(cells))]
    values: dict[str, Json] = dict(zip(columns, cells, strict=True))
    return Row(number, values)


def _lines(text: str) -> list[str]:
    """Part a text into lines as files are, their ends included."""
    return list(StringIO(text, newline=""))


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be longer than Python lets them be; the limit is the process's."""
    limit = csv.field_size_limit(2 * _LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
