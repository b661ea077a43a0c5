"""Accuracy and calibration of choice on the real crowds of ``../shared/datasets``: `make bench`.

With all answers, with samples of 1, 2, 3 and 5 a task, and on the birds of Amazon's article with 2
to 5 annotators. Every method sees the same samples; a tie of n labels counts as one n-th right.
Methods stop by rules of their own: see ``speed``.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from rich.progress import track

from labelwright.consolidation.votes import Floats, Indices, Votes
from tests.benchmarks.peers import METHODS, Method
from tests.benchmarks.report import CONSOLE, merge, show
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    DATASETS,
    accuracy,
    calibration_error,
    real_crowd,
    sample,
)

FEW = (1, 2, 3, 5)
BIRDS = "aws_birds"
_ONE = ("accuracy, 1 a task", "calibration error, 1 a task")

Crowds = dict[str, tuple[Votes, Indices]]
Figures = dict[str, float]
Score = Callable[[Floats, Indices], float]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=3, help="samples for each number of answers")
    parser.add_argument("--bird-seeds", type=int, default=10)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    chosen = parser.parse_args()
    if not DATASETS.is_dir():
        CONSOLE.print(f"accuracy on real crowds: not measured, there is no {DATASETS}")
        return
    crowds = {name: real_crowd(name) for name in CHOICE_SETS if (DATASETS / name).is_dir()}
    measures: dict[str, Callable[[Method], Figures]] = {
        "accuracy, all answers": lambda method: _accuracies(method, crowds),
        "calibration error, all answers": lambda method: _calibration_errors(method, crowds),
    }
    for few in FEW:
        for title, score in (("accuracy", accuracy), ("calibration error", calibration_error)):
            measures[f"{title}, {few} a task"] = partial(
                _with_few, crowds=crowds, few=few, seeds=chosen.seeds, score=score
            )
    if BIRDS in crowds:
        measures["error on birds by annotators"] = lambda method: _birds(
            method, crowds[BIRDS], chosen.bird_seeds
        )
    found: dict[str, dict[str, Figures]] = {name: {} for name in measures}
    steps = [
        (title, name)
        for title in measures
        for name in chosen.methods
        if not (title in _ONE and name == "cleanlab")  # it refuses
    ]
    for title, name in track(steps, "real crowds", console=CONSOLE, transient=True):
        found[title][name] = measures[title](METHODS[name])
    for title, rows in found.items():
        columns = list(next(iter(rows.values())))
        show(title, [*columns, "mean"], _printed(rows))
    merge(
        "consolidation_of_real_crowds",
        {"seeds": chosen.seeds, "bird_seeds": chosen.bird_seeds, "figures": found},
    )


def _accuracies(method: Method, crowds: Crowds) -> Figures:
    return {name: accuracy(method(votes), truth) for name, (votes, truth) in crowds.items()}


def _calibration_errors(method: Method, crowds: Crowds) -> Figures:
    return {
        name: calibration_error(method(votes), truth) for name, (votes, truth) in crowds.items()
    }


def _with_few(method: Method, crowds: Crowds, few: int, seeds: int, score: Score) -> Figures:
    """Leave out trec, where few tasks have a truth, and sets that have no more answers."""
    return {
        name: _mean(_sampled(method, votes, truth, few, range(seeds), score))
        for name, (votes, truth) in crowds.items()
        if name != "trec" and (name, few) != (BIRDS, 5)
    }


def _birds(method: Method, crowd: tuple[Votes, Indices], seeds: int) -> Figures:
    chosen = range(1000, 1000 + seeds)
    return {str(few): 1 - _mean(_sampled(method, *crowd, few, chosen)) for few in (2, 3, 4, 5)}


def _sampled(
    method: Method,
    votes: Votes,
    truth: Indices,
    answers: int,
    seeds: range,
    score: Score = accuracy,
) -> Iterator[float]:
    for seed in seeds:
        yield score(method(sample(votes, answers, seed)), truth)


def _mean(figures: Iterator[float]) -> float:
    return float(np.mean(list(figures)))


def _printed(rows: dict[str, Figures]) -> Iterator[list[str]]:
    for name, row in rows.items():
        figures = [*row.values(), float(np.mean(list(row.values())))]
        yield [name, *(f"{figure:.3f}" for figure in figures)]


if __name__ == "__main__":
    main()
