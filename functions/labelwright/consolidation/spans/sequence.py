"""Spans by sequence consolidation: what the model says of each span, joined with the vote."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

from labelwright.answers.columns import Column, partial_places
from labelwright.answers.values import Span
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.agreed import Agreed, Reach, of_one_mind
from labelwright.consolidation.spans.answered import AnsweredText
from labelwright.consolidation.spans.groups import Ends, Group, group_spans, place_ends
from labelwright.consolidation.spans.layers import (
    MOST_CELLS,
    Marked,
    Symbol,
    find_layers,
    with_depth,
)
from labelwright.consolidation.spans.likely import (
    NOT_MODELLED,
    Modelled,
    Room,
    likely_spans,
)
from labelwright.consolidation.spans.units import WORD
from labelwright.consolidation.spans.vote import DEFAULT_THRESHOLD
from labelwright.consolidation.spans.weight import learn_weight, told_by, trials

#: Two workers who differ are one against one.
_PAIR = 2

_NO_GOLD: Mapping[int, Sequence[Span]] = {}


class _Scored(NamedTuple):
    """A span, the probability that there is one of its label, and that its ends are right.

    ``rivals`` are other versions of it that stand beside it. ``agreed`` says that a crowd marked
    just this one, ``tie`` that other ends or another label were as good.
    """

    span: Span
    there: float
    exact: float
    rivals: tuple["_Scored", ...] = ()
    agreed: bool = False
    tie: bool = False


class _Say(NamedTuple):
    """How many workers have a say on a group, and the model's weight beside them, 0 to 1.

    ``ends`` is that on where it begins and ends, ``there`` on whether it is there.
    """

    workers: int
    ends: float
    there: float

    @classmethod
    def of(cls, workers: int, whole: int, trust: float) -> "_Say":
        """Weigh a model that is believed so far, and knows so many ``whole`` answers."""
        ends = told_by(whole) * whole / workers
        return cls(workers, ends, trust * ends)


def sequence(
    column: Column,
    gold: Mapping[int, Sequence[Span]] = _NO_GOLD,
    wanted: int | None = None,
    cells: int = MOST_CELLS,
) -> list[Consolidated]:
    """Consolidate spans by Bayesian sequence combination.

    A worker who marked nothing has answered: "nothing here". Spans of different workers that mean
    the same form a group (``span_groups``). That a group's span is there, with a label, is a mean
    of two estimates: the sequence model's probability (``span_model``) and the share of workers.
    The model knows the workers; the share keeps it from being sure of errors that workers share.
    How much weight it has, in a layer, is learnt from left-out answers (``spans.weight``): half
    where they tell nothing, less where workers err together. One ``m``-th of that is the share's
    where ``m`` workers answered: what one alone said nobody can judge. Answers read in part vote
    where they have a span, and nowhere else; the model does not know them, and has less weight
    there. Labels beyond the 50 most used, and texts that there is no room for, are not modelled:
    there the vote alone tells.
    Groups in which this mean is at least ``threshold`` (default: a third, as in the vote) stand;
    those of a layer (labels that do not overlap, see ``span_layers``) exclude each other, and the
    greatest sum above the threshold wins.

    Where the span begins and ends is a mean too, of the model's ends and the most trusted ones in
    the group. The model's weight falls with the length of the span in words: it takes each word for
    a new chance to end, which is right for names and wrong for sentences.

    Of two workers who differ nobody can say who is right, unless a third, or gold, has judged both
    elsewhere. Where neither has, all versions of a span as probable as the threshold stand.

    Where workers mark the same nine times in ten, but for one of them, what three or more agree on
    stands against one, whatever that one has taught the model (``spans.agreed``).

    A span's confidence is the probability that just this span is right: there, with this label and
    these ends. ``votes`` are the workers who gave exactly this one, which can be nobody. The
    field's confidence is the mean of those and of the shares of workers who did not mark what was
    left; 1 without any spans.

    ``gold`` has the known spans of some objects, by index, from which skill is learnt. Results are
    those of the first ``wanted`` objects (default: all); the others only teach. ``cells`` bounds
    how much is modelled; a result that does without, or with less, is marked as simplified.
    """
    wanted = len(column.objects) if wanted is None else wanted
    items = [_answered(column, index, gold.get(index)) for index in range(len(column.objects))]
    threshold = DEFAULT_THRESHOLD if column.field.threshold is None else column.field.threshold
    judged = {
        worker
        for item in items
        if len(item.workers) > _PAIR or item.true is not None
        for worker in item.workers
    }
    crowds = [Agreed(item) for item in items[:wanted]] if of_one_mind(items) else None
    standing: list[list[_Scored]] = [[] for _ in items[:wanted]]
    incomplete: set[int] = set()
    layers = find_layers(*_spans_of(items))
    grouped = _groups_by_layer(items, layers)
    room = Room(cells)
    for number in _most_used_first(grouped):
        layer, groups = frozenset(layers[number]), grouped[number]
        every = [group for found in groups for group in found]
        ends = iter(place_ends(every, sum(map(len, groups[:wanted]))))
        likely = likely_spans(items, layer, wanted, room)
        made = [
            trial
            for index, left_out in likely.left_out.items()
            for trial in trials(items[index], groups[index], left_out)
        ]
        trust = learn_weight(made)
        for index, item in enumerate(items[:wanted]):
            partly = item.said(layer)
            modelled = likely.modelled.get(index, NOT_MODELLED)
            if groups[index] and not modelled.complete:
                incomplete.add(index)
            rival = threshold if _undecided(item, judged) else None
            crowd = crowds[index] if crowds else None
            scored = [
                _score(
                    group,
                    place,
                    modelled,
                    _Say.of(voters := item.voters(group.spans, partly), len(item.whole), trust),
                    rival,
                    crowd.span(group, voters) if crowd else None,
                )
                for group, place in zip(groups[index], ends, strict=False)
                if crowd is None or not crowd.denied(group)
            ]
            for one in _best(scored, threshold):
                standing[index] += [one, *one.rivals]
    return [
        _wire(item, standing[index])._replace(simplified=index in incomplete)
        for index, item in enumerate(items[:wanted])
    ]


def _spans_of(
    items: Sequence[AnsweredText],
) -> tuple[list[tuple[tuple[Marked, ...], ...]], list[frozenset[int]]]:
    return [item.everything() for item in items], [item.partial for item in items]


def _most_used_first(grouped: Sequence[Sequence[Sequence[Group]]]) -> list[int]:
    """Return the numbers of layers: those with most spans get room first."""
    spans = [sum(len(group.spans) for found in layer for group in found) for layer in grouped]
    return sorted(range(len(grouped)), key=lambda number: (-spans[number], number))


def _undecided(item: AnsweredText, judged: Container[str]) -> bool:
    """Tell whether an object has two workers, and nothing tells who of them is the better one."""
    return len(item.workers) == _PAIR and not all(name in judged for name in item.workers)


def _answered(column: Column, index: int, true: Sequence[Span] | None) -> AnsweredText:
    """Read an object's answers."""
    values = sorted(column.values[index], key=lambda value: value.worker)
    return AnsweredText(
        column.texts[index] if column.texts else None,
        tuple(value.worker for value in values),
        tuple(tuple(with_depth(value.value)) for value in values),
        Counter(span for value in values for span in set(value.value)),
        partial_places(values),
        None if true is None else tuple(with_depth(true)),
    )


def _groups_by_layer(
    items: Sequence[AnsweredText], layers: Sequence[Sequence[Symbol]]
) -> list[list[list[Group]]]:
    """Group the spans that mean the same, layer by layer, object by object."""
    layer_of = {symbol: number for number, layer in enumerate(layers) for symbol in layer}
    grouped: list[list[list[Group]]] = [[[] for _ in items] for _ in layers]
    for index, item in enumerate(items):
        given: defaultdict[int, list[tuple[str, Span]]] = defaultdict(list)
        true: defaultdict[int, list[Span]] = defaultdict(list)
        for name, marked in zip(item.workers, item.spans, strict=True):
            for span, symbol in marked:
                given[layer_of[symbol]].append((name, span))
        for span, symbol in item.true or ():
            true[layer_of[symbol]].append(span)
        for number, found in given.items():
            grouped[number][index] = group_spans(found, true[number])
    return grouped


def _score(
    group: Group,
    ends: Ends,
    modelled: Modelled,
    say: _Say,
    rival_threshold: float | None,
    agreed: Span | None,
) -> _Scored:
    """Say what a group stands for, and how sure that is.

    Other versions of at least ``rival_threshold`` stand beside it; None: there are none. What is
    ``agreed`` on is what it stands for.
    """
    workers, known, weight = say
    voted = ends.joint()
    start, end = _most(voted)
    by_label = Counter(span.label for span in group.spans)
    alike = modelled.alike(start, end)
    model = modelled.there(start, end)
    places: dict[tuple[int, int], float] = {}
    for span, probability in alike:
        place = span.start, span.end
        places[place] = places.get(place, 0.0) + probability
    on_ends = known * min(1.0, sum(places.values())) * min(1.0, WORD / (end - start))
    placed = _mixed(voted, places, on_ends)
    start, end = _most(placed)
    exact = placed[start, end]
    scores = {
        label: weight * min(1.0, model.get(label, 0.0)) + (1 - weight) * votes / workers
        if label in modelled.labels
        else votes / workers
        for label, votes in by_label.items()
    }
    if agreed is not None:
        return _Scored(agreed, scores[agreed.label], placed[agreed[:2]], agreed=True)
    label = min(scores, key=lambda name: (-round(scores[name], 9), name))
    span = Span(start, end, label)
    rivals = (
        _Scored(other, scores[other.label], placed[other[:2]])
        for other in sorted(set(group.spans) - {span})
    )
    standing = (
        one
        for one in rivals
        if rival_threshold is not None and one.there * one.exact >= rival_threshold - 1e-9
    )
    tie = _ties(scores) or _ties(placed)
    return _Scored(span, scores[label], exact, tuple(standing), tie=tie)


def _ties(scores: Mapping[Any, float]) -> bool:
    """Tell whether two are the best."""
    ranked = sorted((round(score, 9) for score in scores.values()), reverse=True)
    return len(ranked) > 1 and ranked[0] == ranked[1]


def _most(places: Mapping[tuple[int, int], float]) -> tuple[int, int]:
    """Return the most probable start and end; ties go to the longer, then the earlier."""
    return max(places, key=lambda at: (round(places[at], 9), at[1] - at[0], -at[0]))


def _mixed(
    voted: Mapping[tuple[int, int], float], modelled: Mapping[tuple[int, int], float], trust: float
) -> dict[tuple[int, int], float]:
    """Mix two distributions over ends; ``trust``, 0 to 1, goes to the second, not normalised."""
    total = sum(modelled.values()) or 1.0
    return {
        place: (1 - trust) * voted.get(place, 0.0) + trust * modelled.get(place, 0.0) / total
        for place in sorted({*voted, *modelled})
    }


def _best(scored: Sequence[_Scored], threshold: float) -> list[_Scored]:
    """Return those, none overlapping another, with the greatest sum over the threshold.

    What is agreed on stands in any case, and nothing that overlaps it.
    """
    agreed = [one for one in scored if one.agreed]
    taken = Reach(one.span for one in agreed)
    ranked = sorted(
        (
            one
            for one in scored
            if not one.agreed and one.there >= threshold - 1e-9 and not taken.meets(one.span)
        ),
        key=lambda one: (one.span.end, one.span.start, one.span.label),
    )
    ends = [one.span.end for one in ranked]
    best: list[tuple[float, list[_Scored]]] = [(0.0, [])]
    for index, one in enumerate(ranked):
        before, chosen = best[bisect_right(ends, one.span.start, 0, index)]
        # A little for each, so that a span at the very threshold is kept too.
        gain = before + one.there - threshold + 1e-6
        best.append((gain, [*chosen, one]) if gain > best[-1][0] else best[-1])
    return [*agreed, *best[-1][1]]


def _wire(item: AnsweredText, found: Sequence[_Scored]) -> Consolidated:
    workers = len(item.workers)
    if not workers:
        return Consolidated(None, None, 0)
    # Rounded: what differs by the machine's arithmetic alone is the same result.
    scores = {one.span: round(one.there * one.exact, 6) for one in sorted(found)}
    sure = [scores[span] for span in sorted(scores)]
    lost, partly = (span for span in sorted(item.votes) if span not in scores), item.said()
    sure += [1 - item.votes[span] / item.voters([span], partly) for span in lost]
    value = [
        {**span._asdict(), "confidence": scores[span], "votes": item.votes[span]}
        for span in sorted(scores)
    ]
    tie = any(one.tie for one in found)
    return Consolidated(value, sum(sure) / len(sure) if sure else 1.0, workers, tie=tie)
