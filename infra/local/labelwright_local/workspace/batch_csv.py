"""A batch of Mechanical Turk in the place of a manifest: a CSV file with a data object on each row.

The first row names the columns, which are the variables of the page (``${name}``). A row becomes a
manifest line with the columns for keys. Unless one of them is ``source`` or ``source-ref``, the row
as an object is the line's ``source``, so that it is the task's data object.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from labelwright.contract.base import Json
from labelwright.contract.manifest import SOURCE, SOURCE_REF
from labelwright.errors import UsageError

_REMEDY = "the first row of a batch names its columns, each other row is a data object"


def is_batch(path: Path | None) -> bool:
    """Tell a batch from a manifest by its name."""
    return path is not None and path.suffix.lower() == ".csv"


def read_batch(path: Path) -> Iterator[dict[str, Json]]:
    """Yield a batch's rows as manifest lines; blank rows are none.

    The file is UTF-8, UTF-16 with a byte order mark, or else Windows-1252, as Excel saves it. Cells
    are parted by commas; by semicolons or tabs where the first row has no comma.

    Raises:
        UsageError: the file can't be read, or has another encoding, columns have no name or the
            same one, or a row has more cells than there are columns.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = next((mark for mark in ",;\t" if mark in first), ",")
            rows = csv.reader(file, delimiter=delimiter)
            columns = _columns(path, next(rows, []))
            for cells in rows:
                if any(cell.strip() for cell in cells):
                    yield _line(path, rows.line_num, columns, cells)
    except csv.Error as error:
        raise UsageError(f"{path}: no CSV file ({error}); {_REMEDY}") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path}: damaged, or neither UTF-8, UTF-16 nor Windows-1252; save it as UTF-8"
        ) from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; {_REMEDY}") from None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _columns(path: Path, names: list[str]) -> list[str]:
    columns = [name.strip() for name in names]
    if not columns or not all(columns):
        raise UsageError(f"{path}:1: a column has no name; {_REMEDY}")
    twice, count = Counter(columns).most_common(1)[0]
    if count > 1:
        raise UsageError(f"{path}:1: two columns are named '{twice}'; {_REMEDY}")
    return columns


def _line(path: Path, number: int, columns: list[str], cells: list[str]) -> dict[str, Json]:
    if len(cells) > len(columns):
        raise UsageError(
            f"{path}:{number}: {len(cells)} cells, and there are {len(columns)} columns; put "
            "quotes around a cell that has commas"
        )
    # Rows that are cut off lack the last cells, as spreadsheets save empty ones.
    cells = [*cells, *[""] * (len(columns) - len(cells))]
    row: dict[str, Json] = dict(zip(columns, cells, strict=True))
    return row if SOURCE in row or SOURCE_REF in row else {SOURCE: dict(row), **row}
