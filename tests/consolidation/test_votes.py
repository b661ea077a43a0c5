"""Votes in columns."""

import csv

import numpy as np
import pytest
from hypothesis import given

from labelwright.consolidation.votes import Votes
from tests.consolidation.crowds import Row, rows


@given(rows)
def test_votes_are_what_the_rows_say(given_rows: list[Row]) -> None:
    """Every vote stands once, the last of a task and worker, whatever came before."""
    votes = Votes.from_rows(given_rows)
    found = {
        (votes.tasks[t], votes.workers[w]): votes.labels[c]
        for t, w, c in zip(votes.task, votes.worker, votes.label, strict=True)
    }
    assert found == {(task, worker): label for task, worker, label in given_rows}
    assert len(votes.task) == len(found)
    assert set(votes.labels) == set(found.values())


@given(rows)
def test_votes_are_in_the_order_of_workers_and_tasks(given_rows: list[Row]) -> None:
    """So that what belongs to a worker lies together."""
    votes = Votes.from_rows(given_rows)
    places = list(zip(votes.worker.tolist(), votes.task.tolist(), strict=True))
    assert places == sorted(places)


def test_rows_come_straight_from_a_csv_reader() -> None:
    """Lists of three strings are rows."""
    votes = Votes.from_rows(csv.reader(["t,v,owl", "t,w,falcon"]), labels=("owl",))
    assert (votes.tasks, votes.workers, votes.labels) == (("t",), ("v", "w"), ("owl", "falcon"))
    np.testing.assert_array_equal(votes.counts(), [[1, 1]])


@pytest.mark.parametrize("bad", [[("t", "w", "a"), ("t", "w")], [("t", "w")]])
def test_a_row_without_three_columns_is_an_error(bad: list[tuple[str, ...]]) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="three columns"):
        Votes.from_rows(bad)


def test_a_task_that_is_not_among_the_tasks_is_an_error() -> None:
    """Given tasks are all tasks."""
    with pytest.raises(KeyError):
        Votes.from_rows([("t", "w", "a")], tasks=("u",))


def test_columns_of_different_lengths_are_an_error() -> None:
    """A value without its vote has no meaning."""
    with pytest.raises(ValueError, match="one length"):
        Votes.from_columns(["t"], ["w"], [])


def test_known_labels_join_the_vocabulary() -> None:
    """A true label that nobody gave can be known; of unknown tasks nothing is said."""
    votes, known = Votes.from_rows([("t", "w", "b"), ("u", "w", "c")]).known({"t": "a", "x": "z"})
    assert (votes.labels, known.tolist()) == (("b", "c", "a"), [2, -1])
