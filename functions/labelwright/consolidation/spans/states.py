"""States of the chain of true tags: the tags alone, or with a memory of the last label."""

from dataclasses import dataclass

import numpy as np

from labelwright.consolidation.spans.chain import Positions
from labelwright.consolidation.votes import Floats


@dataclass(frozen=True)
class States:
    """``k`` states: every tag is one; where order counts, so is "outside" after each label.

    ``tag``, ``last`` and ``settled`` have shape ``(k,)``: the state's tag; the label of the span
    that holds or came last, 1 for the first label, 0 where none did or order does not count; the
    state in which it goes on.
    """

    n_labels: int
    tag: Positions
    last: Positions
    settled: Positions

    @classmethod
    def of(cls, n_labels: int, ordered: bool) -> "States":
        """Make the states of so many labels."""
        tags = np.arange(2 * n_labels + 1)
        after = np.arange(1, n_labels + 1) if ordered else np.arange(0)
        settled = np.arange(len(tags) + len(after))
        settled[1 : len(tags) : 2] += 1
        last = np.append((tags + 1) // 2 * ordered, after)
        return cls(n_labels, np.append(tags, np.zeros_like(after)), last, settled)

    def of_tags(self, states: Floats) -> Floats:
        """Sum up columns of states, shape ``(n, k)``, to columns of tags."""
        tags = 2 * self.n_labels + 1
        total: Floats = states[:, :tags].copy()
        total[:, 0] += states[:, tags:].sum(axis=1)
        return total

    def begun(self, moves: Floats) -> Floats:
        """Return how often each label begins after each last one, shape ``(n_lasts, n_labels)``."""
        begun = np.zeros((self.last.max() + 1, self.n_labels))
        np.add.at(begun, self.last, moves[:, 1 : 2 * self.n_labels : 2])
        return begun

    def transition(self, of_tags: Floats, odds: Floats) -> Floats:
        """Return transitions of states from those of tags, shape ``(k, k)``.

        ``odds``, shape ``(n_lasts, n_labels)``, are by how much likelier a label begins after a
        last one than in general.
        """
        tags = 2 * self.n_labels + 1
        transition = np.zeros((len(self.tag), len(self.tag)))
        transition[:, :tags] = of_tags[self.tag]
        transition[:, 1:tags:2] *= odds[self.last]
        outside = np.where(self.last > 0, tags - 1 + self.last, 0)
        transition[:, 0] = 0
        transition[np.arange(len(outside)), outside] = of_tags[self.tag, 0]
        return transition
