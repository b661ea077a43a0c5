"""Labels in CSV files: workers' labels going in, consolidated labels coming out."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from labelwright.contract.base import has_lone_surrogate
from labelwright.errors import EventError

#: Told how many bytes of how many are read.
Progress = Callable[[int, int], None]
#: Told what is wrong with a row, with its line.
Fault = Callable[[str], None]

_ROWS_BETWEEN_REPORTS = 50_000


def read_rows(
    path: Path, columns: Sequence[str], fault: Fault, progress: Progress = lambda *_: None
) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of each row, row by row; a bad row is told and left out.

    UTF-8, comma-separated, with a header line that may name other columns too. A row is bad when it
    has fewer fields than the columns need, an empty one among them, or is not UTF-8.

    Raises:
        EventError: the file can't be read, or lacks a column.
    """
    try:
        size = path.stat().st_size
        bad_bytes = not _is_utf8(path)
        with path.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
            reader = csv.reader(text)
            rows = _rows(path, reader, columns, fault)
            for number, row in enumerate(rows, start=1):
                if bad_bytes and any(map(has_lone_surrogate, row)):
                    fault(f"{path}:{_line(reader)}: not UTF-8; left out")
                    continue
                yield row
                if not number % _ROWS_BETWEEN_REPORTS:
                    progress(raw.tell(), size)
            progress(size, size)
    except OSError as error:
        raise EventError(f"{path}: can't be read ({error.strerror})") from None


def _rows(
    path: Path, reader: Iterator[list[str]], columns: Sequence[str], fault: Fault
) -> Iterator[tuple[str, ...]]:
    header = next(reader, [])
    missing = [name for name in columns if name not in header]
    if missing:
        raise EventError(
            f"{path}:1: the header line lacks {', '.join(missing)}; it needs {','.join(columns)}"
        )
    pick = itemgetter(*(header.index(name) for name in columns))
    while True:
        try:
            # The whole file in one loop: this is where a large file's time goes.
            for row in reader:
                try:
                    values = pick(row)
                except IndexError:
                    if row:
                        fault(f"{path}:{_line(reader)}: {len(row)} fields are too few; left out")
                    continue
                if "" in values:
                    empty = columns[values.index("")]
                    fault(f"{path}:{_line(reader)}: '{empty}' is empty; left out")
                    continue
                yield values
        except csv.Error as error:
            fault(f"{path}:{_line(reader)}: not CSV ({error}); left out")
            continue
        return


def _line(reader: Iterator[list[str]]) -> int:
    line: int = reader.line_num  # type: ignore[attr-defined]
    return line


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file with a header line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
