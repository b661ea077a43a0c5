"""Forward-backward over many chains at once, stretch by stretch.

L. R. Rabiner (1989), "A tutorial on hidden Markov models", https://doi.org/10.1109/5.18626. A
position of a chain is a stretch of one or more units: the state may change at its first unit, and
over the others it settles, each state into one that then stays.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Chains:
    """``n`` positions cut into chains: chain ``i`` is ``[bounds[i], bounds[i + 1])``, none empty.

    ``order``, shape ``(n,)``, has the positions step by step: the first of every chain, the second
    ones, and so on, longest chain first; step ``t`` is ``order[edges[t]:edges[t + 1]]``. ``place``
    is where in ``order`` each position is.
    """

    bounds: Positions
    order: Positions
    place: Positions
    edges: tuple[int, ...]

    @classmethod
    def of_lengths(cls, lengths: Positions) -> "Chains":
        """Lay chains of these lengths (each at least 1) end to end."""
        bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        rank = np.empty(len(lengths), dtype=np.int64)
        rank[np.argsort(-lengths, kind="stable")] = np.arange(len(lengths))
        chain = np.repeat(np.arange(len(lengths)), lengths)
        step = np.arange(bounds[-1]) - bounds[chain]
        order = np.lexsort((rank[chain], step))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        edges = np.concatenate([[0], np.cumsum(np.bincount(step))])
        return cls(bounds, order, place, tuple(edges.tolist()))

    @property
    def chain(self) -> Positions:
        """The chain of each position, shape ``(n,)``."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


@dataclass(frozen=True)
class Moves:
    """How states follow each other, ``k`` of them.

    ``initial``, shape ``(k,)``, are the chances of a chain's first state. ``transition``, shape
    ``(k, k)``, are those of the state (column) after another (row), the one that holds at the end
    of a position: in a ``long`` one (flags of shape ``(n,)``) that is ``settled[state]``.
    """

    initial: Floats
    transition: Floats
    long: Flags
    settled: Positions


@dataclass(frozen=True)
class ChainPosterior:
    """What is known of the states given all evidence; ``n`` positions, ``k`` states.

    ``states``, shape ``(n, k)``: the probability of each state where a position begins. ``moves``,
    shape ``(k, k)``: how often the state at the end of a position (row) is expected to be followed
    by another, over all chains. ``log_evidence`` is that of all chains together.
    """

    chains: Chains
    given: Moves
    states: Floats
    moves: Floats
    log_evidence: float
    share_by_step: Floats
    backward_by_step: Floats

    @property
    def begins(self) -> Floats:
        """How often chains are expected to begin with each state, shape ``(k,)``."""
        total: Floats = self.states[self.chains.bounds[:-1]].sum(axis=0)
        return total

    def follow(self, origin: int, target: int, positions: int) -> Floats:
        """Return P(next state is ``target`` | ``origin``, evidence) at the first ``positions``."""
        places = self.chains.place[: positions + 1]
        after = self.share_by_step[places[1:], target]
        here = self.backward_by_step[places[:positions], origin]
        long = self.given.long[:positions]
        chances = self.given.transition[[origin, self.given.settled[origin]], target]
        ahead = np.zeros(positions)
        ahead[: len(after)] = np.where(long, chances[1], chances[0])[: len(after)] * after
        chance: Floats = np.divide(ahead, here, out=np.zeros_like(ahead), where=here > 0)
        return chance


def forward_backward(chains: Chains, log_likelihood: Floats, moves: Moves) -> ChainPosterior:
    """Return the posterior of the states; ``log_likelihood`` has shape ``(n, k)``."""
    initial, transition = moves.initial, moves.transition
    changed = np.flatnonzero(moves.settled != np.arange(len(initial)))
    into = moves.settled[changed]
    long = moves.long[chains.order]
    # Step by step, so that what is worked on together lies together.
    share = log_likelihood[chains.order]
    peak = share.max(axis=1, keepdims=True)
    share -= peak
    np.exp(share, out=share)
    forward, scale = np.empty_like(share), np.empty(len(share))
    ends = np.empty_like(share)
    for t, (low, high) in enumerate(pairwise(chains.edges)):
        here = forward[low:high]
        if t:
            first = chains.edges[t - 1]
            np.matmul(ends[first : first + high - low], transition, out=here)
            here *= share[low:high]
        else:
            np.multiply(initial, share[low:high], out=here)
        here.sum(axis=1, out=scale[low:high])
        here /= scale[low:high, None]
        ends[low:high] = here
        moved = here[:, changed] * long[low:high, None]
        ends[low:high, into] += moved
        ends[low:high, changed] -= moved
    # What the evidence from a position on says of its state, over what was expected of it.
    share /= scale[:, None]
    backward = np.empty_like(share)
    backward[chains.edges[-2] if len(chains.edges) > 1 else 0 :] = 1
    followed = np.zeros_like(transition)
    for t in range(len(chains.edges) - 2, 0, -1):
        low, high = chains.edges[t], chains.edges[t + 1]
        first = chains.edges[t - 1]
        last = first + high - low
        share[low:high] *= backward[low:high]
        here = backward[first:last]
        np.matmul(share[low:high], transition.T, out=here)
        here[:, changed] = np.where(long[first:last, None], here[:, into], here[:, changed])
        backward[last:low] = 1  # chains that end there
        followed += ends[first:last].T @ share[low:high]
    share[: chains.edges[1] if len(chains.edges) > 1 else 0] = 0
    evidence = float(np.log(scale).sum() + peak.sum())
    forward *= backward
    states = forward[chains.place]
    return ChainPosterior(chains, moves, states, transition * followed, evidence, share, backward)
