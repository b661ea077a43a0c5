"""Text as it may be shown."""

import json

from hypothesis import given
from hypothesis import strategies as st

from labelwright_local.printable import LAID_OUT, json_visible, printable


@given(st.text())
def test_what_is_shown_has_a_shape(text: str) -> None:
    """Every character, but for those that are asked to be kept."""
    assert printable(text, None).isprintable()
    lines = printable(text, None, LAID_OUT)
    assert lines.count("\n") == text.count("\n")
    assert lines.replace("\n", "").isprintable()


@given(st.text(st.characters(codec="utf-8")))
def test_json_that_is_shown_is_the_same_json(text: str) -> None:
    """Whatever stands in it unescaped, and however its line ends."""
    for line in (json.dumps({text: text}, ensure_ascii=False), json.dumps(text) + "\r\n"):
        shown = json_visible(line.encode()).decode()
        assert json.loads(shown) == json.loads(line)
        assert not {char for char in shown if char in "\x7f\x85\x9b\u202e\u2028\u200d\r\t"}


def test_json_without_such_characters_is_left_as_it_is() -> None:
    """To the letter."""
    line = '{"é": 1.50,  "x": [1 , 2]}\n'.encode()
    assert json_visible(line) is line
