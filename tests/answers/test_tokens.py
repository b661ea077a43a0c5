"""Spans of the page of 2019, which count tokens."""

from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.tokens import TokenOffsets
from labelwright.answers.values import MarkedSpan, Span
from labelwright.task.definition import FieldDefinition, Kind

FIELD = FieldDefinition(name="f", path="f", kind=Kind.SPANS)


def browser_tokens(text: str) -> list[str]:
    """Return what the page cut a text into, whose blanks both languages trim."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" \n\t\r").split(" ")


@given(st.text("ab \n\r\t\U0001f33f", min_size=1), st.data())
def test_tokens_become_the_code_points_that_hold_them(text: str, data: st.DataObject) -> None:
    """Whatever blanks and line ends a text has."""
    tokens = browser_tokens(text)
    start = data.draw(st.integers(0, len(tokens) - 1))
    end = data.draw(st.integers(start + 1, len(tokens)))
    found = TokenOffsets(text).code_points(start, end, tokens[start:end])
    assert found is not None
    covered = text[found[0] : found[1]].replace("\r\n", "\n").replace("\r", "\n")
    assert covered.split(" ") == tokens[start:end]


def test_tokens_that_the_text_has_not_are_left_out_and_counted() -> None:
    """Another text's, or beyond the end."""
    known = KnownText(None, " a bc d ")
    spans = [
        MarkedSpan(Span(1, 3, "X"), None, ("bc", "d")),
        MarkedSpan(Span(0, 1, "X"), None, ("b",)),
        MarkedSpan(Span(2, 4, "X"), None, ("d",)),
        MarkedSpan(Span(0, 1, "X"), None, ()),
    ]
    placed = place_spans(spans, FIELD, known).reading
    assert placed.value == (Span(3, 7, "X"),)
    assert placed.problems == ("3 of 4 spans do not fit the text",)


def test_without_the_text_token_indices_stay_and_the_answer_is_flagged() -> None:
    """They are worth consolidating all the same."""
    placed, units = place_spans([MarkedSpan(Span(1, 3, "X"), None, ("bc", "d"))], FIELD, None)
    assert placed.value == (Span(1, 3, "X"),)
    assert "count tokens" in placed.problems[0]
    assert units == {"token"}
