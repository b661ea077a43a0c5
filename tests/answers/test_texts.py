import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.texts import (
    KnownText,
    TextClaim,
    claim_fault,
    most_claimed,
    place_spans,
    text_claim,
)
from labelwright.answers.values import MarkedSpan, Span
from labelwright.task.definition import FieldDefinition, Kind
from tests import strategies

Json = Any
OURS = FieldDefinition(name="f", path="annotations.value", kind=Kind.SPANS)
CROWD = FieldDefinition(name="f", path="f", kind=Kind.SPANS, offsets="utf16")
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


def test_only_addresses_below_the_prefix_are_read() -> None:
    """The address that most pages name wins, but never one outside the prefix, nor without one."""
    claims = [TextClaim(uri, None, None) for uri in (URI, URI, "s3://texts/b.txt", "s3://evil/x")]
    evil = [TextClaim("s3://evil/x", None, None)] * 5
    assert most_claimed([*claims, *evil, None], "s3://texts/") == URI
    assert most_claimed(evil, "s3://texts/") is None
    assert most_claimed(claims, None) is None
    assert most_claimed(claims, "") is None


def test_a_tie_of_addresses_names_none() -> None:
    """One page against another: whose spans lie in which text can't be told, nobody's are lost."""
    claims = [TextClaim(URI, None, None), TextClaim("s3://texts/b.txt", None, None)]
    assert most_claimed(claims, "s3://texts/") is None


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
    placed = place_spans(spans, OURS, KNOWN)
    assert placed.value == (Span(0, 2, "a"), Span(3, 4, "a"))
    assert placed.problems == ("3 of 5 spans do not fit the text",)


def test_without_a_text_offsets_stay() -> None:
    """Where the text is not known nothing is checked or changed."""
    placed = place_spans([marked(5, 900, "zz")], CROWD, None)
    assert placed == ((Span(5, 900, "a"),), ())


@given(strategies.texts.filter(bool), st.data())
def test_utf16_spans_become_those_of_code_points(text: str, data: st.DataObject) -> None:
    """Ends counted in UTF-16, as browsers do, are placed where Python finds the same words."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = (len(text[:index].encode("utf-16-le")) // 2 for index in (start, end))
    placed = place_spans([marked(first, last, text[start:end])], CROWD, KnownText(None, text))
    assert placed == ((Span(start, end, "a"),), ())
