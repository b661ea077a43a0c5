"""Forward-backward over many chains at once.

L. R. Rabiner (1989), "A tutorial on hidden Markov models", https://doi.org/10.1109/5.18626.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.votes import Floats

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Chains:
    """``n`` positions cut into chains: chain ``i`` is ``[bounds[i], bounds[i + 1])``, none empty.

    ``steps[t]`` are the positions that are the ``t``-th of their chain, longest chain first.
    """

    bounds: Positions
    steps: tuple[Positions, ...]

    @classmethod
    def of_lengths(cls, lengths: Positions) -> "Chains":
        """Lay chains of these lengths (each at least 1) end to end."""
        bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        longest_first = np.argsort(-lengths, kind="stable")
        sizes, starts = lengths[longest_first], bounds[:-1][longest_first]
        counts = [int(np.searchsorted(-sizes, -t)) for t in range(int(sizes.max(initial=0)))]
        return cls(bounds, tuple(starts[:count] + t for t, count in enumerate(counts)))

    @property
    def chain(self) -> Positions:
        """The chain of each position, shape ``(n,)``."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


@dataclass(frozen=True)
class ChainPosterior:
    """What is known of the states given all evidence; ``n`` positions, ``k`` states.

    ``states``, shape ``(n, k)``: the probability of each state at each position. ``moves``, shape
    ``(k, k)``: how often one state (row) is expected to be followed by another, over all chains.
    ``share`` and ``backward``, shape ``(n, k)``: what the evidence from a position on says of its
    state, with and without the position itself, over what was expected; ``share`` is 0 at the
    first of a chain. ``log_evidence`` is that of all chains together.
    """

    states: Floats
    moves: Floats
    share: Floats
    backward: Floats
    log_evidence: float

    def follow(self, transition: Floats, origin: int, target: int) -> Floats:
        """Return P(state after is ``target`` | state here is ``origin``, evidence), shape (n,)."""
        ahead = np.zeros(len(self.backward))
        ahead[:-1] = transition[origin, target] * self.share[1:, target]
        here = self.backward[:, origin]
        return np.divide(ahead, here, out=np.zeros_like(ahead), where=here > 0)


def forward_backward(
    chains: Chains, log_likelihood: Floats, initial: Floats, transition: Floats
) -> ChainPosterior:
    """Return the posterior of the states; ``log_likelihood`` has shape ``(n, k)``."""
    n, k = log_likelihood.shape
    peak = log_likelihood.max(axis=1, keepdims=True)
    likelihood = np.exp(log_likelihood - peak)
    forward, scale = np.empty((n, k)), np.empty(n)
    row = np.broadcast_to(initial, (0, k))
    for t, here in enumerate(chains.steps):
        row = (row[: len(here)] @ transition if t else initial) * likelihood[here]
        total = row.sum(axis=1)
        row /= total[:, None]
        forward[here], scale[here] = row, total
    # What the evidence from a position on says of its state, over what was expected of it.
    share = likelihood / scale[:, None]
    backward = np.ones((n, k))
    for t in range(len(chains.steps) - 1, 0, -1):
        after = chains.steps[t]
        share[after] *= backward[after]
        backward[after - 1] = share[after] @ transition.T
    first = chains.steps[0] if chains.steps else np.empty(0, dtype=np.int64)
    share[first] = 0
    moves = transition * (forward[:-1].T @ share[1:])
    evidence = float(np.log(scale).sum() + peak.sum())
    return ChainPosterior(forward * backward, moves, share, backward, evidence)
