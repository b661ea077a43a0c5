"""Forward-backward over many chains at once.

L. R. Rabiner (1989), "A tutorial on hidden Markov models", https://doi.org/10.1109/5.18626.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats

Positions = NDArray[np.int64]


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
class ChainPosterior:
    """What is known of the states given all evidence; ``n`` positions, ``k`` states.

    ``moves``, shape ``(k, k)``: how often one state (row) is expected to be followed by another,
    over all chains. ``log_evidence`` is that of all chains together. The tables of shape ``(n, k)``
    are kept step by step; properties give them position by position.
    """

    chains: Chains
    moves: Floats
    log_evidence: float
    states_by_step: Floats
    share_by_step: Floats
    backward_by_step: Floats

    @property
    def states(self) -> Floats:
        """The probability of each state at each position, shape ``(n, k)``."""
        states: Floats = self.states_by_step[self.chains.place]
        return states

    @property
    def begins(self) -> Floats:
        """How often chains are expected to begin with each state, shape ``(k,)``."""
        total: Floats = self.states_by_step[: len(self.chains.bounds) - 1].sum(axis=0)
        return total

    def follow(self, transition: Floats, origin: int, target: int) -> Floats:
        """Return P(state after is ``target`` | state here is ``origin``, evidence), shape (n,)."""
        share = self.share_by_step[self.chains.place, target]
        here = self.backward_by_step[self.chains.place, origin]
        ahead = np.zeros(len(here))
        ahead[:-1] = transition[origin, target] * share[1:]
        chance: Floats = np.divide(ahead, here, out=np.zeros_like(ahead), where=here > 0)
        return chance


def forward_backward(
    chains: Chains, log_likelihood: Floats, row: Positions, initial: Floats, transition: Floats
) -> ChainPosterior:
    """Return the posterior of the states.

    ``row``, shape ``(n,)``, is the row of ``log_likelihood``, shape ``(n_rows, k)``, that holds at
    each position.
    """
    peak = log_likelihood.max(axis=1, keepdims=True)
    row_of_step = row[chains.order]
    # Step by step, so that what is worked on together lies together.
    share = np.exp(log_likelihood - peak)[row_of_step]
    forward, scale = np.empty_like(share), np.empty(len(share))
    before = np.broadcast_to(initial, (0, len(initial)))
    for t, (low, high) in enumerate(pairwise(chains.edges)):
        here = forward[low:high]
        np.multiply(before[: high - low] @ transition if t else initial, share[low:high], out=here)
        here.sum(axis=1, out=scale[low:high])
        here /= scale[low:high, None]
        before = here
    # What the evidence from a position on says of its state, over what was expected of it.
    share /= scale[:, None]
    backward = np.empty_like(share)
    backward[chains.edges[-2] if len(chains.edges) > 1 else 0 :] = 1
    moves = np.zeros_like(transition)
    for t in range(len(chains.edges) - 2, 0, -1):
        low, high = chains.edges[t], chains.edges[t + 1]
        first = chains.edges[t - 1]
        last = first + high - low
        share[low:high] *= backward[low:high]
        np.matmul(share[low:high], transition.T, out=backward[first:last])
        backward[last:low] = 1  # chains that end there
        moves += forward[first:last].T @ share[low:high]
    share[: chains.edges[1] if len(chains.edges) > 1 else 0] = 0
    evidence = float(np.log(scale).sum() + peak[row, 0].sum())
    forward *= backward
    return ChainPosterior(chains, transition * moves, evidence, forward, share, backward)
