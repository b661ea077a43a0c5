"""The method that learns skill."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.prior import identified, worker_accuracy
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import Indices, Votes
from tests.consolidation.crowds import Row, golds, needs_datasets, rows
from tests.consolidation.real_crowds import (
    CHOICE_SETS,
    accuracy,
    calibration_error,
    real_crowd,
    sample,
)

TASKS = tuple("0123456789")


@given(rows, golds)
def test_the_log_posterior_never_falls(given_rows: list[Row], gold: dict[str, str]) -> None:
    """EM climbs, iteration by iteration, whatever is known beforehand."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    trace = skill(votes, known, tolerance=-np.inf, max_iterations=30).objective
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(trace))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("0123456"), st.sampled_from("uvwx"), st.sampled_from("abcdefghijkl")
        ),
        max_size=40,
    )
)
def test_the_log_posterior_never_falls_where_labels_are_left_out(given_rows: list[Row]) -> None:
    """With more labels than are kept for every task, the others are a fixed part of the mixture."""
    many = [(task, "z", label) for task, label in zip(TASKS, "abcdefghij", strict=True)]
    votes = Votes.from_rows([*given_rows, *many], TASKS)
    trace = skill(votes, tolerance=-np.inf, max_iterations=30).objective
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(trace))


@given(rows, golds)
def test_posteriors_are_probabilities(given_rows: list[Row], gold: dict[str, str]) -> None:
    """Rows sum to one where anything is known, and those of confusion matrices too."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    result = skill(votes, known)
    told = np.isin(np.arange(10), votes.task) | (known >= 0)
    np.testing.assert_allclose(result.posteriors.sum(axis=1), told.astype(float), atol=1e-9)
    assert ((result.label == -1) == ~told).all()
    seen = np.isin(np.arange(len(votes.labels)), np.concatenate([votes.label, known]))
    sums = np.broadcast_to(seen.astype(float), (len(votes.workers), len(votes.labels)))
    np.testing.assert_allclose(result.confusion.sum(axis=2), sums, atol=1e-9)


@given(rows, st.randoms())
def test_the_order_of_rows_never_matters(given_rows: list[Row], random: object) -> None:
    """Votes are a set: shuffled, they give the same posteriors."""
    once = list({row[:2]: row for row in given_rows}.values())
    shuffled = once[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (skill(Votes.from_rows(some, TASKS)) for some in (once, shuffled))
    np.testing.assert_array_equal(first.posteriors, second.posteriors)


@given(rows, golds)
def test_a_known_label_is_the_label(given_rows: list[Row], gold: dict[str, str]) -> None:
    """Gold pins the posterior, also of tasks that nobody answered or all got wrong."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    result = skill(votes, known)
    assert {
        votes.tasks[task]: votes.labels[result.label[task]] for task in np.flatnonzero(known >= 0)
    } == gold
    assert (result.confidence[known >= 0] == 1).all()


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(1, 5))
def test_with_one_answer_a_task_every_vote_stands(labels: list[str], workers: int) -> None:
    """Skill can't be told apart from luck, so nothing overrules anybody."""
    votes = Votes.from_rows(
        [(str(task), str(task % workers), label) for task, label in enumerate(labels)]
    )
    result = skill(votes)
    assert [votes.labels[i] for i in result.label] == labels
    assert result.objective == ()


def test_declared_labels_that_nobody_gives_change_nothing() -> None:
    """Of a thousand labels, the three that occur are consolidated as if they were all."""
    given_rows = [
        (str(task), worker, f"l{(task + (worker == 'w') * (task % 2)) % 3}")
        for task in range(12)
        for worker in "uvwx"
    ]
    declared = tuple(f"l{i}" for i in range(1000))
    few, many = (
        skill(Votes.from_rows(given_rows)),
        skill(Votes.from_rows(given_rows, None, declared)),
    )
    np.testing.assert_array_equal(few.posteriors, many.posteriors[:, :3])
    assert many.posteriors.shape == (12, 1000)
    np.testing.assert_array_equal(few.confusion, many.confusion[:, :3, :3])


def test_no_votes_at_all_give_no_labels() -> None:
    """Empty in, empty out."""
    result = skill(Votes.from_rows([], tasks=("t",), labels=("a", "b")))
    assert (result.label.tolist(), result.confidence.tolist()) == ([-1], [0.0])
    assert skill(Votes.from_rows([])).posteriors.shape == (0, 0)


def test_where_all_give_one_label_there_is_no_doubt() -> None:
    """One class leaves nothing to decide."""
    result = skill(Votes.from_rows([("s", "v", "a"), ("s", "w", "a"), ("t", "w", "a")]))
    assert (result.label.tolist(), result.confidence.tolist()) == ([0, 0], [1.0, 1.0])


def test_workers_who_never_agree_leave_ties() -> None:
    """Three workers, three labels, each task another way round: nobody is right or wrong."""
    votes = Votes.from_rows(
        [(str(task), str(w), "abc"[(task + w) % 3]) for task in range(9) for w in range(3)]
    )
    result = skill(votes)
    assert result.tie.all()
    assert result.label.tolist() == [0] * 9


def test_a_worker_who_answers_always_the_same_is_outvoted_on_everything_else() -> None:
    """What never varies tells nothing, two good workers are believed against it."""
    votes = Votes.from_rows(
        [
            (str(task), worker, "a" if worker.startswith("lazy") else "ab"[task % 2])
            for task in range(20)
            for worker in ("u", "v", "w", "lazy", "lazy too", "lazy three")
        ]
    )
    result = skill(votes)
    assert [votes.labels[i] for i in result.label] == ["a", "b"] * 10


def test_gold_turns_a_crowd_of_liars_round() -> None:
    """All swap two labels; with half of the truth known, the other half is found."""
    other = {"a": "b", "b": "a"}
    truth = {str(task): "ab"[task % 2] for task in range(40)}
    votes = Votes.from_rows(
        [(task, worker, other[label]) for task, label in truth.items() for worker in "uvw"]
    )
    votes, known = votes.known({task: truth[task] for task in list(truth)[:20]})
    result = skill(votes, known)
    assert [votes.labels[i] for i in result.label] == list(truth.values())


@given(rows, golds)
def test_votes_tell_as_much_as_has_a_third_answer_or_a_known_label(
    given_rows: list[Row], gold: dict[str, str]
) -> None:
    """Two answers a task tell nothing by themselves; what is told never reaches all."""
    votes, known = Votes.from_rows(given_rows, TASKS).known(gold)
    answers = np.bincount(votes.task, minlength=len(votes.tasks))
    told = identified(votes, answers, known.astype(np.int64), len(votes.labels))
    assert 0 <= told < 1
    tells = ((answers > 2) | ((known >= 0) & (answers > 0))).any()
    assert (told > 0) == (bool(tells) and len(votes.labels) > 1)


def skewed_crowd(answers: int, workers: int, tasks: int = 4000) -> tuple[Votes, Indices]:
    """Return votes on tasks of which one in ten is the rare label, and the true labels.

    Workers miss the rare label more often than they give it wrongly, so its votes mislead.
    """
    rng = np.random.default_rng(0)
    truth = (rng.random(tasks) < 0.1).astype(np.int32)
    right = np.stack([rng.beta(9, 2, workers), rng.beta(6, 3, workers)], axis=1)
    given_by = np.argsort(rng.random((tasks, workers)), axis=1)[:, :answers].reshape(-1)
    task = np.repeat(np.arange(tasks), answers)
    hit = rng.random(len(task)) < right[given_by, truth[task]]
    label = np.where(hit, truth[task], 1 - truth[task])
    names = tuple(f"{i:05}" for i in range(max(tasks, workers)))
    votes = Votes.from_codes(
        (names[:tasks], names[:workers], ("0", "1")), (task, given_by.astype(np.int64), label)
    )
    return votes, truth


def test_where_votes_tell_the_restraints_give_way() -> None:
    """With hundreds of answers a worker, the shares of labels and the labels are learnt."""
    votes, truth = skewed_crowd(answers=5, workers=50)
    result = skill(votes)
    to_its_end = skill(votes, tolerance=2e-6)
    assert to_its_end.class_prior[1] == pytest.approx(truth.mean(), abs=0.02)
    assert result.class_prior[1] == pytest.approx(truth.mean(), abs=0.03)
    textbook = accuracy(dawid_skene(votes).posteriors, truth)
    assert accuracy(to_its_end.posteriors, truth) >= textbook - 0.001
    assert accuracy(result.posteriors, truth) >= textbook - 0.005
    assert accuracy(result.posteriors, truth) > accuracy(majority(votes).posteriors, truth) + 0.01


def test_with_two_answers_a_task_the_class_prior_stays_with_the_vote() -> None:
    """However many tasks there are, the shares of labels can't be told from workers' errors."""
    votes, _ = skewed_crowd(answers=2, workers=50)
    once, converged = skill(votes, max_iterations=1), skill(votes)
    assert len(converged.objective) > 2
    np.testing.assert_array_equal(once.class_prior, converged.class_prior)


def test_accuracy_is_told_by_agreement() -> None:
    """The worker who contradicts the others comes out below them, all within 0 and 1."""
    votes = Votes.from_rows(
        [
            (str(task), worker, "ab"[(task + (worker == "odd")) % 2])
            for task in range(30)
            for worker in ("u", "v", "w", "odd")
        ]
    )
    counts, label = votes.counts().astype(np.int64), votes.label.astype(np.int64)
    answers = np.bincount(votes.task, minlength=len(votes.tasks))
    told = worker_accuracy(votes, counts, answers, label)
    found = dict(zip(votes.workers, told, strict=True))
    assert 0 < found["odd"] < 0.5 < found["u"] == found["v"] < 1


@needs_datasets
@pytest.mark.parametrize("name", CHOICE_SETS)
def test_on_real_crowds_it_is_never_much_worse_than_the_vote(name: str) -> None:
    """Half a point at most with all answers; on most sets it is better."""
    votes, truth = real_crowd(name)
    vote = accuracy(majority(votes).posteriors, truth)
    assert accuracy(skill(votes).posteriors, truth) >= vote - 0.005


@needs_datasets
@pytest.mark.parametrize("name", CHOICE_SETS)
def test_with_workers_left_out_it_is_never_much_worse_than_the_vote(name: str) -> None:
    """A point at most in the mean of crowds of two thirds of the workers."""
    whole, truth = real_crowd(name)
    gains = []
    for seed in range(4):
        stays = np.random.default_rng(seed).random(len(whole.workers)) < 2 / 3
        kept = stays[whole.worker]
        votes = replace(
            whole, task=whole.task[kept], worker=whole.worker[kept], label=whole.label[kept]
        )
        found, vote = skill(votes).posteriors, majority(votes).posteriors
        told = np.where(np.isin(np.arange(len(truth)), votes.task), truth, -1).astype(np.int32)
        gains.append(accuracy(found, told) - accuracy(vote, told))
    assert np.mean(gains) >= -0.01


@needs_datasets
def test_mean_accuracy_on_real_crowds_is_that_of_the_best_known_method() -> None:
    """The best single method of the published comparison has .825."""
    crowds = [real_crowd(name) for name in CHOICE_SETS]
    assert np.mean([accuracy(skill(votes).posteriors, truth) for votes, truth in crowds]) >= 0.825


@needs_datasets
@pytest.mark.parametrize(("answers", "least"), [(1, 0.697), (2, 0.716), (3, 0.764), (5, 0.775)])
def test_mean_accuracy_holds_with_few_answers(answers: int, least: float) -> None:
    """On samples of one to five answers a task: the best known method, less .003."""
    names = [name for name in CHOICE_SETS if name != "trec" and (name, answers) != ("aws_birds", 5)]
    found = [
        accuracy(skill(sample(votes, answers, seed)).posteriors, truth)
        for votes, truth in map(real_crowd, names)
        for seed in range(5)
    ]
    assert np.mean(found) >= least


@needs_datasets
def test_amazons_birds_are_told_apart_at_least_as_well_as_in_their_article() -> None:
    """Theirs has 273 of 302 right."""
    votes, truth = real_crowd("aws_birds")
    assert round(accuracy(skill(votes).posteriors, truth) * len(truth)) >= 275


@needs_datasets
def test_confidence_means_probability() -> None:
    """On real crowds it is less than half as far from accuracy as crowd-kit's, which has .158."""
    crowds = [real_crowd(name) for name in CHOICE_SETS]
    errors = [calibration_error(skill(votes).posteriors, truth) for votes, truth in crowds]
    assert np.mean(errors) <= 0.07


@needs_datasets
@pytest.mark.parametrize("answers", [2, 3])
def test_confidence_means_probability_with_few_answers(answers: int) -> None:
    """In the mean, and with ten kinds of birds."""
    errors = {
        name: np.mean(
            [
                calibration_error(skill(sample(votes, answers, seed)).posteriors, truth)
                for seed in range(5)
            ]
        )
        for name in CHOICE_SETS
        if name != "trec"
        for votes, truth in [real_crowd(name)]
    }
    assert np.mean(list(errors.values())) <= 0.09
    assert errors["aws_birds"] <= 0.1
