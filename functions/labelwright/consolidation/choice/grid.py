"""The dense side of the skill model: every label of every task, where labels are few.

Nothing is left out, and what is added up lies in rows that need no lookup of their own: for each
true label one number a task, and one a *kind* of vote, which is a worker with a label that the
worker gave. Each vote costs one lookup and one addition for every label.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.choice.cells import Judged, Posterior
from labelwright.consolidation.choice.table import Places, Table
from labelwright.consolidation.votes import Floats, Votes, sorted_places, sums

#: Logs from here on have exponentials that lose nothing.
_LEAST_LOG = -600.0


@dataclass(frozen=True)
class Grid:
    """Tasks that have answers are rows ``0 .. n - 1``, by falling number of answers.

    So the rows with more than ``i`` answers are the first ones, and ``kinds[i]`` is the kind of
    vote number ``i`` of each of them. Where few rows have so many, votes stand in a list instead:
    ``more_kind`` on ``more_row``. Entry ``place[true, kind]`` of the table, which has the entries
    ``used``, is that of a true label and a kind. ``task[r]`` is the task of row ``r``; ``known[r]``
    is its label, -1 where it is not known.
    """

    used: Places
    place: Places
    task: Places
    known: NDArray[np.int64]
    kinds: tuple[Places, ...]
    more_row: Places
    more_kind: Places

    #: No label is left out.
    whole = True

    def start_weights(self, counts: NDArray[np.int64]) -> Floats:
        """Return the vote shares of labels and rows; 1 for a known label."""
        shares = counts.T.take(self.task, axis=1).astype(np.float64)
        shares /= shares.sum(axis=0)
        self._pin(shares, 0.0)
        shares[self.known[self._pinned], self._pinned] = 1
        return shares

    def count(self, weights: Floats) -> Floats:
        """Return the expected answers by entry; ``weights`` are the posteriors."""
        n_kinds = self.place.shape[1]
        counts = np.empty(len(self.used))
        for place, shares in zip(self.place, weights, strict=True):
            found = np.zeros(n_kinds)
            for kind in self.kinds:
                found += np.bincount(kind, shares[: len(kind)], minlength=n_kinds)
            if len(self.more_row):
                found += sums(self.more_kind, shares.take(self.more_row), n_kinds)
            counts[place] = found
        return counts

    def expect(self, log_values: Floats, prior: Floats, _: Floats) -> Posterior:
        """Weigh the labels of each row against each other.

        ``log_values`` are by entry; ``prior`` is the class prior, of labels that may all occur.
        """
        n_rows = len(self.task)
        logs = np.zeros((len(prior), n_rows))
        # Places are right, so they need no check: "clip" saves it.
        buffer = np.empty(n_rows)
        for true, place in enumerate(self.place):
            values = log_values.take(place)
            for kind in self.kinds:
                part = values.take(kind, out=buffer[: len(kind)], mode="clip")
                logs[true, : len(kind)] += part
            if len(self.more_row):
                logs[true] += sums(self.more_row, values.take(self.more_kind), n_rows)
        low = float(logs.min(initial=0)) < _LEAST_LOG
        self._pin(logs, -np.inf)
        peak = logs.max(axis=0) if low else np.zeros(n_rows)
        logs -= peak
        np.exp(logs, out=logs)
        logs *= prior[:, None]
        total = logs.sum(axis=0)
        logs /= total
        return Posterior(logs, np.zeros(0), float(np.log(total).sum() + peak.sum()))

    def expected(self, found: Posterior, _: Floats) -> Floats:
        """Return the expected number of tasks by label."""
        tasks: Floats = found.weights.sum(axis=1)
        return tasks

    def judge(self, table: Table, weights: Floats) -> Judged:
        """Return all log-likelihoods; ``weights`` are what the table has counted."""
        logs = np.zeros(weights.shape)
        entries, rows = table.answers
        for true, place in enumerate(self.place):
            of_kind, of_row, own = entries.take(place), rows.take(place), weights[true] / 2
            for kind in self.kinds:
                first = own[: len(kind)]
                part = of_kind.take(kind) - first
                part /= of_row.take(kind) - first
                logs[true, : len(kind)] += np.log(part, out=part)
            if len(self.more_row):
                more = own.take(self.more_row)
                part = (of_kind.take(self.more_kind) - more) / (of_row.take(self.more_kind) - more)
                logs[true] += sums(self.more_row, np.log(part), len(self.task))
        return Judged(self.task, np.arange(len(logs))[:, None], logs)

    @property
    def _pinned(self) -> Places:
        return np.flatnonzero(self.known >= 0)

    def _pin(self, of_labels: Floats, value: float) -> None:
        """Set what is not the known label."""
        pinned = self._pinned
        kept = of_labels[self.known[pinned], pinned]
        of_labels[:, pinned] = value
        of_labels[self.known[pinned], pinned] = kept


def grid_of(
    votes: Votes, label: NDArray[np.int64], counts: NDArray[np.int64], known: NDArray[np.int64]
) -> Grid:
    """Lay out the votes; ``label``, ``counts`` and ``known`` by seen label."""
    n_tasks, n_labels = counts.shape
    answers = np.bincount(votes.task, minlength=n_tasks)
    most = int(answers.max(initial=0))
    by_answers = sorted_places((most - answers).astype(np.int32))
    task = by_answers[: np.count_nonzero(answers)]
    used, place, kind = _kinds(votes, label, n_labels)

    # The kinds of a task's votes, one task after another, in the order of rows.
    kind = kind.take(sorted_places(votes.task))
    begin = (np.cumsum(answers) - answers).take(task)
    # A row of kinds is worth while as long as the sums by kind are not longer than itself.
    length = np.cumsum(np.bincount(answers, minlength=most + 1)[::-1])[::-1]
    n_rows = int(np.count_nonzero(length[1:] >= max(place.shape[1], 1)))
    kinds = tuple(kind.take(begin[: length[i + 1]] + i) for i in range(n_rows))
    rest = np.maximum(answers.take(task) - n_rows, 0)
    more_row = np.repeat(np.arange(len(task)), rest)
    more = np.repeat(begin + n_rows - (np.cumsum(rest) - rest), rest) + np.arange(len(more_row))
    return Grid(used, place, task, known[task], kinds, more_row, kind.take(more))


def _kinds(
    votes: Votes, label: NDArray[np.int64], n_labels: int
) -> tuple[Places, Places, NDArray[np.int64]]:
    """Return the table's entries, those of each true label and kind, and the kind of each vote."""
    given = votes.worker.astype(np.int64) * n_labels + label
    occurs = np.bincount(given, minlength=len(votes.workers) * n_labels) > 0
    kinds = np.flatnonzero(occurs)
    kind = (np.cumsum(occurs) - 1).take(given)
    worker, of_kind = np.divmod(kinds, max(n_labels, 1))
    # Entries are in the order of worker, true label, given label.
    number = np.bincount(worker, minlength=len(votes.workers))
    before = np.cumsum(number) - number
    true = np.arange(n_labels)[:, None]
    place = np.arange(len(kinds)) + (n_labels - 1) * before[worker] + true * number[worker]
    used = np.empty(n_labels * len(kinds), dtype=np.intp)
    used[place] = (worker * n_labels + true) * n_labels + of_kind
    return used, place, kind
