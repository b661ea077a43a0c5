import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.texts import (
    KnownText,
    TextClaim,
    believed_text,
    claim_fault,
    place_spans,
    text_claim,
)
from labelwright.answers.values import MarkedSpan, Span
from labelwright.task.definition import FieldDefinition, Kind
from tests import strategies

Json = Any
OURS = FieldDefinition(name="f", path="annotations.value", kind=Kind.SPANS)
CROWD = FieldDefinition(name="f", path="f", kind=Kind.SPANS, offsets="utf16")
POINTS = FieldDefinition(name="f", path="f", kind=Kind.SPANS, offsets="codepoint")
URI = "s3://texts/a.txt"
TEXT = "ab 😀 cd"
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
KNOWN = KnownText(URI, TEXT)


def test_claim_stands_beside_the_spans() -> None:
    """The page's echo of the text it showed is read from beside the spans."""
    inner = {"value": [], "text": {"uri": URI, "length": 7, "sha256": SHA}}
    claim = TextClaim(URI, 7, SHA)
    assert text_claim({"annotations": inner}, OURS) == claim
    assert text_claim({"annotations": json.dumps(inner)}, OURS) == claim
    assert text_claim({"text": {"uri": URI}}, CROWD) == TextClaim(URI, None, None)


@pytest.mark.parametrize(
    "answer",
    [
        {}, {"annotations": "{"}, {"annotations": {"text": "x"}}, {"annotations": {"text": {}}},
        {"annotations": {"text": {"uri": ""}}}, {"annotations": {"text": {"uri": 5}}},
    ],
)  # fmt: skip
def test_no_claim_is_no_error(answer: Json) -> None:
    """An answer that says nothing, or nonsense, of its text makes no claim."""
    assert text_claim(answer, OURS) is None


A, B = TextClaim(URI, None, None), TextClaim("s3://texts/b.txt", None, None)


@pytest.mark.parametrize(
    "claims", [[A], [A, A], [A, A, None], [A, B, A], [A, None, A, B, A], [B, A, A, A, A, A, B]]
)
def test_a_text_is_believed_that_more_than_half_of_the_answers_name(
    claims: list[TextClaim | None],
) -> None:
    """Those without a claim count too."""
    assert believed_text(claims) == (URI, None)


@pytest.mark.parametrize(
    "claims", [[A, None], [A, B], [A, A, None, None], [A, *[None] * 8], [A, B, None]]
)
def test_a_text_that_half_of_the_answers_name_or_fewer_is_not(
    claims: list[TextClaim | None],
) -> None:
    """One worker can't decide what the others saw; that a text was named is told."""
    uri, doubt = believed_text(claims)
    assert uri is None
    assert f"of {len(claims)} answers" in str(doubt)


def test_where_nobody_names_a_text_there_is_none_to_doubt() -> None:
    """An inline source needs no claim."""
    assert believed_text([None, None]) == believed_text([]) == (None, None)


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (None, None),
        (TextClaim(URI, None, None), None),
        (TextClaim(URI, 7, SHA), None),
        (TextClaim(URI, 7, SHA.upper()), None),
        (TextClaim("s3://texts/b.txt", 7, SHA), "another text"),
        (TextClaim(URI, 8, SHA), "another length"),
        (TextClaim(URI, 10**400, SHA), "another length"),
        (TextClaim(URI, 7, "0" * 64), "hash differs"),
    ],
)
def test_claim_is_checked_against_the_text(claim: TextClaim | None, fault: str | None) -> None:
    """Another text, length or hash than the page showed makes its offsets worthless."""
    found = claim_fault(claim, KNOWN)
    assert (found is None) == (fault is None)
    assert fault is None or fault in str(found)
    assert claim_fault(claim, None) is None
    assert claim_fault(claim, KnownText(None, "other")) is None


def marked(start: int, end: int, quote: str | None = None) -> MarkedSpan:
    """Return a span as a worker marked it."""
    return MarkedSpan(Span(start, end, "a"), quote)


def test_spans_that_do_not_fit_the_text_are_left_out_and_counted() -> None:
    """Beyond the end, or with another quote: left out; the others stay."""
    spans = [marked(0, 2, "ab"), marked(3, 4), marked(5, 7, "xx"), marked(5, 8), marked(0, 10**400)]
    placed = place_spans(spans, OURS, KNOWN).reading
    assert placed.value == (Span(0, 2, "a"), Span(3, 4, "a"))
    assert placed.problems == ("3 of 5 spans do not fit the text",)
    assert placed.partial


def test_spans_of_which_none_fits_the_text_are_silence() -> None:
    """They say nothing of the text; who marked nothing has said so."""
    lost = place_spans([marked(5, 8), marked(90, 91)], OURS, KNOWN).reading
    assert lost == (None, ("2 of 2 spans do not fit the text",), False)
    assert place_spans([], OURS, KNOWN).reading == ((), (), False)


def test_without_a_text_offsets_stay() -> None:
    """Where the text is not known nothing is checked or changed."""
    placed, units = place_spans([marked(5, 900, "zz")], CROWD, None)
    assert placed == ((Span(5, 900, "a"),), (), False)
    assert units == {"utf16"}


#: As crowd-entity-annotation gives them: 😀 is two units, the line ends are one each.
LINES = "a😀\r\nb\rcd\r\n"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 3, "a😀"), (4, 5, "b"), (6, 8, "cd"), (3, 4, "\r\n"), (3, 8, "\r\nb\rcd"), (8, 9, "\r\n")],
)
def test_offsets_of_the_element_count_in_the_text_as_it_shows_it(
    start: int, end: int, words: str
) -> None:
    """UTF-16 units of a text whose line ends are line feeds; what is labeled is the source's."""
    span = marked(start, end)._replace(by_element=True)
    (found,) = place_spans([span], OURS, KnownText(None, LINES)).reading.value
    assert LINES[found.start : found.end] == words


def test_offsets_of_our_page_count_in_the_text_as_it_is() -> None:
    """It gets the text as JSON, in which a CR is one."""
    known = KnownText(None, LINES)
    assert place_spans([marked(6, 8, "cd")], OURS, known).reading.value == (Span(6, 8, "a"),)
    assert place_spans([marked(5, 7, "cd")], OURS, known).reading.value is None


def test_what_the_definition_says_of_offsets_holds() -> None:
    """Set, the unit is that for every answer."""
    ours, theirs = marked(5, 7), marked(5, 7)._replace(by_element=True)
    for field, expected in ((OURS, (5, 4)), (CROWD, (4, 4)), (POINTS, (5, 5))):
        for span, start in zip((ours, theirs), expected, strict=True):
            (found,) = place_spans([span], field, KNOWN).reading.value
            assert found.start == start


@given(strategies.texts.filter(bool), st.data())
def test_utf16_spans_become_those_of_code_points(text: str, data: st.DataObject) -> None:
    """Ends counted in UTF-16, as browsers do, are placed where Python finds the same words."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = (len(text[:index].encode("utf-16-le")) // 2 for index in (start, end))
    placed = place_spans([marked(first, last, text[start:end])], CROWD, KnownText(None, text))
    assert placed.reading == ((Span(start, end, "a"),), (), False)
