"""COCO's format for objects in pictures: https://cocodataset.org/#format-data."""

from collections.abc import Iterator

from labelwright.contract.base import Json, dump_json
from labelwright.task.definition import Kind
from labelwright_local.export.images import clipped, pictures
from labelwright_local.export.prepare import Prepared


def coco_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield a COCO file. Boxes are clipped to their pictures.

    Ids count from 1, as COCO's own do. ``file_name`` is the picture's path, ``coco_url`` its
    address; an annotation's ``score`` is its confidence, ``object`` the object's id in the job.
    """
    field = prepared.one_field((Kind.BOXES,), "coco")
    names = prepared.classes[field.name]
    categories = {name: number for number, name in enumerate(names, start=1)}
    images: list[Json] = []
    annotations: list[Json] = []
    for number, picture in enumerate(pictures(prepared, field), start=1):
        images.append(
            {
                "id": number,
                "file_name": picture.name,
                "width": _whole(picture.width),
                "height": _whole(picture.height),
                "coco_url": picture.item.object.reference,
                "object": picture.item.object.id,
            }
        )
        for drawn in picture.boxes:
            box = clipped(drawn, picture)
            if box is None:
                prepared.told["boxes outside of their pictures"] += 1
                continue
            annotation = {
                "id": len(annotations) + 1,
                "image_id": number,
                "category_id": categories[box.label],
                "bbox": [box.left, box.top, box.width, box.height],
                "area": box.width * box.height,
                "iscrowd": 0,
                "segmentation": [],
            }
            known = {} if box.confidence is None else {"score": box.confidence}
            annotations.append(annotation | known)
    yield dump_json(
        {
            "info": {"description": prepared.job.name, "version": "1.0"},
            "licenses": [],
            "images": images,
            "annotations": annotations,
            "categories": [
                {"id": number, "name": name, "supercategory": field.name}
                for name, number in categories.items()
            ],
        }
    ).encode()


def _whole(side: float) -> float:
    """Return a side as COCO has it: a whole number, where it is one."""
    return int(side) if side == int(side) else side
