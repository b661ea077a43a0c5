"""Names as numbers, a column at a time: what takes the most time in reading votes.

A name is bytes of UTF-8. Eight of them are one number, so that a name is a few numbers, and whether
a row has a name that was there before is found for thousands of rows at once.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Indices

_Places = NDArray[np.intp]
_Words = NDArray[np.uint64]

_WORD = 8
#: Longer names are looked up one by one.
_MOST_WORDS = 8
#: Names that are found at once; of two with the same place the later one.
_SLOTS_BITS = 16
#: An odd number whose bits look like chance: 2**64 divided by the golden ratio.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
#: So many bytes of a word are kept.
_KEPT = np.array([(1 << (_WORD * n)) - 1 for n in range(_WORD + 1)], dtype=np.uint64)


class Values(NamedTuple):
    """Values of a column: ``data[starts[i]:ends[i]]``, of which none has a zero byte.

    ``words[i]`` are the eight bytes from ``i`` on as one number; there are so many that a value of
    ``_MOST_WORDS`` may begin in the last byte of the data.
    """

    data: bytes
    words: _Words
    starts: _Places
    ends: _Places

    def at(self, rows: _Places) -> "Values":
        """Return those of some rows."""
        return self._replace(starts=self.starts[rows], ends=self.ends[rows])

    def texts(self) -> list[bytes]:
        """Return them one by one."""
        spans = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [self.data[start:end] for start, end in spans]


def words_of(data: bytes) -> _Words:
    """Return eight bytes from each place on as one number, with zeros behind the end."""
    padded = data + bytes((_MOST_WORDS + 1) * _WORD)
    size = len(padded) - _WORD + 1
    # Little-endian whatever the machine: the first byte is the lowest.
    return np.ndarray((size,), dtype="<u8", buffer=padded, strides=(1,))


class Names:
    """Gives each new name the next number; ``places`` has them all, in their order."""

    def __init__(self) -> None:
        self.places: dict[bytes, int] = _Next()
        self._codes = np.zeros(1 << _SLOTS_BITS, dtype=np.int32)
        self._words = np.zeros((_MOST_WORDS, 1 << _SLOTS_BITS), dtype=np.uint64)

    def of(self, names: Sequence[bytes]) -> Indices:
        """Return the numbers of names that come one by one."""
        return np.fromiter(map(self.places.__getitem__, names), np.int32, len(names))

    def of_values(self, values: Values) -> Indices:
        """Return the numbers of values, which are names."""
        sizes = values.ends - values.starts
        n_words = -(-int(sizes.max(initial=0)) // _WORD)
        if n_words > _MOST_WORDS:
            return self.of(values.texts())
        words = [
            values.words[values.starts + _WORD * place]
            & _KEPT[np.clip(sizes - _WORD * place, 0, _WORD)]
            for place in range(n_words)
        ]
        # Rows come by task: often a row has the name of the one before.
        new = np.ones(len(sizes), dtype=np.bool_)
        new[1:] = _differ((word[1:], word[:-1]) for word in words)
        rows = np.flatnonzero(new)
        codes = self._of_words(values.at(rows), [word[rows] for word in words])
        return np.repeat(codes, np.diff(rows, append=len(sizes)))

    def _of_words(self, values: Values, words: list[_Words]) -> Indices:
        slots = _slots(words)
        codes = self._codes[slots] - np.int32(1)
        missed = codes < 0
        # A longer name, too, may begin with these words.
        whole: list[_Words | np.uint64] = [*words, np.uint64(0)]
        missed |= _differ(
            (found[slots], word) for found, word in zip(self._words, whole, strict=False)
        )
        rows = np.flatnonzero(missed)
        if len(rows):
            found = self.of(values.at(rows).texts())
            codes[rows] = found
            self._codes[slots[rows]] = found + np.int32(1)
            for place, word in enumerate(self._words):
                word[slots[rows]] = words[place][rows] if place < len(words) else 0
        return codes


class _Next(dict[bytes, int]):
    def __missing__(self, name: bytes) -> int:
        self[name] = place = len(self)
        return place


def _differ(pairs: Iterable[tuple[_Words, _Words | np.uint64]]) -> NDArray[np.bool_]:
    """Tell where any of the pairs differ."""
    found: NDArray[np.bool_] = np.logical_or.reduce([one != other for one, other in pairs])
    return found


def _slots(words: list[_Words]) -> _Places:
    """Return a place below the number of slots for each name, as evenly as chance."""
    mixed = words[0] * _SPREAD
    for word in words[1:]:
        mixed = ((mixed >> np.uint64(32)) ^ mixed ^ word) * _SPREAD
    return (mixed >> np.uint64(64 - _SLOTS_BITS)).astype(np.intp)
