"""CSV and JSON Lines."""

import csv
import io
from collections.abc import Iterator

from labelwright.contract.base import Json, dump_json
from labelwright_local.export.prepare import Prepared
from labelwright_local.export.table import (
    OBJECT,
    PATH,
    SPLIT,
    TEXT,
    WORKER,
    columns_of,
    confidence_column,
    rows_of,
)

#: What spreadsheets take for the beginning of a formula
#: (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8: lists and objects are JSON in their cells, nothing is empty.

    Texts are as they are: whoever trains on them needs just those. ``settings.spreadsheet`` puts an
    apostrophe before those that a spreadsheet would take for a formula.
    """
    columns = columns_of(prepared)
    header = [OBJECT, *((WORKER,) if prepared.settings.answers else ()), TEXT, PATH]
    header += columns.keys.values()
    for name in columns.fields:
        header += (name,) if prepared.settings.answers else (name, confidence_column(name))
    header += (SPLIT,) if prepared.settings.split else ()
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    safe = prepared.settings.spreadsheet
    writer.writerow(_guarded(name) if safe else name for name in header)
    for row in rows_of(prepared, columns):
        cells = [_cell(row.get(name)) for name in header]
        risky = sum(isinstance(cell, str) and cell.startswith(_FORMULA) for cell in cells)
        if risky and not safe:
            prepared.told[RISKY] += risky
        writer.writerow([_guarded(cell) for cell in cells] if safe else cells)
        yield _taken(buffer)
    yield _taken(buffer)


#: What is told of cells that are written as they are.
RISKY = "cells that a spreadsheet would take for a formula (--spreadsheet guards them)"


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _cell(value: Json) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return dump_json(value)
    return value


def _guarded(cell: str | int | float) -> str | int | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def jsonl_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield JSON Lines: one object a row, with lists and objects as they are."""
    for row in rows_of(prepared, columns_of(prepared)):
        yield dump_json(row).encode() + b"\n"
