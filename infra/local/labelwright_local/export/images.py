"""Pictures with boxes, as COCO and YOLO need them: a size in pixels, and a file's name."""

from collections.abc import Iterator
from typing import NamedTuple

from labelwright.answers.values import Boxes
from labelwright.contract.s3_uri import S3Uri
from labelwright.task.definition import FieldDefinition
from labelwright_local.export.prepare import Item, Prepared, counting
from labelwright_local.finished_job.model import LabelledBox


class Picture(NamedTuple):
    """A picture: ``name`` is its path, of one in S3 that below its bucket; sides in pixels."""

    item: Item
    name: str
    width: float
    height: float
    boxes: tuple[LabelledBox, ...]


def pictures(prepared: Prepared, field: FieldDefinition) -> Iterator[Picture]:
    """Yield the pictures of which name and size are known; the others are counted."""
    for item in prepared.items:
        label = item.labels.get(field.name)
        if label is None:
            continue
        size = label.image or _answered_size(item, field)
        if item.object.reference is None:
            prepared.told["objects that are no picture in a file"] += 1
        elif size is None:
            prepared.told["pictures whose size no label and no answer says"] += 1
        else:
            yield Picture(item, file_name(item.object.reference), *size, label.value)


def _answered_size(item: Item, field: FieldDefinition) -> tuple[float, float] | None:
    """Return the size that workers' pages gave, where all gave the same."""
    values = [answer.values.get(field.name) for answer in counting(item.object)]
    sizes = {value.image for value in values if isinstance(value, Boxes) and value.image}
    return sizes.pop() if len(sizes) == 1 else None


def file_name(reference: str) -> str:
    """Return a picture's path: as the manifest has it, of an S3 address what follows the bucket."""
    try:
        return S3Uri.parse(reference).key
    except ValueError:
        return reference


def clipped(box: LabelledBox, picture: Picture) -> LabelledBox | None:
    """Return the part of a box that is in its picture; None where nothing is."""
    left, top = max(0.0, box.left), max(0.0, box.top)
    right = min(picture.width, box.left + box.width)
    bottom = min(picture.height, box.top + box.height)
    if right <= left or bottom <= top:
        return None
    return box._replace(left=left, top=top, width=right - left, height=bottom - top)
