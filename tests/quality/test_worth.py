"""What one more answer would be worth."""

from math import ceil

import numpy as np
import pytest
from hypothesis import example, given

from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Votes
from labelwright.quality.worth import Worth, worth_of
from tests.benchmarks.worth import replay
from tests.consolidation.crowds import Row, needs_datasets, rows
from tests.consolidation.real_crowds import real_crowd


def worth(given_rows: list[Row]) -> Worth | None:
    """Consolidate by skill, and ask about all tasks."""
    votes = Votes.from_rows(given_rows)
    return worth_of(votes, skill(votes), np.ones(len(votes.tasks), dtype=np.bool_))


def crowd(right: float, seed: int = 0) -> list[Row]:
    """Four workers on 400 tasks of two labels, each right so often."""
    rng = np.random.default_rng(seed)
    return [
        (str(task), worker, "ab"[(task + (rng.random() >= right)) % 2])
        for task in range(400)
        for worker in "uvwx"
    ]


@given(rows)
def test_an_answer_never_costs_accuracy(given_rows: list[Row]) -> None:
    """And only a tenth of the objects, rounded up, is asked about."""
    found = worth(given_rows)
    tasks = len({task for task, _, _ in given_rows})
    if found is None:
        assert tasks == 0
        return
    assert (found.objects, found.asked) == (tasks, ceil(tasks / 10))
    assert 0 <= found.now <= found.then <= 1
    assert 0 <= found.asked_now <= found.asked_then <= 1
    assert found.asked_now <= found.now + 1e-12


@example(
    [("0", "x", "c"), ("1", "v", "a"), ("2", "u", "b"), ("2", "x", "a"), ("3", "v", "b"),
     ("3", "w", "c")]
)  # fmt: skip
@given(rows)
def test_names_of_labels_do_not_matter(given_rows: list[Row]) -> None:
    """A crowd that says x for a and y for b is worth as much."""
    renamed = [
        (task, worker, label.translate({97: "x", 98: "y"})) for task, worker, label in given_rows
    ]
    one, other = worth(given_rows), worth(renamed)
    assert one is None or (other is not None and other == pytest.approx(one, abs=1e-6))


def test_good_workers_are_worth_more_than_those_who_guess() -> None:
    """Where a good crowd is split, one more answer decides; a guess decides nothing."""
    good, guesses = worth(crowd(0.85)), worth(crowd(0.5))
    assert good is not None
    assert guesses is not None
    assert good.asked_then - good.asked_now > 0.08
    assert guesses.asked_then - guesses.asked_now < 0.04


def test_what_is_sure_is_worth_nothing() -> None:
    """All agree on everything: nothing is left to gain."""
    found = worth(crowd(1.0))
    assert found is not None
    assert found.then - found.now < 1e-3


def test_known_objects_and_those_without_answers_are_not_asked_about() -> None:
    """With none left there is nothing to tell."""
    votes = Votes.from_rows(crowd(0.85))
    closed = np.zeros(len(votes.tasks), dtype=np.bool_)
    assert worth_of(votes, skill(votes), closed) is None


@needs_datasets
def test_what_is_foretold_is_seen_when_held_back_answers_are_replayed() -> None:
    """Of all labels within half a point in the mean of five real crowds, and within 2 in each."""
    found = [
        replayed
        for name in ("bluebird", "rte", "dog", "s_face", "weather_amt")
        for answers in (2, 3, 5)
        if (replayed := replay(*real_crowd(name), answers, 200)) is not None
    ]
    apart = np.array([one.foretold - one.seen for one in found])
    assert len(apart) == 15
    # Of those asked about, which are a tenth.
    assert abs(apart.mean()) <= 0.05
    assert np.abs(apart).max() <= 0.2
