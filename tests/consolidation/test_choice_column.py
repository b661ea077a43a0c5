"""A choice as a column: values and results that are made when they are asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column
from labelwright.consolidation.choice_column import (
    ChoiceResults,
    VoteRows,
    column_of,
    votes_of,
)
from labelwright.consolidation.methods import METHODS, consolidate, results_of
from labelwright.consolidation.votes import Votes
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import Row, rows


def choice(given: list[Row], method: str | None = None) -> Column:
    """Make a column of rows, backed by votes."""
    votes = Votes.from_rows(given)
    field = FieldDefinition(name="f", path="f", kind=Kind.CHOICE, method=method)
    return column_of(field, votes, votes.labels)


@given(rows)
def test_values_are_those_of_the_votes(given: list[Row]) -> None:
    """A column backed by votes, and the same one with all its values, have the same votes."""
    lazy = choice(given)
    whole = lazy._replace(values=tuple(lazy.values))
    assert isinstance(lazy.values, VoteRows)
    one, other = votes_of(lazy), votes_of(whole)
    assert (one.tasks, one.workers, one.labels) == (other.tasks, other.workers, other.labels)
    for name in ("task", "worker", "label"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
@given(rows)
def test_results_do_not_depend_on_what_backs_a_column(method: str, given: list[Row]) -> None:
    """Nor on whether they are made one by one or all at once."""
    lazy = choice(given, method)
    whole = lazy._replace(values=tuple(lazy.values))
    results = results_of(lazy)
    assert list(results) == results[:] == consolidate(whole)
    assert isinstance(results, ChoiceResults)
    labels, confidences = results.decisions()
    assert labels == [item.value for item in results]
    assert confidences == [round(item.confidence or 0, 6) for item in results]


@pytest.mark.parametrize("method", METHODS[Kind.CHOICE])
@given(rows, st.data())
def test_a_known_label_is_the_result(method: str, given: list[Row], data: st.DataObject) -> None:
    """With confidence 1 and no tie, though nobody gave it; ties are among several labels."""
    column = choice(given, method)
    gold = {task: data.draw(st.sampled_from(["a", "odd"])) for task in column.objects[::2]}
    results = results_of(column, gold)
    assert isinstance(results, ChoiceResults)
    for place, task in enumerate(column.objects):
        result, decision = results[place], results.decision(place)
        if task in gold:
            assert (result.value, result.confidence, result.tie) == (gold[task], 1.0, False)
        assert result.tie == (len(decision.tied) > 1)
        assert not decision.tied or result.value in decision.tied


def test_an_index_beyond_the_end_is_an_error() -> None:
    """Or a loop over values would never end."""
    column = choice([("1", "w", "a")])
    assert len(column.values[-1]) == 1
    with pytest.raises(IndexError):
        column.values[1]
    with pytest.raises(IndexError):
        results_of(column)[1]
