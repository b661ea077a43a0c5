"""Several labels at once: each label is a yes/no question to the workers who answered."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence, Set

import numpy as np

from labelwright.consolidation.choice.agreed import uphold
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.votes import NONE, Indices, Votes

MAJORITY = 0.5
_NO, _YES = "no", "yes"

#: Answers times labels asked for; each takes some 90 bytes.
_MOST_QUESTIONS = 5_000_000

#: What each worker of an object answered: the worker, and the labels given.
Answers = Sequence[tuple[str, tuple[str, ...]]]


def vote_on_each(
    answers: Sequence[tuple[str, ...]],
    threshold: float | None,
    partial: Set[int] = frozenset(),
) -> Consolidated:
    """Keep the labels that more than half of the workers chose, or at least ``threshold`` of them.

    The confidence is the mean, over the labels that anybody chose, of the share of workers who
    agree with the decision; 1 when nobody chose any. A label at exactly one half is a tie.
    Answers at the places ``partial`` were read in part: what they lack is no vote against it.
    """
    workers = len(answers)
    if not workers:
        return Consolidated(None, None, 0, {})
    votes = Counter(label for answer in answers for label in set(answer))
    return _decided(_shares(votes, answers, partial), votes, workers, threshold)


def _shares(
    votes: Mapping[str, int], answers: Sequence[Iterable[str]], partial: Set[int]
) -> dict[str, float]:
    """Return the share of each label among the answers that say whether it is there."""
    whole = len(answers) - len(partial)
    named = Counter(label for place in partial for label in set(answers[place]))
    return {label: count / (whole + named[label]) for label, count in votes.items()}


def skill_on_each(
    answers: Sequence[Answers],
    threshold: float | None,
    gold: Mapping[int, Sequence[str]],
    partial: Sequence[Set[int]] = (),
) -> list[Consolidated]:
    """Keep the labels that are more probable than not, or at least ``threshold`` probable.

    Every label that occurs anywhere is asked of every object; all these questions share one skill
    of each worker (``labelwright.consolidation.choice.skill``): how often a yes is missed, how
    often one is given wrongly. There are many questions and few yeses, so the class prior follows
    the vote. ``gold`` has the known labels by the object's index. Confidence as in
    ``vote_on_each``, with probabilities instead of shares. Where labels are so many that time and
    memory do not allow it, the most given ones are asked for, and the others voted on. ``partial``
    has, object by object, the places of answers that were read in part (default: none).
    """
    partial = partial or [frozenset()] * len(answers)
    given = Counter(label for found in answers for _, labels in found for label in labels)
    given.update(label for known in gold.values() for label in known)
    most = _MOST_QUESTIONS // max(sum(map(len, answers)), 1)
    labels = sorted(sorted(given, key=lambda label: (-given[label], label))[:most])
    votes, known = _questions(answers, labels, gold, partial)
    found = uphold(votes, known, skill(votes, known, prior_power=1.0))
    yes = found.posteriors[:, 1].reshape(len(answers), len(labels))
    # Further decimals differ between processors.
    yes = yes.round(6)
    return [
        _asked(found, dict(zip(labels, row.tolist(), strict=True)), threshold, lost)
        for found, row, lost in zip(answers, yes, partial, strict=True)
    ]


def _questions(
    answers: Sequence[Answers],
    labels: Sequence[str],
    gold: Mapping[int, Sequence[str]],
    partial: Sequence[Container[int]],
) -> tuple[Votes, Indices]:
    """Return votes on all pairs of an object and a label, and the known answers."""
    place = {label: i for i, label in enumerate(labels)}
    width = len(labels)
    rows = [(i, worker, given) for i, found in enumerate(answers) for worker, given in found]
    grid = np.zeros((len(rows), width), dtype=np.int32)
    for number, (_, _, given) in enumerate(rows):
        grid[number, [place[label] for label in given if label in place]] = 1
    workers = tuple(sorted({worker for _, worker, _ in rows}))
    number_of = {worker: i for i, worker in enumerate(workers)}
    objects = np.array([i for i, _, _ in rows], dtype=np.int64).reshape(-1, 1)
    task = (objects * width + np.arange(width)).reshape(-1)
    worker = np.repeat(np.array([number_of[w] for _, w, _ in rows], dtype=np.int64), width)
    # A question to which an answer read in part has no yes was not answered.
    whole = np.array(
        [j not in partial[i] for i, found in enumerate(answers) for j in range(len(found))],
        dtype=np.bool_,
    )
    order = np.lexsort((task, worker))
    if not whole.all():
        order = order[((grid > 0) | whole[:, None]).reshape(-1)[order]]
    known = np.full((len(answers), width), NONE, dtype=np.int32)
    for index, true in gold.items():
        known[index] = [label in true for label in labels]
    votes = Votes(
        tuple(map(str, range(len(answers) * width))),
        workers,
        (_NO, _YES),
        task[order].astype(np.int32),
        worker[order].astype(np.int32),
        grid.reshape(-1)[order],
    )
    return votes, known.reshape(-1)


def _asked(
    found: Answers, yes: Mapping[str, float], threshold: float | None, partial: Set[int]
) -> Consolidated:
    if not found:
        return Consolidated(None, None, 0, {})
    votes = Counter(label for _, given in found for label in set(given))
    chances = {label: chance for label, chance in yes.items() if votes[label] or chance > MAJORITY}
    shares = _shares(votes, [given for _, given in found], partial)
    chances |= {label: share for label, share in shares.items() if label not in yes}
    return _decided(chances, votes, len(found), threshold)


def _decided(
    chances: Mapping[str, float], votes: Mapping[str, int], workers: int, threshold: float | None
) -> Consolidated:
    """Keep labels by their chance; ``chances`` has those that are worth a decision."""
    kept, agreeing = [], []
    for label, chance in sorted(chances.items()):
        keep = chance > MAJORITY + 1e-9 if threshold is None else chance >= threshold - 1e-9
        if keep:
            kept.append(label)
        agreeing.append(chance if keep else 1 - chance)
    confidence = min(1.0, sum(agreeing) / len(agreeing)) if agreeing else 1.0
    tie = threshold is None and any(abs(chance - MAJORITY) < 1e-9 for chance in chances.values())
    return Consolidated(kept, confidence, workers, dict(sorted(votes.items())), tie)
