"""Masks, lines, rankings and questions: without a task definition they pass through whole."""

import json
import random
from base64 import b64encode
from typing import Any

import pytest

from labelwright.contract.base import dump_json
from labelwright.contract.manifest import MAX_ATTRIBUTE_CHARACTERS
from tests.fakes import FakeStorage
from tests.handlers.test_post_labeling import annotation, consolidate, item

Json = Any
SIZE = {"height": 1500, "width": 2000}
LINE = {"label": "road", "vertices": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}


def mask(data: str, **more: Json) -> Json:
    """Return what crowd-semantic-segmentation answers."""
    mapping = {"cat": {"color": "#1f77b4"}, "dog": {"color": "#ff7f0e"}}
    image = {"pngImageData": data}
    return {"inputImageProperties": SIZE, "labelMappings": mapping, "labeledImage": image, **more}


ANSWERS: dict[str, Json] = {
    "mask": mask("iVBORw0KGgo="),
    "adjusted mask": mask(
        "iVBORw0KGgo=",
        initialValueModified=True,
        initialValueLeftOut=[{"reason": "r", "item": {"label": "cow", "color": "#777777"}}],
    ),
    "instances": {
        "inputImageProperties": SIZE,
        "instances": [{"color": "#1f77b4", "label": "cat"}, {"color": "#ff7f0e", "label": "cat"}],
        "labeledImage": {"pngImageData": "iVBORw0KGgo="},
    },
    "line": {"inputImageProperties": SIZE, "lines": [LINE], "initialValueCut": [LINE]},
    "polyline": {"inputImageProperties": SIZE, "polylines": [LINE]},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_drawn_passes_through_whole(name: str) -> None:
    """As one field that nothing is made of, with every key that the element gave."""
    answers = [annotation(worker, {"drawn": ANSWERS[name]}) for worker in ("w1", "w2")]
    [label] = consolidate([item("0", *answers)]).values()
    assert label["problems"] == []
    [(path, field)] = label["fields"].items()
    assert (path, field["kind"], field["method"]) == ("drawn", "unknown", "none")
    assert field["value"] == [ANSWERS[name], ANSWERS[name]]


@pytest.mark.parametrize(
    "answer",
    [
        {"ordinalRankingDimensions": [{"name": "Clarity", "responseRankings": [2, 1]}]},
        {
            "questionAnswerPairs": [
                {"question": "q", "answer": "a", "questionTags": [], "textReferences": []}
            ]
        },
    ],
    ids=["ranking", "questions"],
)
def test_rankings_and_questions_pass_through_whole(answer: Json) -> None:
    """Under the element's name, or without one."""
    [[key, value]] = answer.items()
    for given, path in (({"name": answer}, f"name.{key}"), (answer, key)):
        [label] = consolidate([item("0", annotation("w", given))]).values()
        [(found, field)] = label["fields"].items()
        assert (found, field["kind"], field["method"]) == (path, "unknown", "none")
        assert field["value"] == [value]


def test_masks_of_many_workers_move_into_a_file() -> None:
    """The label stays within what the manifest takes; the file has every mask as it came."""
    chance = random.Random(20261128)
    masks = [mask(b64encode(chance.randbytes(60_000)).decode()) for _ in range(5)]
    storage = FakeStorage()
    answers = [annotation(f"w{at}", {"drawn": one}) for at, one in enumerate(masks)]
    [label] = consolidate([item("0", *answers)], storage).values()
    assert len(dump_json(label)) <= MAX_ATTRIBUTE_CHARACTERS
    assert label["fields"]["drawn"]["value"] is None
    whole = json.loads(storage.read(label["fields"]["drawn"]["valueRef"]))
    assert whole["fields"]["drawn"]["value"] == masks


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (
            "boxes",
            {
                "boundingBoxes": [
                    {"label": "a", "left": 1, "top": 2, "width": 3, "height": 4},
                ],
                "inputImageProperties": SIZE,
                "initialValueModified": True,
                "initialValueCut": [{"label": "a", "left": -1, "top": 2, "width": 5, "height": 4}],
            },
        ),
        ("spans", {"entities": [{"label": "a", "startOffset": 0, "endOffset": 2}]}),
    ],
)
def test_what_was_left_out_is_no_part_of_the_label(kind: str, value: Json) -> None:
    """Beside boxes and passages it changes nothing that is made of them."""
    left_out = {"initialValueLeftOut": [{"reason": "r", "item": {"label": "b"}}]}
    plain, told = (
        consolidate([item("0", annotation("w", {"x": answer}))])["0"]
        for answer in (value, value | left_out)
    )
    assert told["problems"] == []
    assert told["fields"]["x"]["kind"] == kind
    assert told["fields"] == plain["fields"]
