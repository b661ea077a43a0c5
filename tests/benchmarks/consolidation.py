"""Accuracy and calibration of choice, set by set, beside peers: `make bench`.

On three groups of crowds, each apart: the real ones of ``../shared/datasets`` that methods were
made with (the panel), a real one that they were not (unseen), and seeded synthetic ones whose
workers err together. With all answers: accuracy, how far that is above the plain vote, and the
expected calibration error; with samples of 1, 2, 3 and 5 answers a task the means of accuracy and
calibration error; and the birds of Amazon's article with 2 to 5 annotators. Every method sees the
same samples; a tie of n labels counts as one n-th right. Methods stop by rules of their own: see
``speed``.
"""

import argparse
from collections.abc import Iterator
from functools import partial

import numpy as np
from rich.progress import Progress

from labelwright.consolidation.votes import Indices, Votes
from tests.benchmarks.peers import METHODS, Method
from tests.benchmarks.report import CONSOLE, merge, show
from tests.benchmarks.synthetic import erring_together
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    DATASETS,
    UNSEEN_SETS,
    accuracy,
    calibration_error,
    real_crowd,
    sample,
)

FEW = (1, 2, 3, 5)
BIRDS, BIRD_ANNOTATORS = "aws_birds", (2, 3, 4, 5)
VOTE = "majority"

Crowds = dict[str, tuple[Votes, Indices]]
Figures = dict[str, float]
#: By method.
Rows = dict[str, Figures]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=3, help="samples for each number of answers")
    parser.add_argument("--bird-seeds", type=int, default=10)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    chosen = parser.parse_args()
    if not DATASETS.is_dir():
        CONSOLE.print(f"real crowds: not measured, there is no {DATASETS}")
    groups = {
        "panel": _real(CHOICE_SETS),
        "unseen": _real(UNSEEN_SETS),
        "err together": {
            f"{n_labels} labels, {seed}": erring_together(n_labels, seed)
            for n_labels in (2, 3, 5)
            for seed in range(2)
        },
    }
    for group, crowds in groups.items():
        if not crowds:
            continue
        tables = _whole(crowds, chosen.methods) | {
            "means with few answers": _by_method(
                chosen.methods, partial(_with_few, crowds=crowds, seeds=chosen.seeds)
            )
        }
        if BIRDS in crowds:
            tables["birds by annotators"] = _by_method(
                chosen.methods, partial(_birds, crowd=crowds[BIRDS], seeds=chosen.bird_seeds)
            )
        for title, rows in tables.items():
            _show(f"{group}: {title}", rows)
        merge(
            f"consolidation_of_crowds, {group}",
            {"seeds": chosen.seeds, "bird_seeds": chosen.bird_seeds, "figures": tables},
        )


def _real(names: tuple[str, ...]) -> Crowds:
    return {name: real_crowd(name) for name in names if (DATASETS / name).is_dir()}


def _by_method(methods: list[str], measure: "partial[Figures]") -> Rows:
    rows = {}
    with Progress(console=CONSOLE, transient=True) as progress:
        for name in progress.track(methods):
            rows[name] = measure(name)
    return rows


def _whole(crowds: Crowds, methods: list[str]) -> dict[str, Rows]:
    """Measure with all answers, set by set; the mean last."""
    found = _by_method(methods, partial(_with_all, crowds=crowds))
    names = [*crowds, "mean"]
    right = {name: {one: row[one] for one in names} for name, row in found.items()}
    tables = {"accuracy, all answers": right}
    if VOTE in right:
        tables["points above the vote, all answers"] = {
            name: {one: 100 * (row[one] - right[VOTE][one]) for one in names}
            for name, row in right.items()
        }
    tables["calibration error, all answers"] = {
        name: {one: row[f"error {one}"] for one in names} for name, row in found.items()
    }
    return tables


def _with_all(name: str, crowds: Crowds) -> Figures:
    figures: Figures = {}
    for one, (votes, truth) in crowds.items():
        figures[one], figures[f"error {one}"] = _judged(METHODS[name], votes, truth)
    figures["mean"] = _mean(figures[one] for one in crowds)
    figures["error mean"] = _mean(figures[f"error {one}"] for one in crowds)
    return figures


def _with_few(name: str, crowds: Crowds, seeds: int) -> Figures:
    """Leave out trec, where few tasks have a truth, and sets that have no more answers."""
    figures: Figures = {}
    for few in FEW:
        # cleanlab refuses to judge one answer.
        judged = [
            _judged(METHODS[name], sample(votes, few, seed), truth)
            for one, (votes, truth) in crowds.items()
            if one != "trec" and (one, few) != (BIRDS, 5) and (name, few) != ("cleanlab", 1)
            if len(votes.task) >= few * len(votes.tasks)
            for seed in range(seeds)
        ]
        figures[f"{few} a task"] = _mean(right for right, _ in judged)
        figures[f"{few}, error"] = _mean(error for _, error in judged)
    return figures


def _birds(name: str, crowd: tuple[Votes, Indices], seeds: int) -> Figures:
    votes, truth = crowd
    figures: Figures = {}
    for few in BIRD_ANNOTATORS:
        found = [
            _judged(METHODS[name], sample(votes, few, seed), truth)
            for seed in range(1000, 1000 + seeds)
        ]
        figures[f"{few}, wrong"] = 1 - _mean(right for right, _ in found)
        figures[f"{few}, error"] = _mean(error for _, error in found)
    return figures


def _judged(method: Method, votes: Votes, truth: Indices) -> tuple[float, float]:
    """Return accuracy and calibration error."""
    posteriors = method(votes)
    return accuracy(posteriors, truth), calibration_error(posteriors, truth)


def _mean(figures: Iterator[float]) -> float:
    found = list(figures)
    return float(np.mean(found)) if found else float("nan")


def _show(title: str, rows: Rows) -> None:
    form = "{:+.1f}" if "points" in title else "{:.3f}"
    show(
        title,
        next(iter(rows.values())),
        (
            [name, *("" if np.isnan(one) else form.format(one) for one in row.values())]
            for name, row in rows.items()
        ),
    )


if __name__ == "__main__":
    main()
