import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.decode import ABSENT
from labelwright.answers.reading import Reading
from labelwright.answers.values import MarkedSpan, Span, read_value
from labelwright.task.definition import FieldDefinition, Kind
from tests import strategies

Json = Any


def field(kind: str, *labels: str) -> FieldDefinition:
    """Return a field of a kind."""
    return FieldDefinition(name="f", path="f", kind=Kind(kind), labels=labels)


def read(kind: str, raw: Json, *labels: str) -> Json:
    """Return the value of a sound answer."""
    reading = read_value(field(kind, *labels), raw)
    assert reading == Reading(reading.value)
    return reading.value


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"label": "a"}, "a"),
        ({"label": "a", "workerComment": "b"}, "a"),
        ({"label": " a "}, "a"),
        ("a", "a"),
        (" a\n", "a"),
        ('{"label": "a"}', "a"),
        ({"a": True, "b": False}, "a"),
        ({"a": True}, "a"),
        (True, "yes"),
        (False, "no"),
        (4, "4"),
        (1.5, "1.5"),
        (10**400, "1" + "0" * 400),
        ("", None),
        ({"label": ""}, None),
        ({"label": None}, None),
        ({"a": False, "b": False}, None),
        ({"on": False}, None),
        ({}, None),
        (None, None),
        (ABSENT, None),
    ],
)
def test_choice_in_every_shape(raw: Json, expected: str | None) -> None:
    """A classifier, a radio button, a native control and a yes/no all give one label, or none."""
    assert read("choice", raw) == expected


def test_boolean_choice_takes_the_declared_words() -> None:
    """A boolean is yes or no, unless the labels are named true and false."""
    assert read("choice", True, "yes", "no") == "yes"
    assert read("choice", False, "true", "false") == "false"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"labels": ["b", "a", "b"]}, ("a", "b")),
        (["b", " a "], ("a", "b")),
        ('["b"]', ("b",)),
        ({"a": True, "b": False, "c": True}, ("a", "c")),
        ({"labels": {"a": True, "b": False}}, ("a",)),
        ("a", ("a",)),
        ("", ()),
        ([], ()),
        ({"labels": []}, ()),
        ({"on": False}, ()),
        (None, None),
        (ABSENT, None),
    ],
)
def test_choices_in_every_shape(raw: Json, expected: tuple[str, ...] | None) -> None:
    """Multi-select, check boxes and lists give sorted labels; none chosen is an answer."""
    assert read("choices", raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(3, 3.0), (2.5, 2.5), ("4", 4.0), (" -1e3 ", -1000.0), ("", None), (None, None)],
)
def test_number_in_every_shape(raw: Json, expected: float | None) -> None:
    """A number, or the string of a form's number control."""
    assert read("number", raw) == expected


@pytest.mark.parametrize("raw", ["x", "[1]", "5 ", "{", '{"a": 1}', " lead", "\ufffd"])
def test_text_is_kept_to_the_character(raw: str) -> None:
    """What a worker typed is a text, also when it looks like JSON."""
    assert read("text", raw) == raw


@pytest.mark.parametrize("raw", ["", "  \n", None, ABSENT])
def test_blank_text_is_no_answer(raw: Json) -> None:
    """White space alone says nothing."""
    assert read("text", raw) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([{"start": 1, "end": 3, "label": "a", "quote": "xy"}], [(1, 3, "a", "xy")]),
        ([{"start": 1, "end": 3, "tag": "a", "color": "#fff"}], [(1, 3, "a", None)]),
        ({"entities": [{"startOffset": 1, "endOffset": 3, "label": "a"}]}, [(1, 3, "a", None)]),
        (
            '{"value": [{"start": 4, "end": 5, "label": "b"}, {"start": 1, "end": 9, "tag": "a"}]}',
            [(1, 9, "a", None), (4, 5, "b", None)],
        ),
        ([{"start": 1, "end": 3, "label": "a"}] * 2, [(1, 3, "a", None)]),
        ([{"start": 1, "end": 3, "label": x} for x in "ba"], [(1, 3, x, None) for x in "ab"]),
        ([], []),
        ({"entities": []}, []),
        ("[]", []),
        ("", None),
        ({}, None),
        (None, None),
    ],
)
def test_spans_in_every_shape(
    raw: Json, expected: list[tuple[int, int, str, str | None]] | None
) -> None:
    """Our page, that of 2019 and crowd-entity-annotation give sorted spans; none is an answer."""
    value = read("spans", raw)
    if expected is None:
        assert value is None
    else:
        found = [(*marked.span, marked.quote) for marked in value]
        assert found == expected


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 12), (0.0, 12.0), ("0", "12"), ("0.0", " 12 "), (-0.0, 1.2e1), ("+0", "1.2e1")],
)
@pytest.mark.parametrize("names", [("start", "end"), ("startOffset", "endOffset")])
def test_whole_numbers_are_read_in_every_spelling(
    names: tuple[str, str], start: Json, end: Json
) -> None:
    """Whatever wrote 12 as 12.0 or "12" meant 12."""
    (marked,) = read("spans", [{names[0]: start, names[1]: end, "label": "a"}])
    assert marked.span == Span(0, 12, "a")
    assert all(isinstance(place, int) for place in marked.span[:2])


def test_who_counted_is_told_by_the_keys() -> None:
    """crowd-entity-annotation says startOffset and endOffset; a mixture is neither."""
    ours, theirs = {"start": 1, "end": 2}, {"startOffset": 1, "endOffset": 2}
    assert not read("spans", [{**ours, "label": "a"}])[0].by_element
    assert read("spans", [{**theirs, "label": "a"}])[0].by_element
    mixed = {"start": 1, "endOffset": 2, "label": "a"}
    assert read_value(field("spans"), [mixed]).value is None


def test_boxes_are_read_in_every_spelling_of_numbers() -> None:
    """Their corners and sides may be written as strings."""
    box = {"left": "1", "top": 2.5, "width": " 3.0 ", "height": "4e0", "label": "a"}
    assert read("boxes", {"boundingBoxes": [box]}).boxes == ((1, 2.5, 3, 4, "a"),)


def test_a_whole_number_is_one_label_however_it_is_written() -> None:
    """4.0 is the label 4, unless 4.0 is one."""
    assert read("choice", 4.0) == read("choice", 4) == "4"
    assert read("choice", 4.0, "4.0", "5.0") == "4.0"


@pytest.mark.parametrize("kind", ["boxes", "unknown"])
@pytest.mark.parametrize("size", [(0, 0), (0.0, 640), ("0", "0")])
def test_who_saw_no_picture_says_nothing_of_it(kind: str, size: tuple[Json, Json]) -> None:
    """An element whose picture did not load gives 0 x 0: its answer is silence, and told."""
    seen = FieldDefinition.model_construct(name="f", path="f", kind=Kind(kind), labels=())
    image = {"width": size[0], "height": size[1]}
    reading = read_value(seen, {"boundingBoxes": [], "inputImageProperties": image})
    assert reading.value is None
    assert "no picture" in reading.problems[0]


def test_what_is_passed_through_stays_whole() -> None:
    """Unknown shapes come as they are, taken out of their string."""
    raw = {"boundingBoxes": [{"label": "a", "left": 1}], "inputImageProperties": {"width": 2}}
    kept = FieldDefinition.model_construct(name="f", path="f", kind=Kind.UNKNOWN, labels=())
    assert read_value(kept, raw).value == raw
    assert read_value(kept, json.dumps(raw)).value == raw


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("choice", {"label": ["SECRET"]}),
        ("choice", ["SECRET"]),
        ("choice", {"a": True, "b": True}),
        ("choice", {"SECRET": 5}),
        ("choices", {"SECRET": "a"}),
        ("choices", 5),
        ("choices", [["SECRET"]]),
        ("number", "SECRET"),
        ("number", "nan"),
        ("number", "1e999"),
        ("number", 10**400),
        ("number", True),
        ("number", {"SECRET": 1}),
        ("text", {"SECRET": 1}),
        ("text", 5),
        ("spans", "SECRET"),
        ("spans", {"entities": "SECRET"}),
        ("spans", 5),
        ("spans", [{"start": 1, "end": 3, "label": ["SECRET"]}]),
        ("spans", {"entities": ["SECRET", 5]}),
        ("boxes", ["SECRET"]),
        ("boxes", {"boundingBoxes": [{"label": "SECRET", "left": True}]}),
    ],
)
def test_other_shapes_are_a_problem_and_no_value(kind: str, raw: Json) -> None:
    """What has another shape is not guessed at, and the reason does not repeat it."""
    reading = read_value(field(kind), raw)
    assert reading.value is None
    assert len(reading.problems) == 1
    assert "SECRET" not in reading.problems[0]


@pytest.mark.parametrize(
    "bad",
    [
        "x", None, {}, {"start": 1, "end": 3}, {"start": 3, "end": 3, "label": "a"},
        {"start": -1, "end": 3, "label": "a"}, {"start": 1.5, "end": 3, "label": "a"},
        {"start": "1_0", "end": 30, "label": "a"}, {"start": False, "end": True, "label": "a"},
        {"start": "x", "end": 3, "label": "a"}, {"start": "\u0661", "end": 3, "label": "a"},
        {"start": 0, "end": math.inf, "label": "a"}, {"start": math.nan, "end": 3, "label": "a"},
        {"start": 0, "end": "1e300", "label": "a"}, {"start": 0, "end": "9" * 5000, "label": "a"},
        {"start": 1, "end": 3, "label": " "}, {"start": 1, "end": 3, "label": ["a"]},
        {"start": 1, "end": 10**400, "label": 5}, {"start": 1, "end": 10**400, "label": "a"},
    ],
)  # fmt: skip
def test_damaged_span_costs_itself_alone(bad: Json) -> None:
    """A span without valid ends and label is left out and counted; the others stay."""
    good = {"start": 4, "end": 5, "label": "b"}
    value, problems, partial = read_value(field("spans"), [bad, good])
    assert value == (MarkedSpan(Span(4, 5, "b"), None),)
    assert problems == ("1 of 2 spans without valid start, end and label",)
    assert partial


def test_damaged_label_of_several_costs_itself_alone() -> None:
    """A label that is no text is left out and told; the others stay."""
    value, problems, partial = read_value(field("choices"), {"labels": ["a", 5, "  "]})
    assert value == ("a",)
    assert len(problems) == 1
    assert partial


@given(st.sampled_from([kind for kind in Kind if kind is not Kind.UNKNOWN]), strategies.json_values)
def test_anything_is_read_without_an_error(kind: Kind, raw: Json) -> None:
    """Whatever a worker sends, reading a field gives a value, silence or a reason."""
    reading = read_value(field(kind), raw)
    if kind in (Kind.CHOICE, Kind.NUMBER, Kind.TEXT):
        assert reading.value is None or not reading.problems
    # What is told of a value is that it is not all; silence is all that there is.
    assert reading.partial == (reading.value is not None and bool(reading.problems))
