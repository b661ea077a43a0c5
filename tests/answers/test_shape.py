import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.shape import recognise_fields
from labelwright.task.definition import Kind
from tests import strategies

Json = Any


def kinds(*answers: Json) -> dict[str, str]:
    """Return the kinds of the fields recognised in answers, by name."""
    return {field.name: str(field.kind) for field in recognise_fields(answers)}


SPAN = {"start": 0, "end": 2, "label": "a"}
SWITCHES = {"a": True, "b": False}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"label": "x"}, "choice"),
        ({"label": "x", "workerComment": "y"}, "choice"),
        ({"labels": ["x"]}, "choices"),
        ({"labels": []}, "choices"),
        ({"entities": [{"startOffset": 0, "endOffset": 2, "label": "x"}]}, "spans"),
        ({"entities": []}, "spans"),
        ([SPAN], "spans"),
        ([{"start": 0, "end": 2, "tag": "x"}], "spans"),
        ({"boundingBoxes": [], "inputImageProperties": {}}, "boxes"),
        ({"keypoints": [], "inputImageProperties": {}}, "unknown"),
        ({"labeledImage": {}, "labelMappings": {}, "inputImageProperties": {}}, "unknown"),
        (SWITCHES, "choice"),
        ({"a": True, "b": True}, "choices"),
        ({"on": True}, "choices"),
        ({"on": False}, "choices"),
        (True, "choice"),
        ("x", "text"),
        ("5", "text"),
        (5, "number"),
        (1.5, "number"),
        ([1, 2], "unknown"),
        ([["x"]], "unknown"),
    ],
)
def test_shapes_of_forms_are_recognised(value: Json, kind: str) -> None:
    """Each element's answer is recognised, as it is and encoded in a hidden control."""
    assert kinds({"f": value}) == {"f": kind}
    if isinstance(value, dict | list):
        assert kinds({"f": json.dumps(value)}) == {"f": kind}


@pytest.mark.parametrize("value", ["", " ", None, [], {}, {"a": False, "b": False}, "{}", "[]"])
def test_control_that_was_left_alone_says_nothing(value: Json) -> None:
    """An empty value has no shape: the field is known from those who filled it in."""
    assert kinds({"f": value}) == {}
    assert kinds({"f": value}, {"f": [SPAN]}) == {"f": "spans"}


def test_hidden_control_is_taken_apart_by_path() -> None:
    """The values in our page's one control are fields named by their paths."""
    inner = {"value": [SPAN], "notes": "x", "claimResult": "yes", "timing": {"seconds": 4}}
    assert kinds({"annotations": json.dumps(inner)}) == {
        "annotations.claimResult": "text",
        "annotations.notes": "text",
        "annotations.timing.seconds": "number",
        "annotations.value": "spans",
    }


def test_what_offsets_count_is_left_to_each_answer() -> None:
    """Entities and our own spans under one path are one field, which sets no unit for both."""
    entities = {"entities": [{"startOffset": 0, "endOffset": 2, "label": "x"}]}
    for answers in ([entities], [[SPAN]], [[SPAN], [SPAN], entities]):
        (field,) = recognise_fields([{"f": answer} for answer in answers])
        assert (field.kind, field.offsets) == (Kind.SPANS, None)


def test_check_boxes_of_which_one_was_ticked_are_check_boxes() -> None:
    """Where anybody ticked two, one tick is no radio button."""
    assert kinds({"f": SWITCHES}, {"f": {"a": True, "b": True}}) == {"f": "choices"}
    assert kinds({"f": SWITCHES}, {"f": SWITCHES}) == {"f": "choice"}


def test_one_worker_makes_no_check_boxes_of_radio_buttons() -> None:
    """Not while three or more others only ever switch one on; two who tick several are believed."""
    both, one = {"f": {"a": True, "b": True}}, {"f": SWITCHES}

    def kind(*several: str) -> str:
        workers = ["u", "v", "w", *several] * 2
        answers = [both if worker in several else one for worker in workers]
        (field,) = recognise_fields(answers, workers)
        return field.kind

    assert kind("x") == "choice"
    assert kind("w") == "choices"
    assert kind("x", "y") == "choices"


def test_most_answers_decide_what_a_field_is() -> None:
    """One answer of another shape changes nothing; without a majority the kind is unknown."""
    good = {"f": {"label": "x"}}
    assert kinds(good, good, {"f": {"labels": ["x"]}}) == {"f": "choice"}
    assert kinds(good, good, {"f": "x"}) == {"f": "choice"}
    assert kinds(good, {"f": "x"}) == {"f": "unknown"}


def test_answer_with_very_many_or_long_keys_swells_nothing() -> None:
    """The fields that most answers have are taken, and no more than a form can have."""
    good = {"z": {"label": "x"}}
    hostile = {f"key {number:05}": "x" for number in range(10_000)}
    found = kinds(good, good, hostile, {"x" * 10_000: "x"})
    assert found["z"] == "choice"
    assert len(found) == 50
    assert max(map(len, found)) <= 100


@given(
    st.lists(
        st.one_of(strategies.answers, st.dictionaries(strategies.any_text, strategies.json_values)),
        max_size=5,
    )
)
def test_anything_is_recognised_as_something(answers: list[Json]) -> None:
    """Fields come sorted by name, each once, whatever the answers hold."""
    names = [field.name for field in recognise_fields(answers)]
    assert names == sorted(set(names))
    assert names == [field.name for field in recognise_fields(reversed(answers))]
