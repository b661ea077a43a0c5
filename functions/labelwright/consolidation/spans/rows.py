"""Workers' tags in rows: stretches of texts, and in each the runs of units that say the same.

Texts are cut into stretches wherever anybody's span begins or ends, known ones included: true spans
begin and end nowhere else. The first unit of a stretch is one run. The others, in which all workers
go on as before, are another, where there are any.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.spans.chain import Flags
from labelwright.consolidation.votes import Floats

Integers = NDArray[np.int64]


class Answers(NamedTuple):
    """Tags text by text, worker by worker, stretch by stretch.

    ``stretches`` and ``answers`` (how many workers there are) have shape ``(n_texts,)``. ``worker``
    has an entry for each answer, ``given`` for each stretch of each answer: the first unit's tag.
    Who begins a span there goes on with it over the other units.
    """

    stretches: Integers
    answers: Integers
    worker: Integers
    given: Integers


@dataclass(frozen=True)
class TagRows:
    """Workers' tags, one row a worker and run, sorted by run.

    ``run``, ``worker``, ``previous`` (the worker's tag of the unit before, 0 at the first) and
    ``given`` have shape ``(n_rows,)``. ``stretch``, which rises, and ``lengths``, in units, have
    shape ``(n_runs,)``; ``known``, the true tag of a stretch's first unit, else -1,
    ``(n_stretches,)``. There are ``2 * n_labels + 1`` tags, see ``span_units``.
    """

    run: Integers
    worker: Integers
    previous: Integers
    given: Integers
    stretch: Integers
    lengths: Integers
    known: Integers
    n_workers: int
    n_labels: int

    @classmethod
    def of_stretches(
        cls, answers: Answers, units: Integers, known: Integers, n_workers: int, n_labels: int
    ) -> "TagRows":
        """Lay out answers run by run; ``units`` and ``known`` have shape ``(n_stretches,)``."""
        text = np.repeat(np.arange(len(answers.answers)), answers.answers)
        sizes = answers.stretches[text]
        offset = np.arange(len(answers.given)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        before = np.cumsum(answers.stretches) - answers.stretches
        stretch = offset + np.repeat(before[text], sizes)
        worker = np.repeat(answers.worker, sizes)
        later = answers.given + answers.given % 2
        long = units > 1
        goes_on = long[stretch]
        previous = np.append(0, np.where(goes_on, later, answers.given)[:-1])
        previous[offset == 0] = 0
        first = stretch + (np.cumsum(long) - long)[stretch]
        run = np.append(first, first[goes_on] + 1)
        order = np.argsort(run, kind="stable")
        of_run = np.repeat(np.arange(len(units)), 1 + long)
        lengths = np.ones(len(of_run), dtype=np.int64)
        lengths[1:][of_run[1:] == of_run[:-1]] = units[long] - 1
        return cls(
            run[order],
            np.append(worker, worker[goes_on])[order],
            np.append(previous, later[goes_on])[order],
            np.append(answers.given, later[goes_on])[order],
            of_run,
            lengths,
            known,
            n_workers,
            n_labels,
        )

    def without(self, absent: Integers) -> "TagRows":
        """Leave out a worker of each stretch, shape ``(n_stretches,)``; -1 leaves out nobody."""
        kept = self.worker != absent[self.stretch[self.run]]
        return replace(
            self,
            run=self.run[kept],
            worker=self.worker[kept],
            previous=self.previous[kept],
            given=self.given[kept],
        )

    @property
    def n_tags(self) -> int:
        """The number of tags."""
        return 2 * self.n_labels + 1

    def vote_shares(self) -> tuple[Floats, Floats]:
        """Return how many units of each run have a tag by the vote, and how often tags follow."""
        tags, runs = self.n_tags, len(self.lengths)
        weight = (self.lengths / np.bincount(self.run, minlength=runs))[self.run]
        shares = np.bincount(self.run * tags + self.given, weight, minlength=runs * tags)
        moves = np.bincount(self.previous * tags + self.given, weight, minlength=tags * tags)
        return (
            shares.astype(np.float64).reshape(-1, tags),
            moves.astype(np.float64).reshape(tags, tags),
        )


class Layout(NamedTuple):
    """Stretches and their runs: the run of each one's first unit, and of the others.

    ``first`` and ``long`` (are there others?) have shape ``(n_stretches,)``; ``at`` are the
    stretches that have others, ``others`` their runs, ``units`` how many units these have.
    A stretch's tag is that of its first unit; what begins there goes on over the others.
    """

    first: Integers
    long: Flags
    at: Integers
    others: Integers
    units: Floats

    @classmethod
    def of(cls, rows: TagRows) -> "Layout":
        """Tell the runs of each stretch from their order."""
        first = np.searchsorted(rows.stretch, np.arange(len(rows.known)))
        is_other = np.ones(len(rows.stretch), dtype=np.bool_)
        is_other[first] = False
        others = np.flatnonzero(is_other)
        long = np.zeros(len(rows.known), dtype=np.bool_)
        long[rows.stretch[others]] = True
        return cls(
            first, long, rows.stretch[others], others, rows.lengths[others].astype(np.float64)
        )

    def log_likelihood(self, of_unit: Floats, transition: Floats) -> Floats:
        """Sum up from a unit of each run, shape ``(n_runs, n_tags)``, to whole stretches.

        What happens within a stretch is part of it.
        """
        total: Floats = of_unit[self.first]
        outside, inside = of_unit[self.others, 0], of_unit[self.others, 2::2]
        log = np.log(transition.diagonal())
        goes_on = np.log(transition.diagonal(1)[1::2])
        units = self.units[:, None]
        total[self.at, 0] += self.units * (outside + log[0])
        stays = inside + log[2::2]
        total[self.at, 2::2] += units * stays
        total[self.at, 1::2] += inside + goes_on + (units - 1) * stays
        return total

    def mass(self, states: Floats) -> Floats:
        """Return how many units of each run are expected to have a tag, from the stretches'."""
        mass = np.zeros((len(self.first) + len(self.others), states.shape[1]))
        mass[self.first] = states
        here = states[self.at] * self.units[:, None]
        here[:, 2::2] += here[:, 1::2]
        here[:, 1::2] = 0
        mass[self.others] = here
        return mass

    def moves(self, states: Floats) -> Floats:
        """Return how often a tag is expected to be followed by another within stretches."""
        n_tags = states.shape[1]
        moves = np.zeros((n_tags, n_tags))
        here = states[self.at]
        stay = self.units @ here
        begun = here[:, 1::2].sum(axis=0)
        inside = np.arange(2, n_tags, 2)
        moves[0, 0] = stay[0]
        moves[inside - 1, inside] = begun
        moves[inside, inside] = stay[2::2] + stay[1::2] - begun
        return moves

    def pin(self, mass: Floats, known: Integers) -> None:
        """Set the mass of the runs of stretches whose tag is known."""
        pinned = known >= 0
        states = np.zeros((len(known), mass.shape[1]))
        states[pinned, known[pinned]] = 1
        whole = self.mass(states)
        mass[self.first[pinned]] = whole[self.first[pinned]]
        runs = self.others[pinned[self.at]]
        mass[runs] = whole[runs]
