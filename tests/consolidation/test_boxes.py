"""Boxes: read, matched, merged."""

import math
import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.reading import Reading
from labelwright.answers.values import Box, Boxes, read_value
from labelwright.consolidation.box_match import match_boxes, match_pairs, overlaps
from labelwright.consolidation.boxes import matched
from labelwright.consolidation.budget import all_simple, plan_whole
from labelwright.consolidation.methods import consolidate, results_within
from labelwright.consolidation.result import Consolidated
from labelwright.task.definition import FieldDefinition

CAT = Box(10, 10, 100, 50, "cat")
SIZE = (640, 480)


def boxes_field(**settings: object) -> FieldDefinition:
    """Make a field of boxes."""
    return FieldDefinition.model_validate({"name": "f", "path": "f", "kind": "boxes", **settings})


def box_column(*objects: dict[str, list[Box]], **settings: object) -> Column:
    """Make a column from what each worker drew in each image."""
    values = tuple(
        tuple(WorkerValue(w, Boxes(tuple(sorted(boxes)), SIZE)) for w, boxes in answers.items())
        for answers in objects
    )
    names = tuple(map(str, range(len(objects))))
    return Column(boxes_field(**settings), (), names, values)


def boxes_of(result: Consolidated) -> list[Box]:
    """Return a result's boxes without confidences."""
    items = (result.value or {"boundingBoxes": []})["boundingBoxes"]
    return sorted(Box(*(item[key] for key in Box._fields)) for item in items)


def drawn_boxes() -> st.SearchStrategy[list[dict[str, list[Box]]]]:
    """Draw what up to five workers drew in up to three images."""
    side = st.integers(1, 60)
    box = st.builds(Box, st.integers(0, 90), st.integers(0, 90), side, side, st.sampled_from("ab"))
    answers = st.dictionaries(st.sampled_from("vwxyz"), st.lists(box, max_size=5), max_size=5)
    return st.lists(answers, max_size=3)


#: Boxes of which many have much in common.
near_boxes = st.builds(
    Box, st.integers(0, 30), st.integers(0, 9), st.integers(5, 9), st.just(9), st.sampled_from("ab")
)


def test_an_answer_of_crowd_bounding_box_is_read() -> None:
    """Boxes are sorted, labels trimmed, the image's size kept."""
    raw = {
        "boundingBoxes": [{"height": 50, "label": " cat ", "left": 10, "top": 10, "width": 100}],
        "inputImageProperties": {"height": 480, "width": 640},
    }
    assert read_value(boxes_field(), raw) == Reading(Boxes((CAT,), SIZE))


@pytest.mark.parametrize(
    "damage",
    [
        {"left": None},
        {"top": "ten"},
        {"width": 0},
        {"height": -1},
        {"width": math.nan},
        {"left": math.inf},
        {"left": True},
        {"label": " "},
        {"label": 3},
    ],
)
def test_a_damaged_box_costs_that_box_only(damage: dict[str, object]) -> None:
    """The others of the answer count, and a reason is given."""
    reading = read_value(boxes_field(), [CAT._asdict(), {**CAT._asdict(), **damage}])
    assert reading.value == Boxes((CAT,), None)
    assert reading.problems == ("1 of 2 boxes without valid corner, sides and label",)


def test_what_is_no_list_of_boxes_is_damaged_and_no_boxes_is_an_answer() -> None:
    """An empty list says "nothing here"; an absent one says nothing."""
    assert read_value(boxes_field(), {"boundingBoxes": 3}).problems == ("not a list of boxes",)
    assert read_value(boxes_field(), {"boundingBoxes": []}).value == Boxes((), None)
    assert read_value(boxes_field(), {}).value is None


def test_boxes_that_show_the_same_are_merged() -> None:
    """Edges lie between the workers' edges; votes and the image's size are given."""
    (found,) = matched(
        box_column({"a": [CAT], "b": [CAT._replace(left=14)], "c": [CAT._replace(left=12)]})
    )
    (box,) = boxes_of(found)
    assert 10 < box.left < 14
    assert (box.top, box.height, box.label) == (10, 50, "cat")
    assert found.value["boundingBoxes"][0]["votes"] == 3
    assert 0.99 < found.value["boundingBoxes"][0]["confidence"] < 1
    assert found.value["inputImageProperties"] == {"height": 480, "width": 640}


def test_a_box_that_all_drew_alike_comes_back_to_the_bit() -> None:
    """However many decimals a page gives."""
    fine = Box(10.123456789, 1e-7, 0.1 + 0.2, 1 / 3, "cat")
    (found,) = consolidate(box_column({"a": [fine], "b": [fine]}))
    assert boxes_of(found) == [fine]


def test_a_careful_worker_weighs_more_than_a_careless_one() -> None:
    """Who agrees with the others elsewhere decides here."""
    rng = random.Random(0)
    images = [
        {
            "careful": [CAT],
            "exact": [CAT],
            "careless": [CAT._replace(left=10 + rng.choice([-20, 20]))],
        }
        for _ in range(20)
    ]
    (*_, last) = matched(box_column(*images, {"exact": [CAT], "careless": [CAT._replace(left=30)]}))
    # Halfway would be 20.
    assert 10 < boxes_of(last)[0].left < 13


def test_what_one_worker_alone_drew_stands_when_the_threshold_says_so() -> None:
    """Half of the workers by default, a share of one's own choice else."""
    image = {"a": [CAT], "b": [], "c": []}
    assert boxes_of(matched(box_column(image))[0]) == []
    assert boxes_of(matched(box_column(image, threshold=0.3))[0]) == [CAT]
    assert boxes_of(matched(box_column({"a": [CAT], "b": []}))[0]) == [CAT]


def test_the_label_is_the_one_most_workers_gave() -> None:
    """A box that is called something else is still the same box."""
    dog = CAT._replace(label="dog")
    (found,) = matched(box_column({"a": [CAT], "b": [CAT], "c": [dog]}))
    assert boxes_of(found) == [CAT]
    assert 1 / 2 < found.value["boundingBoxes"][0]["confidence"] < 1


def test_a_label_that_two_workers_differ_on_makes_the_object_unsure() -> None:
    """The object's confidence is its boxes': that all drew the box says nothing of its label."""
    car, bus = CAT._replace(label="car"), CAT._replace(label="bus")
    (found,) = matched(box_column({"a": [car], "b": [bus]}))
    assert found.tie
    assert found.confidence == found.value["boundingBoxes"][0]["confidence"] <= 0.5


def test_a_box_that_half_of_the_workers_drew_is_a_tie() -> None:
    """It stands by default, and leaving it would be as good; a threshold of one's own decides."""
    image = {"a": [CAT], "b": []}
    assert matched(box_column(image))[0].tie
    assert not matched(box_column(image, threshold=0.5))[0].tie
    assert not matched(box_column({"a": [CAT], "b": [CAT]}))[0].tie


def test_merged_boxes_are_rounded_by_their_size() -> None:
    """Shares of a picture keep their digits; boxes in pixels have thousandths of one."""
    small = Box(0.1, 0.2, 0.00345, 0.0025, "cat")
    (found,) = matched(
        box_column({"a": [small], "b": [small._replace(width=0.00355)], "c": [small]})
    )
    (box,) = boxes_of(found)
    assert 0.00345 < box.width < 0.00355
    assert box[:2] == (0.1, 0.2)
    assert box.height == 0.0025
    pixels = [CAT, CAT._replace(left=11), CAT._replace(left=13)]
    (found,) = matched(box_column({str(i): [box] for i, box in enumerate(pixels)}))
    assert all(length == round(length, 3) for length in boxes_of(found)[0][:4])


@pytest.mark.parametrize("by", [10, -10, 60, 1e9])
def test_one_box_that_is_off_moves_no_edge_of_three_equal_ones(by: float) -> None:
    """However far off, and however good that worker was before."""
    before = [{"a": [CAT], "b": [CAT], "c": [CAT], "off": [CAT]} for _ in range(20)]
    off = CAT._replace(left=CAT.left + by)
    *_, found = matched(box_column(*before, {"a": [CAT], "b": [CAT], "c": [CAT], "off": [off]}))
    assert boxes_of(found) == [CAT]


def test_one_worker_cannot_part_what_three_drew_alike() -> None:
    """Who draws on each other's box, as exactly as one likes, takes none of them away."""
    honest = {name: [CAT._replace(left=10 + 2 * i)] for i, name in enumerate("abc")}
    mimic = [box for (box,) in honest.values()]
    (found,) = matched(box_column({**honest, "mimic": mimic}))
    (box,) = boxes_of(found)
    assert 10 <= box.left <= 14
    assert found.value["boundingBoxes"][0]["votes"] == 4


def test_a_flood_of_one_worker_leaves_the_others_matched() -> None:
    """Boxes beyond what can be matched are those of who drew the most."""
    honest = {name: [CAT._replace(left=10 + 2 * i)] for i, name in enumerate("abc")}
    flood = [Box(i, 200, 5, 5, "cat") for i in range(5_000)] + [CAT] * 1_000
    (found,) = matched(box_column({**honest, "flood": flood}))
    assert len(boxes_of(found)) == 1


def test_a_worker_has_at_most_one_box_of_a_group() -> None:
    """Two things side by side stay two, even where a third worker's box covers both."""
    left, right = Box(0, 0, 50, 50, "cat"), Box(40, 0, 50, 50, "cat")
    (found,) = matched(box_column({"a": [left, right], "b": [left, right]}))
    assert boxes_of(found) == [left, right]
    groups = match_boxes([left, right, Box(0, 0, 90, 50, "cat")], ["a", "a", "b"])
    assert sorted(map(len, groups)) == [1, 2]


@given(st.lists(st.tuples(near_boxes, st.sampled_from("vwxyz")), max_size=20))
def test_groups_that_could_be_joined_are_less_than_a_third_alike(
    drawn: list[tuple[Box, str]],
) -> None:
    """Every box is in one group, at most one a worker; where none is shared, nothing is left."""
    boxes, workers = [box for box, _ in drawn], [worker for _, worker in drawn]
    groups = match_boxes(boxes, workers)
    assert sorted(index for group in groups for index in group) == list(range(len(drawn)))
    alike = overlaps(boxes)
    for one, other in combinations(groups, 2):
        of_workers = [workers[index] for index in (*one, *other)]
        pairs = [
            alike[i, j] / (1 if boxes[i].label == boxes[j].label else 2) for i in one for j in other
        ]
        assert len({workers[index] for index in one}) == len(one)
        assert len(set(of_workers)) < len(of_workers) or sum(pairs) / len(pairs) < 1 / 3 + 1e-6


def test_images_without_workers_and_without_boxes() -> None:
    """Nobody answered is no value; nobody drew is an empty list."""
    nobody, nothing = matched(box_column({}, {"a": [], "b": []}))
    assert nobody == Consolidated(None, None, 0)
    assert (boxes_of(nothing), nothing.confidence) == ([], 1.0)
    assert matched(box_column()) == []


def test_a_flood_of_boxes_is_matched_where_they_are_equal() -> None:
    """Thousands of boxes take no longer than they may."""
    flood = [Box(i, 0, 5, 5, "cat") for i in range(1_500)]
    (found,) = matched(box_column({"a": flood, "b": flood}))
    assert len(boxes_of(found)) == 1_500


def test_nothing_is_merged_when_the_method_says_so() -> None:
    """Every worker's boxes stand, in the shape in which they came."""
    (found,) = consolidate(box_column({"a": [CAT], "b": []}, method="none"))
    assert [item["boundingBoxes"] for item in found.value] == [[CAT._asdict()], []]


def test_undeclared_labels_of_boxes_are_named() -> None:
    """A label outside the declared ones is kept and flagged."""
    column = box_column({"a": [CAT]})._replace(labels=("dog",))
    (found,) = consolidate(column)
    assert (boxes_of(found), found.undeclared) == ([CAT], ("cat",))


@settings(deadline=None)
@given(drawn_boxes(), st.randoms(use_true_random=False))
def test_the_order_of_workers_and_images_never_matters(
    images: list[dict[str, list[Box]]], shuffler: random.Random
) -> None:
    """The same boxes in another order are merged to the same ones."""
    before = matched(box_column(*images))
    order = shuffler.sample(range(len(images)), len(images))
    mixed = [dict(shuffler.sample(sorted(images[i].items()), len(images[i]))) for i in order]
    after = matched(box_column(*mixed))
    for place, index in enumerate(order):
        ours, theirs = boxes_of(after[place]), boxes_of(before[index])
        assert [box.label for box in ours] == [box.label for box in theirs]
        for one, other in zip(ours, theirs, strict=True):
            assert one[:4] == pytest.approx(other[:4])


@settings(deadline=None)
@given(drawn_boxes(), st.integers(1, 5))
def test_unanimous_boxes_come_back_unchanged(
    images: list[dict[str, list[Box]]], workers: int
) -> None:
    """To the bit, repeated and overlapping ones too."""
    drawn = [next(iter(answers.values()), []) for answers in images]
    column = box_column(*({f"w{i}": boxes for i in range(workers)} for boxes in drawn))
    assert [boxes_of(result) for result in matched(column)] == [sorted(boxes) for boxes in drawn]


@settings(deadline=None)
@given(drawn_boxes(), st.floats(0.1, 1))
def test_merged_boxes_lie_within_what_was_drawn(
    images: list[dict[str, list[Box]]], threshold: float
) -> None:
    """Sides above 0, edges between the outermost ones, confidences in 0 to 1."""
    for answers, result in zip(
        images, matched(box_column(*images, threshold=threshold)), strict=True
    ):
        drawn = [box for boxes in answers.values() for box in boxes]
        for box in boxes_of(result):
            assert box.width > 0
            assert box.height > 0
            assert box.left >= min(other.left for other in drawn) - 1e-9
            assert box.left + box.width <= max(o.left + o.width for o in drawn) + 1e-9
        for item in (result.value or {"boundingBoxes": []})["boundingBoxes"]:
            assert 0 <= item["confidence"] <= 1
            assert 1 <= item["votes"] <= len(answers)


@settings(deadline=None)
@given(drawn_boxes())
def test_at_a_low_threshold_what_anybody_drew_is_in_a_box(
    images: list[dict[str, list[Box]]],
) -> None:
    """What one worker alone drew stays; every box drawn is counted in just one merged box."""
    for answers, result in zip(images, matched(box_column(*images, threshold=1e-6)), strict=True):
        drawn = sum(map(len, answers.values()))
        items = (result.value or {"boundingBoxes": []})["boundingBoxes"]
        assert sum(item["votes"] for item in items) == drawn


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_boxes_of_two_lists_are_paired_one_to_one(first: list[int], second: list[int]) -> None:
    """Also where boxes are repeated: as many pairs of equal boxes as both lists have."""
    lists = [[Box(place * 20, 0, 10, 10, "a") for place in places] for places in (first, second)]
    pairs = match_pairs(*lists)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert len(pairs) == sum(min(first.count(place), second.count(place)) for place in range(4))


@pytest.mark.parametrize("method", ["matched", "majority of equal ones"])
def test_no_one_alone_says_how_large_the_picture_is(method: str) -> None:
    """Where more pages gave no size than gave one, none is known."""
    given = [WorkerValue(name, Boxes((CAT,), None)) for name in "abc"]
    given.append(WorkerValue("d", Boxes((CAT,), (3, 3))))
    column = Column(boxes_field(), (), ("0",), (tuple(given),))
    planned = plan_whole(column)
    if method != "matched":
        planned = all_simple(planned)
    (result,) = results_within(planned)
    assert result.value["inputImageProperties"] is None
    (alone,) = consolidate(column._replace(values=((given[0], given[-1]),)))
    assert alone.value["inputImageProperties"] == {"height": 3, "width": 3}
