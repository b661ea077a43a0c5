"""Boxes: how right and how sure, by number of workers and how careful they are.

There is no real crowd of this kind beside the repository; seeded synthetic ones stand in. Each
picture of 1000 x 1000 has 2 to 6 boxes that don't overlap, of four labels. Careful workers miss 2
to 10 of 100 boxes, draw one that is not there in 2 to 10 of 100 pictures, call 2 to 8 of 100
another thing, and draw edges 2 of 100 off; careless ones 15 to 40, 15 to 50, 10 to 30 and 6. In a
mixed crowd three of ten are careless. One box in ten is hard to see: there each worker misses it
half of the time more; one picture in five has something that looks like a box and is none, which
each worker takes for one two times in ten.

A box is right where a true one of its label overlaps it by half (intersection over union). Its
confidence is held against that, in bins as wide as a tenth.
"""

import argparse
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes
from labelwright.consolidation.box_match import overlaps
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.votes import Floats
from labelwright.task.definition import FieldDefinition, Kind
from tests.benchmarks.report import merge, show

LABELS = ("bird", "boat", "car", "dog")
WORKERS, OBJECTS = 20, 300
ANSWERS = (2, 3, 5)
#: How many of ten workers are careless.
CROWDS = {"careful": 0, "mixed": 3, "careless": 10}
_IMAGE = (1000.0, 1000.0)
#: Pictures are a grid of 3 x 3 cells; there is one thing in a cell at most.
_CELL = 330.0

Truth = list[list[Box]]


class _Habits(NamedTuple):
    """Of one worker: chances, and how far off edges are, as a share of the box."""

    miss: float
    invent: float
    mislabel: float
    off: float


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    found = {
        f"{name}, {answers} workers": np.mean(
            [judged(*crowd(careless, answers, seed)) for seed in seeds], axis=0
        ).tolist()
        for name, careless in CROWDS.items()
        for answers in ANSWERS
    }
    titles = ("boxes", "right", "of true ones", "confidence", "calibration error")
    show(
        "boxes: synthetic crowds, by matched",
        titles,
        (
            [name, f"{boxes:.0f}", *(f"{one:.3f}" for one in figures)]
            for name, (boxes, *figures) in found.items()
        ),
    )
    merge(
        "consolidation_of_boxes",
        {name: dict(zip(titles, figures, strict=True)) for name, figures in found.items()},
    )


def crowd(careless: int, answers: int, seed: int) -> tuple[Column, Truth]:
    """Return what workers drew, so many a picture, and the true boxes."""
    rng = np.random.default_rng([seed, answers, careless])
    habits = [_habits(rng, number % 10 < careless) for number in range(WORKERS)]
    values, truth = [], []
    for _ in range(OBJECTS):
        places = rng.permutation(9).tolist()
        true = [_box(rng, place) for place in places[: rng.integers(2, 7)]]
        seen = np.where(rng.random(len(true)) < 0.1, 0.5, 1.0)
        decoy = _box(rng, places[-1]) if rng.random() < 0.2 else None
        given = []
        for worker in rng.permutation(WORKERS)[:answers].tolist():
            drawn = _drawn(rng, habits[worker], true, seen, places[-2])
            if decoy is not None and rng.random() < 0.2:
                drawn.append(_off(rng, habits[worker], decoy))
            given.append(WorkerValue(f"w{worker:02}", Boxes(tuple(sorted(drawn)), _IMAGE)))
        values.append(tuple(sorted(given)))
        truth.append(true)
    field = FieldDefinition(name="things", path="things", kind=Kind.BOXES)
    return Column(field, (), tuple(map(str, range(OBJECTS))), tuple(values)), truth


def _habits(rng: np.random.Generator, careless: bool) -> _Habits:
    if careless:
        miss, invent, mislabel = rng.uniform((0.15, 0.15, 0.1), (0.4, 0.5, 0.3)).tolist()
        return _Habits(miss, invent, mislabel, off=0.06)
    miss, invent, mislabel = rng.uniform((0.02, 0.02, 0.02), (0.1, 0.1, 0.08)).tolist()
    return _Habits(miss, invent, mislabel, off=0.02)


def _box(rng: np.random.Generator, place: int) -> Box:
    width, height = rng.uniform(60, 250, 2).tolist()
    left, top = (rng.uniform(0, _CELL - side) for side in (width, height))
    label = LABELS[rng.integers(len(LABELS))]
    return Box(place % 3 * _CELL + left, place // 3 * _CELL + top, width, height, label)


def _drawn(
    rng: np.random.Generator, habits: _Habits, true: Sequence[Box], seen: Floats, empty: int
) -> list[Box]:
    """Return what a worker draws; what it invents lies in an empty cell."""
    chance = (1 - habits.miss) * seen
    drawn = [
        _off(rng, habits, box)
        for box, seen_by in zip(true, chance.tolist(), strict=True)
        if rng.random() < seen_by
    ]
    if rng.random() < habits.invent:
        drawn.append(_box(rng, empty))
    return drawn


def _off(rng: np.random.Generator, habits: _Habits, box: Box) -> Box:
    label = box.label
    if rng.random() < habits.mislabel:
        label = LABELS[(LABELS.index(label) + rng.integers(1, len(LABELS))) % len(LABELS)]
    left, right = (rng.normal(0, habits.off, 2) * box.width).tolist()
    top, bottom = (rng.normal(0, habits.off, 2) * box.height).tolist()
    width, height = box.width + right - left, box.height + bottom - top
    return Box(box.left + left, box.top + top, max(width, 5.0), max(height, 5.0), label)


def judged(column: Column, truth: Truth) -> tuple[float, float, float, float, float]:
    """Return how many boxes stand, how many are right, of true ones, confidence and its error."""
    pairs = [
        pair
        for result, true in zip(consolidate(column), truth, strict=True)
        for pair in _judged(result, true)
    ]
    sure, right = np.array(pairs, dtype=np.float64).T
    place = np.minimum((sure * 10).astype(int), 9)
    error = np.abs(np.bincount(place, sure - right, minlength=10)).sum() / len(right)
    found = right.sum() / sum(map(len, truth))
    return len(right), float(right.mean()), float(found), float(sure.mean()), float(error)


def _judged(result: Consolidated, true: Sequence[Box]) -> list[tuple[float, bool]]:
    """Return each box's confidence, and whether it is right; true ones never overlap."""
    judged = []
    for kept in result.value["boundingBoxes"]:
        box = Box(*(kept[name] for name in Box._fields))
        alike = overlaps([box, *true])[0, 1:]
        right = any(alike[i] >= 0.5 and other.label == box.label for i, other in enumerate(true))
        judged.append((kept["confidence"], right))
    return judged


if __name__ == "__main__":
    main()
