"""COCO's annotations and detections as boxes."""

from typing import Any

import pytest

from labelwright.errors import UsageError
from labelwright_local.imports.coco import read_coco
from labelwright_local.imports.model import Entry

Json = Any

DATASET = {
    "images": [
        {"id": 1, "file_name": "a b.png", "width": 200, "height": 100},
        {"id": 2, "file_name": "sub/c.png"},
    ],
    "categories": [{"id": 3, "name": "cat", "supercategory": "animal"}],
}
BOX = {"id": 9, "image_id": 1, "category_id": 3, "bbox": [10, 20, 30.5, 40], "iscrowd": 0}


def read(*annotations: Json) -> list[Entry]:
    """Read a file of annotations."""
    return list(read_coco(DATASET | {"annotations": list(annotations)}))


def test_annotations_are_boxes_of_their_images_by_name() -> None:
    """Corner and sides in pixels; categories by their names."""
    first, second = read(BOX, BOX | {"image_id": 2})
    assert first.names.files == ("a b.png",)
    assert first.names.ids == ()
    assert [value.value for value in first.values] == [
        {"left": 10, "top": 20, "width": 30.5, "height": 40, "label": "cat"}
    ]
    assert len(second.values) == 1


def test_an_image_without_annotations_is_an_entry_without_values() -> None:
    """A model found nothing there."""
    assert [entry.values for entry in read()] == [(), ()]


def test_detections_need_their_data_set() -> None:
    """They name images and categories by number."""
    detection = {"image_id": 1, "category_id": 3, "bbox": [10, 20, 30, 40], "score": 0.4}
    first, _ = read_coco([detection], DATASET | {"annotations": [BOX]})
    assert [value.score for value in first.values] == [0.4]
    with pytest.raises(UsageError, match="--dataset"):
        read_coco([detection])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (BOX | {"category_id": 4}, "its category is not among"),
        (BOX | {"image_id": 4}, "its image is not among"),
        (BOX | {"iscrowd": 1}, "a crowd"),
        (BOX | {"bbox": [10, 20, 30]}, "bbox of four numbers"),
        (BOX | {"bbox": [10, 20, -30, 40]}, "no box"),
        (BOX | {"bbox": [10, 20, float("nan"), 40]}, "no box"),
        (BOX | {"bbox": [500, 20, 30, 40]}, "outside of the picture"),
        ({"segmentation": []}, "bbox of four numbers"),
        ("box", "bbox of four numbers"),
    ],
)
def test_a_bad_annotation_costs_itself_alone(bad: Json, reason: str) -> None:
    """Its neighbours are taken, and it is told."""
    entries = read(bad, BOX)
    assert sum(len(entry.values) for entry in entries) == 1
    [note] = [note for entry in entries for note in entry.notes]
    assert reason in note.reason
    assert note.place == "annotation 1"


def test_a_bad_image_or_category_is_told() -> None:
    """What is about it can't be taken, all else can."""
    data = DATASET | {"images": [{"id": 5}, *DATASET["images"]], "annotations": [BOX]}
    entries = list(read_coco(data))
    assert [note.place for entry in entries for note in entry.notes] == ["image 1"]
    assert sum(len(entry.values) for entry in entries) == 1


@pytest.mark.parametrize("data", [{}, {"images": []}, "x", {"annotations": {}}])
def test_what_is_no_coco_is_refused(data: Json) -> None:
    """It is another file."""
    with pytest.raises(UsageError, match="no COCO"):
        read_coco(data)
