"""Answers of which items were lost: votes for what is left, and against nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.earlier import join_column
from labelwright.consolidation.ledger import Ledger, decode, encode, extend, until, votes_of
from labelwright.consolidation.methods import METHODS, consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.layers import find_layers, with_depth
from labelwright.consolidation.spans.vote import Said
from labelwright.contract.job_layout import RequestName
from labelwright.quality.agreement import pairwise_agreement
from labelwright.quality.gold_results import gold_results
from labelwright.quality.span_agreement import span_alphas, worker_span_alphas
from labelwright.task.definition import FieldDefinition, Kind

TEXT = "Ada Lovelace met Charles Babbage in London."
#: Items of which the second is elsewhere than the first.
ITEMS: dict[Kind, tuple[Any, Any]] = {
    Kind.CHOICES: ("a", "b"),
    Kind.SPANS: (Span(0, 12, "a"), Span(36, 42, "a")),
    Kind.BOXES: (Box(0, 0, 9, 9, "a"), Box(50, 50, 9, 9, "a")),
}
ALL_METHODS = [(kind, method) for kind in ITEMS for method in METHODS[kind] if method != "none"]


def value(kind: Kind, *items: Any) -> Any:
    """Return items as a column has them."""
    ordered = tuple(sorted(items))
    return Boxes(ordered, None) if kind is Kind.BOXES else ordered


def column(kind: Kind, method: str, *objects: list[WorkerValue]) -> Column:
    """Make a column in which a part is kept from half of the workers on."""
    field = FieldDefinition(name="f", path="f", kind=kind, method=method, threshold=0.5)
    texts = (TEXT,) * len(objects) if kind is Kind.SPANS else ()
    names = tuple(map(str, range(len(objects))))
    return Column(field, (), names, tuple(map(tuple, objects)), texts)


def items_of(kind: Kind, result: Consolidated) -> list[Any]:
    """Return the items of a result."""
    if kind is Kind.CHOICES:
        return list(result.value)
    if kind is Kind.SPANS:
        return [Span(*(item[key] for key in Span._fields)) for item in result.value]
    return [Box(*(item[key] for key in Box._fields)) for item in result.value["boundingBoxes"]]


@pytest.mark.parametrize(("kind", "method"), ALL_METHODS)
def test_what_an_answer_read_in_part_lacks_is_no_vote_against_it(kind: Kind, method: str) -> None:
    """One worker has an item and two lack it, of whose answers something was lost."""
    here, elsewhere = ITEMS[kind]
    mine = WorkerValue("u", value(kind, here))
    for partial in (True, False):
        others = [WorkerValue(name, value(kind, elsewhere), partial) for name in "vw"]
        (found,) = consolidate(column(kind, method, [mine, *others]))
        assert found.workers == 3
        assert elsewhere in items_of(kind, found)
        assert (here in items_of(kind, found)) == partial


@pytest.mark.parametrize(("kind", "method"), ALL_METHODS)
def test_what_is_left_of_an_answer_is_a_vote(kind: Kind, method: str) -> None:
    """Two of three who have the item have lost another one; nobody has the one they lost."""
    here, _ = ITEMS[kind]
    answers = [
        WorkerValue("u", value(kind)),
        WorkerValue("v", value(kind, here), partial=True),
        WorkerValue("w", value(kind, here), partial=True),
    ]
    (found,) = consolidate(column(kind, method, answers))
    assert items_of(kind, found) == [here]


@pytest.mark.parametrize(("kind", "method"), ALL_METHODS)
def test_answers_that_were_all_read_in_part_are_consolidated(kind: Kind, method: str) -> None:
    """Nobody speaks against anything then: all that was read stands."""
    # A box that one worker alone was asked about is there as often as boxes are.
    sure = 0.8 if kind is Kind.BOXES else 1.0
    answers = [
        WorkerValue(w, value(kind, item), True) for w, item in zip("uv", ITEMS[kind], strict=True)
    ]
    (found,) = consolidate(column(kind, method, answers))
    assert sorted(items_of(kind, found)) == sorted(ITEMS[kind])
    assert found.confidence == sure


def test_a_span_says_something_of_where_it_lies() -> None:
    """A worker of whom something was lost marks another stretch here: that is one against one."""
    mine, other = Span(0, 12, "a"), Span(4, 24, "a")
    answers = [
        WorkerValue("u", (mine,)),
        WorkerValue("v", (other,)),
        WorkerValue("w", (other,), True),
    ]
    (found,) = consolidate(column(Kind.SPANS, "majority", answers))
    assert items_of(Kind.SPANS, found) == [other]


spans = st.builds(
    lambda start, length: Span(start, start + length, "a"), st.integers(0, 40), st.integers(1, 9)
)


@given(st.lists(spans), spans)
def test_an_answer_says_something_where_one_of_its_spans_lies(own: list[Span], span: Span) -> None:
    """Told in few steps, however many they are."""
    assert Said(own).of(span) == any(one.start < span.end and span.start < one.end for one in own)


def test_layers_are_not_denied_by_who_says_nothing_there() -> None:
    """Two spans of one worker on top of each other are meant, unless a whole answer says no."""
    both = [with_depth([Span(0, 12, "a"), Span(0, 12, "b")]), with_depth([])]
    assert len(find_layers([both])) == 1
    assert len(find_layers([both], [{1}])) == 2


anything = {
    Kind.CHOICES: st.sampled_from("abc"),
    Kind.SPANS: st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 30), st.integers(1, 10), st.sampled_from("ab"),
    ),
    Kind.BOXES: st.builds(
        Box, st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20),
        st.sampled_from("ab"),
    ),
}  # fmt: skip


@st.composite
def answered(draw: st.DrawFn, kind: Kind) -> list[list[WorkerValue]]:
    """Draw objects with answers, some of them read in part."""
    items = st.lists(anything[kind], max_size=4, unique=True)
    return [
        [
            WorkerValue(worker, value(kind, *draw(items)), draw(st.booleans()))
            for worker in draw(st.lists(st.sampled_from("uvwx"), unique=True))
        ]
        for _ in range(draw(st.integers(0, 3)))
    ]


@settings(deadline=None)
@given(st.sampled_from(ALL_METHODS), st.data())
def test_whatever_was_lost_results_are_sound(chosen: tuple[Kind, str], data: st.DataObject) -> None:
    """Confidence is one, and so is that of every part; votes are those who gave it."""
    kind, method = chosen
    objects = data.draw(answered(kind))
    for values, found in zip(objects, consolidate(column(kind, method, *objects)), strict=True):
        assert found.workers == len(values)
        if not values:
            assert found.value is None
            continue
        assert 0 <= (found.confidence or 0) <= 1
        if kind is not Kind.CHOICES:
            parts = found.value if kind is Kind.SPANS else found.value["boundingBoxes"]
            assert all(0 <= part["confidence"] <= 1 for part in parts)
            assert all(0 <= part["votes"] <= len(values) for part in parts)


@settings(deadline=None)
@given(
    st.sampled_from(
        [(Kind.CHOICES, "majority"), (Kind.SPANS, "majority"), (Kind.BOXES, "matched")]
    ),
    st.data(),
)
def test_a_loss_takes_nothing_from_anybody(chosen: tuple[Kind, str], data: st.DataObject) -> None:
    """What stands among whole answers stands when some of them are known to lack something."""
    kind, method = chosen
    objects = data.draw(answered(kind))
    whole = [[given._replace(partial=False) for given in values] for values in objects]
    before = consolidate(column(kind, method, *whole))
    after = consolidate(column(kind, method, *objects))
    for values, one, other in zip(objects, before, after, strict=True):
        if values:
            assert set(items_of(kind, one)) <= set(items_of(kind, other))


@settings(deadline=None)
@given(st.sampled_from(list(ITEMS)), st.data())
def test_what_was_lost_is_remembered_by_later_batches(kind: Kind, data: st.DataObject) -> None:
    """Through the ledger and its file, each value comes back as it was, with its mark."""
    first = column(kind, next(iter(METHODS[kind])), *data.draw(answered(kind)))
    request = RequestName(1, "a")
    ledger = extend(Ledger("", (), {}), [votes_of(request, [first], {})])
    earlier = until(decode(encode(ledger), ""), "f", request)
    here = first._replace(objects=(), values=(), texts=())
    joined = join_column(here, earlier)
    found = dict(zip(joined.objects, joined.values, strict=True))
    expected = dict(zip(first.objects, first.values, strict=True))
    assert {name: sorted(values) for name, values in found.items()} == {
        name: sorted(values) for name, values in expected.items() if values
    }


def test_workers_are_not_judged_by_what_was_lost() -> None:
    """Their answers are compared with nobody's; of known items what they lack does not count."""
    here, elsewhere = ITEMS[Kind.SPANS]
    answers = [WorkerValue("u", (here, elsewhere)), WorkerValue("v", (here,), True)]
    made = column(Kind.SPANS, "majority", answers)
    assert pairwise_agreement(made) is None
    assert span_alphas(made) == {"a": None}
    assert set(worker_span_alphas(made)) == {"u"}
    assert [one.score for one in gold_results(made, {"0": (here, elsewhere)})] == [1.0, 1.0]
