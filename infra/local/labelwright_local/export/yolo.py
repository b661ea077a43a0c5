"""YOLO's folder of labels: https://docs.ultralytics.com/datasets/detect/."""

from collections.abc import Iterator
from pathlib import PurePosixPath

import yaml

from labelwright.task.definition import Kind
from labelwright_local.export.files import File, as_unicode
from labelwright_local.export.images import Picture, clipped, pictures
from labelwright_local.export.prepare import Prepared


def yolo_files(prepared: Prepared) -> Iterator[File]:
    """Yield ``data.yaml`` and one text a picture, at ``labels/<split>/<the picture's path>.txt``.

    A line is the class and the box's centre, width and height as shares of the picture. The
    pictures belong at ``images/<split>/<path>``: they are not copied.
    """
    field = prepared.one_field((Kind.BOXES,), "yolo")
    names = prepared.classes[field.name]
    numbers = {name: number for number, name in enumerate(names)}
    taken: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    splits = prepared.splits()
    for name, part in splits.items():
        for picture in pictures(part, field):
            path = _text_path(picture.name)
            if (
                path is None
                or path in taken
                or path in folders
                or not taken.isdisjoint(path.parents)
            ):
                prepared.told["pictures whose path another has, or that is none"] += 1
                continue
            taken.add(path)
            folders.update(path.parents)
            lines = "".join(_lines(prepared, picture, numbers))
            yield File(f"labels/{name}/{path}", iter([as_unicode(lines).encode()]))
    sets = {"val" if name == "validation" else name: f"images/{name}" for name in splits}
    # Ultralytics wants both; without a split the same pictures serve.
    sets.setdefault("val", sets.get("test", sets["train"]))
    table = {"path": ".", **sets, "names": dict(enumerate(names))}
    text = yaml.safe_dump(table, sort_keys=False, allow_unicode=True)
    yield File("data.yaml", iter([as_unicode(text).encode()]))


def _text_path(name: str) -> PurePosixPath | None:
    """Return where a picture's boxes go; None where that would be outside of the folder.

    Nor can a file have a name that no file system takes.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.name or "\0" in name:
        return None
    made = path.with_suffix(".txt")
    try:
        longest = max(len(part.encode()) for part in made.parts)
    except UnicodeEncodeError:
        return None
    return made if longest <= _MOST_BYTES and len(str(made).encode()) <= _MOST_IN_ALL else None


#: What file systems take as a name, and as a path below a folder.
_MOST_BYTES, _MOST_IN_ALL = 240, 2_000


def _lines(prepared: Prepared, picture: Picture, numbers: dict[str, int]) -> Iterator[str]:
    for drawn in picture.boxes:
        box = clipped(drawn, picture)
        if box is None:
            prepared.told["boxes outside of their pictures"] += 1
            continue
        shares = (
            (box.left + box.width / 2) / picture.width,
            (box.top + box.height / 2) / picture.height,
            box.width / picture.width,
            box.height / picture.height,
        )
        yield f"{numbers[box.label]} {' '.join(f'{share:.6f}' for share in shares)}\n"
