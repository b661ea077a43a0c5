"""What every reader of data gives: rows with named values, and an account of what it left out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from labelwright.contract.base import Json

#: So many places of each reason are kept.
KEPT = 5


class Row(NamedTuple):
    """One row of a table, one element of a list, or one file.

    ``place`` counts from 1: the line of a file, or the row of a table without lines. ``values`` by
    column; a picture's bytes where the table holds them.
    """

    place: int
    values: dict[str, Json]


class Bytes(NamedTuple):
    """A file inside of a table: its content, and the name that it had."""

    data: bytes
    name: str


class Found(NamedTuple):
    """A file that was looked at already, by its path below the folder: it can be used."""

    key: str


class Reason(NamedTuple):
    """Why something was left out, how often, and the first places (or names) where."""

    why: str
    times: int
    first: tuple[str, ...]


class LeftOut:
    """An account of what was left out, by reason; and of what is odd and was kept."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._noted: dict[str, list[str]] = {}
        self._note_counts: dict[str, int] = {}

    def add(self, why: str, place: str) -> None:
        """Count one thing that is left out."""
        _count(self._counts, self._places, why, place)

    def note(self, what: str, place: str) -> None:
        """Count one thing that is kept and should be known."""
        _count(self._note_counts, self._noted, what, place)

    @property
    def count(self) -> int:
        """How much was left out."""
        return sum(self._counts.values())

    @property
    def reasons(self) -> list[Reason]:
        """Why things were left out, the most frequent reason first."""
        return _told(self._counts, self._places)

    @property
    def notes(self) -> list[Reason]:
        """What was kept and should be known."""
        return _told(self._note_counts, self._noted)


def _count(counts: dict[str, int], places: dict[str, list[str]], why: str, place: str) -> None:
    counts[why] = counts.get(why, 0) + 1
    kept = places.setdefault(why, [])
    if place and len(kept) < KEPT:
        kept.append(place)


def _told(counts: dict[str, int], places: dict[str, list[str]]) -> list[Reason]:
    return [
        Reason(why, count, tuple(places[why]))
        for why, count in sorted(counts.items(), key=lambda item: -item[1])
    ]


#: Reads a table from its beginning; what is left out is told.
Rows = Callable[[LeftOut], Iterator[Row]]


class Table(NamedTuple):
    """Rows that can be read again and again.

    ``base`` is the folder in which relative paths among the values begin; ``form`` says in a few
    words how the file was understood; ``unit`` is what a place counts: ``line`` or ``row``.
    """

    rows: Rows
    base: Path
    form: str
    unit: str = "line"
