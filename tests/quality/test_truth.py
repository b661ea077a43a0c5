"""Values against true ones, whatever their kind, and how alike two values are."""

import pytest

from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.result import Decision
from labelwright.contract.base import Json
from labelwright.quality.likeness import LIKENESS
from labelwright.quality.truth import compare
from labelwright.task.definition import Kind

BOX, FAR = Box(0, 0, 10, 10, "A"), Box(50, 0, 10, 10, "A")
SPAN, OTHER = Span(0, 3, "A"), Span(4, 7, "B")

#: By kind two values of which the first has some of the second, and how alike they are: as a
#: worker's and another's, and how much of the first is right.
EXAMPLES: dict[Kind, tuple[Json, Json, float, float]] = {
    Kind.CHOICE: ("owl", "falcon", 0, 0),
    Kind.CHOICES: (("a",), ("a", "b", "c"), 0.5, 1),
    Kind.NUMBER: (1.0, 2.0, 0, 0),
    Kind.TEXT: ("owls", "owl", 0, 0.75),
    Kind.SPANS: ((SPAN, OTHER), (SPAN,), 2 / 3, 1),
    Kind.BOXES: (Boxes((BOX,), None), Boxes((BOX._replace(left=1), FAR), None), 2 / 3, 1),
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_has_its_likeness(kind: Kind) -> None:
    """The same is wholly alike; items are counted, a text that is nearly right is worth some."""
    one, other, agreement, right = EXAMPLES[kind]
    likeness = LIKENESS[kind]
    assert likeness.agreement(one, one) == 1
    assert likeness.agreement(one, other) == likeness.agreement(other, one)
    assert likeness.agreement(one, other) == pytest.approx(agreement)
    assert likeness.hits(one, other).right == right


def test_only_what_is_passed_through_has_no_likeness() -> None:
    """A kind without an entry would be compared by nobody."""
    assert set(Kind) - LIKENESS.keys() == {Kind.UNKNOWN}
    assert LIKENESS.keys() == EXAMPLES.keys()


def test_a_tie_counts_its_share_when_the_true_label_is_in_it() -> None:
    """Of two ties one has it, among three labels; as decided only what is no tie is right."""
    decisions = {
        "0": Decision("a", 0.5, ("a", "b")),
        "1": Decision("a", 0.4, ("a", "b", "c")),
        "2": Decision("c", 0.9),
    }
    found = compare(Kind.CHOICE, decisions, {"0": "c", "1": "c", "2": "c"})
    assert found is not None
    assert (found.exact, found.ties) == (1, 2)
    assert found.expected == pytest.approx(1 + 1 / 3)
    assert found.calibration == pytest.approx((0.5 + 0.4 + 0.1) / 3)


def test_objects_without_a_value_or_a_true_one_are_left_out() -> None:
    """Where none is left, there is nothing to say."""
    decisions = {"0": Decision(None, None), "1": Decision("a", None)}
    assert compare(Kind.CHOICE, decisions, {"0": "a", "2": "a"}) is None
    found = compare(Kind.CHOICE, decisions, {"1": "a"})
    assert found is not None
    assert (found.compared, found.exact, found.calibration) == (1, 1, None)


def test_numbers_are_off_by_a_distance_and_labels_are_judged_one_by_one() -> None:
    """As far as a kind has the one or the other."""
    numbers = compare(Kind.NUMBER, {"0": Decision(3.0, 1)}, {"0": 5.0})
    assert numbers is not None
    assert (numbers.distance, numbers.by_label) == (2, {})
    labels = compare(Kind.CHOICES, {"0": Decision(("a", "b"), 1)}, {"0": ("a",)})
    assert labels is not None
    assert (labels.distance, labels.by_label) == (None, {"a": 1, "b": 0})
    assert labels.items == (1, 2, 1)
