"""COCO: annotations of object detection, and the list of detections that models write.

The forms: https://cocodataset.org/#format-data and https://cocodataset.org/#format-results. A box
is ``[x, y, width, height]`` in pixels from the upper left corner.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright_local.imports.geometry import box_value
from labelwright_local.imports.model import Entry, Names, Note, Value

_Key = int | str


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Image(_Model):
    id: _Key
    file_name: str
    width: Annotated[float | None, Field(gt=0)] = None
    height: Annotated[float | None, Field(gt=0)] = None


class _Category(_Model):
    id: _Key
    name: str


class _Annotation(_Model):
    image_id: _Key
    category_id: _Key
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)]
    iscrowd: int | bool = 0
    score: float | None = None


M = TypeVar("M", bound=_Model)


class _Dataset(NamedTuple):
    images: Mapping[_Key, _Image]
    categories: Mapping[_Key, str]
    notes: tuple[Note, ...]


def read_coco(data: Json, dataset: Json = None) -> Iterator[Entry]:
    """Read a file of annotations, or a list of detections with the data set that names its images.

    ``dataset`` is the content of the file of annotations that a list of detections is about; of a
    file that has images and categories itself it is not needed.

    Raises:
        UsageError: it is neither, or a list without its data set.
    """
    if isinstance(data, dict):
        named = data if "images" in data and "categories" in data else dataset
        found, word = data.get("annotations"), "annotation"
    else:
        named, found, word = dataset, data, "detection"
    if not isinstance(found, list):
        raise UsageError(
            "no COCO: expected an object with 'images', 'categories' and 'annotations', or a list "
            "of detections"
        )
    if not isinstance(named, dict):
        raise UsageError(
            "a list of COCO detections names images and categories by number; give the file that "
            "has both with --dataset"
        )
    return _entries(_read_dataset(named), found, word)


def _read_dataset(data: Mapping[str, Json]) -> _Dataset:
    notes: list[Note] = []
    images = {item.id: item for item in _valid(_Image, data.get("images"), "image", notes)}
    names = _valid(_Category, data.get("categories"), "category", notes)
    return _Dataset(images, {item.id: item.name.strip() for item in names}, tuple(notes))


def _valid(model: type[M], items: Json, word: str, notes: list[Note]) -> Iterator[M]:
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        try:
            yield model.model_validate(item)
        except ValidationError:
            notes.append(Note(f"{word} {number}", f"no {word} of COCO"))


def _entries(dataset: _Dataset, found: Iterable[Json], word: str) -> Iterator[Entry]:
    values: dict[_Key, list[Value]] = defaultdict(list)
    notes: dict[_Key | None, list[Note]] = defaultdict(list, {None: list(dataset.notes)})
    for number, item in enumerate(found, 1):
        place = f"{word} {number}"
        try:
            parsed = _Annotation.model_validate(item)
        except ValidationError:
            notes[None].append(Note(place, "no image_id, category_id and bbox of four numbers"))
            continue
        image = dataset.images.get(parsed.image_id)
        if image is None:
            notes[None].append(Note(place, "its image is not among 'images'"))
            continue
        read = _box(parsed, image, dataset.categories.get(parsed.category_id), place)
        if isinstance(read, Note):
            notes[image.id].append(read)
        elif isinstance(read, Value):
            values[image.id].append(read)
        else:
            values[image.id].append(read[0])
            notes[image.id].append(read[1])
    if notes[None]:
        yield Entry("", Names(), (), tuple(notes[None]))
    for number, image in enumerate(dataset.images.values(), 1):
        # Its number is COCO's own, and says nothing of the manifest's ids.
        names = Names(files=(image.file_name,))
        yield Entry(f"image {number}", names, tuple(values[image.id]), tuple(notes[image.id]))


def _box(
    item: _Annotation, image: _Image, label: str | None, place: str
) -> Value | Note | tuple[Value, Note]:
    if not label:
        return Note(place, "its category is not among 'categories'")
    if item.iscrowd:
        return Note(place, "it marks a crowd, not one thing", label)
    size = (image.width, image.height) if image.width and image.height else None
    return box_value(place, item.bbox, size, label, item.score)
