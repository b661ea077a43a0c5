"""Votes from CSV: ``task,worker,label``, a header line and one vote a line."""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.votes import Indices, Votes

COLUMNS = ("task", "worker", "label")
_COMMA, _NEWLINE = b",\n"
#: Rows that are kept as texts at once.
_MOST_ROWS = 1 << 15
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadRow(NamedTuple):
    """A row that could not be used; it begins in ``line``, counted from 1, the header included."""

    line: int
    reason: str


class RowFault(NamedTuple):
    """What is wrong with a label; when it is not so with the ``whole``, the rest of it counts."""

    reason: str
    whole: bool


class CsvVotes(NamedTuple):
    """The votes of a file, the rows that are not among them, and those that are so in part."""

    votes: Votes
    bad: tuple[BadRow, ...]
    partly: tuple[BadRow, ...]


def read_votes(
    chunks: Iterable[bytes], check: Callable[[str], RowFault | None] | None = None
) -> CsvVotes:
    """Read a UTF-8 file whose header names task, worker and label, in any order.

    The file comes in ``chunks``, cut anywhere; beside the votes, as integers, and each name once no
    more than a chunk is kept. Other columns are passed over, empty lines too. A row with too few or
    too many values, with an empty one, one that is not UTF-8 or a quote that is not closed (a value
    may have 131,072 characters) is named and left out; and one whose label does not pass ``check``,
    which says what is wrong with it and is asked once of every label; where that is not the whole
    label, the row counts and is named all the same. Of several rows of a task and worker the last
    counts.

    Raises:
        ValueError: the header does not name the three columns.
    """
    lines = _Lines(_whole_lines(chunks))
    header, _ = lines.row()
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"the header does not name {', '.join(missing)}")
    places = [header.index(name) for name in COLUMNS]
    coded = _Coded(check)
    while lines:
        block = lines.take_block()
        if block is not None:
            values = _plain_values(block, len(header))
            if values is not None:
                first = lines.number + 1
                lines.number += len(values) // len(header)
                columns = [values[place :: len(header)] for place in places]
                coded.add(columns, range(first, lines.number + 1))
                continue
            lines.open(block)
        # A row may reach into the next block, and its last into the one after that.
        rows = list(islice(_rows(lines, len(header), places, coded.bad), _MOST_ROWS))
        coded.add(list(zip(*(values for _, values in rows), strict=True)), [n for n, _ in rows])
    return CsvVotes(coded.votes(), tuple(sorted(coded.bad)), tuple(coded.partly))


class _Places(dict[str, int]):
    """Gives each new name the next number."""

    def __missing__(self, name: str) -> int:
        self[name] = place = len(self)
        return place


class _Coded:
    """Votes as numbers, block by block, and the rows that are none."""

    def __init__(self, check: Callable[[str], RowFault | None] | None) -> None:
        self._check = check
        self._places = tuple(_Places() for _ in COLUMNS)
        self._codes: tuple[list[Indices], ...] = tuple([] for _ in COLUMNS)
        self._faults: dict[int, RowFault] = {}
        self._checked = 0
        self.bad: list[BadRow] = []
        self.partly: list[BadRow] = []

    def add(self, columns: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        """Add columns of task, worker and label, whose rows begin in these lines."""
        if not columns:
            return
        coded = [
            np.fromiter(map(places.__getitem__, column), np.int32, len(column))
            for places, column in zip(self._places, columns, strict=True)
        ]
        labels = self._places[-1]
        if self._check:
            for label in islice(reversed(labels), len(labels) - self._checked):
                fault = self._check(label)
                if fault:
                    self._faults[labels[label]] = fault
            self._checked = len(labels)
        if self._faults:
            kept = np.ones(len(lines), dtype=np.bool_)
            for row in np.flatnonzero(np.isin(coded[-1], list(self._faults))).tolist():
                reason, whole = self._faults[int(coded[-1][row])]
                (self.bad if whole else self.partly).append(BadRow(lines[row], reason))
                kept[row] = not whole
            coded = [column[kept] for column in coded]
        for codes, column in zip(self._codes, coded, strict=True):
            codes.append(column)

    def votes(self) -> Votes:
        task, worker, label = (
            np.concatenate(codes) if codes else np.zeros(0, dtype=np.int32) for codes in self._codes
        )
        names = tuple(tuple(places) for places in self._places)
        # Not needed twice at once.
        self._codes, self._places = (), ()
        return Votes.from_codes((names[0], names[1], names[2]), (task, worker, label))


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes cut at ends of lines, without a byte order mark."""
    kept = b""
    begun = False
    for chunk in chunks:
        kept += chunk
        if not begun and len(kept) < len(_BYTE_ORDER_MARK):
            continue
        if not begun:
            kept = kept.removeprefix(_BYTE_ORDER_MARK)
            begun = True
        # A return at the very end may be half of an end of line.
        end = max(kept.rfind(b"\n"), kept.rfind(b"\r", 0, -1)) + 1
        if end:
            yield kept[:end]
            kept = kept[end:]
    if kept:
        yield kept


def _plain_values(block: bytes, width: int) -> list[str] | None:
    """Return all values of a block whose lines are unquoted values, ``width`` each, none empty.

    Then splitting is enough, several times faster than reading row by row. None for other blocks.
    """
    if b'"' in block:
        return None
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
        if b"\r" in block:
            return None
    if not block.endswith(b"\n"):
        block += b"\n"
    octets = np.frombuffer(block, dtype=np.uint8)
    places = np.flatnonzero((octets == _COMMA) | (octets == _NEWLINE))
    if len(places) % width or (places[1:] - places[:-1] == 1).any() or places[0] == 0:
        return None
    ends = octets[places].reshape(-1, width) == _NEWLINE
    if ends[:, :-1].any() or not ends[:, -1].all():
        return None
    try:
        text = block[:-1].decode()
    except UnicodeDecodeError:
        return None
    return text.replace("\n", ",").split(",")


class _Lines:
    """The lines of a file as ``csv.reader`` wants them, from blocks of whole lines.

    ``number`` is that of the last line taken, ``taken`` are those of the row being read; ``ended``
    says that it asked for more than there are.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._next: bytes | None = next(blocks, None)
        self._lines: deque[str] = deque()
        self._reader = csv.reader(self, strict=True)
        self.number = 0
        self.taken: list[str] = []
        self.ended = False

    @property
    def opened(self) -> bool:
        """Whether some lines of a block are left."""
        return bool(self._lines)

    def __bool__(self) -> bool:
        return self.opened or self._next is not None

    def take_block(self) -> bytes | None:
        """Take the next block whole; None where one is opened."""
        if self.opened:
            return None
        block, self._next = self._next, next(self._blocks, None)
        return block

    def open(self, block: bytes) -> None:
        """Take a block line by line; bytes that are not UTF-8 stay recognisable."""
        self._lines.extend(StringIO(block.decode(errors="surrogateescape"), newline=""))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.opened:
            block = self.take_block()
            if block is None:
                self.ended = True
                raise StopIteration
            self.open(block)
        self.number += 1
        self.taken.append(self._lines.popleft())
        return self.taken[-1]

    def row(self) -> tuple[list[str], str | None]:
        """Read one row: its values, or what is wrong. Of a quote left open one line is lost."""
        self.taken.clear()
        self.ended = False
        problem = None
        values: list[str] = []
        try:
            values = next(self._reader, [])
        except csv.Error as error:
            problem = str(error)
        if self.taken and (self.ended or (problem and len(self.taken) > 1)):
            problem = "a quote that is not closed"
            self._lines.extendleft(reversed(self.taken[1:]))
            self.number -= len(self.taken) - 1
            del self.taken[1:]
        return values, problem


def _rows(
    lines: _Lines, width: int, places: Sequence[int], bad: list[BadRow]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the good rows of the lines that are opened with where they begin; name the bad ones."""
    while lines.opened:
        values, problem = lines.row()
        if not problem and not values:
            continue
        if not problem and len(values) != width:
            problem = f"{len(values)} values instead of {width}"
        chosen = [] if problem else [values[place] for place in places]
        problem = problem or _problem(chosen)
        first = lines.number - len(lines.taken) + 1
        if not problem:
            yield first, chosen
            continue
        if len(lines.taken) > 1:
            problem += f", in lines {first} to {lines.number}"
        bad.append(BadRow(first, problem))


def _problem(values: Sequence[str]) -> str | None:
    empty = [name for name, value in zip(COLUMNS, values, strict=True) if not value]
    if empty:
        return f"no {', no '.join(empty)}"
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        return "not UTF-8"
    return None
