"""A label that nobody gave for a task is never its label, unless gold says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.given import best_of, eligible, favour, only_given
from labelwright.consolidation.methods import METHODS, consolidate
from labelwright.consolidation.votes import Votes
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import Row, needs_datasets, rows
from tests.consolidation.real_crowds import CHOICE_SETS, real_crowd

OBJECTS = tuple("0123456")

many_labels = st.lists(
    st.tuples(st.sampled_from(OBJECTS), st.sampled_from("uvwx"), st.sampled_from("abcdefghijkl")),
    max_size=40,
)

probabilities = st.lists(
    st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=6
).map(lambda found: (np.array(found) + 1e-3) / (np.array(found) + 1e-3).sum(axis=1, keepdims=True))


def column(given_rows: list[Row], method: str) -> Column:
    """Return the votes as a field of that method."""
    field = FieldDefinition(name="f", path="f", kind=Kind.CHOICE, method=method)
    once = {row[:2]: row for row in given_rows}
    values = tuple(
        tuple(WorkerValue(worker, label) for task, worker, label in once.values() if task == name)
        for name in OBJECTS
    )
    return Column(field, (), OBJECTS, values)


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
@given(given_rows=st.one_of(rows, many_labels))
def test_no_method_makes_a_label_of_what_nobody_gave(method: str, given_rows: list[Row]) -> None:
    """Few labels or many: the value is one of the workers', and None where there is none."""
    asked = column(given_rows, method)
    for found, values in zip(consolidate(asked), asked.values, strict=True):
        assert found.value in {value.value for value in values} or (
            not values and found.value is None
        )


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
@given(given_rows=rows, known=st.sampled_from("abcz"))
def test_gold_is_the_label_of_its_task_whoever_gave_what(
    method: str, given_rows: list[Row], known: str
) -> None:
    """Also one that nobody gave; tasks without any of what gold shows keep to what was given."""
    asked = column([*given_rows, ("0", "u", "b")], method)
    found = consolidate(asked, gold={"0": known})
    assert found[0].value == known
    for result, values in zip(found[1:], asked.values[1:], strict=True):
        labels = {value.value for value in values}
        missed = known not in {value.value for value in asked.values[0]}
        shown = missed and labels & {value.value for value in asked.values[0]}
        assert result.value in labels | ({known} if shown else set()) or not values


def test_what_nobody_gave_for_it_in_gold_may_stand_where_the_same_was_given() -> None:
    """Gold calls ``c`` what all called ``a``: so may be another task, but none that got ``b``."""
    counts = np.array([[2, 0, 0], [1, 1, 0], [0, 2, 0], [0, 0, 0]])
    known = np.array([2, -1, -1, -1])
    np.testing.assert_array_equal(
        eligible(counts, known),
        [[False, False, True], [True, True, True], [False, True, False], [False, False, False]],
    )


@given(probabilities, st.integers(0, 7))
def test_no_other_label_is_as_probable_as_those_that_stand(found: np.ndarray, mask: int) -> None:
    """Rows keep their sums, and those in which nothing is wrong all of their values."""
    stands = np.tile([bool(mask & 1), bool(mask & 2), bool(mask & 4)], (len(found), 1))
    changed = found.copy()
    favour(changed, stands)
    np.testing.assert_allclose(changed.sum(axis=1), 1)
    assert (changed >= 0).all()
    for before, after, own in zip(found, changed, stands, strict=True):
        if not own.any() or (own.sum() == 1 and before[own] > before[~own].max() + 1e-3):
            np.testing.assert_array_equal(before, after)
        if own.any():
            assert np.ptp(after[own]) < 1e-12
            assert (after[~own] < after[own].min()).all()


def test_the_nearest_row_in_which_a_label_stands_shares_what_is_ahead_of_it() -> None:
    """Least squares: the label meets those ahead in their mean, and leaves the others alone."""
    found = np.array([[0.5, 0.3, 0.2], [0.25, 0.25, 0.5]])
    favour(found, best_of(found, np.array([[False, True, True], [True, True, False]])))
    np.testing.assert_allclose(found, [[0.4, 0.4, 0.2], [1 / 3, 1 / 3, 1 / 3]], atol=1e-5)


@needs_datasets
@pytest.mark.parametrize("name", CHOICE_SETS)
def test_textbook_dawid_skene_is_changed_only_where_nobody_gave_its_label(name: str) -> None:
    """All other rows stay, to the bit."""
    votes, _ = real_crowd(name)
    unknown = np.full(len(votes.tasks), -1)
    textbook = dawid_skene(votes)
    found = only_given(votes, unknown, textbook)
    given_some = votes.counts()[np.arange(len(unknown)), textbook.label] > 0
    np.testing.assert_array_equal(found.posteriors[given_some], textbook.posteriors[given_some])
    assert (votes.counts()[np.arange(len(unknown)), found.label] > 0).all()


def test_a_result_of_given_labels_is_the_same_object() -> None:
    """Nothing is copied where nothing changes."""
    votes = Votes.from_rows([("s", "v", "a"), ("s", "w", "a"), ("t", "v", "b")])
    found = dawid_skene(votes)
    assert only_given(votes, np.full(2, -1), found) is found
