"""A text with what its workers marked, and who of them is left out of it, turn by turn."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from labelwright.answers.values import Span
from labelwright.consolidation.spans.layers import Marked, Symbol
from labelwright.consolidation.spans.units import count_units
from labelwright.consolidation.spans.vote import Said


@dataclass(frozen=True)
class AnsweredText:
    """An object that somebody answered: text, each worker's name and spans, votes by span.

    ``partial`` are the places of workers whose answer was read in part: they say nothing where they
    have no span. ``true`` are its spans where they are known.
    """

    text: str | None
    workers: tuple[str, ...]
    spans: tuple[tuple[Marked, ...], ...]
    votes: Counter[Span]
    partial: frozenset[int] = frozenset()
    true: tuple[Marked, ...] | None = None

    @cached_property
    def whole(self) -> tuple[int, ...]:
        """The places of the workers whose answer was read whole."""
        return tuple(i for i in range(len(self.workers)) if i not in self.partial)

    def said(self, layer: Container[Symbol] | None = None) -> list[Said]:
        """Return where each answer read in part says anything, in a layer or at all."""
        return [
            Said(span for span, symbol in self.spans[place] if layer is None or symbol in layer)
            for place in self.partial
        ]

    def voters(self, spans: Sequence[Span], partly: Sequence[Said]) -> int:
        """Return how many workers say whether spans are there; ``partly`` is from ``said``."""
        return len(self.whole) + sum(any(map(said.of, spans)) for said in partly)

    def everything(self) -> tuple[tuple[Marked, ...], ...]:
        """Return all workers' spans, and the true ones as two more workers would give them."""
        return self.spans if self.true is None else (*self.spans, self.true, self.true)

    @cached_property
    def places(self) -> dict[int, int]:
        """Return how many units lie before each span's ends, see ``count_units``."""
        return count_units(self.text, [*self.votes, *(span for span, _ in self.true or ())])


def take_turns(items: Sequence[AnsweredText], indices: Iterable[int]) -> dict[int, str]:
    """Name a worker of each text to leave out, turn by turn; the order of rows does not matter.

    Texts that one worker answered, and known ones, have no turn.
    """

    def answers(index: int) -> tuple[object, ...]:
        item = items[index]
        return item.text or "", sorted((item.workers[at], item.spans[at]) for at in item.whole)

    several = [i for i in indices if len(items[i].whole) > 1 and items[i].true is None]
    chosen = {}
    for turn, index in enumerate(sorted(several, key=answers)):
        names = sorted(items[index].workers[place] for place in items[index].whole)
        chosen[index] = names[turn % len(names)]
    return chosen
