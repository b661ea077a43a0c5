"""What is known of workers while the skill model learns: expected counts of answers, as logs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats, Indices, sums

Places = NDArray[np.intp]

#: Tables of counts are made dense in blocks of so many entries.
_BLOCK = 1 << 23


@dataclass(frozen=True)
class Table:
    """Expected answer counts of workers, with their Dirichlet prior, where they occur.

    Entry ``used[u] = (worker * K + true) * K + given`` has ``counts[u]``; all others have none.
    ``prior`` is (answers by ``accuracy``, more for the right label, for each label). ``log_values``
    are the log-probabilities of the entries; ``log_density`` is the log prior density of all rows,
    less a constant. ``prior_values`` are the prior answers of the entries, ``prior_elsewhere``
    those of each row's other labels together.
    """

    seen: Places
    accuracy: Floats
    prior: tuple[float, float, float]
    used: Places
    row: Places
    prior_values: Floats
    prior_elsewhere: Floats
    counts: Floats
    log_values: Floats
    log_density: float

    @classmethod
    def of(
        cls, used: Places, seen: Places, accuracy: Floats, prior: tuple[float, float, float]
    ) -> "Table":
        """Return a table of these entries, with the prior alone."""
        n_labels = len(seen)
        own, right, each = prior
        row, given = np.divmod(used, max(n_labels, 1))
        worker, true = np.divmod(row, max(n_labels, 1))
        skilled = accuracy[worker]
        hit = true == given
        wrong = (1 - skilled) / max(n_labels - 1, 1)
        values = own * np.where(hit, skilled, wrong) + right * hit + each
        n_rows = len(accuracy) * n_labels
        elsewhere = own + right + each * n_labels - sums(row, values, n_rows)
        none = np.zeros(len(used))
        return cls(seen, accuracy, prior, used, row, values, elsewhere, none, none, 0.0)

    def count(self, counts: Floats) -> "Table":
        """Return the table with these counts, by entry."""
        per_row = sums(self.row, counts, len(self.accuracy) * len(self.seen))
        answers = np.log(per_row + self._row_prior)
        log_values = np.log(counts + self.prior_values)
        log_values -= answers.take(self.row)
        log_density = float(self.prior_values @ log_values - self.prior_elsewhere @ answers)
        return replace(self, counts=counts, log_values=log_values, log_density=log_density)

    def under(self, prior: tuple[float, float, float]) -> "Table":
        """Return the table with the same counts and another prior."""
        return Table.of(self.used, self.seen, self.accuracy, prior).count(self.counts)

    @property
    def right(self) -> Floats:
        """The probability that a worker gives a label where it is true, [worker, label]."""
        own, right, each = self.prior
        shape = len(self.accuracy), len(self.seen)
        rows = sums(self.row, self.counts, shape[0] * shape[1]) + self._row_prior
        hits = np.zeros(len(rows))
        hit = self.row % max(shape[1], 1) == self.used % max(shape[1], 1)
        hits[self.row[hit]] = self.counts[hit]
        found = hits.reshape(shape) + (own * self.accuracy[:, None] + right + each)
        return found / rows.reshape(shape)

    @property
    def answers(self) -> tuple[Floats, Floats]:
        """Answers of each entry and of its row, expected ones and prior ones together."""
        entries = self.counts + self.prior_values
        rows = self._row_prior + sums(self.row, self.counts, len(self.prior_elsewhere))
        return entries, rows.take(self.row)

    @property
    def _row_prior(self) -> float:
        own, right, each = self.prior
        return own + right + each * len(self.seen)

    def logs(self, first: int, last: int) -> Floats:
        """Return log confusion of workers ``first`` to ``last``, [worker, true, given], whole."""
        n_labels = len(self.seen)
        own, right, each = self.prior
        accuracy = self.accuracy[first:last]
        values = np.empty((last - first, n_labels, n_labels))
        values[:] = (own * (1 - accuracy) / max(n_labels - 1, 1) + each)[:, None, None]
        diagonal = np.arange(n_labels)
        values[:, diagonal, diagonal] = (own * accuracy + right + each)[:, None]
        begin, end = np.searchsorted(self.used, np.array([first, last]) * n_labels**2)
        flat = values.reshape(-1)
        flat[self.used[begin:end] - first * n_labels**2] += self.counts[begin:end]
        values /= values.sum(axis=2, keepdims=True)
        return np.log(values, out=values)

    def blocks(self, worker: Indices) -> Iterator[tuple[int, int, int, int]]:
        """Yield workers first to last with their votes begin to end; votes are sorted by worker."""
        if not len(self.seen):
            return
        size = max(1, _BLOCK // max(len(self.seen) ** 2, 1))
        for first in range(0, len(self.accuracy), size):
            last = min(first + size, len(self.accuracy))
            begin, end = np.searchsorted(worker, [first, last])
            yield first, last, int(begin), int(end)
