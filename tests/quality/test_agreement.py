"""Agreement between workers."""

import numpy as np
import pytest
from hypothesis import given

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.votes import Votes
from labelwright.contract.base import Json
from labelwright.quality.agreement import (
    field_pairs,
    label_alphas,
    nominal_alpha,
    pair_agreement,
    pairwise_agreement,
    worker_agreement,
    worker_alphas,
)
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.crowds import Row, rows


def column(kind: Kind, *objects: list[Json]) -> Column:
    """Make a column in which workers 0, 1, ... gave these values."""
    made = FieldDefinition.model_construct(name="f", path="f", kind=kind)
    values = tuple(
        tuple(WorkerValue(str(worker), value) for worker, value in enumerate(answers))
        for answers in objects
    )
    return Column(made, (), tuple(map(str, range(len(objects)))), values)


def test_agreement_is_the_share_of_pairs_that_say_the_same() -> None:
    """Three workers make three pairs, of which one agrees; two more agree on the next object."""
    assert pairwise_agreement(column(Kind.CHOICE, ["a", "a", "b"], ["c", "c"])) == 0.5


def test_spans_agree_by_the_f1_of_exact_spans() -> None:
    """One of two spans in common on each side is a half."""
    one, two, three = (Span(i, i + 1, "X") for i in range(3))
    assert pairwise_agreement(column(Kind.SPANS, [(one, two), (one, three)])) == 0.5


def test_workers_who_both_marked_nothing_agree() -> None:
    """Nothing is an answer."""
    assert pairwise_agreement(column(Kind.SPANS, [(), ()])) == 1.0


def test_boxes_agree_by_the_f1_of_those_that_overlap_by_half() -> None:
    """One of two boxes in common on each side is a half; with another label it is none."""
    box = Box(0, 0, 10, 10, "X")
    near, far, other = box._replace(left=3), box._replace(left=50), box._replace(label="Y")
    drawn = [Boxes((box, far), None), Boxes((near, other), None)]
    assert pairwise_agreement(column(Kind.BOXES, drawn)) == 0.5


def test_what_is_passed_through_has_no_agreement() -> None:
    """Nobody knows when two of them are the same."""
    assert pairwise_agreement(column(Kind.UNKNOWN, [{}, {}])) is None


def test_every_two_workers_are_compared_where_both_answered() -> None:
    """Once a pair, in the order of their names, over the objects that they share."""
    found = field_pairs(column(Kind.NUMBER, [1.0, 1.0, 2.0], [1.0, 2.0]))
    assert found == [("0", "1", 2, 0.5), ("0", "2", 1, 0.0), ("1", "2", 1, 0.0)]


def test_objects_with_one_answer_tell_nothing() -> None:
    """It takes two to agree."""
    assert pairwise_agreement(column(Kind.CHOICE, ["a"], [])) is None


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    """Four observers and twelve units of "Computing Krippendorff's Alpha-Reliability" (2011)."""
    units = zip("123321412...", "1233224125.3", ".3332342251.", "12332441251.", strict=True)
    counts = np.array([[unit.count(value) for value in "12345"] for unit in units])
    assert nominal_alpha(counts) == pytest.approx(0.743, abs=5e-4)


def test_perfect_agreement_has_alpha_one_and_chance_none() -> None:
    """Three tasks that two workers call the same; and one label all over, where chance is sure."""
    assert nominal_alpha(np.array([[2, 0], [0, 2], [2, 0]])) == 1.0
    assert nominal_alpha(np.array([[2, 0], [2, 0]])) is None
    assert nominal_alpha(np.array([[1, 0], [0, 1]])) is None
    assert nominal_alpha(np.zeros((0, 0))) is None


def test_the_label_that_is_told_apart_badly_has_the_lower_alpha() -> None:
    """Two confuse b and c, never a."""
    clear, confused, also = label_alphas(np.array([[2, 0, 0], [2, 0, 0], [0, 1, 1], [0, 1, 1]]))
    assert clear == 1.0
    assert confused is not None
    assert also == confused < 0


@given(rows)
def test_pairs_share_the_tasks_that_both_answered(given_rows: list[Row]) -> None:
    """Counted one pair at a time, it is the same."""
    votes = Votes.from_rows(given_rows)
    given_by = {row[:2]: row[2] for row in given_rows}
    found = pair_agreement(votes)
    for first, second, tasks, agreement, kappa in zip(
        found.first, found.second, found.tasks, found.agreement, found.kappa, strict=True
    ):
        one, other = votes.workers[first], votes.workers[second]
        shared = [t for t in votes.tasks if (t, one) in given_by and (t, other) in given_by]
        pairs = [(given_by[t, one], given_by[t, other]) for t in shared]
        same = sum(a == b for a, b in pairs) / len(pairs)
        chance = (
            sum(
                sum(a == label for a, _ in pairs) * sum(b == label for _, b in pairs)
                for label in votes.labels
            )
            / len(pairs) ** 2
        )
        assert first < second
        assert (tasks, agreement) == (len(shared), pytest.approx(same))
        expected = (same - chance) / (1 - chance) if chance < 1 else np.nan
        assert kappa == pytest.approx(expected, nan_ok=True)
    assert len(found.first) == len(
        {
            frozenset((one, other))
            for task, one in given_by
            for other_task, other in given_by
            if task == other_task and one != other
        }
    )


def test_a_workers_agreement_is_the_mean_share_of_others_who_say_the_same() -> None:
    """Half of the others on one task, all of them on the next; alone on a third counts nothing."""
    votes = Votes.from_rows(
        [
            *(("1", "w", "a"), ("1", "x", "a"), ("1", "y", "b")),
            *(("2", "w", "a"), ("2", "x", "a"), ("3", "z", "a")),
        ]
    )
    mean, tasks = worker_agreement(votes)
    assert dict(zip(votes.workers, mean.round(3).tolist(), strict=True)) == pytest.approx(
        {"w": 0.75, "x": 0.75, "y": 0.0, "z": np.nan}, nan_ok=True
    )
    assert tasks.tolist() == [2, 2, 1, 0]


@given(rows)
def test_workers_alphas_average_to_that_of_all(given_rows: list[Row]) -> None:
    """Each weighted by the tasks the worker shares; none is defined where that of all is not."""
    votes = Votes.from_rows(given_rows)
    whole = nominal_alpha(votes.counts())
    mean, tasks = worker_agreement(votes)
    alphas = worker_alphas(votes, mean)
    shared = tasks > 0
    assert np.isnan(alphas[~shared]).all()
    if whole is None:
        assert np.isnan(alphas).all()
    else:
        assert np.average(alphas[shared], weights=tasks[shared]) == pytest.approx(whole)
