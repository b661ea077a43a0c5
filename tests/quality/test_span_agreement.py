"""Krippendorff's alpha on spans."""

import pytest
from hypothesis import given

from labelwright.answers.values import Span
from labelwright.quality.span_agreement import span_alpha, span_alphas, worker_span_alphas
from tests.consolidation.spans.columns import TEXT, span_column, span_objects


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


def test_each_worker_has_an_alpha() -> None:
    """Who marks what nobody else does agrees less than the rest."""
    same = [Span(0, 4, "A")]
    column = span_column({"a": same, "b": same, "c": [Span(8, 12, "A")]}, texts=[TEXT])
    alphas = worker_span_alphas(column)
    assert list(alphas) == ["a", "b", "c"]
    a, b, c = (alpha if alpha is not None else 2 for alpha in alphas.values())
    assert a == b > 0 > c


@given(span_objects())
def test_workers_alphas_average_to_that_of_all(objects: list[dict[str, list[Span]]]) -> None:
    """Each weighted by the characters the worker shares with others."""
    column = span_column(*objects, texts=[TEXT] * len(objects))
    whole = span_alpha(
        [[value.value for value in values] for values in column.values],
        [len(TEXT)] * len(objects),
    )
    shared: dict[str, int] = {}
    for values in column.values:
        for value in values:
            shared[value.worker] = shared.get(value.worker, 0) + (len(values) > 1)
    alphas = worker_span_alphas(column)
    told = [(alpha, shared[worker]) for worker, alpha in alphas.items() if alpha is not None]
    if whole is None:
        assert not told
    else:
        mean = sum(alpha * times for alpha, times in told) / sum(times for _, times in told)
        assert mean == pytest.approx(whole)
