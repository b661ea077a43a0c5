"""What is odd in a job costs itself alone, and an export never takes the place of its job."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from labelwright.errors import UsageError
from labelwright_local.export.formats import FORMATS, write
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.reader import read_job
from tests.local.export.jobs import json_lines

METADATA = {"job-name": "labeling-job/odd", "type": "groundtruth/custom", "human-annotated": "yes"}
HALF = "half \ud800 of it"


def job_of(folder: Path, lines: list[dict[str, Any]]) -> Path:
    """Write a job's output manifest; each line has the fields of a label of ours."""
    output = folder / "odd" / "manifests" / "output" / "output.manifest"
    output.parent.mkdir(parents=True)
    metadata = {**METADATA, "creation-date": "2026-01-01T00:00:00.000"}
    with output.open("w") as file:
        for line in lines:
            label = {"schema": "labelwright/1", "fields": line.pop("fields")}
            file.write(json.dumps({**line, "odd": label, "odd-metadata": metadata}) + "\n")
    return folder / "odd"


def field(kind: str, value: Any) -> dict[str, Any]:
    """Return a field of a label."""
    return {"kind": kind, "value": value, "confidence": 0.5}


def boxes(*drawn: dict[str, Any]) -> dict[str, Any]:
    """Return a field of boxes in a picture of 100 by 50."""
    size = {"width": 100, "height": 50}
    return field("boxes", {"boundingBoxes": list(drawn), "inputImageProperties": size})


BOX = {"left": 1, "top": 1, "width": 2, "height": 2, "label": "bird"}


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet", "huggingface", "label-studio"])
def test_half_a_character_stops_no_export(name: str, tmp_path: Path) -> None:
    """Wherever it stands: text, label, span, key, or value of another key."""
    span = {"start": 0, "end": 4, "label": HALF}
    line = {
        "source": HALF, HALF: [HALF],
        "fields": {
            HALF: field("text", HALF), "c": field("choice", HALF), "m": field("choices", [HALF]),
            "s": field("spans", [span]),
        },
    }  # fmt: skip
    prepared = prepare(read_job(str(job_of(tmp_path, [line]))), Settings())
    written = write(prepared, name, tmp_path / "out")
    if name == "parquet":
        [row] = pq.read_table(written[0]).to_pylist()
        assert (row["text"], row["m"], row["s"][0]["label"]) == (
            "half ? of it", ["half ? of it"], "half ? of it",
        )  # fmt: skip


def test_a_damaged_part_of_a_label_costs_itself_alone(tmp_path: Path) -> None:
    """Spans and boxes that are none are counted; all others are there."""
    span = {"start": 0, "end": 2, "label": "x"}
    bad = [{}, 5, {**span, "start": -1}, {**span, "end": 10**30}, {**span, "label": None}]
    line = {
        "source": "text",
        "fields": {"s": field("spans", [span, *bad]), "b": boxes(BOX, {**BOX, "width": "x"})},
    }
    job = read_job(str(job_of(tmp_path, [line])))
    [item] = job.objects
    assert [len(label.value) for label in item.labels] == [1, 1]
    assert [fault.reason for fault in job.faults] == [
        "'s': 5 of 6 spans can't be read", "'b': 1 of 2 boxes can't be read",
    ]  # fmt: skip


def test_a_field_of_which_nothing_can_be_read_has_no_label(tmp_path: Path) -> None:
    """It is not taken for one in which nothing is marked."""
    lines = [
        {"source": "a", "fields": {"s": field("spans", [{}])}},
        {"source": "b", "fields": {"s": field("spans", [])}},
    ]
    first, second = read_job(str(job_of(tmp_path, lines))).objects
    assert first.label("s") is None
    assert [label.value for label in second.labels] == [()]


NAMES = (
    "a.png", "a.txt/b.png", "n" * 300 + ".png", "/".join(["d" * 100] * 30) + "/x.png", "../x.png",
    "good.png", "b/../../x.png", "\ud800.png",
)  # fmt: skip


def test_a_picture_with_an_impossible_name_costs_itself_alone(tmp_path: Path) -> None:
    """In YOLO's folder: too long, outside, or a file where a folder has to be."""
    lines = [{"source-ref": name, "fields": {"b": boxes(BOX)}} for name in NAMES]
    prepared = prepare(read_job(str(job_of(tmp_path, lines))), Settings())
    out = tmp_path / "yolo"
    files = [path.relative_to(out).as_posix() for path in write(prepared, "yolo", out)]
    assert files == ["labels/train/a.txt", "labels/train/good.txt", "data.yaml"]
    assert prepared.told["pictures whose path another has, or that is none"] == len(NAMES) - 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd", "yolo"]


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("inside", ["manifests/output/output.manifest", "labelwright/x", "."])
def test_an_export_never_takes_the_place_of_its_job(name: str, inside: str, tmp_path: Path) -> None:
    """Its answers and labels are there nowhere else."""
    job = job_of(tmp_path, [{"source-ref": "a.png", "fields": {"b": boxes(BOX)}}])
    before = json_lines(job / "manifests" / "output" / "output.manifest")
    prepared = prepare(read_job(str(job)), Settings())
    with pytest.raises(UsageError, match="a part of the job"):
        write(prepared, name, job / inside)
    assert json_lines(job / "manifests" / "output" / "output.manifest") == before
    assert not (job / "labelwright").exists()
