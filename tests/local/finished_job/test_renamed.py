"""A job whose labels were renamed is read by their present names, whatever was made when."""

import json
from pathlib import Path
from typing import Any

import pytest

from labelwright.task.definition import Kind, Rename, parse_definition
from labelwright_local.continued.continue_job import continue_job
from labelwright_local.engine.changing import Change, rename_label
from labelwright_local.export.formats import write
from labelwright_local.export.prepare import Settings, prepare
from labelwright_local.finished_job.fields import LabelNames
from labelwright_local.finished_job.model import FieldLabel, LabelledSpan, ReadJob
from labelwright_local.finished_job.reader import read_job
from labelwright_local.load import load_job
from labelwright_local.workspace.task_folder import read_task_folder
from tests.local.engine.moods import Moods, finish
from tests.local.export.jobs import json_lines


def renamed_job(folder: Path) -> Moods:
    """Let two workers say happy of three notes, then call it glad; nothing is made anew yet."""
    job = Moods(folder)
    with job.open() as engine:
        finish(job, engine, "AB")
    rename_label(job.storage, job.name, Change("happy", "glad"), job.clock)
    return job


def moods(job: ReadJob) -> list[Any]:
    """Return each object's label, and what its workers say."""
    labels = [item.label("mood") for item in job.objects]
    return [
        *[label.value for label in labels if label is not None],
        *[answer.values["mood"] for item in job.objects for answer in item.answers],
    ]


@pytest.mark.parametrize("known", ["in the workspace", "named", "not at hand"])
def test_labels_and_answers_have_the_present_name(known: str, tmp_path: Path) -> None:
    """Before anything was made anew, and by whichever definition."""
    job = renamed_job(tmp_path)
    task = read_task_folder(job.task).definition if known == "named" else None
    if known == "not at hand":
        job.storage.path(f"s3://labelwright-local/tasks/{job.name}/task.toml").unlink()
    read = read_job(str(tmp_path / "workspace"), task=task)
    assert moods(read) == ["glad"] * 9
    if task is None and known != "in the workspace":
        return
    assert read.fields[0].labels == ("glad", "sad")


def test_exports_and_data_frames_have_it(tmp_path: Path) -> None:
    """What somebody trains on has one name for one thing."""
    renamed_job(tmp_path)
    prepared = prepare(read_job(str(tmp_path / "workspace")), Settings())
    [path] = write(prepared, "jsonl", tmp_path / "out.jsonl")
    assert [row["mood"] for row in json_lines(path)] == ["glad"] * 3
    frames = load_job(str(tmp_path / "workspace"), backend="pyarrow")
    assert frames.answers["value"].to_pylist() == ["glad"] * 6
    assert frames.labels["value"].to_pylist() == ["glad"] * 3


@pytest.mark.parametrize("with_task", [True, False])
def test_a_continued_job_means_the_present_name(with_task: bool, tmp_path: Path) -> None:
    """Answers are taken over as they were given, and the renames with them."""
    job = renamed_job(tmp_path / "old")
    if not with_task:
        job.storage.path(f"s3://labelwright-local/tasks/{job.name}/task.toml").unlink()
    continue_job(tmp_path / "new", str(tmp_path / "old" / "workspace"))
    task = read_task_folder(tmp_path / "new")
    assert task.definition.fields[0].current("happy") == "glad"
    assert "glad" in task.definition.fields[0].labels
    assert "happy" not in task.definition.fields[0].labels
    assert task.earlier_answers is not None
    assert {line["answerContent"]["mood"] for line in json_lines(task.earlier_answers)} == {"happy"}


def test_a_damaged_record_is_told_and_costs_nothing_else(tmp_path: Path) -> None:
    """Labels are those that the definition names."""
    job = renamed_job(tmp_path)
    for damaged in ('[{"field": 1}]', "{", '"x"', "[" * 100_000):
        job.storage.write(job.files.layout.own("renames.json"), damaged.encode())
        read = read_job(str(tmp_path / "workspace"))
        assert moods(read) == ["glad"] * 9
        [fault] = read.faults
        assert fault.place.endswith("renames.json")
        assert "it is damaged" in fault.reason


def test_spans_that_are_the_same_now_are_one() -> None:
    """The surer one stays."""
    toml = b"""
    name = "x"
    [[fields]]
    name = "x"
    path = "x"
    kind = "spans"
    labels = ["CITY", "TOWN"]
    """
    [field] = parse_definition(toml, "x").fields
    field = field.with_renames([Rename(field="x", old="TOWN", new="CITY")])
    spans = (LabelledSpan(0, 2, "TOWN", 0.9), LabelledSpan(0, 2, "CITY", 0.5))
    label = FieldLabel("x", Kind.SPANS, spans, 0.7)
    assert LabelNames({}, {"x": field}).of(label).value == (LabelledSpan(0, 2, "CITY", 0.9),)


def test_lines_have_the_ids_that_the_job_says(tmp_path: Path) -> None:
    """Where some of its input has no line in the output; an unreadable list is told."""
    job = renamed_job(tmp_path)
    layout = job.files.layout
    job.storage.delete(layout.refined_manifest)
    lines = job.storage.read(layout.output_manifest).splitlines(keepends=True)
    job.storage.write(layout.output_manifest, lines[0] + lines[2])
    job.storage.write(layout.object_ids, b"0\n2\n")
    found = {item.id: item.line for item in read_job(str(tmp_path / "workspace")).objects}
    assert json.loads(lines[2])["source"] == (found["2"] or {})["source"] == "note 2"
    for damaged in (b"0\nx\n", b"0\n0\n", b"\xff", b"\xd9\xa1"):
        job.storage.write(layout.object_ids, damaged)
        read = read_job(str(tmp_path / "workspace"))
        assert [fault.place.endswith("object-ids.txt") for fault in read.faults] == [True]
    job.storage.write(layout.object_ids, b"0\n")
    read = read_job(str(tmp_path / "workspace"))
    assert [fault.reason for fault in read.faults] == ["object-ids.txt has no id for it"]
