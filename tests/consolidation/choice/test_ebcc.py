"""The method that allows for workers who err together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.choice.ebcc import ebcc
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.methods import consolidate, learns
from labelwright.consolidation.votes import Votes
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import Row, golds, needs_datasets, rows
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    accuracy,
    calibration_error,
    real_crowd,
    sample,
)

TASKS = tuple("0123456789")

many_labels = st.lists(
    st.tuples(st.sampled_from("0123456"), st.sampled_from("uvwx"), st.sampled_from("abcdefghijkl")),
    max_size=40,
)


@given(st.one_of(rows, many_labels), golds)
def test_the_lower_bound_never_falls(given_rows: list[Row], gold: dict[str, str]) -> None:
    """Every step climbs, with few labels or many, whatever is known beforehand."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    trace = ebcc(votes, known, tolerance=-np.inf, max_iterations=30).objective
    assert all(later >= earlier - 1e-7 for earlier, later in pairwise(trace))


@given(st.one_of(rows, many_labels), golds)
def test_posteriors_are_probabilities(given_rows: list[Row], gold: dict[str, str]) -> None:
    """Rows sum to one where anything is known, and to nothing elsewhere."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    result = ebcc(votes, known)
    told = np.isin(np.arange(10), votes.task) | (known >= 0)
    np.testing.assert_allclose(result.posteriors.sum(axis=1), told.astype(float), atol=1e-9)
    assert ((result.label == -1) == ~told).all()
    assert result.converged


@given(rows, st.randoms())
def test_neither_the_order_of_rows_nor_of_tasks_matters(
    given_rows: list[Row], random: object
) -> None:
    """Votes are a set: shuffled, they give the same posteriors, to the last bit."""
    once = list({row[:2]: row for row in given_rows}.values())
    shuffled = once[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for some in (once, shuffled):
        votes = Votes.from_rows(some)
        found.append(dict(zip(votes.tasks, ebcc(votes).posteriors.tolist(), strict=True)))
    assert found[0] == found[1]


@given(rows, golds)
def test_a_known_label_is_the_label(given_rows: list[Row], gold: dict[str, str]) -> None:
    """Gold pins the posterior, also of tasks that nobody answered or all got wrong."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    result = ebcc(votes, known)
    assert (result.label[known >= 0] == known[known >= 0]).all()
    assert (result.confidence[known >= 0] == 1).all()


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=30), st.integers(1, 5))
def test_with_one_answer_a_task_every_vote_stands(labels: list[str], workers: int) -> None:
    """Nothing tells skill from luck, so the labels are those of the vote."""
    votes = Votes.from_rows(
        [(str(task), str(task % workers), label) for task, label in enumerate(labels)]
    )
    result = ebcc(votes)
    np.testing.assert_array_equal(result.label, majority(votes).label)
    assert result.objective == ()
    assert result.converged
    assert not result.tie.any()


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_a_single_worker_is_believed(labels: list[str]) -> None:
    """Nobody contradicts."""
    votes = Votes.from_rows([(str(task), "w", label) for task, label in enumerate(labels)])
    assert [votes.labels[i] for i in ebcc(votes).label] == labels


def test_where_all_give_one_label_there_is_no_doubt() -> None:
    """One class leaves nothing to decide."""
    result = ebcc(Votes.from_rows([("s", "v", "a"), ("s", "w", "a"), ("t", "w", "a")]))
    assert (result.label.tolist(), result.confidence.tolist()) == ([0, 0], [1.0, 1.0])


def test_no_votes_at_all_give_no_labels() -> None:
    """Empty in, empty out."""
    result = ebcc(Votes.from_rows([], tasks=("t",), labels=("a", "b")))
    assert (result.label.tolist(), result.confidence.tolist()) == ([-1], [0.0])
    assert ebcc(Votes.from_rows([])).posteriors.shape == (0, 0)


def test_declared_labels_that_nobody_gives_change_nothing() -> None:
    """Of a thousand labels, the three that occur are consolidated as if they were all."""
    given_rows = [
        (str(task), worker, f"l{(task + (worker == 'w') * (task % 2)) % 3}")
        for task in range(12)
        for worker in "uvwx"
    ]
    declared = tuple(f"l{i}" for i in range(1000))
    few, many = (ebcc(Votes.from_rows(given_rows, None, some)) for some in ((), declared))
    np.testing.assert_array_equal(few.posteriors, many.posteriors[:, :3])
    assert many.posteriors.shape == (12, 1000)
    assert many.class_prior.sum() == pytest.approx(1)


def test_workers_who_answer_always_the_same_stay_outvoted() -> None:
    """Two who never vary agree with each other on everything, and win nothing by it."""
    votes = Votes.from_rows(
        [
            (str(task), worker, "a" if worker.startswith("lazy") else "ab"[task % 2])
            for task in range(20)
            for worker in ("u", "v", "w", "lazy", "lazy too")
        ]
    )
    assert [votes.labels[i] for i in ebcc(votes).label] == ["a", "b"] * 10


def test_gold_turns_a_crowd_of_liars_round() -> None:
    """All swap two labels; with half of the truth known, the other half is found."""
    other = {"a": "b", "b": "a"}
    truth = {str(task): "ab"[task % 2] for task in range(40)}
    votes = Votes.from_rows(
        [(task, worker, other[label]) for task, label in truth.items() for worker in "uvw"]
    )
    votes, known = votes.known({task: truth[task] for task in list(truth)[:20]})
    assert [votes.labels[i] for i in ebcc(votes, known).label] == list(truth.values())


def test_workers_who_err_together_take_over_less_than_from_skill() -> None:
    """Three who share an opinion look skilled to each other; four better ones err alone."""
    gains = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 2, 300)
        opinion = np.where(rng.random(300) < 0.7, truth, 1 - truth)
        answers = [np.where(rng.random(300) < 0.9, opinion, 1 - opinion) for _ in range(3)]
        answers += [np.where(rng.random(300) < 0.85, truth, 1 - truth) for _ in range(4)]
        votes = Votes.from_rows(
            [(str(t), str(w), "ab"[said[t]]) for w, said in enumerate(answers) for t in range(300)],
            tuple(map(str, range(300))),
        )
        right = truth.astype(np.int32)
        gains.append(
            accuracy(ebcc(votes).posteriors, right) - accuracy(skill(votes).posteriors, right)
        )
    assert np.mean(gains) > 0.03


def test_a_field_of_kind_choice_can_have_it() -> None:
    """By its name, and earlier batches inform it."""
    field = FieldDefinition(name="f", path="f", kind=Kind.CHOICE, method="ebcc")
    values = ((WorkerValue("u", "owl"), WorkerValue("v", "owl"), WorkerValue("w", "hawk")), ())
    found = consolidate(Column(field, (), ("0", "1"), values))
    assert [result.value for result in found] == ["owl", None]
    assert learns(field)


@needs_datasets
def test_mean_accuracy_on_real_crowds_is_that_of_the_published_comparison() -> None:
    """The table has .823, less .003 for chance; confidence is as far off as ``skill`` may be."""
    crowds = [real_crowd(name) for name in CHOICE_SETS]
    found = [(ebcc(votes).posteriors, truth) for votes, truth in crowds]
    assert np.mean([accuracy(*one) for one in found]) >= 0.82
    assert np.mean([calibration_error(*one) for one in found]) <= 0.07


@needs_datasets
@pytest.mark.parametrize(("answers", "least"), [(1, 0.697), (2, 0.716), (3, 0.764), (5, 0.775)])
def test_mean_accuracy_holds_with_few_answers(answers: int, least: float) -> None:
    """On samples of one to five answers a task: the best of the published table, less .003."""
    names = [name for name in CHOICE_SETS if name != "trec" and (name, answers) != ("aws_birds", 5)]
    found = [
        accuracy(ebcc(sample(votes, answers, seed)).posteriors, truth)
        for votes, truth in map(real_crowd, names)
        for seed in range(5)
    ]
    assert np.mean(found) >= least
