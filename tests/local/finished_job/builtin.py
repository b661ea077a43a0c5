"""Jobs of the service's built-in task types, as it leaves them, in folders for tests."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

JOB = "city-job"
TIME = "2020-12-28_19:00:00.json"


def line(source: Mapping[str, Any], label: Any, **metadata: Any) -> dict[str, Any]:
    """Make an output line; ``label`` None is a line that has none yet."""
    if label is None:
        return dict(source)
    common = {
        "job-name": f"labeling-job/{JOB}",
        "human-annotated": "yes",
        "creation-date": "2020-12-28T19:00:00.000000",
    }
    return {**source, "city": label, "city-metadata": common | metadata}


def write_job(
    folder: Path, lines: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]] = ()
) -> Path:
    """Write a job; ``answers[i]`` are those to object ``i``: content by worker."""
    job = folder / JOB
    output = job / "manifests" / "output"
    output.mkdir(parents=True)
    text = "".join(json.dumps(each) + "\n" for each in lines)
    (output / "output.manifest").write_text(text, encoding="utf-8")
    for number, given in enumerate(answers):
        if not given:
            continue
        place = job / "annotations" / "worker-response" / "iteration-1" / str(number)
        place.mkdir(parents=True)
        stored = [
            {
                "workerId": worker,
                "answerContent": content,
                "submissionTime": "2020-12-28T18:59:15.191Z",
                "timeSpentInSeconds": 40.5,
            }
            for worker, content in given.items()
        ]
        (place / TIME).write_text(json.dumps({"answers": stored}), encoding="utf-8")
    return job


def classes(label: int | str, name: str, confidence: float = 0.8) -> dict[str, Any]:
    """Return a label of one class and its metadata, for ``line``."""
    kind = "groundtruth/image-classification"
    return {"label": label, "class-name": name, "confidence": confidence, "type": kind}


#: A text with a character of two UTF-16 units and a line end of two characters.
TEXT = "\U0001f3d9 Bergen\r\nand Oslo"


def entity(start: int, end: int, label: str = "PLACE") -> dict[str, Any]:
    """Make an entity as crowd-entity-annotation counts it."""
    return {"startOffset": start, "endOffset": end, "label": label}


#: In the text as a page shows it, in UTF-16 units: Bergen and Oslo.
ENTITIES = [entity(3, 9), entity(14, 18)]


def entity_job(folder: Path) -> Path:
    """Write a job of named entities, as built in."""
    label = {"annotations": {"labels": [{"label": "PLACE"}], "entities": ENTITIES}}
    made = line(
        {"source": TEXT},
        label,
        type="groundtruth/text-span",
        entities=[{"confidence": 0.9}, {"confidence": 0.7}],
    )
    answers = {
        worker: {"crowd-entity-annotation": {"entities": ENTITIES}} for worker in ("w1", "w2")
    }
    return write_job(folder, [made, {"source": "Nothing here"}], [answers, {}])


def box_job(folder: Path) -> Path:
    """Write a job of bounding boxes, as built in: two pictures with boxes, one without."""
    names = {"0": "bird", "1": "nest"}
    pictures = [
        [(1, 10, 20, 30, 40), (0, 0, 0, 5, 6)],
        [(0, 1, 2, 3, 4)],
        [],
    ]
    lines = [
        line(
            {"source-ref": f"s3://bucket/pictures/a b {number}.jpg"},
            {
                "image_size": [{"width": 200, "height": 100, "depth": 3}],
                "annotations": [
                    dict(zip(("class_id", "left", "top", "width", "height"), box, strict=True))
                    for box in boxes
                ],
            },
            type="groundtruth/object-detection",
            objects=[{"confidence": 0.6} for _ in boxes],
            **{"class-map": names},
        )
        for number, boxes in enumerate(pictures)
    ]
    drawn = {"boundingBoxes": [{"left": 1, "top": 2, "width": 3, "height": 4, "label": "bird"}]}
    size = {"inputImageProperties": {"width": 200, "height": 100}}
    return write_job(folder, lines, [{}, {"w1": {"boundingBox": drawn | size}}])


def several_job(folder: Path) -> Path:
    """Write a job of several classes an object, as built in."""
    made = line(
        {"source": "Rain, then sun"},
        [0, 2],
        type="groundtruth/text-classification-multilabel",
        **{
            "class-map": {"0": "rain", "2": "sun"},
            "confidence-map": {"0": 0.9, "2": 0.7},
        },
    )
    answers = {"w1": {"crowd-classifier-multi-select": {"labels": ["rain", "sun"]}}}
    return write_job(folder, [made], [answers])
