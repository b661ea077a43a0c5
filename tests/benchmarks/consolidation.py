"""Consolidation of choices against its peers: accuracy, calibration, time and memory.

    PYTHONPATH=functions python -m tests.benchmarks.consolidation --seeds 20 --sizes 10000,1000000

Accuracy and calibration on the real crowds of ``../shared/datasets``, where they are present, with
all answers and with samples of 1, 2, 3 and 5 a task; ties count as broken at random. Time and peak
memory on synthetic votes, each measurement in a process of its own. crowd-kit takes part where it
can be imported; it and ours stop by rules of their own, so read times beside accuracies. Amazon's
Modified Dawid-Skene is written anew from its published notebook, two passes, as that stops.
Prints tables and writes ``build/benchmarks-consolidation.json``.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from labelwright.consolidation.dawid_skene import dawid_skene
from labelwright.consolidation.majority import majority
from labelwright.consolidation.skill import skill
from labelwright.consolidation.votes import Floats, Indices, Votes
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    DATASETS,
    accuracy,
    calibration_error,
    real_crowd,
    sample,
)

ROOT = Path(__file__).resolve().parents[2]
PER_TASK, WORKERS = 5, 1000
FEW = (1, 2, 3, 5)
BIRD_SEEDS = 40

Method = Callable[[Votes], Floats]


def modified_dawid_skene(votes: Votes) -> Floats:
    """Return the posteriors of Amazon's published method."""
    n_workers, n_labels = len(votes.workers), len(votes.labels)

    def one_coin(right: Floats) -> Floats:
        wrong = (1 - right) / max(n_labels - 1, 1)
        return wrong[:, None, None] + (right - wrong)[:, None, None] * np.eye(n_labels)

    crowd = np.full(n_workers, 0.7)
    confusion = one_coin(crowd)
    posteriors = np.full((len(votes.tasks), n_labels), 1 / n_labels)
    for _ in range(2):
        logs = np.tile(np.log(np.maximum(posteriors.mean(axis=0), 1e-300)), (len(votes.tasks), 1))
        for true in range(n_labels):
            terms = np.log(np.maximum(confusion[votes.worker, true, votes.label], 1e-300))
            logs[:, true] += np.bincount(votes.task, terms, minlength=len(votes.tasks))
        posteriors = np.exp(logs - logs.max(axis=1, keepdims=True))
        posteriors /= posteriors.sum(axis=1, keepdims=True)
        counts = np.zeros((n_workers, n_labels, n_labels))
        for true in range(n_labels):
            np.add.at(counts[:, true], (votes.worker, votes.label), posteriors[votes.task, true])
        answers = counts.sum(axis=(1, 2))
        own = np.trace(counts, axis1=1, axis2=2) / np.maximum(answers, 1)
        confusion = counts + answers[:, None, None] * (one_coin(own) + one_coin(crowd) / 2)
        confusion /= np.maximum(confusion.sum(axis=2, keepdims=True), 1e-300)
        crowd = np.full(n_workers, own[answers > 0].mean())
    return posteriors


def crowd_kit(votes: Votes) -> Floats:
    """Return the posteriors of crowd-kit's Dawid-Skene with its default settings."""
    columns = {"task": votes.task, "worker": votes.worker, "label": votes.label}
    data = import_module("pandas").DataFrame(columns)
    found = import_module("crowdkit.aggregation").DawidSkene(n_iter=100).fit(data).probas_
    found = found.reindex(range(len(votes.tasks))).reindex(columns=range(len(votes.labels)))
    posteriors: Floats = found.fillna(0).to_numpy()
    return posteriors


METHODS: dict[str, Method] = {
    "majority": lambda votes: majority(votes).posteriors,
    "dawid-skene": lambda votes: dawid_skene(votes).posteriors,
    "skill": lambda votes: skill(votes).posteriors,
    "amazon-mds": modified_dawid_skene,
}
if find_spec("crowdkit"):
    METHODS["crowd-kit-ds"] = crowd_kit


def synthetic(annotations: int, n_labels: int) -> tuple[Votes, Indices]:
    """Return votes of workers who are right 40 to 95 times in 100, else say anything."""
    rng = np.random.default_rng(0)
    n_tasks = annotations // PER_TASK
    truth = rng.integers(0, n_labels, n_tasks)
    skills = rng.uniform(0.4, 0.95, WORKERS)
    task = np.repeat(np.arange(n_tasks), PER_TASK)
    worker = rng.integers(0, WORKERS, annotations)
    right = rng.random(annotations) < skills[worker]
    label = np.where(right, truth[task], rng.integers(0, n_labels, annotations))
    _, kept = np.unique(worker * n_tasks + task, return_index=True)
    tasks, workers, labels = (tuple(map(str, range(n))) for n in (n_tasks, WORKERS, n_labels))
    by_task, by_worker, given = (c[kept].astype(np.int32) for c in (task, worker, label))
    return Votes(tasks, workers, labels, by_task, by_worker, given), truth.astype(np.int32)


def measure(name: str, annotations: int, n_labels: int) -> dict[str, float]:
    """Run one method on synthetic votes; in a process of its own, or peak memory means nothing."""
    votes, truth = synthetic(annotations, n_labels)
    if name == "crowd-kit-ds":
        import_module("crowdkit.aggregation")
    before = time.process_time()
    posteriors = METHODS[name](votes)
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "megabytes": peak, "accuracy": accuracy(posteriors, truth)}


def on_real_crowds(seeds: int) -> dict[str, Any]:
    """Return accuracy and calibration error of every method on every set and sample."""
    crowds = {name: real_crowd(name) for name in CHOICE_SETS}
    found: dict[str, Any] = {}
    for name, method in METHODS.items():
        rows: dict[str, Any] = {"accuracy": {}, "calibration error": {}}
        for crowd, (votes, truth) in crowds.items():
            posteriors = method(votes)
            rows["accuracy"][crowd] = accuracy(posteriors, truth)
            rows["calibration error"][crowd] = calibration_error(posteriors, truth)
        for few in FEW:
            names = [n for n in CHOICE_SETS if n != "trec" and (n, few) != ("aws_birds", 5)]
            runs = seeds if name != "crowd-kit-ds" else min(seeds, 3)
            rows[f"{few} a task"] = {
                crowd: float(
                    np.mean(
                        [accuracy(method(sample(votes, few, seed)), truth) for seed in range(runs)]
                    )
                )
                for crowd in names
                for votes, truth in [crowds[crowd]]
            }
        votes, truth = crowds["aws_birds"]
        if name != "crowd-kit-ds":
            rows["birds, error"] = {
                str(few): 1
                - float(
                    np.mean(
                        [
                            accuracy(method(sample(votes, few, 1000 + seed)), truth)
                            for seed in range(BIRD_SEEDS)
                        ]
                    )
                )
                for few in (2, 3, 4, 5)
            }
        found[name] = rows
        for row, values in rows.items():
            figures = " ".join(f"{value:.3f}" for value in values.values())
            _say(f"{name:13} {row:18} mean {np.mean(list(values.values())):.4f}   {figures}")
    return found


def on_synthetic_votes(sizes: list[int]) -> dict[str, Any]:
    """Return time, memory and accuracy of every method by size and number of labels."""
    found: dict[str, Any] = {}
    for annotations in sizes:
        for n_labels in (5, 50):
            row: dict[str, Any] = {}
            for name in METHODS:
                if name == "amazon-mds":
                    continue
                command = [sys.executable, "-m", "tests.benchmarks.consolidation", "--measure"]
                done = subprocess.run(
                    [*command, name, str(annotations), str(n_labels)],
                    cwd=ROOT,
                    env=os.environ,
                    stdout=subprocess.PIPE,
                    check=True,
                )
                row[name] = json.loads(done.stdout)
                _say(
                    f"{annotations:>9,} votes {n_labels:>3} labels {name:13}"
                    f" {row[name]['seconds']:8.2f} s {row[name]['megabytes']:6.0f} MB"
                    f" accuracy {row[name]['accuracy']:.4f}"
                )
            found[f"{annotations} votes, {n_labels} labels"] = row
    return found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--measure", nargs=3, metavar=("METHOD", "VOTES", "LABELS"))
    chosen = parser.parse_args()
    if chosen.measure:
        name, annotations, n_labels = chosen.measure
        _say(json.dumps(measure(name, int(annotations), int(n_labels))))
        return
    found = {"synthetic": on_synthetic_votes([int(size) for size in chosen.sizes.split(",")])}
    if DATASETS.is_dir():
        found["real"] = on_real_crowds(chosen.seeds)
    path = ROOT / "build" / "benchmarks-consolidation.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
