"""Which spans of different workers mean the same stretch, and where it begins and ends."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp, log
from typing import NamedTuple

from labelwright.answers.values import Box, Span
from labelwright.consolidation.box_match import match_boxes

#: An end that is not the right one lies at one of about so many places: a few words on either side.
#: Two workers who give the same end are therefore seldom both wrong.
_PLACES = 10
#: A worker's accuracy is shrunk to the average one's as by this many ends more.
_SHRINKAGE = 4.0
_ROUNDS = 5


class Group(NamedTuple):
    """Spans that mean the same, at most one a worker, sorted by worker."""

    workers: tuple[str, ...]
    spans: tuple[Span, ...]


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


def group_spans(marked: Sequence[tuple[str, Span]]) -> list[Group]:
    """Group one object's spans, given with their workers, as boxes of one dimension are."""
    groups: list[Group] = []
    island: list[tuple[str, Span]] = []
    reach = 0
    # Matching takes time in squares: stretches with nothing in common are matched apart.
    for worker, span in sorted(marked, key=lambda item: (item[1], item[0])):
        if island and span.start >= reach:
            groups += _match(island)
            island = []
        island.append((worker, span))
        reach = max(reach, span.end)
    return sorted(groups + _match(island))


def _match(island: Sequence[tuple[str, Span]]) -> list[Group]:
    ranked = sorted(island)
    boxes = [Box(span.start, 0, span.end - span.start, 1, span.label) for _, span in ranked]
    return [
        Group(tuple(ranked[i][0] for i in members), tuple(ranked[i][1] for i in members))
        for members in match_boxes(boxes, [worker for worker, _ in ranked])
    ]


def place_ends(groups: Sequence[Group]) -> list[Ends]:
    """Return the ends of each group, each worker weighted by how often it gives the right one.

    Dawid-Skene with one accuracy a worker for all starts and ends, by EM from the vote shares.
    """
    ballots = [
        list(zip(group.workers, places, strict=True))
        for group in groups
        for places in ([span.start for span in group.spans], [span.end for span in group.spans])
    ]
    accuracy: dict[str, float] = {}
    for _ in range(_ROUNDS):
        found = [_posterior(ballot, accuracy) for ballot in ballots]
        right: dict[str, float] = defaultdict(float)
        seen: dict[str, int] = defaultdict(int)
        for ballot, posterior in zip(ballots, found, strict=True):
            if len(ballot) > 1:
                for worker, place in ballot:
                    right[worker] += posterior[place]
                    seen[worker] += 1
        mean = (sum(right.values()) + 1) / (sum(seen.values()) + 2)
        accuracy = {
            worker: min(0.99, (right[worker] + _SHRINKAGE * mean) / (seen[worker] + _SHRINKAGE))
            for worker in seen
        }
    found = [_posterior(ballot, accuracy) for ballot in ballots]
    return [Ends(first, last) for first, last in zip(found[::2], found[1::2], strict=True)]


def _posterior(
    ballot: Sequence[tuple[str, int]], accuracy: Mapping[str, float]
) -> dict[int, float]:
    """Return the probability of each place; without accuracies, its share of votes."""
    scores: dict[int, float] = defaultdict(float)
    for worker, place in ballot:
        chance = accuracy.get(worker, 0.5)
        scores[place] += max(0.0, log(chance * _PLACES / (1 - chance))) if accuracy else 1.0
    if accuracy:
        peak = max(scores.values())
        scores = defaultdict(float, {place: exp(s - peak) for place, s in scores.items()})
    total = sum(scores.values())
    return {place: score / total for place, score in scores.items()}
