"""How far workers agree with each other."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelwright.answers.columns import Column
from labelwright.consolidation.votes import Floats, Indices, Votes, sums
from labelwright.quality.likeness import LIKENESS


class FieldPair(NamedTuple):
    """Two workers, ``first`` before ``second``, who both answered ``objects`` data objects.

    ``agreement`` is how far they agree there in the mean, 0 to 1.
    """

    first: str
    second: str
    objects: int
    agreement: float


def field_pairs(column: Column) -> list[FieldPair]:
    """Compare every two workers over the objects that both answered, sorted by worker.

    Equal or not for choice, number and text; the F1 of one worker's labels, exact spans, or boxes
    that overlap by half, against the other's for choices, spans and boxes (1 when both gave none).
    Answers read in part are not compared. Kinds that are passed through have none.
    """
    likeness = LIKENESS.get(column.field.kind)
    if likeness is None:
        return []
    found: dict[tuple[str, str], list[float]] = {}
    for values in column.values:
        whole = [value for value in values if not value.partial]
        for one, other in combinations(sorted(whole, key=lambda value: value.worker), 2):
            scores = found.setdefault((one.worker, other.worker), [])
            scores.append(likeness.agreement(one.value, other.value))
    return [
        FieldPair(*pair, len(scores), sum(scores) / len(scores))
        for pair, scores in sorted(found.items())
    ]


def pairwise_agreement(column: Column) -> float | None:
    """Return the mean agreement, 0 to 1, over all pairs of workers who answered the same object.

    None when no two workers did, and for kinds that are passed through: see ``field_pairs``.
    """
    pairs = field_pairs(column)
    total = sum(pair.objects for pair in pairs)
    return sum(pair.objects * pair.agreement for pair in pairs) / total if total else None


def nominal_alpha(counts: NDArray[Any]) -> float | None:
    """Return Krippendorff's alpha of ``counts[task, label]``, how often each task got each label.

    1 is perfect agreement, 0 what chance would give, below that workers disagree on purpose. Tasks
    with fewer than two answers say nothing. None when none has two, or all answers are the same
    label: then there is no chance to compare with. K. Krippendorff (2004), "Content Analysis",
    chapter 11.
    """
    per_task = counts.sum(axis=1)
    paired = counts[per_task > 1].astype(np.float64)
    answers = per_task[per_task > 1].astype(np.float64)
    total = answers.sum()
    by_label = paired.sum(axis=0)
    expected = total**2 - (by_label**2).sum()
    if expected <= 0:
        return None
    observed = ((answers**2 - (paired**2).sum(axis=1)) / (answers - 1)).sum()
    return float(1 - (total - 1) * observed / expected)


def label_alphas(counts: NDArray[Any]) -> list[float | None]:
    """Return, for each label, alpha of giving it or not: where the labels are told apart badly.

    It is ``nominal_alpha`` of two columns, how often it was given and how often another one.
    """
    per_task = counts.sum(axis=1)
    answers = np.where(per_task > 1, per_task, 0).astype(np.float64)
    total, by_label = answers.sum(), (per_task > 1) @ counts
    # Of n answers with c of the label, 2 c (n - c) pairs differ, each counted 1 / (n - 1).
    weights = np.divide(2.0, answers - 1, out=np.zeros_like(answers), where=answers > 1)
    observed = (weights * answers) @ counts - np.einsum("t,tl,tl->l", weights, counts, counts)
    expected = total**2 - by_label**2 - (total - by_label) ** 2
    return [
        1 - (total - 1) * float(seen) / float(chance) if chance > 0 else None
        for seen, chance in zip(observed, expected, strict=True)
    ]


@dataclass(frozen=True)
class PairAgreement:
    """Two workers an entry, those who share a task; all arrays have one entry a pair.

    ``first`` and ``second`` index ``votes.workers``, ``first`` below ``second``. They share
    ``tasks`` tasks and gave the same label in the share ``agreement`` of them. ``kappa`` is Cohen's
    (1960, https://doi.org/10.1177/001316446002000104), nan where both gave one label only.
    """

    first: Indices
    second: Indices
    tasks: Indices
    agreement: Floats
    kappa: Floats


def pair_agreement(votes: Votes) -> PairAgreement:
    """Compare every two workers over the tasks that both answered."""
    order = np.argsort(votes.task, kind="stable")
    task = votes.task[order]
    n_workers, n_labels = len(votes.workers), max(len(votes.labels), 1)
    begin = np.searchsorted(task, task)
    earlier = np.arange(len(task)) - begin
    # Each vote with all votes before it on its task.
    later = np.repeat(np.arange(len(task)), earlier)
    before = np.arange(len(later)) - np.repeat(np.cumsum(earlier) - earlier, earlier) + begin[later]
    a, b = order[before], order[later]
    a, b = np.where(votes.worker[a] < votes.worker[b], (a, b), (b, a))
    code = votes.worker[a].astype(np.int64) * n_workers + votes.worker[b]
    pairs, pair = np.unique(code, return_inverse=True)
    tasks = np.bincount(pair, minlength=len(pairs))
    same = sums(pair, votes.label[a] == votes.label[b], len(pairs)) / tasks
    by_chance = _chance(pair, votes.label[a], votes.label[b], n_labels) / tasks**2
    left = 1 - by_chance
    kappa = np.divide(same - by_chance, left, out=np.full(len(pairs), np.nan), where=left > 1e-12)
    first, second = np.divmod(pairs, max(n_workers, 1))
    return PairAgreement(
        first.astype(np.int32), second.astype(np.int32), tasks.astype(np.int32), same, kappa
    )


def _chance(pair: NDArray[np.intp], first: Indices, second: Indices, n_labels: int) -> Floats:
    """Return, for each pair, the sum over labels of how often the one times the other gave it."""
    size = int(pair.max()) + 1 if len(pair) else 0
    one, times = np.unique(pair * n_labels + first, return_counts=True)
    other, others = np.unique(pair * n_labels + second, return_counts=True)
    both, i, j = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return sums(both // n_labels, times[i] * others[j], size)


def worker_agreement(votes: Votes) -> tuple[Floats, Indices]:
    """Return each worker's mean agreement with the others, and over how many tasks.

    The share of other workers' answers on the same task that equal the worker's, averaged over the
    tasks that somebody else answered too; nan where there is none.
    """
    n_workers = len(votes.workers)
    counts = votes.counts()
    others = counts.sum(axis=1)[votes.task] - 1
    met = others > 0
    alike = (counts[votes.task, votes.label] - 1) / np.maximum(others, 1)
    tasks = np.bincount(votes.worker[met], minlength=n_workers)
    total = sums(votes.worker[met], alike[met], n_workers)
    mean = np.divide(total, tasks, out=np.full(n_workers, np.nan), where=tasks > 0)
    return mean, tasks.astype(np.int32)


def worker_alphas(votes: Votes, mean: Floats) -> Floats:
    """Return each worker's alpha: agreement with the others, set against what chance would give.

    ``mean`` is that of ``worker_agreement``.

    As ``nominal_alpha`` of the pairs of answers that the worker is part of; the mean over workers,
    each weighted by the tasks of ``worker_agreement``, is the alpha of all. nan for who shares no
    task, and where alpha is not defined.
    """
    counts = votes.counts()
    by_label = counts[counts.sum(axis=1) > 1].sum(axis=0).astype(np.float64)
    total = by_label.sum()
    expected = total**2 - (by_label**2).sum()
    if expected <= 0:
        return np.full_like(mean, np.nan)
    return np.asarray(1 - (1 - mean) * total * (total - 1) / expected)
