"""Real crowds with their truth, samples of them, and how right and how sure labels are.

Only numpy and the product are imported: benchmarks run where the test tools are missing.
"""

import csv
from pathlib import Path

import numpy as np

from labelwright.consolidation.votes import Floats, Indices, Votes

#: Beside the repository, never in it.
DATASETS = Path(__file__).resolve().parents[3] / "shared" / "datasets"

CHOICE_SETS = ("aws_birds", "bluebird", "rte", "dog", "s_face", "weather_amt", "trec")
#: Measured apart: no method was made with it.
UNSEEN_SETS = ("tweeteval",)


def real_crowd(name: str) -> tuple[Votes, Indices]:
    """Return a real set's votes, and the true label of each task, -1 where it is not known."""
    with (DATASETS / name / "labels.csv").open(encoding="utf-8", newline="") as file:
        given = list(csv.reader(file))[1:]
    with (DATASETS / name / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = dict(list(csv.reader(file))[1:])
    return Votes.from_rows(given).known(truth)


def sample(votes: Votes, answers: int, seed: int) -> Votes:
    """Keep at most so many votes a task, chosen at random."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(votes.task))
    order = shuffled[np.argsort(votes.task[shuffled], kind="stable")]
    task = votes.task[order]
    kept = np.sort(order[np.arange(len(order)) - np.searchsorted(task, task) < answers])
    return Votes(
        votes.tasks,
        votes.workers,
        votes.labels,
        votes.task[kept],
        votes.worker[kept],
        votes.label[kept],
    )


def accuracy(posteriors: Floats, truth: Indices) -> float:
    """Return the share of right labels; a tie of ``n`` is right by one ``n``-th."""
    known = truth >= 0
    top = posteriors[known] >= posteriors[known].max(axis=1, keepdims=True) - 1e-9
    return float((top[np.arange(len(top)), truth[known]] / top.sum(axis=1)).mean())


def calibration_error(posteriors: Floats, truth: Indices, bins: int = 10) -> float:
    """Return the expected calibration error: how far confidence is from accuracy, bin by bin."""
    known = truth >= 0
    chosen = posteriors[known]
    confidence = chosen.max(axis=1)
    top = chosen >= confidence[:, None] - 1e-9
    right = top[np.arange(len(top)), truth[known]] / top.sum(axis=1)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(place, right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(chosen))
