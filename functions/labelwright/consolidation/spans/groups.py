"""Which spans of different workers mean the same stretch, and where it begins and ends."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from labelwright.answers.values import Box, Span
from labelwright.consolidation.box_match import SAME, TRUTH, match_boxes
from labelwright.consolidation.spans.chain import Flags
from labelwright.consolidation.votes import Floats, Indices

#: An end that is not the right one lies at one of about so many places: a few words on either side.
#: Two workers who give the same end are therefore seldom both wrong.
_PLACES = 10
#: A worker's accuracy is shrunk to the average one's as by this many ends more.
_SHRINKAGE = 4.0
_ROUNDS = 5


class Group(NamedTuple):
    """Spans that mean the same, at most one a worker, sorted by worker.

    ``true`` is the known span that they mean, where there is one.
    """

    workers: tuple[str, ...]
    spans: tuple[Span, ...]
    true: Span | None = None


class Ends(NamedTuple):
    """Where a group's span begins and ends: the probability of each place that a worker gave."""

    starts: Mapping[int, float]
    ends: Mapping[int, float]

    def joint(self) -> dict[tuple[int, int], float]:
        """Return the probability of each pair of start and end."""
        pairs = {
            (start, end): first * last
            for start, first in self.starts.items()
            for end, last in self.ends.items()
            if start < end
        }
        total = sum(pairs.values())
        return {pair: probability / total for pair, probability in pairs.items()}


def group_spans(marked: Sequence[tuple[str, Span]], true: Iterable[Span] = ()) -> list[Group]:
    """Group one object's spans, given with their workers, as boxes of one dimension are.

    ``true`` are known spans: each joins the group that means it, if there is one.
    """
    groups: list[Group] = []
    island: list[tuple[str, Span]] = []
    reach = 0
    known = [(TRUTH, span) for span in true]
    # Matching takes time in squares: stretches with nothing in common are matched apart.
    for worker, span in sorted([*marked, *known], key=lambda item: (item[1], item[0])):
        if island and span.start >= reach:
            groups += _match(island)
            island = []
        island.append((worker, span))
        reach = max(reach, span.end)
    if island:
        groups += _match(island)
    return sorted(groups, key=lambda group: group[:2])


def _match(island: Sequence[tuple[str, Span]]) -> list[Group]:
    ranked = sorted(island)
    workers, spans = [worker for worker, _ in ranked], [span for _, span in ranked]
    if _plainly_same(workers, spans):
        matched = [list(range(len(ranked)))]
    else:
        boxes = [Box(span.start, 0, span.end - span.start, 1, span.label) for span in spans]
        matched = match_boxes(boxes, workers)
    groups = []
    for members in matched:
        given = [i for i in members if workers[i] != TRUTH]
        true = next((spans[i] for i in members if workers[i] == TRUTH), None)
        if given:
            groups.append(
                Group(tuple(workers[i] for i in given), tuple(spans[i] for i in given), true)
            )
    return groups


def _plainly_same(workers: Sequence[str], spans: Sequence[Span]) -> bool:
    """Tell whether any two spans have so much in common that matching must join them all.

    What all have in common is in every overlap, and no union is longer than all together.
    """
    if len(set(workers)) < len(workers):
        return False
    common = min(span.end for span in spans) - max(span.start for span in spans)
    whole = max(span.end for span in spans) - min(span.start for span in spans)
    needed = SAME if len({span.label for span in spans}) == 1 else 2 * SAME
    return common > (needed + 1e-6) * whole


def place_ends(groups: Sequence[Group], wanted: int) -> list[Ends]:
    """Return the ends of the first ``wanted`` groups; the others only teach.

    Each worker is weighted by how often it gives the right end: Dawid-Skene with one accuracy a
    worker for all starts and ends, by EM from the vote shares; known ends are certain. A worker
    alone in a group teaches only where its ends are known.
    """
    if not groups:
        return []
    ballots = _Ballots.of(groups)
    accuracy = None
    for _ in range(_ROUNDS):
        shares = np.where(ballots.certain, ballots.true, ballots.shares(accuracy))
        accuracy = ballots.accuracies(shares)
    found = iter(ballots.shares(accuracy).tolist())
    sides = [{place: next(found) for place in places} for places in ballots.places[: 2 * wanted]]
    return [Ends(first, last) for first, last in zip(sides[::2], sides[1::2], strict=True)]


@dataclass(frozen=True)
class _Ballots:
    """Votes on the ends of groups: on where each one starts, and where it ends.

    ``places`` are those that each ballot's workers gave, the ballots' candidates, in order.
    ``candidate`` and ``worker`` have one entry a vote, ``ballot``, ``certain`` (is the ballot's
    outcome known?) and ``true`` (is it this?) one a candidate, ``starts`` one a ballot: its first
    candidate. ``teaches`` tells which votes say something of the worker.
    """

    places: list[tuple[int, ...]]
    candidate: Indices
    worker: Indices
    ballot: Indices
    starts: Indices
    certain: Flags
    true: Floats
    teaches: Flags

    @classmethod
    def of(cls, groups: Sequence[Group]) -> "_Ballots":
        numbers: dict[str, int] = {}
        places: list[tuple[int, ...]] = []
        candidate, worker, certain, is_true, teaches = [], [], [], [], []
        n_candidates = 0
        for group in groups:
            voters = [numbers.setdefault(name, len(numbers)) for name in group.workers]
            true_start, true_end = group.true[:2] if group.true else (None, None)
            for given, known in (
                ([span.start for span in group.spans], true_start),
                ([span.end for span in group.spans], true_end),
            ):
                order = {place: n_candidates + i for i, place in enumerate(dict.fromkeys(given))}
                n_candidates += len(order)
                places.append(tuple(order))
                candidate += [order[place] for place in given]
                worker += voters
                certain += [known is not None] * len(order)
                is_true += [place == known for place in order]
                teaches += [known is not None or len(given) > 1] * len(given)
        sizes = np.array([len(given) for given in places])
        return cls(
            places,
            np.array(candidate),
            np.array(worker),
            np.repeat(np.arange(len(places)), sizes),
            np.cumsum(sizes) - sizes,
            np.array(certain),
            np.array(is_true, dtype=np.float64),
            np.array(teaches),
        )

    def shares(self, accuracy: Floats | None) -> Floats:
        """Return the probability of each candidate; without accuracies, its share of votes."""
        if accuracy is None:
            found = np.bincount(self.candidate).astype(np.float64)
        else:
            weight = np.maximum(0.0, np.log(accuracy * _PLACES / (1 - accuracy)))
            scores = np.bincount(self.candidate, weight[self.worker])
            found = np.exp(scores - np.maximum.reduceat(scores, self.starts)[self.ballot])
        shares: Floats = found / np.add.reduceat(found, self.starts)[self.ballot]
        return shares

    def accuracies(self, shares: Floats) -> Floats | None:
        """Return how often each worker is right; None where nothing tells."""
        worker = self.worker[self.teaches]
        if not len(worker):
            return None
        right = np.bincount(
            worker, shares[self.candidate[self.teaches]], minlength=self.worker.max() + 1
        )
        seen = np.bincount(worker, minlength=len(right))
        mean = (right.sum() + 1) / (seen.sum() + 2)
        accuracy = np.minimum(0.99, (right + _SHRINKAGE * mean) / (seen + _SHRINKAGE))
        return np.where(seen > 0, accuracy, 0.5)
