import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.decode import ABSENT, decode_content, decode_nested, look_up
from tests import strategies

Json = Any


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ([{"a": 1}], {"a": 1}),
        ("", {}),
        (" \n", {}),
        ("{}", {}),
        ("null", {}),
        ('{"a": "\\ud83d\\ude00 \\ud83d"}', {"a": "😀 \ufffd"}),
        ('{"\\udc00": [{"\\ud800": "\\ud800"}]}', {"\ufffd": [{"\ufffd": "\ufffd"}]}),
        ({"a": "\ud800"}, {"a": "\ufffd"}),
    ],
)
def test_content_is_a_json_object_in_a_string(content: Json, expected: Json) -> None:
    """The string of the contract, the array of previews and an object itself are all read."""
    assert decode_content(content) == expected


@pytest.mark.parametrize("content", ["[]", "[1, 2]", "5", '"{}"', "{", "SECRET", 5, True, ["x"],
                                     "[" * 5000, "NaN", '{"a": 1e999}'])  # fmt: skip
def test_other_content_is_a_value_error_without_it(content: Json) -> None:
    """What is no answer is refused, and the reason does not repeat it."""
    with pytest.raises(ValueError, match="JSON") as caught:
        decode_content(content)
    assert type(caught.value) is ValueError
    assert "SECRET" not in str(caught.value)


ANSWER = {
    "plain": "x",
    "hidden": json.dumps({"value": [1], "deep": json.dumps({"x": {"y": "z"}}), "text": "[1]"}),
    "a.b": {"c": 1},
    "a": {"b": {"c": 2, "d": 3}},
    "empty": "",
    "damaged": "{",
    "list": [{"x": 1}],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("plain", "x"),
        ("hidden.value", [1]),
        ("hidden.deep.x.y", "z"),
        ("hidden.text", "[1]"),
        ("hidden", ANSWER["hidden"]),
        ("a.b.c", 1),
        ("a.b", {"c": 1}),
        ("nothing", None),
        ("damaged", "{"),
        ("missing", ABSENT),
        ("hidden.missing.x", ABSENT),
        ("nothing.x", ABSENT),
        ("empty.x", ABSENT),
        ("list.x", ABSENT),
    ],
)
def test_path_leads_through_json_strings(path: str, expected: Json) -> None:
    """A path goes through objects and JSON strings alike; the value itself stays as it is."""
    assert look_up(ANSWER, path) == expected


def test_damaged_json_on_the_way_is_told() -> None:
    """A string that should hold an object and does not is an error of that answer."""
    with pytest.raises(ValueError, match="not JSON"):
        look_up(ANSWER, "damaged.x")


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), strategies.texts, st.data())
def test_any_mix_of_encodings_is_looked_through(
    steps: list[str], value: str, data: st.DataObject
) -> None:
    """However often the levels of an answer are encoded, the path finds the value."""
    answer: Json = value
    for step in reversed(steps):
        answer = {step: answer}
        if data.draw(st.booleans()):
            answer = json.dumps(answer)
    assert look_up(answer, ".".join(steps)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        (" [1]", [1]),
        ("[see above]", "[see above]"),
        ("{", "{"),
        ("5", "5"),
        ("text", "text"),
        (5, 5),
    ],
)
def test_only_objects_and_arrays_are_taken_out_of_strings(value: Json, expected: Json) -> None:
    """A string that holds structured JSON is decoded, any other string is a string."""
    assert decode_nested(value) == expected


def test_a_string_on_the_way_is_decoded_once() -> None:
    """Whoever asks for fifty fields in it gets parts of the same value, or the same error."""
    answer = decode_content(json.dumps({"a": json.dumps({"b": [1], "c": [2]}), "d": "{"}))
    assert look_up(answer, "a.b") == [1]
    assert look_up(answer, "a.b") is look_up(answer, "a.b")
    assert look_up(answer, "a") == json.dumps({"b": [1], "c": [2]})
    for _ in range(2):
        with pytest.raises(ValueError, match="not JSON"):
            look_up(answer, "d.e")
