"""Objects on which honest workers agree and one more does something, and what must hold."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from labelwright.answers.values import VALUE_KINDS
from labelwright.consolidation.methods import METHODS
from labelwright.task.definition import FieldDefinition, Kind
from tests.consolidation.hostile import KINDS, Attack

Json = Any
#: All but the one that merges nothing.
MERGING = [(kind, name) for kind, methods in METHODS.items() for name in methods if name != "none"]

_ONE = "the one"


def annotation(worker: str, content: Json) -> Json:
    """Return an annotation as a request has it."""
    return {"workerId": worker, "annotationData": {"content": content}}


class Scene:
    """A job of three or more honest workers an object, out of a ``crowd`` times as many."""

    def __init__(self, honest: int, crowd: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self._names = [f"w{number}" for number in range(honest * crowd)]
        self._honest = honest

    def entry(self, name: str, truth: Mapping[Kind, Json], attack: Attack) -> Json:
        """Make an object of a request: values by kind, as pages give them."""
        contents = [
            (
                worker,
                json.dumps({k: KINDS[k].vary(value, self.chance) for k, value in truth.items()}),
            )
            for worker in self.chance.sample(self._names, self._honest)
        ]
        contents.append((_ONE, attack(truth, self.chance)))
        self.chance.shuffle(contents)
        return {"datasetObjectId": name, "annotations": [annotation(*item) for item in contents]}


def honest_values(kind: Kind, entry: Json) -> list[Json]:
    """Return what the honest workers say of an object."""
    field = FieldDefinition(name="f", path="f", kind=kind)
    raws = [
        json.loads(item["annotationData"]["content"])[kind]
        for item in entry["annotations"]
        if item["workerId"] != _ONE
    ]
    return [VALUE_KINDS[kind].read(field, raw).value for raw in raws]


def assert_stands(kind: Kind, value: Json, honest: Sequence[Json]) -> None:
    """Check that a label's value is what the honest workers say."""
    first = honest[0]
    if kind is Kind.BOXES:
        assert_boxes_stand(value["boundingBoxes"], [given.boxes for given in honest])
    elif kind is Kind.SPANS:
        found = sorted((span["start"], span["end"], span["label"]) for span in value)
        assert found == sorted(tuple(marked.span) for marked in first)
    elif kind is Kind.CHOICES:
        assert value == list(first)
    else:
        assert value == first


def edges(box: Mapping[str, Json]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom."""
    left, top = box["left"], box["top"]
    return left, top, left + box["width"], top + box["height"]


def assert_boxes_stand(found: Sequence[Json], honest: Sequence[Sequence[Any]]) -> None:
    """Check that there is one box for each that the honest drew, its edges within theirs."""
    by_place = sorted(found, key=lambda box: (box["left"], box["top"]))
    assert len(found) == len(honest[0])
    left = list(by_place)
    for drawn in zip(*(sorted(boxes, key=_cell) for boxes in honest), strict=True):
        own = [edges(box._asdict()) for box in drawn]
        slack = 1e-3 * min(min(box.width, box.height) for box in drawn)
        (match,) = [
            box
            for box in left
            if all(
                min(given) - slack <= edge <= max(given) + slack
                for edge, given in zip(edges(box), zip(*own, strict=True), strict=True)
            )
        ]
        assert match["label"] == drawn[0].label
        left.remove(match)


def _cell(box: Any) -> tuple[int, int]:
    """Return the place of a box among those drawn: they lie in cells of 100."""
    unit = 1 if box.width > 1 else 0.0003
    return int((box.left / unit + 15) // 100), int((box.top / unit + 15) // 100)
