"""Lines of a CSV file, and its rows read one by one: what is quoted, and what is wrong."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple

COLUMNS = ("task", "worker", "label")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadRow(NamedTuple):
    """A row that could not be used; it begins in ``line``, counted from 1, the header included."""

    line: int
    reason: str


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes cut at ends of lines, without a byte order mark.

    The first line comes alone: a header can be what the lines below it are not.
    """
    kept = b""
    begun = False
    for chunk in chunks:
        kept += chunk
        if not begun and len(kept) < len(_BYTE_ORDER_MARK):
            continue
        if not begun:
            kept = kept.removeprefix(_BYTE_ORDER_MARK)
            first = kept.find(b"\n") + 1
            begun = bool(first)
            if begun:
                yield kept[:first]
                kept = kept[first:]
        # A return at the very end may be half of an end of line.
        end = max(kept.rfind(b"\n"), kept.rfind(b"\r", 0, -1)) + 1
        if end:
            yield kept[:end]
            kept = kept[end:]
    if kept:
        yield kept


class Lines:
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


def rows_of(
    lines: Lines, width: int, places: Sequence[int], bad: list[BadRow]
) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the good rows of the lines that are opened with where they begin; name the bad ones."""
    while lines.opened:
        values, problem = lines.row()
        if not problem and not values:
            continue
        if not problem and len(values) != width:
            problem = f"{len(values)} values instead of {width}"
        chosen: list[bytes] = []
        if not problem:
            chosen, problem = _encoded([values[place] for place in places])
        first = lines.number - len(lines.taken) + 1
        if not problem:
            yield first, chosen
            continue
        if len(lines.taken) > 1:
            problem += f", in lines {first} to {lines.number}"
        bad.append(BadRow(first, problem))


def _encoded(values: Sequence[str]) -> tuple[list[bytes], str | None]:
    """Return a row's values as bytes, or what is wrong with them."""
    if not all(values):
        empty = [name for name, value in zip(COLUMNS, values, strict=True) if not value]
        return [], f"no {', no '.join(empty)}"
    try:
        return [value.encode() for value in values], None
    except UnicodeEncodeError:
        return [], "not UTF-8"
