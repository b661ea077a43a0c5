import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.initial_spans import initial_spans
from labelwright.errors import TaskDefinitionError, TaskInputError
from labelwright.task.definition import parse_definition

Json = Any

FIELDS = b"""
fields = [
    {name = "parts", path = "annotations.value", kind = "spans", labels = ["AIM"]},
    {name = "notes", path = "annotations.notes", kind = "text"},
]
"""
TASK = parse_definition(b'name = "t"\ninitial_spans = "model"\n' + FIELDS, "task.toml")
SILENT = parse_definition(b'name = "t"\n' + FIELDS, "task.toml")

#: The second word begins at code point 3 and at UTF-16 unit 4.
TEXT = "\U0001f9ec: ask why"
ASK = {"start": 3, "end": 6, "label": "AIM"}


def read(value: Json, text: str | None = TEXT) -> dict[str, Json]:
    """Read what stands under the key."""
    return initial_spans({"source": "x", "model": value}, text, TASK)


def own_label(**field: Json) -> Json:
    """Return a label of an earlier job with one field of spans."""
    return {"schema": "labelwright/1", "fields": {"parts": {"kind": "spans", **field}}}


@pytest.mark.parametrize(
    "value",
    [
        [ASK],
        [ASK | {"quote": "ask", "score": 0.9}, ASK],
        own_label(value=[ASK | {"confidence": 0.8, "votes": 3}]),
        own_label(value=[{"start": 4, "end": 7, "label": "AIM"}], offsets="utf16"),
        {"annotations": {"entities": [{"startOffset": 4, "endOffset": 7, "label": "AIM"}]}},
        {"entities": [{"startOffset": 4, "endOffset": 7, "label": "AIM"}]},
    ],
    ids=["list", "list with more", "own label", "own label in utf16", "built-in job", "element"],
)
def test_suggestions_are_read_in_every_form(value: Json) -> None:
    """A model's list, a label of ours and a built-in job's label all give code points."""
    assert read(value) == {"initialSpans": [ASK]}


@pytest.mark.parametrize("line", [{"source": "x"}, {"source": "x", "model": None}])
def test_an_object_without_suggestions_has_none(line: dict[str, Json]) -> None:
    """Not every object of a manifest need have suggestions."""
    assert initial_spans(line, TEXT, TASK) == {}
    assert read([]) == {"initialSpans": []}
    assert read(own_label(value=None)) == {"initialSpans": []}


def test_no_suggestion_unless_the_definition_names_the_key() -> None:
    """Nothing of a line becomes a suggestion by chance."""
    assert initial_spans({"source": "x", "initialSpans": [ASK]}, TEXT, SILENT) == {}
    assert initial_spans({"source": "x", "initialSpans": [ASK]}, TEXT, None) == {}


@pytest.mark.parametrize(
    "bad",
    [
        ASK | {"end": 11},
        ASK | {"start": 6},
        ASK | {"start": -1},
        ASK | {"start": "3"},
        ASK | {"label": " "},
        ASK | {"label": "B", "quote": "why"},
        "ask",
        None,
    ],
    ids=["beyond", "empty", "negative", "no number", "no label", "other quote", "text", "null"],
)
def test_a_bad_span_is_left_out_and_counted(bad: Json) -> None:
    """A model's mistake costs itself alone, and the page is told of it."""
    assert read([bad, ASK]) == {"initialSpans": [ASK], "initialSpansLeftOut": 1}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("SECRET", "'model' holds no spans"),
        ({"SECRET": 1}, "'model' holds no spans"),
        ({"schema": "labelwright/1", "fields": {}}, "'model' holds no spans"),
        (own_label(value=None, valueRef="s3://b/SECRET"), "moved into the file"),
        (
            {"schema": "labelwright/1", "fields": {}, "annotationsRef": "s3://b/SECRET"},
            "moved into the file",
        ),
    ],
)
def test_what_is_no_list_of_spans_is_an_error(value: Json, message: str) -> None:
    """A wrong key is told, with what may stand there and without what does."""
    with pytest.raises(TaskInputError, match=message) as caught:
        read(value)
    assert "SECRET" not in str(caught.value)


def test_suggestions_without_a_text_are_an_error() -> None:
    """Offsets into no text can't be checked."""
    with pytest.raises(TaskInputError, match="the object has no text"):
        read([ASK], None)


def test_suggestions_need_a_field_of_spans() -> None:
    """A definition that has nowhere to put suggestions is wrong."""
    data = b'name = "t"\ninitial_spans = "m"\nfields = [{name = "n", path = "n", kind = "text"}]'
    with pytest.raises(TaskDefinitionError, match="exactly one field of kind spans"):
        parse_definition(data, "task.toml")


@given(
    st.text(max_size=20),
    st.lists(
        st.fixed_dictionaries(
            {"start": st.integers(-2, 22), "end": st.integers(-2, 22), "label": st.text(max_size=2)}
        )
    ),
)
def test_every_suggestion_lies_in_the_text(text: str, spans: list[Json]) -> None:
    """Whatever a model gave, the page gets stretches of the text, and none is lost uncounted."""
    made = read(spans, text)
    assert all(0 <= span["start"] < span["end"] <= len(text) for span in made["initialSpans"])
    distinct = {json.dumps(span, sort_keys=True) for span in spans}
    left_out = made.get("initialSpansLeftOut", 0)
    assert len(made["initialSpans"]) + left_out == len(distinct)
