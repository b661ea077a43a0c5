"""What one more answer is worth: as foretold, and as seen when held-back answers are replayed.

Each set is cut to so many answers a task; `labelwright.quality.worth` foretells what one more would
bring on the least sure tenth of the tasks; then each of these gets an answer that was held back,
and the accuracy there is compared. The truth is used for that comparison alone.
"""

import argparse
from typing import NamedTuple

import numpy as np

from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Flags, Indices, Votes
from labelwright.quality.worth import worth_of
from tests.benchmarks.report import CONSOLE, merge, show
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    DATASETS,
    UNSEEN_SETS,
    accuracy,
    real_crowd,
    sample,
)

ANSWERS = (2, 3, 5)
_MOST_SAMPLES = 20


class Replayed(NamedTuple):
    """Means over samples, on the tasks that were asked about: accuracy and its gain."""

    tasks: int
    foretold: float
    seen: float
    told_now: float
    now: float


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.parse_args()
    if not DATASETS.is_dir():
        CONSOLE.print(f"worth of one more answer: not measured, there is no {DATASETS}")
        return
    found = {
        f"{name}, {answers} a task": result
        for name in (*CHOICE_SETS, *UNSEEN_SETS)
        if (DATASETS / name).is_dir()
        for answers in ANSWERS
        if (result := replay(*real_crowd(name), answers)) is not None
    }
    show(
        "one more answer on the least sure tenth: gain in accuracy there, in points",
        ("tasks", "foretold", "seen", "confidence before", "right before"),
        (
            [
                name,
                str(one.tasks),
                *(f"{100 * number:+.1f}" for number in (one.foretold, one.seen)),
                *(f"{number:.3f}" for number in (one.told_now, one.now)),
            ]
            for name, one in found.items()
        ),
    )
    foretold = np.array([one.foretold for one in found.values()])
    seen = np.array([one.seen for one in found.values()])
    off = float(np.abs(foretold - seen).mean())
    CONSOLE.print(
        f"in the mean foretold {100 * foretold.mean():+.1f}, seen {100 * seen.mean():+.1f}, apart "
        f"by {100 * off:.1f} points: {10 * off:.2f} of all labels"
    )
    merge("worth_of_one_more_answer", {name: one._asdict() for name, one in found.items()})


def replay(votes: Votes, truth: Indices, answers: int, tasks: int = 600) -> Replayed | None:
    """Compare over samples until so many tasks were asked about, or at 20 samples.

    None where most tasks with a truth have no answer to hold back.
    """
    known = truth >= 0
    enough = np.bincount(votes.task, minlength=len(truth)) > answers
    if enough[known].mean() < 0.5:
        return None
    found, asked = [], 0
    for seed in range(_MOST_SAMPLES):
        of_sample, *figures = _one(votes, truth, answers, seed)
        found.append(figures)
        asked += int(of_sample)
        if asked >= tasks:
            break
    return Replayed(asked, *np.mean(found, axis=0).tolist())


def _one(votes: Votes, truth: Indices, answers: int, seed: int) -> tuple[float, ...]:
    more = sample(votes, answers + 1, seed)
    held = _one_of_each(more, answers + 1, seed)
    fewer = _only(more, ~held)
    before = skill(fewer)
    open_ = np.zeros(len(truth), dtype=np.bool_)
    open_[more.task[held]] = True
    open_ &= truth >= 0
    told = worth_of(fewer, before, open_)
    assert told is not None
    tasks = np.flatnonzero(open_)
    asked = tasks[np.argsort(before.confidence[tasks], kind="stable")[: told.asked]]
    after = skill(_only(more, ~held | np.isin(more.task, asked)))
    now, then = (accuracy(one.posteriors[asked], truth[asked]) for one in (before, after))
    return told.asked, told.asked_then - told.asked_now, then - now, told.asked_now, now


def _one_of_each(votes: Votes, answers: int, seed: int) -> Flags:
    """Mark one vote, by chance, of each task that has so many."""
    shuffled = np.random.default_rng([seed, 1]).permutation(len(votes.task))
    _, first = np.unique(votes.task[shuffled], return_index=True)
    marked = np.zeros(len(votes.task), dtype=np.bool_)
    marked[shuffled[first]] = True
    marked &= np.bincount(votes.task, minlength=len(votes.tasks))[votes.task] == answers
    return marked


def _only(votes: Votes, kept: Flags) -> Votes:
    return Votes(
        votes.tasks,
        votes.workers,
        votes.labels,
        votes.task[kept],
        votes.worker[kept],
        votes.label[kept],
    )


if __name__ == "__main__":
    main()
