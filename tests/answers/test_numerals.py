"""Numbers as answers spell them."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.numerals import read_number, read_whole
from tests import strategies


@given(st.integers(-(2**53), 2**53), st.sampled_from([str, float, "{}.0".format, " {}\n".format]))
def test_a_whole_number_is_one_in_every_spelling(number: int, spelling: Any) -> None:
    """As an int, as a float, as a string of either, with blanks around it."""
    assert read_whole(number) == number
    assert read_whole(spelling(number)) == number
    assert read_number(spelling(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_what_json_makes_of_it(number: float) -> None:
    """As it is, or spelt."""
    assert read_number(number) == read_number(json.dumps(number)) == number
    assert (read_whole(number) is None) == (not number.is_integer())


@pytest.mark.parametrize(
    "value",
    [
        True, False, None, [], {}, [1], "", " ", "x", "1_0", "0x1", "1,5", "1 2", "--1", ".", "e5",
        "nan", "NaN", "inf", "Infinity", "-Infinity", "1e999", "\u0661", "\uff11", math.nan,
        math.inf, -math.inf, 10**400, "9" * 401, "1" * 100_000 + "x",
    ],
)  # fmt: skip
def test_nothing_else_is_a_number(value: Any) -> None:
    """Neither a yes or no, nor what is not finite, nor what only Python would read."""
    assert read_number(value) is None
    assert read_whole(value) is None


@given(strategies.json_values)
def test_whatever_is_read_is_finite(value: Any) -> None:
    """And no bool: those are ints to Python."""
    found = read_number(value)
    assert found is None or (math.isfinite(found) and not isinstance(found, bool))
