"""The sparse side of the skill model: only labels that occur for a task, only counts that occur.

A *cell* is a task with one label that somebody gave it: its known label alone, where there is one,
and any label where there are few of them. A *link* is a vote seen from one cell of its task: what
E and M steps add up.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.choice.table import Places, Table
from labelwright.consolidation.votes import Floats, Votes, sorted_places, sums

#: Entries are numbered by a table of all that could be, up to so many.
_TABLE = 1 << 26
#: Logs from here on have exponentials that lose nothing.
_LEAST_LOG = -600.0
#: So few labels are all kept for every task: it costs little.
_FEW = 4


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

    #: Labels without a cell are left out.
    whole = False

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

    def count(self, weights: Floats) -> Floats:
        """Return the expected answers by entry; ``weights`` are the posteriors of cells."""
        return sums(self.place, self.spread(weights), len(self.used))

    def expect(self, log_values: Floats, prior: Floats, others: Floats) -> "Posterior":
        """Weigh the cells of each row against each other and against labels without a cell.

        ``log_values`` are by entry; ``prior`` is the class prior, ``others`` the log-likelihood of
        any label without a cell, by row.
        """
        # Places are right, so they need no check: "clip" saves it.
        logs = self.sums(log_values.take(self.place, mode="clip"))
        if not len(self.first):
            return Posterior(logs, np.zeros(0), 0.0)
        of_cell = prior.take(self.label)
        left = 1 - np.add.reduceat(of_cell, self.first)
        left[self.known | (left < 1e-12)] = 0
        others = np.where(left > 0, others, -np.inf)
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
        return Posterior(logs, elsewhere, float((np.log(total) + peak).sum()))

    def expected(self, found: "Posterior", prior: Floats) -> Floats:
        """Return the expected number of tasks by label; ``prior`` is that of ``found``."""
        tasks = sums(self.label, found.weights, len(prior))
        taken = sums(self.label, found.elsewhere.take(self.row), len(prior))
        tasks += prior * (found.elsewhere.sum() - taken)
        return tasks

    def judge(self, table: Table, weights: Floats) -> "Judged":
        """Return the cells' log-likelihoods; ``weights`` are what the table has counted."""
        own = self.spread(weights / 2)
        entries, rows = (of_entry.take(self.place) - own for of_entry in table.answers)
        return Judged(self.task[self.row], self.label, self.sums(np.log(entries / rows)))


class Posterior(NamedTuple):
    """What is thought of tasks' labels.

    ``weights`` are the posteriors of cells, or of labels and rows, shape ``(n_labels, n_rows)``;
    ``elsewhere`` are those of a row's other labels, if any, over their class prior;
    ``log_likelihood`` is that of all votes.
    """

    weights: Floats
    elsewhere: Floats
    log_likelihood: float


class Judged(NamedTuple):
    """Log-likelihoods of tasks' votes by true label, half of what these votes taught left out.

    ``task`` and ``label`` are indices, of the shape of ``logs`` when broadcast.
    """

    task: Places
    label: Places
    logs: Floats


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
    if size > _TABLE:
        used, place = np.unique(entry, return_inverse=True)
        return used, place
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[entry] = True
    rank = np.cumsum(occurs, dtype=np.int64)
    rank -= 1
    return np.flatnonzero(occurs), rank.take(entry, out=entry, mode="clip")
