"""Agreement between workers."""

import pytest

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Span
from labelwright.consolidation.agreement import pairwise_agreement
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind


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


@pytest.mark.parametrize("kind", [Kind.BOXES, Kind.UNKNOWN])
def test_what_is_passed_through_has_no_agreement(kind: Kind) -> None:
    """Nobody knows when two of them are the same."""
    assert pairwise_agreement(column(kind, [{}, {}])) is None


def test_objects_with_one_answer_tell_nothing() -> None:
    """It takes two to agree."""
    assert pairwise_agreement(column(Kind.CHOICE, ["a"], [])) is None
