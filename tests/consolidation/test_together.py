"""Whether workers err together, and where that is told."""

import numpy as np
import pytest
from hypothesis import given

from labelwright.answers.columns import AnsweredObject
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.choice_column import ChoiceResults, column_of
from labelwright.consolidation.methods import results_of
from labelwright.consolidation.together import errors_together
from labelwright.consolidation.votes import Votes
from labelwright.label.notes import ERR_TOGETHER, notes_on
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import Row, needs_datasets, rows
from tests.consolidation.real_crowds import real_crowd


def crowd(n_labels: int, answers: int, hard: float, seed: int, tasks: int = 400) -> Votes:
    """Return votes of 30 workers; of hard tasks each is wrong more often than not, and alike."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_labels, tasks)
    is_hard = rng.random(tasks) < hard
    skilled = rng.beta(12, 3, 30)
    worker = np.argsort(rng.random((tasks, 30)), axis=1)[:, :answers].reshape(-1)
    task = np.repeat(np.arange(tasks), answers)
    right = rng.random(len(task)) < np.where(is_hard[task], 0.45, skilled[worker])
    step = np.where(is_hard[task], 1, rng.integers(1, n_labels, len(task)))
    label = np.where(right, truth[task], (truth[task] + step) % n_labels)
    names = tuple(f"{i:03}" for i in range(tasks))
    return Votes.from_codes((names, names[:30], names[:n_labels]), (task, worker, label))


@pytest.mark.parametrize("answers", [3, 5, 9, 20])
@pytest.mark.parametrize("n_labels", [2, 3, 10])
def test_of_workers_who_err_alone_nothing_is_told(n_labels: int, answers: int) -> None:
    """Whatever their number and that of labels: not once in four crowds."""
    for seed in range(4):
        votes = crowd(n_labels, answers, hard=0, seed=seed)
        for method in (skill, majority):
            assert not errors_together(votes, method(votes).label).misfit


@pytest.mark.parametrize("n_labels", [2, 3, 10])
def test_workers_who_err_together_are_found_out(n_labels: int) -> None:
    """Where a third of the tasks mislead all, and answers are many enough to tell."""
    for seed in range(4):
        votes = crowd(n_labels, 20, hard=0.35, seed=seed)
        assert errors_together(votes, skill(votes).label).misfit


def test_too_few_tasks_or_answers_tell_nothing() -> None:
    """A batch alone, or two answers a task."""
    few = crowd(2, 20, hard=0.35, seed=0, tasks=60)
    assert errors_together(few, skill(few).label).ratio > 1.25
    assert not errors_together(few, skill(few).label).misfit
    two = crowd(2, 2, hard=0.35, seed=0)
    assert errors_together(two, skill(two).label) == (0.0, 0.0, 0)


@given(rows)
def test_any_votes_have_a_ratio(given_rows: list[Row]) -> None:
    """A number, none below 0."""
    votes = Votes.from_rows(given_rows)
    found = errors_together(votes, majority(votes).label)
    assert 0 <= found.ratio < np.inf
    assert 0 <= found.error < np.inf
    assert not found.misfit


def test_labels_on_which_workers_differ_tell_it() -> None:
    """The others do not, nor does a field in which workers err alone."""
    field = FieldDefinition(name="f", path="f", kind=Kind.CHOICE)
    told = {}
    for hard in (0.0, 0.35):
        votes = crowd(3, 20, hard, seed=1)
        results = results_of(column_of(field, votes, votes.labels))
        assert isinstance(results, ChoiceResults)
        problems = [list(notes_on(found, "f", AnsweredObject("0", (), ()))) for found in results]
        differ = [len(found.votes or {}) > 1 for found in results]
        told[hard] = [bool(found) for found in problems]
        assert told[hard] == (differ if hard else [False] * len(differ))
    assert {found.code for own in problems for found in own} == {ERR_TOGETHER}


@needs_datasets
@pytest.mark.parametrize(
    ("name", "together"),
    [("rte", False), ("aws_birds", False), ("bluebird", True), ("weather_amt", True)],
)
def test_real_crowds_differ_in_it(name: str, together: bool) -> None:
    """Textual entailment is erred on alone, shades of the weather together."""
    votes, _ = real_crowd(name)
    assert errors_together(votes, skill(votes).label).misfit == together
