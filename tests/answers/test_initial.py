import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labelwright.answers.initial import MOST_NAMED, initial_values
from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.values import read_value
from labelwright.errors import TaskDefinitionError
from labelwright.task.definition import TaskDefinition, parse_definition
from labelwright.task.task_input import task_input
from tests.strategies import json_values

Json = Any

DEFINITION = b"""
name = "t"
fields = [
    {name = "verdict", path = "verdict", kind = "choice", labels = ["good", "bad"], initial = "m"},
    {name = "topics", path = "a.topics", kind = "choices", labels = ["b", "a"], initial = "m"},
    {name = "parts", path = "a.parts", kind = "spans", labels = ["AIM"], initial = "m"},
    {name = "things", path = "a.things", kind = "boxes", labels = ["cat"], initial = "m"},
    {name = "stars", path = "a.stars", kind = "number", initial = "m"},
    {name = "notes", path = "a.notes", kind = "text", initial = "m"},
]
"""
TASK = parse_definition(DEFINITION, "task.toml")
KINDS = tuple(field.name for field in TASK.fields)

#: The second word begins at code point 3 and at UTF-16 unit 4.
TEXT = "\U0001f9ec: ask why"
ASK = {"start": 3, "end": 6, "label": "AIM"}
IN_UNITS = {"startOffset": 4, "endOffset": 7, "label": "AIM"}
CAT = {"left": 1.5, "top": 2, "width": 3, "height": 4, "label": "cat"}


def only(name: str) -> TaskDefinition:
    """Return the definition with one of its fields."""
    return TASK.model_copy(update={"fields": tuple(f for f in TASK.fields if f.name == name)})


def read(name: str, value: Json, text: str | None = TEXT, **more: Json) -> dict[str, Json]:
    """Read what stands under the key for one field."""
    return initial_values({"source": "x", "m": value, **more}, text, only(name))


def own_label(name: str, kind: str, **field: Json) -> Json:
    """Return a label of an earlier job with one field."""
    return {"schema": "labelwright/1", "fields": {name: {"kind": kind, **field}}}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("verdict", "good", "good"),
        ("verdict", {"label": "bad"}, "bad"),
        ("verdict", own_label("verdict", "choice", value="bad"), "bad"),
        ("topics", ["a", "b", "a"], ["b", "a"]),
        ("topics", {"labels": ["a"]}, ["a"]),
        ("topics", {"a": True, "b": False}, ["a"]),
        ("topics", own_label("other", "choices", value=["b"]), ["b"]),
        ("parts", [ASK | {"score": 0.9}, ASK], [ASK]),
        ("parts", {"annotations": {"entities": [IN_UNITS]}}, [ASK]),
        ("parts", own_label("parts", "spans", value=[ASK | {"start": 4, "end": 7}], offsets="utf16"), [ASK]),  # noqa: E501
        ("things", [CAT, CAT], [CAT]),
        ("things", {"boundingBoxes": [CAT]}, [CAT]),
        ("things", own_label("things", "boxes", value=[CAT | {"confidence": 1}]), [CAT]),
        ("stars", "4.5", 4.5),
        ("stars", 3, 3.0),
        ("notes", " as it is [1] ", " as it is [1] "),
    ],
)  # fmt: skip
def test_a_suggestion_is_read_in_the_forms_of_answers(name: str, value: Json, shown: Json) -> None:
    """A model's value, an element's answer and a label of ours all give what the page can show."""
    assert read(name, value) == {"initial": {name: shown}}


@pytest.mark.parametrize(
    ("name", "value", "metadata", "shown"),
    [
        ("verdict", 1, {"class-name": "bad"}, "bad"),
        ("verdict", "1", {"class-name": "bad"}, "bad"),
        ("topics", [0, 1], {"class-map": {"0": "a", "1": "b"}}, ["b", "a"]),
        (
            "things",
            {
                "image_size": [{"width": 9, "height": 9, "depth": 3}],
                "annotations": [{"class_id": 0, "left": 1, "top": 1, "width": 2, "height": 2}],
            },
            {"class-map": {"0": "cat"}},
            [{"left": 1, "top": 1, "width": 2, "height": 2, "label": "cat"}],
        ),
    ],
)
def test_a_built_in_job_s_label_is_a_suggestion_by_name(
    name: str, value: Json, metadata: Json, shown: Json
) -> None:
    """Its classes are numbers, which its metadata names."""
    made = read(name, value, **{"m-metadata": metadata})
    assert made == {"initial": {name: shown}}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("verdict", "fine", "its label is not among those to choose from"),
        ("verdict", ["good"], "not a choice"),
        ("topics", 3, "not a list of choices"),
        ("parts", "AIM", "not a list of spans"),
        ("things", {"boxes": []}, "not a list of boxes"),
        ("stars", "many", "not a number"),
        ("notes", ["x"], "not a text"),
        ("verdict", own_label("verdict", "text", value="good"), "has no field 'verdict' of kind"),
        ("verdict", own_label("verdict", "choice", value=None, valueRef="s3://b/k"), "it moved"),
    ],
)
def test_what_can_not_be_shown_is_left_out_with_its_reason(
    name: str, value: Json, reason: str
) -> None:
    """The object goes to the workers all the same."""
    made = read(name, value)
    [told] = made["initialLeftOut"][name]
    assert reason in told["reason"]
    assert "initial" not in made


@pytest.mark.parametrize(
    ("name", "good", "bad", "reason"),
    [
        ("topics", "a", "c", "not among"),
        ("topics", "a", 3, "not a label"),
        ("parts", ASK, ASK | {"end": 99}, "does not fit"),
        ("parts", ASK, ASK | {"quote": "why"}, "does not fit"),
        ("parts", ASK, ASK | {"label": "GOAL"}, "not among"),
        ("parts", ASK, {"start": 3}, "no valid start"),
        ("things", CAT, CAT | {"label": "dog"}, "not among"),
        ("things", CAT, CAT | {"width": 0}, "no valid corner"),
        ("things", CAT, CAT | {"left": float("nan")}, "no valid corner"),
    ],
)
def test_a_bad_part_costs_itself_alone(name: str, good: Json, bad: Json, reason: str) -> None:
    """Its neighbours are shown, and it is told with why it is not."""
    made = read(name, [bad, good])
    assert made["initial"] == {name: [good]}
    [told] = made["initialLeftOut"][name]
    assert reason in told["reason"]


def test_a_box_beyond_a_known_image_is_left_out() -> None:
    """Where the value says how large its image is; else the element knows."""
    far = CAT | {"left": 50}
    size = {"width": 20, "height": 20}
    made = read("things", {"boundingBoxes": [far, CAT], "inputImageProperties": size})
    assert made["initial"] == {"things": [CAT]}
    assert made["initialLeftOut"]["things"] == [{"reason": "outside of the image", "item": far}]
    assert read("things", [far]) == {"initial": {"things": [far]}}


def test_spans_of_an_object_without_a_text_are_left_out() -> None:
    """Nothing can be marked where there is nothing to read."""
    assert "no text" in read("parts", [ASK], None)["initialLeftOut"]["parts"][0]["reason"]


@pytest.mark.parametrize("line", [{"source": "x"}, {"source": "x", "m": None}])
def test_an_object_without_suggestions_has_none(line: dict[str, Json]) -> None:
    """Not every object of a manifest need have suggestions."""
    assert initial_values(line, TEXT, TASK) == {}


def test_a_field_nobody_answered_earlier_gives_no_suggestion() -> None:
    """Silence is no mistake that a worker need be told."""
    assert read("verdict", own_label("verdict", "choice", value=None)) == {}


def test_much_that_is_left_out_stays_short() -> None:
    """A model that is wrong everywhere does not fill the task input."""
    made = read("topics", ["c" * 1_000] * 900)
    told = made["initialLeftOut"]["topics"]
    assert told[-1] == {"reason": "and 850 more", "item": None}
    assert len(json.dumps(told)) < 20_000


def test_the_older_name_goes_on_working() -> None:
    """``initial_spans`` names the key of the only field of spans, read as it was."""
    old = parse_definition(
        b'name = "t"\ninitial_spans = "m"\n'
        b'fields = [{name = "parts", path = "p", kind = "spans", labels = ["AIM"]}]',
        "task.toml",
    )
    assert initial_values({"source": "x", "m": [ASK]}, TEXT, old) == {"initialSpans": [ASK]}


def test_spans_of_our_own_pages_are_there_by_the_name_that_those_read() -> None:
    """Beside the field's own; how many were left out is a number there."""
    definition = parse_definition(
        b'name = "t"\nfields = [{name = "parts", path = "annotations.value", kind = "spans", '
        b'labels = ["AIM"], initial = "m"}]',
        "task.toml",
    )
    made = initial_values({"source": "x", "m": [ASK, ASK | {"label": "GOAL"}]}, TEXT, definition)
    assert made["initialSpans"] == made["initial"]["parts"] == [ASK]
    assert made["initialSpansLeftOut"] == len(made["initialLeftOut"]["parts"]) == 1


@given(st.text("a\r\n\U0001f9ec", min_size=1, max_size=12), st.data())
def test_spans_of_the_service_s_element_are_in_its_own_count(
    text: str, data: st.DataObject
) -> None:
    """Where a field counts UTF-16 units; read again, as an answer, they are the same passages."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    # Nobody can mark half a line end.
    assume(all(text[at - 1 : at + 1] != "\r\n" for at in (start, end)))
    definition = parse_definition(
        b'name = "t"\nfields = [{name = "p", path = "p", kind = "spans", offsets = "utf16", '
        b'initial = "m"}]',
        "task.toml",
    )
    line = {"source": text, "m": [{"start": start, "end": end, "label": "AIM"}]}
    [shown] = initial_values(line, text, definition)["initial"]["p"]
    field = definition.fields[0]
    marked = read_value(field, [shown]).value
    [placed] = place_spans(marked, field, KnownText(None, text)).reading.value
    assert placed == (start, end, "AIM")


def test_both_names_at_once_are_refused() -> None:
    """One key would win over the other unseen."""
    both = (
        b'name = "t"\ninitial_spans = "m"\n'
        b'fields = [{name = "p", path = "p", kind = "spans", initial = "n"}]'
    )
    with pytest.raises(TaskDefinitionError, match="'p' has its initial already"):
        parse_definition(both, "task.toml")


@given(json_values, st.sampled_from(KINDS), json_values)
def test_no_suggestion_keeps_an_object_from_the_workers(
    value: Json, name: str, metadata: Json
) -> None:
    """Whatever a model wrote, there is a task input, and what it has of it can be shown."""
    line = {"source": "x", "m": value, "m-metadata": metadata}
    definition = only(name)
    made = initial_values(line, TEXT, definition)
    given = task_input({"source": "x"}, TEXT, definition, made)
    assert isinstance(given["taskObject"], str)
    _check(name, made.get("initial", {}).get(name))


ITEMS = [ASK, CAT, "a", "c", 3, ASK | {"end": 99}, CAT | {"width": 0}]


@given(st.lists(st.sampled_from(ITEMS), max_size=MOST_NAMED))
def test_nothing_is_lost_untold(items: list[Json]) -> None:
    """Every part is shown or told as left out."""
    for name in ("topics", "parts", "things"):
        made = read(name, items)
        shown = made["initial"][name]
        left_out = made.get("initialLeftOut", {}).get(name, [])
        assert {_text(item) for item in items} == {
            *map(_text, shown),
            *(_text(one["item"]) for one in left_out),
        }


def _text(item: Json) -> str:
    return json.dumps(item, sort_keys=True)


def _check(name: str, value: Json) -> None:
    if value is None:
        return
    field = next(field for field in TASK.fields if field.name == name)
    for item in value if isinstance(value, list) else [value]:
        label = item["label"] if isinstance(item, Mapping) else item
        assert not field.labels or label in field.labels
        if name == "parts":
            assert 0 <= item["start"] < item["end"] <= len(TEXT)
        if name == "things":
            assert item["width"] > 0
            assert item["height"] > 0
