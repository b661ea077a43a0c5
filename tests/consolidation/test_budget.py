"""What there is time for: answers out of proportion, and what is left to the simple method."""

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Box, Boxes, Span
from labelwright.consolidation.budget import (
    BATCH_WORK,
    EARLIER_WORK,
    affordable,
    plan_batch,
    plan_whole,
    work_of,
)
from labelwright.consolidation.choice_column import column_of
from labelwright.consolidation.earlier import join_column
from labelwright.consolidation.ledger import (
    MOST_OF_REQUEST,
    MOST_OF_VALUE,
    FieldLedger,
    Ledger,
    extend,
    until,
    votes_of,
)
from labelwright.consolidation.methods import consolidate, results_within
from labelwright.consolidation.outliers import FEW, TIMES, tangled, without_outliers
from labelwright.consolidation.spans.layers import _met_by_others
from labelwright.contract.job_layout import RequestName
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.real_crowds import CHOICE_SETS, DATASETS, real_crowd
from tests.consolidation.spans.columns import NER, read_ner

REQUEST = RequestName(1, "2026-01-01_00:00:00.json")


def field_column(kind: Kind, *objects: Mapping[str, object], name: str = "f") -> Column:
    """Return a column of a kind; each object maps workers to values."""
    values = tuple(
        tuple(WorkerValue(worker, value) for worker, value in answers.items())
        for answers in objects
    )
    field = FieldDefinition(name=name, path=name, kind=kind)
    return Column(field, (), tuple(map(str, range(len(objects)))), values)


def spans(number: int, label: str = "A") -> tuple[Span, ...]:
    """Return spans side by side."""
    return tuple(Span(10 * i, 10 * i + 5, label) for i in range(number))


def boxes(number: int, apart: float = 30) -> Boxes:
    """Return boxes in a row."""
    return Boxes(tuple(Box(apart * i, 0, 20, 20, "A") for i in range(number)), None)


def labels(number: int) -> tuple[str, ...]:
    """Return labels of a choice of several."""
    return tuple(sorted(f"label {i}" for i in range(number)))


@pytest.mark.parametrize(
    ("kind", "make"), [(Kind.SPANS, spans), (Kind.BOXES, boxes), (Kind.CHOICES, labels)]
)
def test_ten_times_as_much_as_the_others_counts_as_no_answer(kind: Kind, make: object) -> None:
    """The result is what it would be without that worker, who is named."""
    assert callable(make)
    honest = {"a": make(3), "b": make(3)}
    (found,) = consolidate(field_column(kind, {**honest, "z": make(FEW + 1)}))
    (plain,) = consolidate(field_column(kind, honest))
    assert found == plain._replace(left_out=("z",))


def test_an_honest_answer_stays_beside_one_that_marks_nothing() -> None:
    """Of two others the one with more counts, and what anybody may give is never too much."""
    many = spans(300)
    column = field_column(
        Kind.SPANS,
        {"a": many, "b": many, "z": ()},
        {"a": spans(FEW), "y": (), "z": ()},
        {"a": spans(1_000)},
        {"a": spans(31), "b": spans(31 * TIMES), "c": spans(30)},
    )
    assert without_outliers(column) == (column, ((), (), (), ()))


def test_the_order_of_workers_decides_nothing() -> None:
    """Neither who is left out nor what is too costly depends on it."""
    answers = {"a": spans(4), "b": spans(5), "y": spans(2_500), "z": spans(700)}
    turned = dict(reversed(answers.items()))
    one, other = (plan_whole(field_column(Kind.SPANS, each)) for each in (answers, turned))
    assert set(one.left_out[0]) == set(other.left_out[0]) == {"y", "z"}
    assert one.simple == other.simple


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 50)), st.integers(0, 300))
def test_what_costs_least_is_done_first(costs: dict[int, int], budget: int) -> None:
    """Together it stays within the budget, and nothing left out is cheaper than what is done."""
    done = affordable(costs, budget)
    assert sum(costs[key] for key in done) <= budget
    left = sorted(costs[key] for key in costs.keys() - done)
    if left:
        assert left[0] >= max((costs[key] for key in done), default=0)
        assert sum(costs[key] for key in done) + left[0] > budget


def tangle(number: int = 100) -> tuple[Span, ...]:
    """Return spans on top of each other."""
    return tuple(Span(i, 1_000 - i, "A") for i in range(number))


def test_a_costly_object_is_left_to_the_simple_method_alone() -> None:
    """Other objects and fields keep their whole method, and it is told."""
    quick = (Span(4, 9, "A"),)
    one = field_column(Kind.SPANS, {"a": tangle(), "b": tangle()}, {"a": quick, "b": quick})
    other = field_column(Kind.BOXES, {"a": boxes(2), "b": boxes(2)}, {}, name="g")
    first, second = plan_batch([one, other])
    assert (set(first.simple), set(second.simple)) == ({0}, set())
    assert [found.simplified for found in results_within(first)] == [True, False]
    assert not any(found.simplified for found in results_within(second))
    assert results_within(first)[1] == consolidate(one)[1]


def test_past_the_budget_the_costliest_objects_fall_back_whatever_field_they_are_in() -> None:
    """The work of all that keep their method stays within the budget."""
    draw = random.Random(0)
    texts = [
        field_column(
            Kind.TEXT,
            *(
                {f"w{w}": f"{draw.random()}" * (1 + 10 * (i + n)) for w in range(9)}
                for i in range(50)
            ),
            name=f"t{n}",
        )
        for n in range(5)
    ]
    plans = plan_batch(texts)
    costs = [work_of(column) for column in texts]
    done = [
        cost
        for plan, found in zip(plans, costs, strict=True)
        for index, cost in found.items()
        if index not in plan.simple
    ]
    left = [
        cost for p, c in zip(plans, costs, strict=True) for i, cost in c.items() if i in p.simple
    ]
    assert left
    assert sum(done) <= BATCH_WORK
    assert max(done) <= min(left)
    again = plan_batch(texts[::-1])
    assert [plan.simple for plan in again[::-1]] != [frozenset()] * 5


@pytest.mark.parametrize(
    ("kind", "values", "value"),
    [
        (
            Kind.SPANS,
            (tangle(), tangle(), (), spans(1)),
            [span._asdict() for span in sorted(tangle())],
        ),
        (Kind.TEXT, ("b", "b", "a"), "b"),
        (
            Kind.BOXES,
            (boxes(2_000), boxes(2_000), boxes(1_900)),
            [box._asdict() for box in boxes(2_000).boxes],
        ),
    ],
)
def test_the_simple_method_takes_what_most_gave_alike(
    kind: Kind, values: Sequence[object], value: object
) -> None:
    """By exactly the same value."""
    column = field_column(kind, {f"w{i}": given for i, given in enumerate(values)})
    plan = plan_batch([column])[0]._replace(column=column, simple=frozenset({0}))
    (found,) = results_within(plan)
    assert found.simplified
    made = found.value["boundingBoxes"] if kind is Kind.BOXES else found.value
    if kind is not Kind.TEXT:
        sure = ("confidence", "votes")
        made = [{k: v for k, v in item.items() if k not in sure} for item in made]
    assert made == value


@pytest.mark.parametrize("kind", [Kind.SPANS, Kind.BOXES, Kind.TEXT])
def test_a_field_that_nobody_answered_stays_empty(kind: Kind) -> None:
    """Also where it is left to the simple method."""
    plan = plan_batch([field_column(kind, {})])[0]._replace(simple=frozenset({0}))
    assert results_within(plan)[0] == consolidate(field_column(kind, {}))[0]._replace(
        simplified=True
    )


def test_of_boxes_that_all_hang_together_some_are_only_compared_for_equality() -> None:
    """That is told; of as many that lie apart all are matched."""
    heap = {f"w{w}": Boxes(tuple(Box(i, w, 500, 500, "A") for i in range(90)), None)
            for w in range(5)}  # fmt: skip
    assert consolidate(field_column(Kind.BOXES, heap))[0].simplified
    apart = {f"w{w}": boxes(90) for w in range(5)}
    assert not consolidate(field_column(Kind.BOXES, apart))[0].simplified


def test_who_heaps_up_boxes_is_left_out_of_the_heap_first() -> None:
    """The boxes of all others are matched, however many one worker draws across them."""
    places = range(0, 540, 6)
    honest = {
        f"w{w}": Boxes(tuple(Box(left + w / 10, 0, 9, 9, "A") for left in places), None)
        for w in range(4)
    }
    between = [left + shift for left in places for shift in (3.0, 3.1)]
    across = Boxes(tuple(Box(left, 0, 9, 9, "A") for left in between), None)
    (found,) = consolidate(field_column(Kind.BOXES, {**honest, "x": across}))
    assert found.simplified
    assert len(found.value["boundingBoxes"]) == len(places)


def test_costly_fields_share_what_their_earlier_objects_and_models_may_take() -> None:
    """A field that few gave takes no share: it learns nothing."""
    one, two, three = (field_column(Kind.SPANS, {"a": spans(1)}, name=n) for n in "xyz")
    alone = plan_batch([one])[0].allowance
    assert alone.earlier_work == EARLIER_WORK
    shared = plan_batch([one, two, three], few={"z"})
    assert shared[0].allowance.cells == alone.cells // 2
    assert [plan.simple for plan in shared] == [frozenset(), frozenset(), {0}]


def ledger_of(*columns: Column) -> FieldLedger:
    """Return the ledger of requests with these columns."""
    names = [RequestName(1, f"2026-01-01_00:00:{n:02}.json") for n in range(len(columns))]
    votes = [votes_of(name, [column], {}) for name, column in zip(names, columns, strict=True)]
    found = until(extend(Ledger("", (), {}), votes), "f", names[-1])
    assert found is not None
    return found


def test_earlier_objects_beyond_all_measure_do_not_teach() -> None:
    """The others of the same batch do."""
    poisoned = field_column(Kind.SPANS, {"a": tangle(), "b": tangle()}, {"a": spans(1)})
    own = field_column(Kind.SPANS, {"a": spans(1)})._replace(objects=("own",))
    whole = join_column(own, ledger_of(poisoned), work=EARLIER_WORK)
    assert whole.objects == ("own", "1")


def test_earlier_objects_teach_as_far_as_their_work_allows() -> None:
    """One that takes more than a fiftieth is passed over for those after it."""
    sizes = (5, 5, 150, 5, 5)
    earlier = field_column(Kind.SPANS, *({"a": spans(n), "b": spans(n)} for n in sizes))
    own = field_column(Kind.SPANS, {"a": spans(1)})._replace(objects=("own",))
    taught = join_column(own, ledger_of(earlier), work=50 * 300).objects[1:]
    assert sorted(taught) == ["0", "1", "3", "4"]
    assert len(join_column(own, ledger_of(earlier), work=600).objects) < 5


def test_a_value_too_long_to_be_learnt_from_costs_its_own_vote() -> None:
    """In the ledger are the others of its object."""
    column = field_column(Kind.TEXT, {"a": "x" * MOST_OF_VALUE, "b": "y"})
    assert [row[1] for row in votes_of(REQUEST, [column], {}).rows["f"]] == ["b"]


def test_a_request_is_learnt_from_up_to_a_size() -> None:
    """The shortest values first, in the order in which they came."""
    many = MOST_OF_REQUEST // 15_000 + 5
    column = field_column(Kind.TEXT, *({"z": f"{i:015000}", "a": f"{i:05}"} for i in range(many)))
    rows = votes_of(REQUEST, [column], {}).rows["f"]
    assert sum(worker == "a" for _, worker, _ in rows) == many
    assert sum(len(value) for _, _, value in rows) <= MOST_OF_REQUEST
    assert [int(task) for task, _, _ in rows] == sorted(int(task) for task, _, _ in rows)


_PLACES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 8)).map(
        lambda place: (place[0], place[1], place[1] + place[2])
    ),
    max_size=12,
)


@given(_PLACES)
def test_another_workers_overlap_is_found_without_looking_at_all(
    places: list[tuple[int, int, int]],
) -> None:
    """As by comparing each with each."""
    met = _met_by_others(places)
    for worker, start, end in places:
        assert met((worker, start, end)) == any(
            other != worker and start < other_end and other_start < end
            for other, other_start, other_end in places
        )


def test_what_is_tangled() -> None:
    """More than twenty on one character, or one label nested more than eight deep."""
    assert tangled([Span(0, 100 - i, f"{i}") for i in range(21)])
    assert tangled([Span(i, 100 - i, "A") for i in range(10)])
    assert not tangled([Span(i, 100 - i, f"{i % 5}") for i in range(20)])


@pytest.mark.skipif(not NER.is_dir(), reason="the data set is not beside the repository")
def test_no_honest_batch_of_the_crowd_on_spans_falls_back() -> None:
    """Whole, and in batches of 50 with all the others before; no answer is left out."""
    ner = read_ner()
    coverage = {doc: sorted(seen) for doc, seen in sorted(ner.coverage.items())}
    column = ner.column(coverage, True, method="sequence")
    assert not any(found.simplified or found.left_out for found in consolidate(column))
    size = 50
    for first in range(0, len(column.objects) - size, size):
        cut = slice(first, first + size)
        batch = column._replace(
            objects=column.objects[cut], values=column.values[cut], texts=column.texts[cut]
        )
        (plan,) = plan_batch([batch])
        assert sum(work_of(batch).values()) < BATCH_WORK / 20
        earlier = ledger_of(column._replace(field=batch.field.model_copy(update={"name": "f"})))
        found = results_within(plan, {}, earlier)
        assert not any(result.simplified or result.left_out for result in found)


@pytest.mark.parametrize("name", CHOICE_SETS)
def test_no_answer_of_the_crowds_on_choices_is_left_out(name: str) -> None:
    """Choices cost little: nothing of them is left to another method."""
    if not (DATASETS / name).is_dir():
        pytest.skip("the data set is not beside the repository")
    votes, _ = real_crowd(name)
    column = column_of(FieldDefinition(name="f", path="f", kind=Kind.CHOICE), votes, votes.labels)
    (plan,) = plan_batch([column])
    assert plan.simple == frozenset()
    assert not any(plan.left_out)
    results = results_within(plan)
    assert not any(results[i].simplified for i in range(0, len(results), 50))
