"""Several labels at once (kind ``choices``): how right and how sure, by number of answers.

There is no real crowd of this kind beside the repository; seeded synthetic ones stand in. Each
object has some of six labels. Workers miss 5 to 40 of 100 labels and give 1 to 15 of 100 that are
not there, by worker; one question in eight (an object and a label) misleads: there half of the
workers, whoever they are, answer wrongly, so that they err together.

A confidence is the mean probability of the decisions on the labels that anybody gave: it is held
against the share of these decisions that are right, object by object, in bins as wide as a tenth.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.methods import METHODS, consolidate
from labelwright.task.definition import FieldDefinition, Kind
from tests.benchmarks.report import merge, show

LABELS = ("car", "cat", "dog", "lamp", "sky", "tree")
_SHARES = (0.5, 0.4, 0.3, 0.2, 0.1, 0.05)
WORKERS, OBJECTS = 40, 600
ANSWERS = (2, 3, 5, 7)

Truth = list[frozenset[str]]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    found = {
        f"{method}, {answers} a task": np.mean(
            [judged(*crowd(answers, seed), method) for seed in seeds], axis=0
        ).tolist()
        for method in METHODS[Kind.CHOICES]
        for answers in ANSWERS
    }
    titles = ("exactly right", "decisions right", "confidence", "calibration error")
    show(
        "several choices: synthetic crowds",
        titles,
        ([name, *(f"{one:.3f}" for one in figures)] for name, figures in found.items()),
    )
    merge(
        "consolidation_of_choices",
        {name: dict(zip(titles, figures, strict=True)) for name, figures in found.items()},
    )


def crowd(answers: int, seed: int) -> tuple[Column, Truth]:
    """Return what workers answered, so many an object, and the true labels."""
    rng = np.random.default_rng([seed, answers])
    true = rng.random((OBJECTS, len(LABELS))) < _SHARES
    misleads = rng.random(true.shape) < 1 / 8
    miss, invent = rng.uniform(0.05, 0.4, WORKERS), rng.uniform(0.01, 0.15, WORKERS)
    values = []
    for number in range(OBJECTS):
        given = []
        for worker in rng.permutation(WORKERS)[:answers].tolist():
            wrong = rng.random(len(LABELS)) < np.where(true[number], miss[worker], invent[worker])
            wrong |= misleads[number] & (rng.random(len(LABELS)) < 0.5)
            given.append(WorkerValue(f"w{worker:02}", _names(true[number] ^ wrong)))
        values.append(tuple(sorted(given)))
    field = FieldDefinition(name="things", path="things", kind=Kind.CHOICES)
    column = Column(field, (), tuple(map(str, range(OBJECTS))), tuple(values))
    return column, [frozenset(_names(row)) for row in true]


def _names(flags: Sequence[bool]) -> tuple[str, ...]:
    return tuple(label for label, flag in zip(LABELS, flags, strict=True) if flag)


def judged(column: Column, truth: Truth, method: str) -> tuple[float, float, float, float]:
    """Return the shares of objects and decisions that are right, mean confidence, and its error."""
    field = column.field.model_copy(update={"method": method})
    results = consolidate(column._replace(field=field))
    exact, right, sure = [], [], []
    for result, true, values in zip(results, truth, column.values, strict=True):
        kept = set(result.value)
        asked = kept.union(*(value.value for value in values))
        exact.append(kept == true)
        # Where nobody gave any label, the one decision is that there is none.
        right.append(
            np.mean([(label in kept) == (label in true) for label in asked]) if asked else not true
        )
        sure.append(result.confidence or 0.0)
    confidence, share = np.array(sure), np.array(right, dtype=np.float64)
    place = np.minimum((confidence * 10).astype(int), 9)
    error = np.abs(np.bincount(place, confidence - share, minlength=10)).sum() / len(share)
    return float(np.mean(exact)), float(share.mean()), float(confidence.mean()), float(error)


if __name__ == "__main__":
    main()
