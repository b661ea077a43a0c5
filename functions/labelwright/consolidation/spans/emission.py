"""What a worker's tag says of the true tag: tied rates as prior, each worker's own on top."""

import numpy as np

from labelwright.consolidation.gamma import digamma, log_gamma
from labelwright.consolidation.spans.rows import Integers, TagRows
from labelwright.consolidation.votes import Floats

#: How many observations the tied rates of a worker weigh against its own of one row, and those of
#: all workers together against a worker's own tied ones. From 5 to 30 the F1 on crowd data stays
#: the same to half a point on a whole job, and to two points in batches of five texts.
_OWN_WEIGHT, _POOL_WEIGHT = 10.0, 5.0

#: Kinds of what a worker says: outside, begins the true label, begins another, goes on as before.
_KINDS = 4
#: Situations by true tag (outside, first, later) and previous tag (outside; first or later, of the
#: true label or of another).
_SITUATIONS = 15


class Emission:
    """P(given tag | true tag, previous tag) of each worker, as Dirichlet posteriors.

    Only (worker, previous, given) triples that occur are kept: ``u`` of them, in ``r`` (worker,
    previous) rows. For each true tag, a row is a Dirichlet over the given tags; but where the true
    tag is a later one, it is the worker's rates tied over labels, and no more. A label's own rates
    there have so many units to learn from, most of them outside in what the worker gave, that with
    more texts they learn something else: "later" comes to mean "the word after a span".
    """

    def __init__(self, rows: TagRows) -> None:
        self.rows = rows
        tags = rows.n_tags
        keys = (rows.worker * tags + rows.previous) * tags + rows.given
        triples, self._triple = np.unique(keys, return_inverse=True)
        row_keys, first, self._row = np.unique(
            triples // tags, return_index=True, return_inverse=True
        )
        self._row_starts = first
        self._worker = triples // (tags * tags)
        previous, given = row_keys % tags, triples % tags
        true = np.arange(tags)
        self._situation = _situations(previous, true)[self._row]
        self._kind, same = _kinds(given, true)
        self._ways = np.where(self._kind == 2, np.maximum(rows.n_labels - same, 1), 1)
        self._cell = self._situation * _KINDS + self._kind
        self.prior = np.ones((len(triples), tags))
        self._tied = _position(true) == 2

    def counts(self, mass: Floats) -> Floats:
        """Return how often each triple is expected under each true tag, shape ``(u, n_tags)``.

        ``mass``, shape ``(n_runs, n_tags)``, is how many units of a run are expected to have a tag.
        """
        return _gather_sums(mass, self.rows.run, self._triple, len(self.prior))

    def learn_prior(self, counts: Floats) -> None:
        """Set each row's prior to the worker's rates tied over labels, shrunk to all workers'."""
        cells = _SITUATIONS * _KINDS
        places = self._worker[:, None] * cells + self._cell
        tied = np.bincount(
            places.ravel(), counts.ravel(), minlength=self.rows.n_workers * cells
        ).reshape(-1, _SITUATIONS, _KINDS)
        start = _start_counts(self.rows.n_labels)
        possible = start > 0
        pooled = _shares(tied.sum(axis=0) + start)
        shares = _shares((tied + _POOL_WEIGHT * pooled) * possible).reshape(-1, cells)
        self.prior = _OWN_WEIGHT * shares[self._worker[:, None], self._cell] / self._ways

    def fit(self, counts: Floats) -> tuple[Floats, float]:
        """Return expected log-rates of the triples, shape ``(u, n_tags)``, and their divergence.

        The divergence is that of the Dirichlet posteriors from their priors, in nats; tied rates
        are points, which have none.
        """
        counts = np.where(self._tied, 0.0, counts)
        totals = np.add.reduceat(counts, self._row_starts, axis=0)
        expected_total = digamma(totals + _OWN_WEIGHT)
        alpha = self.prior + counts
        logs = digamma(alpha) - expected_total[self._row]
        divergence = (
            (counts * logs).sum()
            - (log_gamma(alpha) - log_gamma(self.prior)).sum()
            + (log_gamma(totals + _OWN_WEIGHT) - log_gamma(np.full_like(totals, _OWN_WEIGHT))).sum()
        )
        logs[:, self._tied] = np.log(self.prior[:, self._tied] / _OWN_WEIGHT)
        return logs, float(divergence)

    def log_likelihood(self, logs: Floats) -> Floats:
        """Return a unit's log-likelihood under each true tag, shape ``(n_runs, n_tags)``."""
        return _gather_sums(logs, self._triple, self.rows.run, len(self.rows.lengths))


def _gather_sums(table: Floats, at: Integers, group: Integers, groups: int) -> Floats:
    """Sum up the rows ``at`` of a table by group; column by column, which is kind to the cache."""
    return np.stack(
        [
            np.bincount(group, column[at], minlength=groups)
            for column in np.ascontiguousarray(table.T)
        ],
        axis=1,
    )


def _label(tags: Integers) -> Integers:
    """Return the tags' labels, -1 for outside."""
    return (tags + 1) // 2 - 1


def _position(tags: Integers) -> Integers:
    """Return 0 for outside, 1 for a first unit, 2 for a later one."""
    return np.where(tags == 0, 0, 2 - tags % 2)


def _situations(previous: Integers, true: Integers) -> Integers:
    """Return the situation of each previous (rows) and true tag (columns)."""
    there = _position(previous)[:, None]
    same = _label(previous)[:, None] == _label(true)[None, :]
    before = np.where(there == 0, 0, np.where(same, there, there + 2))
    return 5 * _position(true)[None, :] + before


def _kinds(given: Integers, true: Integers) -> tuple[Integers, Integers]:
    """Return the kind of each given (rows) under each true tag; 1 where the truth has a label."""
    begins = np.where(_label(given)[:, None] == _label(true)[None, :], 1, 2)
    where = _position(given)[:, None]
    kinds = np.where(where == 0, 0, np.where(where == 1, begins, 3))
    return kinds, np.broadcast_to((true > 0).astype(np.int64)[None, :], kinds.shape)


def _start_counts(n_labels: int) -> Floats:
    """Return what is supposed of the typical worker, shape ``(situations, kinds)``.

    One observation of each possible kind is spread evenly, and one more is of the right tag; 0
    where a kind can't be: nothing goes on from outside.
    """
    counts = np.zeros((_SITUATIONS, _KINDS))
    for situation in range(_SITUATIONS):
        true, before = divmod(situation, 5)
        possible = [0]
        possible += [1] if true else []
        possible += [2] if n_labels > 1 or not true else []
        possible += [3] if before else []
        counts[situation, possible] = 1 / len(possible)
        right = {0: 0, 1: 1, 2: 3 if before in (1, 2) else None}[true]
        if right is not None:
            counts[situation, right] += 1
    return counts


def _shares(counts: Floats) -> Floats:
    total = counts.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return shares
