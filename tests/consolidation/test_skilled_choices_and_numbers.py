"""Choices, numbers and gold by skill."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.consolidation.choices import skill_on_each, vote_on_each
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.numbers import skilled_median
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind

sets = st.lists(st.sampled_from("abc"), unique=True).map(tuple)
answered = st.lists(st.dictionaries(st.sampled_from("uvwx"), sets).map(lambda d: list(d.items())))
measured = st.lists(
    st.dictionaries(st.sampled_from("uvwx"), st.floats(-1e300, 1e300)).map(
        lambda d: list(d.items())
    )
)


def column(kind: Kind, method: str, *objects: dict[str, Json]) -> Column:
    """Return a column of objects ``0``, ``1``, ... with these answers by worker."""
    field = FieldDefinition(name="f", path="f", kind=kind, method=method)
    values = tuple(tuple(WorkerValue(*item) for item in answers.items()) for answers in objects)
    return Column(field, (), tuple(map(str, range(len(objects)))), values)


@given(answered)
def test_choices_are_labels_that_somebody_gave(answers: list[list[tuple[str, Json]]]) -> None:
    """With probabilities, whatever was answered; nothing where nobody did."""
    results = skill_on_each(answers, None, {})
    anywhere = {label for found in answers for _, labels in found for label in labels}
    for found, result in zip(answers, results, strict=True):
        assert result.workers == len(found)
        if found:
            assert set(result.value) <= anywhere
            assert 0 <= result.confidence <= 1  # type: ignore[operator]
        else:
            assert result.value is None


def test_a_worker_who_gives_every_label_counts_less() -> None:
    """Two careful workers and one who ticks all boxes, over twenty objects."""
    answers = [
        [("u", ("abcd"[i % 4],)), ("v", ("abcd"[i % 4],) if i else ()), ("all", tuple("abcd"))]
        for i in range(20)
    ]
    assert vote_on_each([labels for _, labels in answers[0]], None).value == ["a"]
    results = skill_on_each(answers, None, {})
    assert [result.value for result in results[1:]] == [["abcd"[i % 4]] for i in range(1, 20)]


def test_of_more_labels_than_can_be_asked_for_the_others_are_voted_on() -> None:
    """One worker's 60,000 labels, asked of a hundred answers each, are more than five million."""
    flood = [f"{i:05}" for i in range(60_000)]
    plain = [(worker, ("a",)) for worker in "uvwx"]
    answers = [[*plain, ("odd", ("a", *flood))]] + [[*plain, ("odd", ())]] * 19
    first, *others = skill_on_each(answers, 0.2, {})
    # By skill each is unlikely; by vote it has one of five.
    assert first.value == [*flood[49_999:], "a"]
    assert len(first.votes or ()) == 60_001
    assert {tuple(result.value) for result in others} == {("a",)}


def test_known_choices_are_the_result() -> None:
    """Gold has the last word, and labels that nobody chose."""
    found = skill_on_each([[("u", ("a",)), ("v", ("a",))]], None, {0: ["b"]})
    assert (found[0].value, found[0].confidence) == (["b"], 1.0)


@given(measured)
def test_a_skilled_median_lies_among_the_answers(answers: list[list[tuple[str, float]]]) -> None:
    """Never below the least or above the greatest."""
    for found, result in zip(answers, skilled_median(answers, {}), strict=True):
        if found:
            numbers = [number for _, number in found]
            assert min(numbers) <= result.value <= max(numbers)
            assert 0 <= result.confidence <= 1  # type: ignore[operator]
        else:
            assert result.value is None


@given(st.lists(st.integers(0, 9), min_size=5, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_answers_never_matters_to_numbers(
    numbers: list[int], shuffler: random.Random
) -> None:
    """The same answers in another order give the same value, as sure to the last digit."""
    answers = [
        [(w, float(number)) for w, number in zip("uvwxyz", numbers[i : i + 6], strict=False)]
        for i in range(0, len(numbers), 6)
    ]
    order = shuffler.sample(range(len(answers)), len(answers))
    shuffled = [shuffler.sample(answers[i], len(answers[i])) for i in order]
    results = skilled_median(answers, {})
    assert skilled_median(shuffled, {}) == [results[i] for i in order]


def test_numbers_lean_on_workers_who_are_close() -> None:
    """Five workers of whom two are precise: their numbers are nearer to the truth."""
    rng = np.random.default_rng(0)
    spread = {"fine": 0.1, "fair": 0.3, "poor": 3.0, "bad": 5.0, "worse": 5.0}
    answers = [[(w, float(rng.laplace(0, s))) for w, s in spread.items()] for _ in range(60)]
    skilled = np.mean([abs(result.value) for result in skilled_median(answers, {})])
    plain = np.mean([abs(np.median([number for _, number in found])) for found in answers])
    assert skilled < 0.8 * plain


def test_gold_reaches_the_methods_that_learn() -> None:
    """Known values by datasetObjectId are results for choice, choices and numbers."""
    for kind, answer, known in (
        (Kind.CHOICE, "a", "b"),
        (Kind.CHOICES, ("a",), ["b"]),
        (Kind.NUMBER, 1.0, 2.0),
    ):
        made = column(kind, "skill", {"u": answer, "v": answer}, {"u": answer, "v": answer})
        found = consolidate(made, {"1": known})
        assert (found[1].value, found[1].confidence) == (known, 1.0)


def test_objects_without_answers_have_no_label_even_when_known() -> None:
    """Gold is for teaching; a label needs a worker."""
    (found,) = consolidate(column(Kind.CHOICE, "skill", {}), {"0": "a"})
    assert found.value is None
