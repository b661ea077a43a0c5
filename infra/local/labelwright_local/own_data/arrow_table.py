"""Parquet files, and Hugging Face data sets as ``save_to_disk`` leaves them.

Both are read with pyarrow alone: what comes with a data set as Python is never run.
https://huggingface.co/docs/datasets/about_arrow
"""

import json
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright_local.own_data.encodings import is_damaged
from labelwright_local.own_data.rows import Bytes, LeftOut, Row, Table

#: Of a saved data set, and of several splits of one.
_STATE, _SPLITS = "state.json", "dataset_dict.json"
_AT_ONCE = 1_000
#: So many bytes of a table are made Python's at once: rows may hold pictures.
_BYTES = 16 * 1024 * 1024
#: The column that says which split a row is of.
_SPLIT = "split"


def is_data_set(folder: Path) -> bool:
    """Tell a saved data set, or several splits of one, from any other folder."""
    return (folder / _STATE).is_file() or (folder / _SPLITS).is_file()


def read_parquet(path: Path) -> Table:
    """Read a Parquet file.

    Raises:
        UsageError: pyarrow is not installed, or the file can't be read.
    """
    arrow = _pyarrow("Parquet files")
    parquet: Any = import_module("pyarrow.parquet")
    try:
        parquet.ParquetFile(path).close()
    except (arrow.ArrowException, OSError) as error:
        raise UsageError(f"{path}: no Parquet file ({_first_line(error)})") from None

    def rows(left_out: LeftOut) -> Iterator[Row]:
        with parquet.ParquetFile(path) as file:
            yield from _rows(file.iter_batches(_AT_ONCE), left_out, {})

    return Table(rows, path.parent, "Parquet", "row")


def read_data_set(folder: Path) -> Table:
    """Read a Hugging Face data set on disk; of several splits all, each row with its split.

    Raises:
        UsageError: pyarrow is not installed, or a file is missing or can't be read.
    """
    arrow = _pyarrow("Hugging Face data sets")
    splits = _json(folder / _SPLITS).get("splits") if (folder / _SPLITS).is_file() else None
    parts: list[tuple[Path, dict[str, Json]]] = [(folder, {})]
    if isinstance(splits, list):
        parts = [(folder / _own(str(name), folder), {_SPLIT: str(name)}) for name in splits]
    files = [(path, more) for part, more in parts for path in _arrow_files(part)]

    def rows(left_out: LeftOut) -> Iterator[Row]:
        before = 0
        for path, more in files:
            try:
                with arrow.memory_map(str(path)) as mapped:
                    for row in _rows(_batches(arrow, mapped), left_out, more, before):
                        before = row.place
                        yield row
            except (arrow.ArrowException, OSError) as error:
                raise UsageError(f"{path}: no Arrow file ({_first_line(error)})") from None

    form = "Hugging Face data set"
    if isinstance(splits, list):
        form += f", splits {', '.join(map(str, splits))}"
    return Table(rows, folder, form, "row")


def _pyarrow(what: str) -> Any:
    try:
        return import_module("pyarrow")
    except ModuleNotFoundError:
        raise UsageError(
            f"{what} are read with pyarrow, which is not installed: "
            "pip install 'labelwright[parquet]'"
        ) from None


def _arrow_files(part: Path) -> list[Path]:
    named = _json(part / _STATE).get("_data_files")
    names = [
        str(each["filename"])
        for each in (named if isinstance(named, list) else [])
        if isinstance(each, dict) and "filename" in each
    ]
    if not names:
        raise UsageError(f"{part / _STATE}: it names no data files; the data set is not complete")
    return [part / _own(name, part) for name in names]


def _own(name: str, folder: Path) -> str:
    """Return the name of a file in a folder.

    Raises:
        UsageError: it leads out of the folder.
    """
    if name in ("", ".", "..") or any(mark in name for mark in "/\\\0"):
        raise UsageError(f"{folder}: the data set names '{name}', which is no file in it")
    return name


def _json(path: Path) -> dict[str, Json]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; the data set is not complete") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: no JSON; the data set is damaged") from None
    return found if isinstance(found, dict) else {}


def _batches(arrow: Any, mapped: Any) -> Iterator[Any]:
    """Yield the batches of a file of either of Arrow's two formats."""
    try:
        reader = arrow.ipc.open_stream(mapped)
    except arrow.ArrowInvalid:
        mapped.seek(0)
        reader = arrow.ipc.open_file(mapped)
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
        return
    yield from reader


def _rows(
    batches: Iterator[Any], left_out: LeftOut, more: dict[str, Json], before: int = 0
) -> Iterator[Row]:
    place = before
    for batch in batches:
        each = batch.nbytes // max(batch.num_rows, 1) + 1
        at_once = max(1, min(_AT_ONCE, _BYTES // each))
        for start in range(0, batch.num_rows, at_once):
            for values in _read(batch.slice(start, at_once), left_out, place):
                place += 1
                row = {str(name): plain(value) for name, value in values.items()}
                if _has_damage(row):
                    left_out.add("half a character (a surrogate on its own)", str(place))
                    continue
                yield Row(place, {**more, **row})


def _read(batch: Any, left_out: LeftOut, before: int) -> list[dict[str, Any]]:
    """Return a batch's rows; a cell that Python can't hold is null, and told."""
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except (ValueError, ArithmeticError):
        # A date beyond the year 9999, an unknown time zone, bytes that are no UTF-8.
        columns = [*zip(batch.schema.names, batch.columns, strict=True)]
        rows = [
            {name: _cell(column[at], name, before + at + 1, left_out) for name, column in columns}
            for at in range(batch.num_rows)
        ]
    return rows


def _cell(scalar: Any, name: str, place: int, left_out: LeftOut) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, ArithmeticError):
        left_out.note(f"a value of '{name}' that can't be read, taken for empty", str(place))
        return None


def _has_damage(row: dict[str, Json]) -> bool:
    return any(isinstance(value, str) and is_damaged(value) for value in row.values())


def plain(value: Any) -> Json:
    """Return a value as JSON has it; files inside of the table as ``Bytes``.

    What is not finite is null, as is what has no place in JSON.
    """
    match value:
        case None | bool() | int() | str():
            found: Json = value
        case float():
            found = value if math.isfinite(value) else None
        case bytes():
            found = Bytes(value, "")
        case {"bytes": bytes(data), "path": path, **more} if not more:
            found = Bytes(data, str(path or ""))
        case {"bytes": None, "path": path, **more} if not more:
            found = path
        case dict():
            found = {str(name): _inner(each) for name, each in value.items()}
        case list() | tuple():
            found = [_inner(each) for each in value]
        case datetime() | date() | time():
            found = value.isoformat()
        case timedelta():
            found = value.total_seconds()
        case Decimal():
            found = str(value)
        case _:
            found = None
    return found


def _inner(value: Any) -> Json:
    """Return a value inside of another: files are taken from columns alone."""
    found = plain(value)
    return None if isinstance(found, Bytes) else found


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
