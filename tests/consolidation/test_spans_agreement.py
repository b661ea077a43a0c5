"""Krippendorff's alpha on spans."""

import pytest
from hypothesis import given

from labelwright.answers.values import Span
from labelwright.consolidation.span_agreement import span_alpha, span_alphas
from tests.consolidation.span_columns import TEXT, span_column, span_objects


def test_equal_spans_agree_fully() -> None:
    """Alpha is 1 when everybody marked the same."""
    spans = [Span(0, 4, "A")]
    assert span_alpha([[spans, spans]], [10]) == 1


def test_alpha_is_that_of_the_characters() -> None:
    """Two workers, ten characters, two of them marked by one worker only.

    Coincidences: 2 marked pairs (4 values), 6 unmarked (12), 2 mixed (4); n = 20, 6 marked.
    """
    value = span_alpha([[[Span(0, 4, "A")], [Span(0, 2, "A")]]], [10])
    assert value == pytest.approx(1 - 19 * 4 / (2 * 6 * 14))


def test_alpha_needs_two_workers_and_two_values() -> None:
    """Nothing to compare, or nothing to tell apart: not defined."""
    assert span_alpha([[[Span(0, 4, "A")]]], [10]) is None
    assert span_alpha([[[], []]], [10]) is None
    assert span_alpha([], []) is None


def test_each_label_has_its_alpha() -> None:
    """Workers can agree on one label and not on another."""
    column = span_column(
        {"a": [Span(0, 4, "A"), Span(6, 9, "B")], "b": [Span(0, 4, "A"), Span(20, 23, "B")]},
        texts=[TEXT],
    )
    alphas = span_alphas(column)
    assert alphas["A"] == 1
    assert alphas["B"] is not None
    assert alphas["B"] < 0


@given(span_objects())
def test_alpha_is_at_most_one(objects: list[dict[str, list[Span]]]) -> None:
    """Any answers, with or without text."""
    for texts in ([], [TEXT] * len(objects)):
        alphas = span_alphas(span_column(*objects, texts=texts))
        assert all(alpha is None or alpha <= 1 + 1e-9 for alpha in alphas.values())
