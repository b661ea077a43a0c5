"""Spans by sequence consolidation."""

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright.answers.values import Span
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.chain import Chains
from labelwright.consolidation.spans.layers import find_layers, most_at_once, with_depth
from labelwright.consolidation.spans.model import infer_sequences
from labelwright.consolidation.spans.rows import Answers, TagRows
from labelwright.consolidation.spans.sequence import sequence
from labelwright.consolidation.spans.states import States
from labelwright.consolidation.spans.units import count_units, tags_of
from labelwright.consolidation.spans.vote import span_vote
from tests.consolidation.spans.columns import (
    NER,
    TEXT,
    one_span,
    read_ner,
    span_column,
    span_objects,
    spans_of,
)

QUICK = Span(4, 9, "A")
#: A text cut to pieces, as a worker may.
CUT = [Span(i, i + 1, "A") for i in range(0, 40, 2)]


def test_an_object_without_workers_has_no_value() -> None:
    """Nobody answered: no spans, not an empty list of them."""
    assert sequence(span_column({})) == [Consolidated(None, None, 0)]


def test_an_empty_batch_gives_an_empty_result() -> None:
    """No objects, no labels."""
    assert sequence(span_column()) == []


def test_when_everybody_marked_nothing_nothing_is_marked() -> None:
    """Silence of all is an answer, and a sure one."""
    assert sequence(span_column({"a": [], "b": []}, texts=[TEXT])) == [Consolidated([], 1.0, 2)]


def test_one_worker_alone_keeps_all_spans() -> None:
    """There is nobody to judge them, nested ones included."""
    spans = [QUICK, Span(0, 19, "A"), Span(4, 30, "B"), Span(16, 19, "B")]
    (found,) = sequence(span_column({"a": spans}, texts=[TEXT]))
    assert spans_of(found) == sorted(spans)


def test_a_span_with_ends_inside_words_is_kept() -> None:
    """Units are cut where workers cut."""
    inside = Span(5, 13, "A")
    (found,) = sequence(span_column({"a": [inside], "b": [inside], "c": []}, texts=[TEXT]))
    assert spans_of(found) == [inside]


def test_a_span_with_a_blank_at_its_end_keeps_it_when_most_gave_it() -> None:
    """Blanks are units where somebody's span ends with them."""
    blank = Span(4, 10, "A")
    (found,) = sequence(span_column({"a": [blank], "b": [blank], "c": [QUICK]}, texts=[TEXT]))
    assert spans_of(found) == [blank]


def test_labels_that_overlap_by_intent_are_consolidated_in_layers() -> None:
    """A span within another of its own or another label stays with it."""
    nested = [Span(0, 19, "A"), Span(4, 9, "B"), Span(10, 15, "A")]
    objects = [{"a": nested, "b": nested, "c": nested[:1]}] * 3
    for found in sequence(span_column(*objects, texts=[TEXT] * 3)):
        assert spans_of(found) == nested


def test_one_workers_slip_does_not_part_labels_that_exclude_each_other() -> None:
    """One end set too far is no layer."""
    clean, slip = [Span(0, 9, "A"), Span(10, 19, "B")], [Span(0, 12, "A"), Span(10, 19, "B")]
    marked = [[with_depth(spans) for spans in (clean, clean, slip)]]
    assert find_layers(marked) == [(("A", 0), ("B", 0))]
    (found,) = sequence(span_column({"a": clean, "b": clean, "c": slip}, texts=[TEXT]))
    assert spans_of(found) == clean


@given(st.lists(st.lists(one_span(), max_size=8, unique=True), max_size=3))
def test_what_one_worker_alone_overlaps_lies_in_different_layers(texts: list[list[Span]]) -> None:
    """Nobody contradicts, so it is meant; every symbol is in one layer."""
    marked = [[with_depth(spans)] for spans in texts]
    layers = find_layers(marked)
    layer_of = {symbol: i for i, layer in enumerate(layers) for symbol in layer}
    assert len(layer_of) == sum(map(len, layers))
    for ((own,),) in zip(marked, strict=True):
        for (one, symbol), (other, another) in combinations(own, 2):
            if one.start < other.end and other.start < one.end:
                assert layer_of[symbol] != layer_of[another]


def test_the_usual_order_of_labels_tells_whose_label_is_right() -> None:
    """One against one: the label that comes next in all other texts is the likelier one."""
    usual = [Span(0, 19, "B"), Span(20, 39, "C"), Span(40, 62, "A")]
    other = [usual[0], Span(20, 39, "A"), usual[2]]
    objects = [{"a": usual, "b": usual, "c": usual}] * 20 + [{"a": usual, "b": other}]
    *_, found = sequence(span_column(*objects, texts=[TEXT] * 21))
    assert spans_of(found) == usual


def test_workers_who_all_shift_another_end_are_merged_end_by_end() -> None:
    """No two workers gave the same span, but two of three agree on either end."""
    objects = [
        {
            "a": [Span(0, 60, "A")],
            "b": [Span(0, 52, "A")],
            "c": [Span(10, 60, "A")],
        }
    ]
    (found,) = sequence(span_column(*objects, texts=[TEXT]))
    assert spans_of(found) == [Span(0, 60, "A")]


def test_spans_that_nobody_else_saw_fall_below_a_high_threshold() -> None:
    """The threshold is the least probability that a span is there."""
    objects = [{"a": [QUICK], "b": [], "c": []}] * 4
    assert all(r.value == [] for r in sequence(span_column(*objects, threshold=0.9)))


def test_an_answer_tangled_beyond_all_measure_is_left_out() -> None:
    """Spans on top of each other, as no annotator makes them, are their worker's silence."""
    tangle = [Span(i, 1_000, f"{i}") for i in range(500)]
    (found,) = consolidate(
        span_column({"a": [*tangle, QUICK], "b": [QUICK], "c": [QUICK], "d": []})
    )
    assert spans_of(found) == [QUICK]
    assert (found.left_out, found.workers, found.simplified) == (("a",), 3, False)


def test_answers_that_are_all_tangled_are_voted_on() -> None:
    """With nobody to compare them with they cost their object the model, and no other object."""
    tangle = [Span(i, 10_000 - i, "A") for i in range(100)]
    hostile, plain = consolidate(
        span_column({"a": tangle, "b": tangle}, {"a": [QUICK], "b": [QUICK]}, texts=[None, TEXT])
    )
    assert hostile == span_vote([tuple(tangle)] * 2, None)._replace(simplified=True)
    assert (spans_of(plain), plain.simplified) == ([QUICK], False)


@given(st.lists(one_span(), max_size=8))
def test_what_lies_on_one_character_is_counted(spans: list[Span]) -> None:
    """Character by character, it is the same."""
    plainly = max(sum(s.start <= place < s.end for s in spans) for place in range(len(TEXT)))
    assert most_at_once(spans) == plainly


def test_a_label_beyond_those_that_are_modelled_is_voted_on() -> None:
    """Of sixty labels the rarest are all the vote's: what all workers gave is sure."""
    spans = [Span(i * 6, i * 6 + 4, f"{i:02}") for i in range(60)]
    common = [dict.fromkeys("abc", spans[:50])] * 2
    *_, found = sequence(span_column(*common, dict.fromkeys("abc", spans)))
    assert spans_of(found) == spans
    assert [item["confidence"] for item in found.value[50:]] == [1.0] * 10


def test_of_texts_too_long_together_the_shortest_are_modelled() -> None:
    """One that a worker has cut to pieces costs itself the model."""
    whole = span_column({"a": [QUICK], "b": [QUICK]}, {"a": CUT, "b": []}, texts=[TEXT, TEXT])
    assert [found.simplified for found in sequence(whole)] == [False, False]
    assert [found.simplified for found in sequence(whole, cells=30_000)] == [False, True]
    assert [found.simplified for found in sequence(whole, cells=0)] == [True, True]


def test_an_offset_beyond_reason_costs_no_memory() -> None:
    """Without a text an offset can be any number."""
    far = Span(10**15, 10**15 + 5, "A")
    (found,) = sequence(span_column({"a": [far], "b": [far]}))
    assert spans_of(found) == [far]


def test_sequence_is_the_default_and_the_vote_stays_available() -> None:
    """Both methods answer to their names."""
    objects = {"a": [QUICK], "b": [QUICK]}
    for method in (None, "sequence", "majority"):
        assert spans_of(consolidate(span_column(objects, method=method))[0]) == [QUICK]


@settings(deadline=None, max_examples=60)
@given(span_objects(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_workers_and_objects_never_matters(
    objects: list[dict[str, list[Span]]], known: bool, shuffler: random.Random
) -> None:
    """The same answers in another order give the same spans."""
    texts = [TEXT if known else None] * len(objects)
    before = sequence(span_column(*objects, texts=texts))
    order = shuffler.sample(range(len(objects)), len(objects))
    mixed = [dict(shuffler.sample(sorted(objects[i].items()), len(objects[i]))) for i in order]
    after = sequence(span_column(*mixed, texts=texts))
    for place, index in enumerate(order):
        assert spans_of(after[place]) == spans_of(before[index])
        assert after[place].confidence == pytest.approx(before[index].confidence)


@settings(deadline=None, max_examples=100)
@given(span_objects(), st.booleans())
def test_spans_lie_within_the_text_and_confidences_are_probabilities(
    objects: list[dict[str, list[Span]]], known: bool
) -> None:
    """Every end is one that a worker gave, every label too."""
    results = sequence(span_column(*objects, texts=[TEXT if known else None] * len(objects)))
    for answers, result in zip(objects, results, strict=True):
        given_spans = [span for spans in answers.values() for span in spans]
        for span, item in zip(spans_of(result), result.value or (), strict=True):
            assert 0 <= span.start < span.end <= len(TEXT)
            assert span.label in {other.label for other in given_spans}
            assert 0 <= item["confidence"] <= 1
            assert item["votes"] == given_spans.count(span)
        assert result.confidence is None or 0 <= result.confidence <= 1


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(one_span(), max_size=5, unique=True), min_size=1, max_size=4),
    st.integers(1, 5),
    st.booleans(),
)
def test_unanimous_answers_come_back_unchanged(
    objects: list[list[Span]], workers: int, known: bool
) -> None:
    """What everybody marked is marked, whatever lies on top of what."""
    answers = [{f"w{i}": spans for i in range(workers)} for spans in objects]
    results = sequence(span_column(*answers, texts=[TEXT if known else None] * len(answers)))
    assert [spans_of(result) for result in results] == [sorted(spans) for spans in objects]


@given(st.lists(one_span(), max_size=6), st.booleans())
def test_every_span_has_units_and_none_count_twice(spans: list[Span], known: bool) -> None:
    """No span is lost to the way a text is cut."""
    before = count_units(TEXT if known else None, spans)
    assert list(before) == sorted(before)
    assert list(before.values()) == sorted(before.values())
    assert all(before[span.start] < before[span.end] for span in spans)


def test_units_of_a_known_text_are_words_and_punctuation() -> None:
    """Blanks are none, unless a span ends with one; a span within a word parts it."""
    assert count_units("Ab, c d", []) == {0: 0, 7: 4}
    assert count_units("Ab, c d", [Span(1, 6, "A")]) == {0: 0, 1: 1, 6: 5, 7: 6}


def test_units_of_an_unknown_text_are_about_a_word_long() -> None:
    """What nobody marked counts for as much as it would with the text."""
    assert count_units(None, []) == {}
    assert count_units(None, [Span(60, 62, "A"), Span(62, 80, "A")]) == {
        0: 0,
        60: 10,
        62: 11,
        80: 14,
    }


def test_tags_say_where_spans_begin_and_go_on() -> None:
    """Two spans of a label side by side are two; of an overlap the better voted span wins."""
    first, second = Span(0, 2, "A"), Span(2, 3, "A")
    units = [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert tags_of([(first, 0), (second, 0)], units, {first: 1, second: 1}) == [1, 2, 1, 0]
    other = Span(1, 4, "B")
    assert tags_of([(first, 0), (other, 1)], units, {first: 2, other: 1}) == [1, 2, 3, 4]


def _any_tags(rng: np.random.Generator, stretches: int, labels: int) -> list[int]:
    """Draw tags of which none goes on with what did not begin."""
    tags: list[int] = []
    for tag in rng.integers(0, 2 * labels + 1, stretches).tolist():
        goes_on = tag > 0 and tag % 2 == 0 and (not tags or tags[-1] not in {tag, tag - 1})
        tags.append(tag - 1 if goes_on else tag)
    return tags


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10_000),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)
def test_the_evidence_bound_never_falls(
    seed: int, labels: int, workers: int, texts: int, gold: bool, ordered: bool
) -> None:
    """Any tags at all, known ones too: each pass is at least as good as the one before."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 12, texts)
    answers = [_any_tags(rng, n, labels) for n in lengths for _ in range(workers)]
    units = rng.integers(1, 4, lengths.sum())
    known = np.full(len(units), -1)
    if gold:
        # What the first worker says is the truth of the first text.
        known[: lengths[0]] = answers[0]
    rows = TagRows.of_stretches(
        Answers(
            lengths,
            np.full(texts, workers),
            np.tile(np.arange(workers), texts),
            np.concatenate(answers),
        ),
        units,
        known,
        workers,
        labels,
    )
    chains = Chains.of_lengths(lengths)
    result = infer_sequences(rows, chains, ordered=ordered)
    assert (np.diff(result.bound) >= -1e-7 * units.sum() * workers).all()
    assert np.allclose(result.chain.states.sum(axis=1), 1)
    tags = States.of(labels, ordered).of_tags(result.chain.states)
    assert (tags.argmax(axis=1) == known)[known >= 0].all()


@pytest.mark.skipif(not NER.is_dir(), reason="the data sets are not beside the repository")
@pytest.mark.parametrize(
    ("workers", "least", "gain"), [(None, 0.765, 0.04), (3, 0.73, 0.05), (2, 0.66, 0.01)]
)
def test_on_crowd_data_the_model_beats_the_vote(
    workers: int | None, least: float, gain: float
) -> None:
    """CoNLL-2003 by MTurk workers, all documents: exact F1 with all workers, and with a few."""
    ner = read_ner()
    draw = random.Random(0)
    coverage = {
        doc: draw.sample(sorted(seen), min(workers or len(seen), len(seen)))
        for doc, seen in sorted(ner.coverage.items())
    }
    scores = []
    for method in ("sequence", "majority"):
        column = ner.column(coverage, method=method)
        scores.append(ner.score(column, consolidate(column))[0])
    assert scores[0] >= least
    assert scores[0] - scores[1] >= gain


def test_labels_of_a_span_that_are_as_good_as_each_other_are_a_tie() -> None:
    """Of two workers who differ nobody can say who is right; two of three decide."""
    fox, plant = [Span(4, 9, "ANIMAL")], [Span(4, 9, "PLANT")]
    (found,) = sequence(span_column({"a": fox, "b": plant}, texts=[TEXT]))
    assert found.tie
    (found,) = sequence(span_column({"a": fox, "b": fox, "c": plant}, texts=[TEXT]))
    assert not found.tie
    (found,) = sequence(span_column({"a": fox, "b": fox}, texts=[TEXT]))
    assert not found.tie
