"""Dawid-Skene and majority vote on votes in columns."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.votes import Votes
from tests.consolidation.crowds import golds, rows


@given(rows)
def test_the_log_likelihood_never_falls(given_rows: list[tuple[str, str, str]]) -> None:
    """EM climbs, iteration by iteration."""
    trace = dawid_skene(Votes.from_rows(given_rows)).log_likelihood
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(trace))


@given(rows)
def test_posteriors_are_probabilities(given_rows: list[tuple[str, str, str]]) -> None:
    """Rows sum to one, and confusion matrices too."""
    votes = Votes.from_rows(given_rows, tasks=tuple("0123456789"))
    result = dawid_skene(votes)
    voted = np.isin(np.arange(10), votes.task)
    sums = result.posteriors.sum(axis=1)
    np.testing.assert_allclose(sums, voted.astype(float), atol=1e-9)
    np.testing.assert_allclose(result.confusion.sum(axis=2), 1, atol=1e-9)
    assert ((result.label == -1) == ~voted).all()


@given(rows, st.randoms())
def test_the_order_of_rows_never_matters(
    given_rows: list[tuple[str, str, str]], random: object
) -> None:
    """Votes are a set: shuffled, they give the same labels."""
    once = list(
        {(task, worker): (task, worker, label) for task, worker, label in given_rows}.values()
    )
    shuffled = once[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    tasks = tuple("0123456")
    for method in (majority, dawid_skene):
        first = method(Votes.from_rows(once, tasks))
        second = method(Votes.from_rows(shuffled, tasks))
        np.testing.assert_allclose(first.posteriors, second.posteriors, atol=1e-9)


def test_a_worker_votes_once_a_task_and_the_last_vote_counts() -> None:
    """A second answer replaces the first."""
    votes = Votes.from_rows([("t", "w", "a"), ("t", "w", "b")])
    assert [votes.labels[i] for i in votes.label] == ["b"]


def test_no_votes_at_all_give_no_labels() -> None:
    """Empty in, empty out."""
    for method in (majority, dawid_skene):
        result = method(Votes.from_rows([], tasks=("t",)))
        assert result.label.tolist() == [-1]
        assert result.confidence.tolist() == [0.0]


def test_a_worker_who_is_always_wrong_is_read_the_other_way_round() -> None:
    """A liar among three honest workers tells as much as they do."""
    truth = ["a", "b"] * 20
    other = {"a": "b", "b": "a"}
    votes = Votes.from_rows(
        [
            (str(task), worker, other[true] if worker == "liar" else true)
            for task, true in enumerate(truth)
            for worker in ("x", "y", "z", "liar")
        ]
    )
    result = dawid_skene(votes)
    liar = votes.workers.index("liar")
    np.testing.assert_allclose(result.confusion[liar], [[0, 1], [1, 0]], atol=1e-6)
    assert result.converged


def test_declared_labels_that_nobody_gives_change_nothing_and_cost_nothing() -> None:
    """Of a thousand labels three occur; those of 300 workers make matrices of 2.4 GB on demand."""
    given_rows = [
        (str(task), f"{(task + i) % 300:03}", f"l{(task + (i == 2) * (task % 2)) % 3}")
        for task in range(600)
        for i in range(3)
    ]
    declared = tuple(f"l{i}" for i in range(1000))
    few, many = (dawid_skene(Votes.from_rows(given_rows, None, some)) for some in ((), declared))
    np.testing.assert_array_equal(few.posteriors, many.posteriors[:, :3])
    assert many.posteriors.shape == (600, 1000)
    np.testing.assert_array_equal(few.class_prior, many.class_prior[:3])
    np.testing.assert_array_equal(few.rates, many.rates)


@given(rows)
def test_a_true_label_that_never_occurs_tells_nothing(
    given_rows: list[tuple[str, str, str]],
) -> None:
    """A worker's row of it is even over what the worker gave, like every row it never met."""
    votes = Votes.from_rows(given_rows, labels=("a", "b", "c", "never"))
    confusion = dawid_skene(votes).confusion
    gave = np.zeros((len(votes.workers), 4))
    gave[votes.worker, votes.label] = 1
    np.testing.assert_allclose(confusion[:, 3], gave / gave.sum(axis=1, keepdims=True))


@given(rows, golds)
def test_known_labels_stay_as_they_are(
    given_rows: list[tuple[str, str, str]], gold: dict[str, str]
) -> None:
    """Gold pins a task's posterior, and the log-likelihood still never falls."""
    votes, known = Votes.from_rows(given_rows, tasks=tuple("0123456789")).known(gold)
    result = dawid_skene(votes, known)
    pinned = np.flatnonzero(known >= 0)
    assert (result.label[pinned] == known[pinned]).all()
    trace = result.objective
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(trace))
