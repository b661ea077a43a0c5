import json
from typing import Any

import pytest
from hypothesis import given

from labelwright.contract.base import MAX_DEPTH, dump_json, has_lone_surrogate, load_json
from tests import strategies


@given(strategies.json_values)
def test_json_round_trips(value: Any) -> None:
    """What is written reads back the same, half surrogate pairs included."""
    assert load_json(dump_json(value)) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON: Expecting value at character 0"),
        ('{"a": SECRET}', "not JSON: Expecting value at character 6"),
        ("NaN", "not finite"),
        ("-Infinity", "not finite"),
        ("1e400", "not finite"),
        ("9" * 5_000, "too many digits"),
        ("[" * 102 + "]" * 102, "nested too deeply"),
        ("[" * 1_000_000, "nested too deeply"),
        (b'"\xff"', "not UTF-8 at byte 1"),
    ],
)
def test_every_failure_is_a_value_error_without_the_text(text: str | bytes, reason: str) -> None:
    """Whatever is wrong with JSON is one kind of error, and it does not repeat the text."""
    with pytest.raises(ValueError, match=reason) as caught:
        load_json(text)
    assert type(caught.value) is ValueError
    assert "SECRET" not in str(caught.value)


def test_depth_limit_is_far_above_any_form() -> None:
    """A hundred levels are read."""
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert json.dumps(load_json(text)) == text


def test_not_finite_numbers_are_never_written() -> None:
    """NaN is no JSON."""
    with pytest.raises(ValueError, match="JSON"):
        dump_json(float("nan"))


@pytest.mark.parametrize(
    ("text", "expected"), [("", False), ("😀é", False), ("\ud83d", True), ("a\udc00b", True)]
)
def test_half_surrogate_pairs_are_told_apart(text: str, expected: bool) -> None:
    """Whole characters can be sent, half a pair can't."""
    assert has_lone_surrogate(text) is expected
