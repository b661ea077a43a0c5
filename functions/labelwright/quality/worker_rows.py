"""Workers, and pairs of them, one row each whatever the kind: for tables and files."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np

from labelwright.answers.columns import Column
from labelwright.consolidation.choice_column import ChoiceResults, votes_of
from labelwright.consolidation.result import Consolidated, Decision
from labelwright.contract.base import Json
from labelwright.quality.agreement import (
    field_pairs,
    pair_agreement,
    worker_agreement,
    worker_alphas,
)
from labelwright.quality.gold_results import gold_results
from labelwright.quality.span_agreement import worker_span_alphas
from labelwright.quality.truth import decisions_of
from labelwright.quality.workers import wilson, worker_skill
from labelwright.task.definition import Kind

#: With more comparisons of two answers pairs are made only when they are asked for.
_MOST_PAIRED = 200_000

WORKER_HEADER = ("worker", "answers", "accuracy", "low", "high", "agreement", "alpha",
                 "gold_answers", "gold_right")  # fmt: skip
PAIR_HEADER = ("worker", "other", "tasks", "agreement", "kappa")


class WorkerRow(NamedTuple):
    """One worker.

    ``accuracy`` is what the consolidated labels tell, with its 95 % interval where every answer is
    right or wrong; for choices, spans and boxes the F1 of what the worker gave. ``agreement`` is
    that with others on the same task, ``alpha`` Krippendorff's of it, for
    choice, and for spans by characters. Of ``gold_answers`` with known labels ``gold_right`` are
    right: for choices, spans and boxes the mean F1 times their number.
    """

    worker: str
    answers: int
    accuracy: float
    low: float | None
    high: float | None
    agreement: float | None
    alpha: float | None
    gold_answers: int
    gold_right: float

    def cells(self) -> Sequence[object]:
        """Return the row as it is written."""
        numbers = (self.accuracy, self.low, self.high, self.agreement, self.alpha)
        return (
            self.worker,
            self.answers,
            *("" if number is None else round(number, 4) for number in numbers),
            self.gold_answers,
            f"{self.gold_right:.4f}".rstrip("0").rstrip("."),
        )


class PairRow(NamedTuple):
    """Two workers who share tasks; ``kappa`` is Cohen's, for choice alone."""

    worker: str
    other: str
    tasks: int
    agreement: float
    kappa: float | None

    def cells(self) -> Sequence[object]:
        """Return the row as it is written."""
        kappa = "" if self.kappa is None else round(self.kappa, 4)
        return self.worker, self.other, self.tasks, round(self.agreement, 4), kappa


def worker_rows(
    column: Column, results: Sequence[Consolidated], gold: Mapping[str, Json]
) -> list[WorkerRow]:
    """Return a row for each worker, sorted; ``gold`` has the known values that they are tested on.

    In a choice an answer is right with the probability of its label; in other kinds each is held
    against the consolidated value.
    """
    if isinstance(results, ChoiceResults):
        return _choice_workers(results)
    return _value_workers(column, decisions_of(column, results), gold)


def _choice_workers(results: ChoiceResults) -> list[WorkerRow]:
    votes, known = results.votes, results.known
    skill = worker_skill(votes, results.found)
    agreement, _ = worker_agreement(votes)
    alpha = worker_alphas(votes, agreement)
    tested = known[votes.task] >= 0
    n_workers = len(votes.workers)
    told = np.bincount(votes.worker[tested], minlength=n_workers)
    hit = tested & (known[votes.task] == votes.label)
    right = np.bincount(votes.worker[hit], minlength=n_workers)
    return [
        WorkerRow(
            name,
            int(skill.answers[i]),
            float(skill.accuracy[i]),
            float(skill.low[i]),
            float(skill.high[i]),
            None if np.isnan(agreement[i]) else float(agreement[i]),
            None if np.isnan(alpha[i]) else float(alpha[i]),
            int(told[i]),
            float(right[i]),
        )
        for i, name in enumerate(votes.workers)
    ]


def few_enough(column: Column) -> bool:
    """Say whether comparing all pairs takes no longer than a look at them is worth."""
    if column.field.kind is not Kind.CHOICE:
        return True
    answers = np.bincount(votes_of(column).task).astype(np.int64)
    return int((answers * (answers - 1)).sum()) // 2 <= _MOST_PAIRED


def pair_rows(column: Column) -> list[PairRow]:
    """Return a row for every two workers who share an object, sorted by worker."""
    if column.field.kind is not Kind.CHOICE:
        return [PairRow(*pair, None) for pair in field_pairs(column)]
    votes = votes_of(column)
    found = pair_agreement(votes)
    columns = (found.first, found.second, found.tasks, found.agreement, found.kappa)
    return [
        PairRow(votes.workers[a], votes.workers[b], tasks, same, None if isnan(kappa) else kappa)
        for a, b, tasks, same, kappa in zip(*(c.tolist() for c in columns), strict=True)
    ]


def least_agreeing(pairs: Sequence[PairRow], most: int) -> list[PairRow]:
    """Return the pairs that agree the least, by the upper end of the 95 % interval.

    So that pairs with few tasks, which say little, do not come first.
    """
    tasks = np.array([pair.tasks for pair in pairs])
    _, _, high = wilson(np.array([pair.agreement for pair in pairs]) * tasks, tasks)
    return [pairs[i] for i in np.argsort(high, kind="stable")[:most]]


def _value_workers(
    column: Column, decisions: Mapping[str, Decision], gold: Mapping[str, Json]
) -> list[WorkerRow]:
    values = {n: made.value for n, made in decisions.items() if made.value is not None}
    found = {one.worker: one for one in gold_results(column, values)}
    known = {one.worker: one for one in gold_results(column, gold)}
    alphas = worker_span_alphas(column) if column.field.kind is Kind.SPANS else {}
    met: dict[str, list[float]] = {}
    for pair in field_pairs(column):
        for worker in (pair.first, pair.second):
            total = met.setdefault(worker, [0.0, 0.0])
            total[0] += pair.objects * pair.agreement
            total[1] += pair.objects
    rows = []
    for worker, one in sorted(found.items()):
        agreed, times = met.get(worker, (0.0, 0.0))
        tested = known.get(worker)
        rows.append(
            WorkerRow(
                worker,
                one.objects,
                one.score,
                None,
                None,
                agreed / times if times else None,
                alphas.get(worker),
                tested.objects if tested else 0,
                tested.score * tested.objects if tested else 0.0,
            )
        )
    return rows
