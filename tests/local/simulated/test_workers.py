"""What simulated workers answer, without a browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.simulated.worker import SimulatedWorker, perceived, true_values

LABELS = ("owl", "falcon", "swift")
FIELDS = [
    FieldDefinition(name=kind, path=kind, kind=kind, labels=LABELS)
    for kind in (Kind.CHOICE, Kind.CHOICES, Kind.SPANS, Kind.BOXES)
] + [FieldDefinition(name=kind, path=kind, kind=kind) for kind in (Kind.NUMBER, Kind.TEXT)]
TEXT = "Owls fly at night. Swifts sleep on the wing! Do falcons?\nNobody knows"

qualities = st.floats(0, 1)
numbers = st.integers(0, 1_000).map(str)


@given(numbers, st.integers())
def test_the_best_worker_tells_the_truth(object_id: str, seed: int) -> None:
    """With quality 1, all values are the true ones; boxes are drawn where they are."""
    true = true_values(FIELDS, object_id, TEXT, {}, seed)
    assert perceived(SimulatedWorker("w", 1.0, seed), FIELDS, object_id, true) == true


@given(numbers, st.integers())
def test_the_worst_worker_never_chooses_the_true_label(object_id: str, seed: int) -> None:
    """With quality 0, a choice is always another label."""
    true = true_values(FIELDS, object_id, TEXT, {}, 0)
    given = perceived(SimulatedWorker("w", 0.0, seed), FIELDS, object_id, true)
    assert given["choice"] in set(LABELS) - {true["choice"]}


@given(numbers, qualities, st.integers())
def test_answers_are_the_same_each_time(object_id: str, quality: float, seed: int) -> None:
    """Chance begins with the seed, the worker's name and the object."""
    worker = SimulatedWorker("w", quality, seed)
    true = true_values(FIELDS, object_id, TEXT, {}, seed)
    assert perceived(worker, FIELDS, object_id, true) == perceived(worker, FIELDS, object_id, true)


@given(numbers, qualities, st.text())
def test_spans_and_boxes_fit(object_id: str, quality: float, text: str) -> None:
    """Whatever the text, no span is empty or leaves it, and no box leaves the image."""
    true = true_values(FIELDS, object_id, text, {}, 0)
    given = perceived(SimulatedWorker("w", quality), FIELDS, object_id, true)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in given["spans"])
    for box in given["boxes"]:
        assert 0 <= box.left < box.left + box.width <= 1
        assert 0 <= box.top < box.top + box.height <= 1


def test_what_is_true_is_not_guessed_where_it_is_known() -> None:
    """A true value stands; the other fields are guessed."""
    true = true_values(FIELDS, "0", TEXT, {"choice": "swift"}, 0)
    assert true["choice"] == "swift"
    assert [TEXT[mark.start : mark.end] for mark in true["spans"]] == [
        "Owls fly at night.",
        "Swifts sleep on the wing!",
        "Do falcons?",
        "Nobody knows",
    ]


def test_a_field_without_labels_is_named() -> None:
    """Labels can only be chosen where some are declared."""
    field = FieldDefinition(name="species", path="bird", kind=Kind.CHOICE)
    with pytest.raises(UsageError, match="field 'species'"):
        true_values([field], "0", "", {}, 0)


def test_a_quality_is_a_probability() -> None:
    """Anything else is refused."""
    with pytest.raises(UsageError, match="0 to 1"):
        SimulatedWorker("w", 1.5)
