"""Votes on choices, several choices, spans, numbers and texts."""

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Span
from labelwright.consolidation.choices import vote_on_each
from labelwright.consolidation.methods import consolidate, with_method
from labelwright.consolidation.numbers import median
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.vote import span_vote
from labelwright.consolidation.texts import edit_distance, medoid
from labelwright.errors import MethodError
from labelwright.task.definition import FieldDefinition, Kind

A = Span(0, 4, "METHODS")
B = Span(5, 9, "RESULTS")


def field(kind: Kind, **settings: object) -> FieldDefinition:
    """Make a field of the kind."""
    return FieldDefinition.model_validate({"name": "f", "path": "f", "kind": kind, **settings})


def choices(*objects: dict[str, str], labels: tuple[str, ...] = ()) -> Column:
    """Make a choice column from what each worker said of each object."""
    values = tuple(
        tuple(WorkerValue(worker, label) for worker, label in answers.items())
        for answers in objects
    )
    return Column(field(Kind.CHOICE), labels, tuple(map(str, range(len(objects)))), values)


def test_the_label_that_most_workers_gave_wins() -> None:
    """Two against one: the share of the two is the confidence."""
    column = choices({"a": "owl", "b": "owl", "c": "falcon"})
    (found,) = consolidate(column._replace(field=field(Kind.CHOICE, method="majority")))
    assert found == Consolidated("owl", 2 / 3, 3, {"falcon": 1, "owl": 2})


def test_a_tie_goes_to_the_first_declared_label_and_is_flagged() -> None:
    """Declared order decides, not the alphabet."""
    (found,) = consolidate(choices({"a": "falcon", "b": "owl"}, labels=("owl", "falcon")))
    assert (found.value, found.tie, found.confidence) == ("owl", True, 0.5)


def test_an_undeclared_tie_goes_to_the_first_label_in_sorted_order() -> None:
    """Without declared labels the alphabet decides."""
    (found,) = consolidate(choices({"a": "owl", "b": "falcon"}))
    assert (found.value, found.tie) == ("falcon", True)


def test_an_undeclared_label_counts_and_is_named() -> None:
    """A label that nobody declared is kept like any other."""
    (found,) = consolidate(choices({"a": "heron", "b": "heron", "c": "owl"}, labels=("owl",)))
    assert (found.value, found.undeclared) == ("heron", ("heron",))


def test_an_object_that_nobody_answered_has_no_value() -> None:
    """No vote, no label, no confidence; its neighbour is not touched."""
    silent, answered = consolidate(choices({}, {"a": "owl"}))
    assert silent == Consolidated(None, None, 0, {})
    assert answered.value == "owl"


def test_dawid_skene_trusts_the_worker_who_agrees_with_others() -> None:
    """Where two disagree, the one who is right elsewhere decides."""
    sure = [{"a": x, "b": x, "c": x, "bad": y} for x, y in [("l", "r"), ("r", "l")] * 5]
    column = choices(*sure, {"a": "l", "bad": "r"})
    for method in ("dawid-skene", "skill"):
        methodical = column._replace(field=field(Kind.CHOICE, method=method))
        assert consolidate(methodical)[-1].value == "l"
    assert consolidate(column._replace(field=field(Kind.CHOICE, method="majority")))[-1].tie


def test_an_unknown_method_is_named_with_those_there_are() -> None:
    """The message says field, kind and what to choose from."""
    column = choices({"a": "x"})._replace(field=field(Kind.CHOICE, method="vote"))
    with pytest.raises(MethodError, match=r"field 'f'.*majority, dawid-skene"):
        consolidate(column)


def test_a_method_for_the_whole_job_is_given_to_the_kinds_that_have_it() -> None:
    """Others keep their own."""
    fields = (field(Kind.CHOICE), field(Kind.TEXT))
    changed = with_method(fields, "dawid-skene")
    assert [item.method for item in changed] == ["dawid-skene", None]


def test_a_label_of_several_is_kept_when_more_than_half_chose_it() -> None:
    """Exactly half is not enough, and is a tie."""
    found = vote_on_each([("a", "b"), ("a",), ("a", "b"), ("c",)], None)
    assert found.value == ["a"]
    assert found.tie
    assert found.votes == {"a": 3, "b": 2, "c": 1}


def test_a_threshold_decides_which_labels_of_several_are_kept() -> None:
    """At least that share, so one of four at a quarter."""
    assert vote_on_each([("a",), ("b",), (), ()], 0.25).value == ["a", "b"]


def test_workers_who_ticked_nothing_agree_on_nothing() -> None:
    """An empty list is an answer."""
    assert vote_on_each([(), ()], None) == Consolidated([], 1.0, 2, {})


def test_a_span_is_kept_from_a_third_of_the_workers_on() -> None:
    """One of three is enough, one of four is not."""
    assert [s["start"] for s in span_vote([(A,), (), ()], None).value] == [0]
    assert span_vote([(A,), (), (), ()], None).value == []


def test_a_worker_who_marked_nothing_has_voted_against_every_span() -> None:
    """Silence counts in the confidence."""
    (span,) = span_vote([(A,), (A,), ()], None).value
    assert span == {"start": 0, "end": 4, "label": "METHODS", "confidence": 2 / 3, "votes": 2}


def test_spans_may_overlap_and_come_sorted() -> None:
    """Each exact span is a question of its own."""
    inner = Span(1, 3, "RESULTS")
    found = span_vote([(A, inner), (B, A), (inner, B)], None).value
    assert [(s["start"], s["end"]) for s in found] == [(0, 4), (1, 3), (5, 9)]


def test_the_median_lies_between_the_middle_two() -> None:
    """An even number of answers has two middles."""
    assert median([1.0, 2.0, 4.0, 100.0]) == Consolidated(3.0, 0.0, 4, tie=True)
    assert median([3.0, 1.0, 3.0]) == Consolidated(3.0, 2 / 3, 3)


def test_the_median_of_huge_numbers_is_finite() -> None:
    """Their sum is not."""
    assert median([1.7e308, 1.7e308]).value == 1.7e308
    assert isfinite(median([1.6e308, 1.7e308]).value)


def test_the_most_central_text_wins() -> None:
    """It is the one that the others resemble."""
    found = medoid(["the cell is round", "the cell is round.", "no idea"])
    assert found.value in ("the cell is round", "the cell is round.")
    assert found.workers == 3


def test_long_texts_are_compared_by_words() -> None:
    """A novel in the notes costs no minute."""
    story = "word " * 5_000
    found = medoid([story, story + "end", "short"])
    assert found.value in (story, story + "end")


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_the_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    """Zero for equals alone, symmetric, and no detour is shorter."""
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_the_edit_distance_counts_insertions_deletions_and_replacements() -> None:
    """The example of every textbook."""
    assert edit_distance("kitten", "sitting") == 3


spans = st.lists(
    st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 20),
        st.integers(1, 9),
        st.sampled_from(["A", "B"]),
    ),
    max_size=4,
    unique=True,
).map(tuple)


@given(st.lists(spans, min_size=1, max_size=6), st.randoms())
def test_the_order_of_workers_never_matters_to_spans(
    answers: list[tuple[Span, ...]], random: object
) -> None:
    """Any order, one result."""
    shuffled = answers[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert span_vote(shuffled, None) == span_vote(answers, None)


@given(st.lists(spans, min_size=1, max_size=6))
def test_what_all_workers_marked_is_kept_and_nothing_is_invented(
    answers: list[tuple[Span, ...]],
) -> None:
    """Kept spans are between those of all and those of any."""
    kept = {Span(s["start"], s["end"], s["label"]) for s in span_vote(answers, None).value}
    given_by = [set(answer) for answer in answers]
    assert set.intersection(*given_by) <= kept <= set.union(*given_by)


def test_spans_of_one_place_with_two_labels_given_as_often_are_a_tie() -> None:
    """Unless somebody means both."""
    other = A._replace(label="RESULTS")
    assert span_vote([(A,), (other,)], None).tie
    assert not span_vote([(A,), (A,), (other,)], None).tie
    assert not span_vote([(A, other), (A, other)], None).tie


def test_a_long_text_that_is_alike_in_all_that_is_compared_is_not_the_others() -> None:
    """Of long texts the first words are compared; three who gave one text are not a tie with it."""
    text = "swift " * 2_000
    found = medoid([text, text, text, f" {text}"])
    assert (found.value, found.tie) == (text, False)
