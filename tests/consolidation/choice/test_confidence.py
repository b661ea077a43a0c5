"""How sure labels are: what votes are worth, and what is known of workers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.choice.confidence import (
    design_effect,
    most_correlation,
    usual_effect,
)
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Indices, Votes
from tests.consolidation.crowds import Row, rows
from tests.consolidation.real_crowds import calibration_error

numbers = st.integers(1, 60).map(lambda most: np.arange(most + 1))


def independent(n_labels: int, answers: int, seed: int = 0) -> tuple[Votes, Indices]:
    """Return a crowd of 40 good workers who err alone, in 600 tasks, and the true labels."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_labels, 600)
    accuracy = rng.beta(8, 2, 40)
    worker = np.argsort(rng.random((600, 40)), axis=1)[:, :answers].reshape(-1)
    task = np.repeat(np.arange(600), answers)
    wrong = (truth[task] + rng.integers(1, n_labels, len(task))) % n_labels
    label = np.where(rng.random(len(task)) < accuracy[worker], truth[task], wrong)
    names = tuple(f"{i:03}" for i in range(600))
    votes = Votes.from_codes((names, names[:40], names[:n_labels]), (task, worker, label))
    return votes, truth.astype(np.int32)


@given(numbers, st.floats(0, 1))
def test_more_answers_are_worth_more_and_one_is_worth_one(answers: np.ndarray, most: float) -> None:
    """However they correlate, unless that is wholly: then all are worth one between them."""
    effect = design_effect(answers, most)
    assert effect[:2].tolist() == [1.0] * len(effect[:2])
    assert (np.diff(np.maximum(answers, 1) / effect) >= -1e-9).all()
    assert (effect <= np.maximum(answers, 1) + 1e-9).all()
    assert (design_effect(answers, 1.0) >= usual_effect(answers) - 1e-9).all()


@given(rows)
def test_a_correlation_is_one(given_rows: list[Row]) -> None:
    """Between 0 and 1, and 0 where no task has two votes."""
    votes = Votes.from_rows(given_rows, labels=tuple("abc"))
    logs = np.log(votes.counts() + 0.5)
    right = np.full((len(votes.workers), 3), 0.7)
    known = np.full(len(votes.tasks), -1)
    found = most_correlation(votes, votes.label.astype(np.int64), known, logs, right)
    assert 0 <= found <= 1
    if (np.bincount(votes.task, minlength=1) < 2).all():
        assert found == 0


def test_workers_who_err_alone_leave_less_room_than_workers_who_err_together() -> None:
    """The same share of a third label: spread over tasks, or all on a fifth of them."""
    found = []
    for together in (False, True):
        given_rows = [
            (f"{t:03}", f"w{w}", "c" if (t if together else t + w) % 5 == 0 else "ab"[t % 2])
            for t in range(100)
            for w in range(5)
        ]
        votes = Votes.from_rows(given_rows, labels=("a", "b", "c"))
        right = np.full((5, 3), 0.8)
        logs = np.log(votes.counts() + 0.1) * 5
        known = np.full(100, -1)
        found.append(most_correlation(votes, votes.label.astype(np.int64), known, logs, right))
    assert found[0] < found[1]


def test_the_order_of_many_tasks_does_not_matter() -> None:
    """Some of them tell how far votes correlate: which, their names say."""
    rng = np.random.default_rng(0)
    given_rows = [
        (f"{t}", f"w{(t + i) % 7}", "ab"[int(rng.random() < 0.3 + 0.4 * (t % 2))])
        for t in range(9_000)
        for i in range(3)
    ]
    first, second = Votes.from_rows(given_rows), Votes.from_rows(given_rows[::-1])
    place = {name: i for i, name in enumerate(second.tasks)}
    order = [place[name] for name in first.tasks]
    np.testing.assert_allclose(
        skill(first).posteriors, skill(second).posteriors[order], rtol=0, atol=1e-9
    )


@pytest.mark.parametrize("n_labels", [2, 5, 10, 30])
@pytest.mark.parametrize("answers", [2, 3, 5])
def test_confidence_is_near_accuracy_however_many_labels_there_are(
    n_labels: int, answers: int
) -> None:
    """Though workers err alone here, of which it can't be sure: so it is rather too low."""
    votes, truth = independent(n_labels, answers)
    found = skill(votes)
    assert calibration_error(found.posteriors, truth) <= 0.12
    assert found.confidence.mean() <= (found.label == truth).mean() + 0.05
