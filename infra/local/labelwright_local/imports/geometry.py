"""Boxes of other tools in pixels of their picture, and none beyond its edges."""

import math
from collections.abc import Iterable

from labelwright.contract.base import Json
from labelwright.task.definition import Kind
from labelwright_local.imports.model import Note, Value

OUTSIDE = "outside of the picture"
CUT = "cut at the picture's edge"
NO_SIDES = "no box: its corner and sides are no numbers, or a side is not above 0"

#: Pixels below which two places are the same: what dividing by 100 and multiplying again leaves.
_NOTHING = 1e-4


def box_value(
    place: str,
    sides: Iterable[float],
    size: tuple[float, float] | None,
    label: str,
    score: float | None = None,
    control: str = "",
) -> Value | Note | tuple[Value, Note]:
    """Return a box as a value; or why there is none; or with how it was changed.

    ``sides`` are left, top, width and height in pixels, ``size`` is the picture's width and height.
    """
    left, top, width, height = sides
    # A limit that no picture has: products of larger numbers lose their meaning.
    if not all(math.isfinite(side) and abs(side) < 1e9 for side in (left, top, width, height)):
        return Note(place, NO_SIDES, label)
    if width <= 0 or height <= 0:
        return Note(place, NO_SIDES, label)
    right, bottom = left + width, top + height
    kept = (left, top, right, bottom)
    if size is not None:
        kept = (max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1]))
    if kept[0] >= kept[2] or kept[1] >= kept[3]:
        return Note(place, OUTSIDE, label)
    box: Json = {
        "left": _tidy(kept[0]),
        "top": _tidy(kept[1]),
        "width": _tidy(kept[2] - kept[0]),
        "height": _tidy(kept[3] - kept[1]),
        "label": label,
    }
    value = Value(place, Kind.BOXES, box, control, score)
    changed = max(
        abs(one - other) for one, other in zip(kept, (left, top, right, bottom), strict=True)
    )
    return (value, Note(place, CUT, label, kept=True)) if changed > _NOTHING else value


def _tidy(pixels: float) -> float:
    """Return a length without what conversions left; a whole number where it is one."""
    whole = round(pixels)
    return whole if abs(pixels - whole) < _NOTHING else round(pixels, 4)
