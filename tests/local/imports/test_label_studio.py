"""Label Studio's JSON as values of fields."""

from typing import Any

import pytest

from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.imports.label_studio import read_label_studio
from labelwright_local.imports.model import Entry

Json = Any

#: "ask" begins at code point 3 and at UTF-16 unit 4.
TEXT = "\U0001f9ec: ask why"


def region(kind: str, more: Json = None, **value: Json) -> Json:
    """Return a region as Label Studio writes it."""
    return {
        "id": "r1",
        "type": kind,
        "from_name": "field",
        "to_name": "x",
        "value": value,
        **(more or {}),
    }


def rectangle(**value: Json) -> Json:
    """Return a box of a picture of 200 by 100 pixels, in percent."""
    box = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["cat"]}
    size = {"original_width": 200, "original_height": 100, "image_rotation": 0}
    return region("rectanglelabels", size, **(box | value))


def read(*regions: Json, **data: Json) -> Entry:
    """Read a task with one prediction."""
    task = {"id": 7, "data": data or {"text": TEXT}, "predictions": [{"result": list(regions)}]}
    [entry] = read_label_studio([task])
    return entry


def values(entry: Entry) -> list[Json]:
    """Return what was read."""
    return [value.value for value in entry.values]


def reasons(entry: Entry) -> list[str]:
    """Return why the rest was not."""
    return [note.reason for note in entry.notes]


def test_a_box_in_percent_is_one_in_pixels() -> None:
    """Of the picture's size, which stands beside it."""
    assert values(read(rectangle())) == [
        {"left": 20, "top": 20, "width": 60, "height": 40, "label": "cat"}
    ]


def test_a_box_comes_back_as_it_went() -> None:
    """Whatever dividing by the picture's size and multiplying again leaves of its numbers."""
    for width, left in ((337, 101), (1920, 7), (333, 32.5)):
        shape = rectangle(x=100 * left / width, width=100 * 11 / width)
        [box] = values(read(shape | {"original_width": width}))
        assert (box["left"], box["width"]) == (left, 11)


@pytest.mark.parametrize(("start", "end"), [(3, 6), (4, 7)], ids=["code points", "UTF-16 units"])
def test_a_span_is_where_its_text_stands(start: int, end: int) -> None:
    """Older versions counted otherwise than newer ones; the text it covers tells which."""
    span = region("labels", start=start, end=end, text="ask", labels=["AIM"])
    assert values(read(span)) == [{"start": 3, "end": 6, "label": "AIM"}]


def test_all_spans_of_a_task_are_counted_in_one_way() -> None:
    """By its own words alone a span may lie in two places, where they stand twice."""
    text = "\U0001f9ec aaa b"
    spans = [
        region("labels", start=4, end=5, text="a", labels=["X"]),
        region("labels", start=7, end=8, text="b", labels=["Y"]),
    ]
    assert values(read(*spans, text=text)) == [
        {"start": 3, "end": 4, "label": "X"}, {"start": 6, "end": 7, "label": "Y"},
    ]  # fmt: skip
    assert values(read(spans[0], text=text)) == [{"start": 4, "end": 5, "label": "X"}]


def test_a_span_that_says_no_text_counts_code_points() -> None:
    """As newer versions do, and models written in Python."""
    span = region("labels", start=3, end=6, labels=["AIM"])
    assert values(read(span)) == [{"start": 3, "end": 6, "label": "AIM"}]


@pytest.mark.parametrize(("start", "end"), [(3, 8), (2, 7)])
def test_line_ends_may_be_counted_once_or_twice(start: int, end: int) -> None:
    """A page shows CR LF as one character."""
    span = region("labels", start=start, end=end, text="b\\nc d", labels=["X"])
    assert values(read(span, text="a\r\nb\nc d")) == [{"start": 3, "end": 8, "label": "X"}]


def test_values_of_the_whole_object() -> None:
    """Choices, texts, numbers and ratings, with what gave them."""
    entry = read(
        region("choices", choices=["good", "new"]),
        region("textarea", text=["one", "two"]),
        region("number", number=3),
        region("rating", rating=4),
    )
    assert [(value.kind, value.value) for value in entry.values] == [
        (Kind.CHOICE, "good"), (Kind.CHOICE, "new"), (Kind.TEXT, "one\ntwo"), (Kind.NUMBER, 3),
        (Kind.NUMBER, 4),
    ]  # fmt: skip
    assert {value.control for value in entry.values} == {"field"}


def test_a_person_s_annotation_is_taken_before_a_model_s_prediction() -> None:
    """Ground truth first; what was skipped is none."""
    good, bad = region("choices", choices=["good"]), region("choices", choices=["bad"])
    task = {
        "data": {"text": "x"},
        "annotations": [
            {"result": [bad], "was_cancelled": True}, {"result": [bad]},
            {"result": [good], "ground_truth": True},
        ],
        "predictions": [{"result": [bad], "score": 1}],
    }  # fmt: skip
    [entry] = read_label_studio([task])
    assert values(entry) == ["good"]
    assert reasons(entry) == [
        "an annotation that was skipped", "another annotation of this task was taken",
    ]  # fmt: skip


def test_of_several_predictions_the_surest_is_taken() -> None:
    """Its regions have its score where they have none of their own."""
    good, bad = region("choices", choices=["good"]), region("choices", choices=["bad"])
    task = {"data": {"text": "x"}, "predictions": [
        {"result": [bad], "score": 0.2}, {"result": [good, bad | {"score": 0.1}], "score": 0.7},
    ]}  # fmt: skip
    [entry] = read_label_studio([task])
    assert [(value.value, value.score) for value in entry.values] == [("good", 0.7), ("bad", 0.1)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (rectangle(rotation=12), "turned"),
        (rectangle() | {"original_width": None}, "no original_width"),
        (rectangle(x=120), "outside of the picture"),
        (rectangle(width=0), "no box"),
        (rectangle(x=float("nan")), "no box"),
        (rectangle(x="left"), "no box"),
        (rectangle(rectanglelabels=[]), "without a label"),
        (region("labels", start=3, end=99, labels=["A"]), "outside of the text"),
        (region("labels", start=3, end=6, text="why", labels=["A"]), "not the one that it says"),
        (region("labels", start="a", end=6, labels=["A"]), "no span"),
        (region("hypertextlabels", start="/p[1]", end="/p[1]"), "hypertextlabels is none of ours"),
        (region("choices", choices=["a"], x=1), "about a part"),
        (region("choices", choices=[]), "without a label"),
        (region("number", number="many"), "without a number"),
        (region("textarea", text=[" "]), "an empty text"),
        ("no region", "no region"),
        ({"type": "relation", "from_id": "a"}, "no region"),
    ],
)
def test_a_bad_region_costs_itself_alone(bad: Json, reason: str) -> None:
    """Its neighbours are taken, and it is told."""
    entry = read(bad, region("choices", choices=["good"]))
    assert values(entry) == ["good"]
    [told] = reasons(entry)
    assert reason in told


def test_a_box_over_the_edge_is_cut_and_told() -> None:
    """What is left of it is in the picture."""
    entry = read(rectangle(x=-10))
    assert values(entry) == [{"left": 0, "top": 20, "width": 40, "height": 40, "label": "cat"}]
    [note] = entry.notes
    assert note.kept


def test_a_bad_task_costs_itself_alone() -> None:
    """Such as one of another form of export."""
    good = {"data": {"text": "x"}, "predictions": [{"result": [region("choices", choices=["a"])]}]}
    other, entry = read_label_studio([{"text": "x", "sentiment": "a"}, good])
    assert "JSON-MIN" in other.notes[0].reason
    assert values(entry) == ["a"]


def test_what_is_no_list_of_tasks_is_refused() -> None:
    """It is another file."""
    with pytest.raises(UsageError, match="expected a list of tasks"):
        read_label_studio("tasks")
