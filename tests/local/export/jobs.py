"""Jobs of each kind, of ours, for the tests of exports."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.local.jobs import SmallJob

#: An emoji of two UTF-16 units, a line end of two characters, and a combining mark.
MARKED = "\U0001f3d9 Bergen\r\nand Oslo, Zu\u0308rich"

TASK = """
name = "notes"
[[fields]]
name = "mood"
path = "mood.label"
kind = "choice"
labels = ["sunny", "rainy"]
[[fields]]
name = "places"
path = "places"
kind = "spans"
labels = ["CITY"]
[[fields]]
name = "tags"
path = "tags"
kind = "choices"
labels = ["short", "long"]
"""

BOXES = """
name = "pictures"
[[fields]]
name = "things"
path = "things"
kind = "boxes"
labels = ["bird", "nest"]
"""


def said(mood: str, places: Sequence[tuple[int, int]], tags: Sequence[str] = ()) -> dict[str, Any]:
    """Make an answer to all fields of a note."""
    spans = [{"start": start, "end": end, "label": "CITY"} for start, end in places]
    return {"mood": {"label": mood}, "places": spans, "tags": {"labels": list(tags)}}


def spans_of(text: str, *words: str) -> list[tuple[int, int]]:
    """Return where words stand in a text, in code points."""
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def note_job(
    folder: Path,
    texts: Mapping[str, Sequence[dict[str, Any]]],
    more: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Run a job of notes: the answers by text, of workers w0, w1 and so on; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = list(more) or [{}] * len(texts)
    answers = [
        {
            "datasetObjectId": str(number),
            "workerId": f"w{worker}",
            "answerContent": content,
            "timeSpentInSeconds": 4.5,
        }
        for number, contents in enumerate(texts.values())
        for worker, content in enumerate(contents)
    ]
    lines = [{"source": text, **keys[number]} for number, text in enumerate(texts)]
    small = SmallJob(folder, lines, answers, TASK)
    small.run()
    return small.storage.path(small.files.layout.prefix)


def marked_job(folder: Path) -> Path:
    """Run a job of three notes, each by two workers who agree."""
    other = "Nothing to mark here"
    third = "=SUM(A1) is in Oslo"
    cities = spans_of(MARKED, "Bergen", "Oslo", "Zu\u0308rich")
    return note_job(
        folder,
        {
            MARKED: [said("sunny", cities, ["long"])] * 2,
            other: [said("rainy", [])] * 2,
            third: [said("rainy", spans_of(third, "Oslo"), ["short", "long"])] * 2,
        },
        [{"id": "a"}, {"id": "b"}, {"id": "c"}],
    )


def box_job(folder: Path) -> Path:
    """Run a job of two pictures with boxes, one of them partly outside; and one without boxes."""
    folder.mkdir(parents=True, exist_ok=True)
    size = {"inputImageProperties": {"width": 200, "height": 100}}
    boxes = [
        [(10, 20, 30, 40, "nest"), (0, 0, 50, 60, "bird")],
        [(150, 50, 100, 20, "bird")],
        [],
    ]
    names = ("left", "top", "width", "height", "label")
    answers = [
        {
            "datasetObjectId": str(number),
            "workerId": worker,
            "answerContent": {
                "things": {
                    "boundingBoxes": [dict(zip(names, box, strict=True)) for box in drawn],
                    **size,
                }
            },
        }
        for number, drawn in enumerate(boxes)
        for worker in ("w1", "w2")
    ]
    lines = [{"source-ref": f"s3://bucket/pictures/a b {number}.jpg"} for number in range(3)]
    small = SmallJob(folder, lines, answers, BOXES)
    small.run()
    return small.storage.path(small.files.layout.prefix)


def json_lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
