"""The sparse side of the skill model: only labels that occur for a task, only counts that occur.

A *cell* is a task with one label that somebody gave it: its known label alone, where there is one,
and any label where there are few of them. A *link* is a vote seen from one cell of its task: what
E and M steps add up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats, Indices, Votes, sorted_places, sums

Places = NDArray[np.intp]

#: Tables of counts are made dense in blocks of so many entries.
_BLOCK = 1 << 23
#: Logs from here on have exponentials that lose nothing.
_LEAST_LOG = -600.0
#: So few labels are all kept for every task: it costs little.
_FEW = 4


@dataclass(frozen=True)
class Table:
    """Expected answer counts of workers, with their Dirichlet prior, where they occur.

    Entry ``used[u] = (worker * K + true) * K + given`` has ``counts[u]``; all others have none.
    ``prior`` is (answers by ``accuracy``, more for the right label, for each label). ``log_values``
    are the log-probabilities of the entries; ``log_density`` is the log prior density of all rows,
    less a constant.
    """

    seen: Places
    accuracy: Floats
    prior: tuple[float, float, float]
    used: Places
    row: Places
    prior_values: Floats
    counts: Floats
    log_values: Floats
    log_density: float

    def count(self, place: Places, weights: Floats) -> "Table":
        """Return the table with the counts that weigh each ``place`` (an index of ``used``)."""
        counts = sums(place, weights, len(self.used))
        per_row = sums(self.row, counts, len(self.accuracy) * len(self.seen))
        answers = np.log(per_row + self._row_prior)
        log_values = np.log(counts + self.prior_values)
        log_values -= answers.take(self.row)
        elsewhere = np.full(len(per_row), self._row_prior)
        elsewhere -= sums(self.row, self.prior_values, len(per_row))
        log_density = float(self.prior_values @ log_values - elsewhere @ answers)
        return replace(self, counts=counts, log_values=log_values, log_density=log_density)

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


@dataclass(frozen=True)
class Cells:
    """Cell ``c`` has ``links[c]`` links from ``start[c]`` on; link ``k`` is to ``used[place[k]]``.

    By task: cells, which are many, are met one after another, and the table's entries, which are
    fewer, stay in the processor's cache. Tasks with cells are rows. ``row[c]`` and ``label[c]``
    belong to cell ``c``; ``first[r]`` is the first cell of row ``r``, ``task[r]`` its task.
    ``known[r]`` says that its label is.
    """

    start: Places
    links: Places
    place: Places
    used: Places
    row: Places
    label: Places
    first: Places
    task: Places
    known: NDArray[np.bool_]

    def table(self, seen: Places, accuracy: Floats, prior: tuple[float, float, float]) -> Table:
        """Return the table of these cells' entries, with the prior alone."""
        n_labels = len(seen)
        own, right, each = prior
        row, given = np.divmod(self.used, max(n_labels, 1))
        worker, true = np.divmod(row, max(n_labels, 1))
        skilled = accuracy[worker]
        hit = true == given
        wrong = (1 - skilled) / max(n_labels - 1, 1)
        values = own * np.where(hit, skilled, wrong) + right * hit + each
        none = np.zeros(len(self.used))
        return Table(seen, accuracy, prior, self.used, row, values, none, none, 0.0)

    def sums(self, values: Floats) -> Floats:
        """Add up each cell's links; ``values`` are by link."""
        return np.add.reduceat(values, self.start) if len(self.start) else values

    def spread(self, values: Floats) -> Floats:
        """Give each link what its cell has."""
        return np.repeat(values, self.links)

    def start_weights(self, counts: NDArray[np.int64]) -> Floats:
        """Return the vote shares of the cells; 1 for a known label."""
        votes = counts[self.task[self.row], self.label].astype(np.float64)
        votes[self.known[self.row]] = 1
        total = sums(self.row, votes, len(self.first))
        return votes / total[self.row]

    def posterior(self, logs: Floats, prior: Floats, others: Floats) -> "Posterior":
        """Weigh the cells of each row against each other and against labels without a cell.

        ``logs`` are the cells' log-likelihoods and are overwritten; ``prior`` is the class prior,
        ``others`` the log-likelihood of any label without a cell, by row.
        """
        if not len(self.first):
            return Posterior(logs, np.zeros(0), 0.0)
        of_cell = prior.take(self.label)
        left = 1 - np.add.reduceat(of_cell, self.first)
        left[self.known | (left < 1e-12)] = 0
        peak = np.zeros(len(self.first))
        if float(logs.min()) < _LEAST_LOG:
            np.maximum(np.maximum.reduceat(logs, self.first), others, out=peak)
            logs -= peak.take(self.row)
        np.exp(logs, out=logs)
        logs *= of_cell
        elsewhere = np.exp(others - peak)
        total = np.add.reduceat(logs, self.first) + left * elsewhere
        logs /= total.take(self.row)
        elsewhere /= total
        elsewhere[left == 0] = 0
        return Posterior(logs, elsewhere, float((np.log(total) + peak).sum()))


class Posterior(NamedTuple):
    """What is thought of tasks' labels.

    ``weights`` are the cells' posteriors, ``elsewhere`` those of a row's other labels over their
    class prior; ``log_likelihood`` is that of all votes.
    """

    weights: Floats
    elsewhere: Floats
    log_likelihood: float


def cells_of(
    votes: Votes, label: NDArray[np.int64], counts: NDArray[np.int64], known: NDArray[np.int64]
) -> Cells:
    """Find the cells and links of the votes; ``label``, ``counts`` and ``known`` by seen label."""
    n_tasks, n_labels = counts.shape
    occurs: NDArray[np.bool_] = counts > 0
    answers = np.bincount(votes.task, minlength=n_tasks)
    answered = answers > 0
    if n_labels <= _FEW:
        occurs |= answered[:, None]
    pinned = np.flatnonzero((known >= 0) & answered)
    occurs[pinned] = False
    occurs[pinned, known[pinned]] = True
    cell_task, cell_label = np.nonzero(occurs)
    per_task = np.bincount(cell_task, minlength=n_tasks)
    first = np.cumsum(per_task) - per_task
    task = np.flatnonzero(per_task)
    row_of_task = np.cumsum(per_task > 0) - 1

    order = sorted_places(votes.task)
    links = answers.take(cell_task)
    start = np.cumsum(links) - links
    # The votes of a cell's task, one after another. In place where arrays are long.
    entry = np.repeat((np.cumsum(answers) - answers).take(cell_task) - start, links)
    entry += np.arange(len(entry))
    given = votes.worker.astype(np.int64) * n_labels**2 + label
    given.take(order).take(entry, out=entry, mode="clip")
    entry += np.repeat(cell_label * n_labels, links)
    used, place = _compact(entry, len(votes.workers) * n_labels**2)
    return Cells(
        start,
        links,
        place,
        used,
        row_of_task[cell_task],
        cell_label,
        first[task],
        task,
        known[task] >= 0,
    )


def _compact(entry: NDArray[np.int64], size: int) -> tuple[Places, Places]:
    """Return the entries that occur, sorted, and the place of each entry among them."""
    if size > 8 * _BLOCK:
        used, place = np.unique(entry, return_inverse=True)
        return used, place
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[entry] = True
    rank = np.cumsum(occurs, dtype=np.int64)
    rank -= 1
    return np.flatnonzero(occurs), rank.take(entry, out=entry, mode="clip")
