"""Votes from CSV: ``task,worker,label``, a header line and one vote a line."""

import csv
from io import StringIO
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.votes import Votes

COLUMNS = ("task", "worker", "label")
_COMMA, _NEWLINE, _QUOTE, _RETURN = b',\n"\r'


class BadRow(NamedTuple):
    """A line that could not be used; ``line`` counts from 1, the header included."""

    line: int
    reason: str


class CsvVotes(NamedTuple):
    """The votes of a file, and the lines that are not among them."""

    votes: Votes
    bad: tuple[BadRow, ...]


def read_votes(data: bytes) -> CsvVotes:
    """Read a UTF-8 file whose header names task, worker and label, in any order.

    Other columns are passed over, empty lines too. A row with too few or too many values, or with
    an empty one, is named and left out. Of several rows of a task and worker the last counts.

    Raises:
        ValueError: the file is not UTF-8, or its header does not name the three columns.
    """
    text = data.decode("utf-8-sig")
    header = next(csv.reader([text.split("\n", 1)[0]]), [])
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"the header does not name {', '.join(missing)}")
    places = [header.index(name) for name in COLUMNS]
    if len(header) == len(COLUMNS) and _is_plain(data):
        values = text.rstrip("\n").replace("\n", ",").split(",")[3:]
        task, worker, label = (values[place::3] for place in places)
        return CsvVotes(Votes.from_columns(task, worker, label), ())
    return _row_by_row(text, len(header), places)


def _is_plain(data: bytes) -> bool:
    """Say whether all lines are three unquoted values, none empty: then splitting is enough."""
    octets = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", dtype=np.uint8)
    places = np.flatnonzero((octets == _COMMA) | (octets == _NEWLINE))
    marks = octets[places]
    if len(marks) % 3 or (np.diff(places, prepend=-1) == 1).any():
        return False
    if (octets == _QUOTE).any() or (octets == _RETURN).any():
        return False
    return bool((marks.reshape(-1, 3) == (_COMMA, _COMMA, _NEWLINE)).all())


def _row_by_row(text: str, width: int, places: list[int]) -> CsvVotes:
    reader = csv.reader(StringIO(text, newline=""))
    next(reader)
    rows, bad = [], []
    for row in reader:
        if not row:
            continue
        if len(row) != width:
            bad.append(BadRow(reader.line_num, f"{len(row)} values instead of {width}"))
            continue
        chosen = [row[place] for place in places]
        empty = [name for name, value in zip(COLUMNS, chosen, strict=True) if not value]
        if empty:
            bad.append(BadRow(reader.line_num, f"no {', no '.join(empty)}"))
        else:
            rows.append(chosen)
    return CsvVotes(Votes.from_rows(rows), tuple(bad))
