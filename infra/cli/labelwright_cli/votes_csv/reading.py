"""The one reader of votes: blocks of plain lines all at once, others row by row."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.votes import Indices, Votes
from labelwright_cli.votes_csv.lines import COLUMNS, BadRow, Lines, rows_of, whole_lines
from labelwright_cli.votes_csv.names import Names, Values, words_of

_COMMA, _NEWLINE = b",\n"
#: Rows that are kept as texts at once.
_MOST_ROWS = 1 << 15


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
    lines = Lines(whole_lines(chunks))
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
                lines.number += len(values[0].starts)
                coded.add_values([values[place] for place in places], first)
                continue
            lines.open(block)
        # A row may reach into the next block, and its last into the one after that.
        rows = list(islice(rows_of(lines, len(header), places, coded.bad), _MOST_ROWS))
        coded.add_rows([n for n, _ in rows], [values for _, values in rows])
    return CsvVotes(coded.votes(), tuple(sorted(coded.bad)), tuple(coded.partly))


class _Coded:
    """Votes as numbers, block by block, and the rows that are none."""

    def __init__(self, check: Callable[[str], RowFault | None] | None) -> None:
        self._check = check
        self._names = tuple(Names() for _ in COLUMNS)
        self._codes: tuple[list[Indices], ...] = tuple([] for _ in COLUMNS)
        self._faults: dict[int, RowFault] = {}
        self._checked = 0
        self.bad: list[BadRow] = []
        self.partly: list[BadRow] = []

    def add_values(self, columns: Sequence[Values], first: int) -> None:
        """Add columns of task, worker and label, a line a row from the line ``first`` on."""
        coded = [
            names.of_values(values) for names, values in zip(self._names, columns, strict=True)
        ]
        self._add(coded, range(first, first + len(coded[0])))

    def add_rows(self, lines: Sequence[int], rows: Sequence[Sequence[bytes]]) -> None:
        """Add rows of task, worker and label, which begin in these lines."""
        if rows:
            columns = zip(*rows, strict=True)
            coded = [names.of(column) for names, column in zip(self._names, columns, strict=True)]
            self._add(coded, lines)

    def _add(self, coded: list[Indices], lines: Sequence[int]) -> None:
        labels = self._names[-1].places
        if self._check:
            for label in islice(reversed(labels), len(labels) - self._checked):
                fault = self._check(label.decode())
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
        names = [tuple(map(bytes.decode, of.places)) for of in self._names]
        # Not needed twice at once.
        self._codes, self._names = (), ()
        return Votes.from_codes((names[0], names[1], names[2]), (task, worker, label))


def _plain_values(block: bytes, width: int) -> list[Values] | None:
    """Return the columns of a block whose lines are unquoted values, ``width`` each, none empty.

    Then finding commas is enough, many times faster than reading row by row. None for other blocks.
    """
    if b'"' in block or b"\0" in block:
        return None
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
        if b"\r" in block:
            return None
    if not block.endswith(b"\n"):
        block += b"\n"
    octets = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero((octets == _COMMA) | (octets == _NEWLINE))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if len(ends) % width or (starts == ends).any():
        return None
    last = octets[ends].reshape(-1, width) == _NEWLINE
    if last[:, :-1].any() or not last[:, -1].all() or not _is_utf8(block):
        return None
    words = words_of(block)
    return [Values(block, words, starts[n::width], ends[n::width]) for n in range(width)]


def _is_utf8(block: bytes) -> bool:
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return False
    return True
