"""Which spans of different workers mean the same stretch, and where it begins and ends."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import NamedTuple

from labelwright.answers.values import Box, Span
from labelwright.consolidation.box_match import TRUTH, match_boxes

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
    return sorted(groups + _match(island), key=lambda group: group[:2])


def _match(island: Sequence[tuple[str, Span]]) -> list[Group]:
    ranked = sorted(island)
    boxes = [Box(span.start, 0, span.end - span.start, 1, span.label) for _, span in ranked]
    groups = []
    for members in match_boxes(boxes, [worker for worker, _ in ranked]):
        given = [ranked[i] for i in members if ranked[i][0] != TRUTH]
        true = next((ranked[i][1] for i in members if ranked[i][0] == TRUTH), None)
        if given:
            groups.append(Group(tuple(w for w, _ in given), tuple(s for _, s in given), true))
    return groups


def place_ends(groups: Sequence[Group]) -> list[Ends]:
    """Return the ends of each group, each worker weighted by how often it gives the right one.

    Dawid-Skene with one accuracy a worker for all starts and ends, by EM from the vote shares;
    known ends are certain. A worker alone in a group teaches only where its ends are known.
    """
    ballots = [
        list(zip(group.workers, places, strict=True))
        for group in groups
        for places in ([span.start for span in group.spans], [span.end for span in group.spans])
    ]
    known = [
        place for group in groups for place in (group.true[:2] if group.true else (None, None))
    ]
    teaching = [
        number
        for number, (ballot, place) in enumerate(zip(ballots, known, strict=True))
        if len(ballot) > 1 or place is not None
    ]
    accuracy: dict[str, float] = {}
    for _ in range(_ROUNDS):
        right: dict[str, float] = defaultdict(float)
        seen: dict[str, int] = defaultdict(int)
        for number in teaching:
            ballot, place = ballots[number], known[number]
            posterior = _posterior(ballot, accuracy) if place is None else {place: 1.0}
            for worker, given in ballot:
                right[worker] += posterior.get(given, 0.0)
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
