import json
from typing import Any

import pytest

from labelwright.answers.offsets import Utf16Offsets
from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.values import MarkedSpan, Span
from labelwright.task.definition import FieldDefinition, Kind
from tests.web.span_cases import CASES, serialised, units

RECORDED: list[dict[str, Any]] = json.loads(CASES.read_text("ascii"))
FIELD = FieldDefinition(name="parts", path="annotations.value", kind=Kind.SPANS, offsets="utf16")


def test_the_cases_are_what_the_generator_makes() -> None:
    """The file both suites read is made by Python; it is not written by hand."""
    assert CASES.read_text("ascii") == serialised()


@pytest.mark.parametrize("case", RECORDED, ids=range(len(RECORDED)))
def test_post_labeling_sees_what_the_page_sees(case: dict[str, Any]) -> None:
    """The handlers count, slice, convert and hash each text of the cases as the cases say."""
    text = case["text"]
    known = KnownText(None, text)
    assert (len(text), known.sha256) == (case["length"], case["sha256"])
    assert Utf16Offsets(text).length == units(text) == case["units"]
    for span in case["spans"]:
        assert text[span["start"] : span["end"]] == span["quote"]
    marked = [
        MarkedSpan(Span(span["from"], span["to"], "A"), span["quote"]) for span in case["spans"]
    ]
    placed = place_spans(marked, FIELD, known).reading
    expected = {Span(span["start"], span["end"], "A") for span in case["spans"]}
    assert set(placed.value) == expected
    assert placed.problems == ()
