"""Free text: the most central answer, plain or weighted by how close each worker tends to be."""

from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from labelwright.consolidation.crowd import agreed
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.votes import Floats

#: Longer texts are compared by words, and by their first words when those are many: the distance
#: takes time in the product of lengths, and one worker's text must not use up a batch's time.
_MAX_CHARACTERS = 1_000
_MAX_WORDS = 1_000

#: What each worker of an object answered.
Answers = Sequence[tuple[str, str]]

#: A worker's distance is drawn toward the crowd's as if seen in so many more objects.
_POOLED = 4.0
#: With fewer answers an object does not tell who was far off.
_ENOUGH = 3
#: Characters compared with another text, in all earlier objects that teach; takes some 2 seconds.
_MOST_COMPARED = 200_000

_NO_GOLD: Mapping[int, str] = {}


def medoid(answers: Sequence[str]) -> Consolidated:
    """Return the answer that is most like all the others; ties go to the first in sorted order.

    What three or more gave alike, and at most one did not, is the answer: another long text can be
    as like them as they are to each other. Likeness is one minus the edit distance over the longer
    length. The confidence is the mean likeness of the other answers to it; 1 for an only answer.
    """
    if not answers:
        return Consolidated(None, None, 0)
    if len(answers) == 1:
        return Consolidated(answers[0], 1.0, 1)
    likeness = cache(likeness_of)
    means = {}
    # In one order, or sums differ in the last bit.
    answers = sorted(answers)
    for candidate in sorted(set(answers)):
        others = list(answers)
        others.remove(candidate)
        pairs = ((min(candidate, other), max(candidate, other)) for other in others)
        means[candidate] = sum(likeness(*pair) for pair in pairs) / len(others)
    common = agreed(answers)
    best = max(means.values()) if common is None else means[common]
    central = [text for text, mean in means.items() if mean >= best - 1e-9]
    value, tie = (central[0], len(central) > 1) if common is None else (common, False)
    return Consolidated(value, best, len(answers), tie=tie)


def skilled_medoid(
    answers: Sequence[Answers], gold: Mapping[int, str] = _NO_GOLD, wanted: int | None = None
) -> list[Consolidated]:
    """Return, for each object, the answer that is most like all, workers weighted by reliability.

    A worker weighs as much as the inverse of the usual distance from the others' answers, or from
    the known one in ``gold`` (by the object's index), in units of the object's own mean distance,
    so that hard objects do not count more. Results are those of the first ``wanted`` objects
    (default: all); the others teach, in order, as far as time allows. An answer is compared with
    all of the object's, its own too: a reliable worker's gains by that weight. Likeness and ties
    are as in ``medoid``. The confidence is the weighted mean likeness of the other workers' answers
    to the result (of those who gave it, the heaviest is not another); 1 for an only answer.
    """
    likeness = cache(likeness_of)
    wanted = len(answers) if wanted is None else wanted
    # In one order, or sums differ in the last bit.
    teaching = [sorted(found) for found in (*answers[:wanted], *_affordable(answers[wanted:]))]
    tables = [_likenesses(found, likeness) for found in teaching]
    away = [
        [1 - likeness(min(text, gold[index]), max(text, gold[index])) for _, text in found]
        if index in gold
        else (1 - table).sum(axis=1).tolist()
        for index, (found, table) in enumerate(zip(teaching, tables, strict=True))
    ]
    distance = _usual_distances(teaching, away, gold)
    return [
        _central(found, table, np.array([1 / distance.get(worker, 1.0) for worker, _ in found]))
        for found, table in zip(teaching[:wanted], tables, strict=False)
    ]


def _central(answers: Answers, table: Floats, weights: Floats) -> Consolidated:
    if not answers:
        return Consolidated(None, None, 0)
    support = table @ weights
    best = float(support.max())
    central = {
        text for (_, text), total in zip(answers, support, strict=True) if total >= best - 1e-9
    }
    common = agreed(text for _, text in answers)
    if common is not None:
        best = float(support[next(i for i, (_, text) in enumerate(answers) if text == common)])
        central = {common}
    value = min(central)
    if len(answers) == 1:
        return Consolidated(value, 1.0, 1)
    own = max(w for (_, text), w in zip(answers, weights.tolist(), strict=True) if text == value)
    # Further decimals differ between processors.
    confidence = round((best - own) / (float(weights.sum()) - own), 6)
    confidence = min(max(confidence, 0.0), 1.0)
    return Consolidated(value, confidence, len(answers), tie=len(central) > 1)


def _affordable(earlier: Sequence[Answers]) -> Iterator[Answers]:
    """Yield objects until comparing their answers would take too long."""
    compared = 0
    for found in earlier:
        compared += sum(min(len(text), _MAX_CHARACTERS) for _, text in found) * len(found) // 2
        if compared > _MOST_COMPARED:
            return
        yield found


def _likenesses(answers: Answers, likeness: Callable[[str, str], float]) -> Floats:
    """Return how like each answer is to each other, symmetric, 1 on the diagonal."""
    table = np.ones((len(answers), len(answers)))
    for i, (_, one) in enumerate(answers):
        for j, (_, other) in enumerate(answers[:i]):
            table[i, j] = table[j, i] = likeness(min(one, other), max(one, other))
    return table


def _usual_distances(
    answers: Sequence[Answers], away: Sequence[Sequence[float]], gold: Container[int]
) -> dict[str, float]:
    """Return each worker's usual distance, around 1 for the crowd, never 0."""
    distances: dict[str, list[float]] = {}
    for index, (found, each) in enumerate(zip(answers, away, strict=True)):
        if len(found) < _ENOUGH and index not in gold:
            continue
        scale = sum(each) / len(each) if each else 0.0
        if scale > 0:
            for (worker, _), distance in zip(found, each, strict=True):
                distances.setdefault(worker, []).append(distance / scale)
    return {
        worker: (sum(seen) + _POOLED) / (len(seen) + _POOLED) for worker, seen in distances.items()
    }


def likeness_of(first: str, second: str) -> float:
    """Return one minus the edit distance over the longer length, 0 to 1; long texts by words."""
    if first == second:
        return 1.0
    if max(len(first), len(second)) > _MAX_CHARACTERS:
        return _share(_first_words(first), _first_words(second))
    return _share(first, second)


def _first_words(text: str) -> list[str]:
    # Cut before it is split: a long text has millions of words.
    return text.split(maxsplit=_MAX_WORDS)[:_MAX_WORDS]


def _share(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    longer = max(len(first), len(second))
    return 1 - edit_distance(first, second) / longer if longer else 1.0


def edit_distance(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Return the Levenshtein distance: insertions, deletions and replacements, one each.

    V. I. Levenshtein (1966), Soviet Physics Doklady 10, 707-710. A row of the table is made at
    once: what insertions add along a row is a running minimum.
    """
    codes: dict[Hashable, int] = {}
    a = [codes.setdefault(item, len(codes)) for item in first]
    b = np.array([codes.setdefault(item, len(codes)) for item in second], dtype=np.int64)
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for i, item in enumerate(a, start=1):
        best = np.empty_like(row)
        best[0] = i
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (b != item))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])
